import type { ExpiredMessage } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { refreshLines } from './lines.ts';
import { startReadTimers } from './timers.ts';

/** Messages whose time runs or is over: starts their timers, and tells of those that the store has deleted. */
export class Vanishing {
  readonly #context: Context;
  readonly #wakeSwarm: () => void;
  #isStarting = false;

  /** `wakeSwarm`: timers were started that the swarm is to know of */
  constructor(context: Context, wakeSwarm: () => void) {
    this.#context = context;
    this.#wakeSwarm = wakeSwarm;
  }

  /** What vanished while nobody ran left lines without words. */
  start(): void {
    const emptied = this.#context.store.entries('conversations').filter(([, line]) => line.preview === '');
    void this.#refresh(new Set(emptied.map(([id]) => id)));
  }

  /** A conversation may have been read, here or on another device: the time of its messages runs. */
  startTimers(): void {
    if (this.#isStarting || this.#context.store.entries('readTimers').length === 0) return;
    this.#isStarting = true;
    startReadTimers(this.#context)
      .then((any) => any && this.#wakeSwarm())
      .catch(() => undefined)
      .finally(() => {
        this.#isStarting = false;
      });
  }

  /** The store has deleted messages whose time was over. */
  gone(expired: readonly ExpiredMessage[]): void {
    const { changed, events } = this.#context;
    changed();
    for (const { conversation, id } of expired)
      events.emit({ event: 'deleted', conversation, id, why: 'expired', left: null });
    void this.#refresh(new Set(expired.map(({ conversation }) => conversation)));
  }

  /** Lets the list show what is left of conversations whose newest message is gone. */
  async #refresh(conversations: ReadonlySet<string>): Promise<void> {
    try {
      await refreshLines(this.#context, conversations);
      this.#context.changed();
    } catch {
      // Closing, or a disk that refuses: the next message mends the line.
    }
  }
}
