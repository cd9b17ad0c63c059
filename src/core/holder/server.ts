import type { Server } from 'node:net';
import { StoreError } from '../../errors.ts';
import { toHex } from '../../util/bytes.ts';
import type { Platform } from '../../util/platform.ts';
import { Connection, type ServedSession } from './connection.ts';
import { holderLocked } from './errors.ts';
import { type HolderPlace, preparePlace, protectSocket, removePlace } from './place.ts';
import { listen } from './socket.ts';

export type HolderOptions = Readonly<{
  profileFolder: string;
  /** folders for the socket, best first; none: nothing is served */
  runtimeDirs: readonly string[];
  platform: Platform;
}>;

/**
 * Serves other commands of this user for as long as this process holds the profile's lock. It outlives a session
 * that is locked, and serves the one that comes after it.
 */
export class HolderServer {
  readonly #options: HolderOptions;
  readonly #connections = new Set<Connection>();
  #session: ServedSession | null = null;
  #locked = false;
  #place: HolderPlace | null = null;
  #starting: Promise<Server | null> | null = null;
  #closed = false;

  constructor(options: HolderOptions) {
    this.#options = options;
  }

  /** From now on commands are served by this session. Where no socket can be made, they are told that it is in use. */
  serve(session: ServedSession): void {
    if (this.#closed) return;
    this.#session = session;
    this.#locked = false;
    this.#starting ??= this.#start();
  }

  /** The session can't be used any more: commands are told to unlock it, until another is served. */
  lock(): void {
    this.#session = null;
    this.#locked = true;
    for (const connection of this.#connections) connection.refuse(holderLocked());
    // An unserved session may be locked too, and then commands must learn why they can't be served.
    if (!this.#closed) this.#starting ??= this.#start();
  }

  /** Hangs up and removes the socket; before the lock is given back, so that the next holder's is not removed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#session = null;
    const server = await this.#starting;
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([...this.#connections].map(({ closed }) => closed));
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
    if (this.#place !== null) removePlace(this.#place);
    this.#place = null;
  }

  async #start(): Promise<Server | null> {
    const { profileFolder, runtimeDirs, platform } = this.#options;
    const token = toHex(platform.randomBytes(32));
    this.#place = preparePlace(profileFolder, runtimeDirs, token);
    if (this.#place === null) {
      platform.logger.warn('no folder for the socket of other commands');
      return null;
    }
    try {
      const server = await listen(this.#place.socket, (socket) => {
        const connection = new Connection({
          socket,
          token,
          clock: platform.clock,
          session: () => this.#current(),
        });
        this.#connections.add(connection);
        void connection.closed.then(() => this.#connections.delete(connection));
        if (this.#closed) connection.destroy();
      });
      protectSocket(this.#place);
      return server;
    } catch {
      platform.logger.warn('the socket for other commands could not be opened');
      removePlace(this.#place);
      this.#place = null;
      return null;
    }
  }

  #current(): ServedSession {
    if (this.#session !== null) return this.#session;
    if (this.#locked) throw holderLocked();
    throw new StoreError('locked', 'The profile is in use by another session-tui, which is closing.');
  }
}
