/**
 * Messages that no front end has shown yet, for several readers at once: a reader takes messages for itself until it
 * says that they were shown or goes away, so that each is printed once per profile.
 */
import type { ProfileStore } from '../store/index.ts';
import type { CoreEvent, Message } from './types.ts';
import { toMessage } from './views.ts';

export interface FreshReader {
  /**
   * What nobody has shown and no other reader has taken, by sent time: from now on it is this reader's. So are the
   * messages that come in later, unless somebody who began to take earlier is still there.
   */
  take(): Promise<readonly Message[]>;
  /** These were shown. */
  acknowledge(messageIds: readonly string[]): Promise<void>;
  /** The reader is gone: what it took and has not shown is anybody's. */
  release(): void;
}

export class FreshMessages {
  readonly #store: ProfileStore;
  readonly #takenBy = new Map<string, FreshReader>();
  readonly #followers: FreshReader[] = [];

  constructor(store: ProfileStore) {
    this.#store = store;
  }

  /** Gives a message that has come in to whoever follows, before another front end can have shown it. */
  onEvent(event: CoreEvent): void {
    const [follower] = this.#followers;
    if (follower === undefined || event.event !== 'message') return;
    const { id } = event.message;
    const isFresh = this.#store.get('fresh', id) !== undefined;
    if (isFresh && !this.#takenBy.has(id)) this.#takenBy.set(id, follower);
  }

  async list(): Promise<readonly Message[]> {
    return this.#load(this.#store.entries('fresh').map(([id]) => id));
  }

  /** Forgets durably that these are fresh. */
  async acknowledge(messageIds: readonly string[]): Promise<void> {
    const known = messageIds.filter((id) => this.#store.get('fresh', id) !== undefined);
    if (known.length === 0) return;
    await this.#store.transact((tx) => {
      for (const id of known) tx.delete('fresh', id);
    });
  }

  reader(): FreshReader {
    const reader: FreshReader = {
      take: async () => {
        if (!this.#followers.includes(reader)) this.#followers.push(reader);
        for (const [id] of this.#store.entries('fresh'))
          if (!this.#takenBy.has(id)) this.#takenBy.set(id, reader);
        return this.#load(this.#takenIds(reader));
      },
      acknowledge: async (messageIds) => {
        await this.acknowledge(messageIds);
        // Only now: while they are still fresh in the store, nobody else may take them.
        for (const id of messageIds) if (this.#takenBy.get(id) === reader) this.#takenBy.delete(id);
      },
      release: () => {
        const place = this.#followers.indexOf(reader);
        if (place >= 0) this.#followers.splice(place, 1);
        for (const id of this.#takenIds(reader)) this.#takenBy.delete(id);
      },
    };
    return reader;
  }

  #takenIds(reader: FreshReader): string[] {
    return [...this.#takenBy].filter(([, taker]) => taker === reader).map(([id]) => id);
  }

  async #load(ids: readonly string[]): Promise<readonly Message[]> {
    const messages: Message[] = [];
    for (const id of ids) {
      const stored = await this.#store.message(id);
      if (stored !== undefined) messages.push(toMessage(stored, this.#store));
    }
    return messages.sort((a, b) => a.sentAt - b.sentAt);
  }
}
