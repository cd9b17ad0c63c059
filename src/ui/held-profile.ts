/** The profile that a run of the chat UI holds: its session, or what is left of it while it is locked. */
import type { LockedProfile, Session } from '../core/types.ts';
import type { RunOptions } from './run-options.ts';

type Stopping = Readonly<{ stop(): Promise<void> }>;

export class HeldProfile {
  readonly #options: Pick<RunOptions, 'messenger' | 'profile' | 'password'>;
  #session: Session | null;
  #locked: Promise<LockedProfile> | null = null;
  #isOver = false;

  /** `opened`: a session to begin with */
  constructor(
    options: Pick<RunOptions, 'messenger' | 'profile' | 'password'>,
    opened: Session | null = null,
  ) {
    this.#options = options;
    this.#session = opened;
  }

  /** null while it is not open yet, or locked */
  get session(): Session | null {
    return this.#session;
  }

  /** there is no account of this name yet */
  async isNew(): Promise<boolean> {
    const { messenger, profile } = this.#options;
    return (await messenger.profileState(profile)) === 'none';
  }

  /** Opens it if nothing has to be asked for it. A profile in use is found out before asking. */
  async openQuietly(): Promise<void> {
    const { messenger, profile, password } = this.#options;
    if (this.#session !== null || (await this.isNew())) return;
    try {
      this.hold(await messenger.openSession(profile, password));
    } catch (error) {
      if (password === null && hasCode(error, 'password-needed')) return;
      throw error;
    }
  }

  /** From here on the session is closed at the end; at once, if the end came while it was being opened. */
  hold(session: Session): Session {
    this.#session = session;
    this.#locked = null;
    if (this.#isOver) void session.close();
    return session;
  }

  /** Gives the session away: whoever takes it closes it. */
  release(): Session | null {
    const session = this.#session;
    this.#session = null;
    return session;
  }

  /** Closes the session, all but its lock, once the chat has let go of it. Nothing here refers to either any more. */
  lock(session: Session, chat: Stopping): Promise<LockedProfile> {
    this.#session = null;
    this.#locked = putAway(chat, session);
    return this.#locked;
  }

  /** A session that comes after this is closed at once. */
  over(): void {
    this.#isOver = true;
  }

  async close(): Promise<void> {
    await this.#session?.close();
    const locked = await this.#locked?.catch(() => null);
    await locked?.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function putAway(chat: Stopping, session: Session): Promise<LockedProfile> {
  await chat.stop();
  return session.lock();
}
