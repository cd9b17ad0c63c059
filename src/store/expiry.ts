import type { Clock } from '../util/clock.ts';

/** Timers of most systems end at 24 days; waking once an hour also mends a clock that was set. */
const longestMs = 3_600_000;

/** Calls `run` when the earliest time it was told of has come. `run` tells of those that are left. */
export class Expiry {
  readonly #clock: Clock;
  readonly #run: () => Promise<void>;
  #earliest = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(clock: Clock, run: () => Promise<void>) {
    this.#clock = clock;
    this.#run = run;
  }

  /** Something expires at `at`, ms since 1970. */
  note(at: number): void {
    if (this.#stopped || at >= this.#earliest) return;
    this.#earliest = at;
    this.#cancel?.();
    this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #wait(): void {
    const left = Math.min(longestMs, Math.max(0, this.#earliest - this.#clock.now()));
    this.#cancel = this.#clock.after(left, () => {
      if (this.#clock.now() < this.#earliest) return this.#wait();
      const was = this.#earliest;
      this.#earliest = Number.POSITIVE_INFINITY;
      // A disk that refuses now is asked again later.
      this.#run().catch(() => this.note(was + longestMs));
    });
  }
}
