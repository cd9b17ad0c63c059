import type { Context } from '../context.ts';
import { hasControlFor } from '../control-messages.ts';

/** Whom this process has accepted: they are to be told before it ends. */
export class Answers {
  readonly #context: Pick<Context, 'store' | 'platform'>;
  readonly #subscribe: (listener: () => void) => () => void;
  readonly #owed: string[] = [];

  /** `subscribe`: calls the listener after each change of the state */
  constructor(context: Pick<Context, 'store' | 'platform'>, subscribe: (listener: () => void) => () => void) {
    this.#context = context;
    this.#subscribe = subscribe;
  }

  /** Somebody was accepted, and the answer is in the outbox. */
  owe(id: string): void {
    this.#owed.push(id);
  }

  /** Whether all of them have been told, at most `waitMs` from now. */
  async wait(waitMs: number, signal: AbortSignal): Promise<boolean> {
    const { store, platform } = this.#context;
    const waits = () => this.#owed.some((id) => hasControlFor(store, id));
    if (!waits()) return true;
    const done = Promise.withResolvers<void>();
    const stop = new AbortController();
    const unsubscribe = this.#subscribe(() => {
      if (!waits()) done.resolve();
    });
    try {
      const time = platform.clock.sleep(waitMs, AbortSignal.any([signal, stop.signal]));
      await Promise.race([done.promise, time.catch(() => undefined)]);
      return !waits();
    } finally {
      stop.abort();
      unsubscribe();
    }
  }
}
