/** Work that goes on beside the calls that wait for it: it ends with the network, not with one of them. */
import { NetworkError } from '../errors.ts';
import { abortable } from './abortable.ts';
import { type CallContext, newContext } from './onion-client.ts';

export class Background {
  readonly #life = new AbortController();
  /** never fails the caller; awaited at the end */
  readonly #work = new Set<Promise<unknown>>();
  readonly #lastAnswerAt: () => number | null;

  /** `lastAnswerAt` says when anything last answered (ms), or null. */
  constructor(lastAnswerAt: () => number | null) {
    this.#lastAnswerAt = lastAnswerAt;
  }

  /** aborted when the network is closed */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Runs work that several callers wait for. */
  share(work: (context: CallContext) => Promise<void>): Promise<void> {
    return this.track(work(newContext(this.#life.signal)));
  }

  /** The work is waited for at the end, whoever else waits for it. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    const done = () => {
      this.#work.delete(work);
    };
    work.then(done, done);
    return work;
  }

  /** Waits for shared work on behalf of one call, and notes for it whether anything answered meanwhile. */
  async join(work: Promise<void>, context: CallContext): Promise<void> {
    const before = this.#lastAnswerAt();
    try {
      await abortable(work, context.signal);
    } finally {
      if (this.#lastAnswerAt() !== before) context.progress.answered = true;
    }
  }

  /** Ends everything, and resolves when it has ended. */
  async end(): Promise<void> {
    this.#life.abort(new NetworkError('offline', 'The network side is closed.'));
    await Promise.allSettled([...this.#work]);
  }
}
