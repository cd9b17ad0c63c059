/** Nodes tried as guards: each of them has seen this machine's address, so there shall be few. */
import type { Clock } from '../util/clock.ts';
import type { NodeBook } from './node-book.ts';

/** Strangers tried while no guard answers: per minute, so that a blocked line does not show us to many. */
const perMinute = 12;
/** Who has seen us within this time may be tried again at will. */
const lifeMs = 3_600_000;

export class Strangers {
  readonly #clock: Clock;
  /** when first; local clock, ms */
  readonly #tried = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those tried lately, whatever came of it, with the local time of the first try (ms). */
  all(): readonly (readonly [string, number])[] {
    return [...this.#tried];
  }

  restore(tried: readonly (readonly [string, number])[], book: NodeBook): void {
    for (const [key, at] of tried) if (book.get(key) !== undefined) this.#tried.set(key, at);
  }

  has(key: string): boolean {
    return this.#tried.has(key);
  }

  /** Notes a try; true if it is the first one. */
  meet(key: string): boolean {
    if (this.#tried.has(key)) return false;
    this.#tried.set(key, this.#clock.now());
    return true;
  }

  /** True while further nodes may see us; forgets those of long ago. */
  mayMeetMore(): boolean {
    const now = this.#clock.now();
    for (const [key, at] of this.#tried) if (at > now || at < now - lifeMs) this.#tried.delete(key);
    return [...this.#tried.values()].filter((at) => at > now - 60_000).length < perMinute;
  }
}
