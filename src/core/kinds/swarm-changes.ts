import { maxChangesTogether } from '../../net/index.ts';
import type { Context } from '../context.ts';
import { codeOf } from '../outbox-rules.ts';
import { takeEarlierEnds } from './timers.ts';

/** Waits between attempts: doubling from the first, up to the last. */
const firstRetryMs = 1_000;
const lastRetryMs = 60_000;

/**
 * Does in one's own swarm what was decided here: deletes messages there, and shortens the lives of others. Kept in the
 * store until a member of the swarm has done it, so it survives restarts.
 */
export class SwarmChanges {
  readonly #context: Context;
  #signal: AbortSignal | null = null;
  #running: Promise<void> | null = null;
  #attempts = 0;
  #notBefore = 0;
  #cancel: (() => void) | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Nothing is left to do. */
  get settledAll(): boolean {
    return this.#context.store.entries('swarmChanges').length === 0;
  }

  /** From now on what is decided is done in the background, until aborted. */
  start(signal: AbortSignal): void {
    if (this.#signal !== null) return;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#cancel?.(), { once: true });
    this.wake();
  }

  /** Something was decided, or the network has come back (`now`). */
  wake(now = false): void {
    const { clock } = this.#context.platform;
    if (now) this.#notBefore = 0;
    if (this.#signal === null || this.#signal.aborted || this.#running !== null || this.settledAll) return;
    this.#cancel?.();
    const wait = this.#notBefore - clock.now();
    if (wait > 0) {
      this.#cancel = clock.after(wait, () => this.wake());
      return;
    }
    void this.flush(this.#signal);
  }

  /** Does all of it, now; resolves when it is done or could not be done. */
  flush(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run(signal).finally(() => {
      this.#running = null;
      this.wake();
    });
    return this.#running;
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { store, network, keys, platform } = this.#context;
    for (;;) {
      const changes = store
        .entries('swarmChanges')
        .slice(0, maxChangesTogether)
        .map(([hash, expiresAt]) => ({ hash, expiresAt }));
      if (changes.length === 0 || signal.aborted) return;
      try {
        const earlier = await network.changeStored({ account: keys, changes }, signal);
        this.#attempts = 0;
        await store.transact((tx) => {
          for (const { hash, expiresAt } of changes)
            if (tx.get('swarmChanges', hash) === expiresAt) tx.delete('swarmChanges', hash);
        });
        await takeEarlierEnds(this.#context, earlier);
        this.#context.changed();
      } catch (error) {
        if (signal.aborted) return;
        platform.logger.debug('the own swarm was not changed', { code: codeOf(error) });
        this.#notBefore =
          platform.clock.now() + Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(10, this.#attempts++));
        return;
      }
    }
  }
}
