/**
 * How slow the line to the terminal is: the time until it answers a question (DSR), the time until it takes what was
 * written, and what a key press costs. It asks once the first frame is written and while somebody types; by a timer only
 * to make sure of a slow answer, a few times: an idle screen costs nothing. Nothing waits for an answer; a terminal that
 * gives none is not asked any more.
 */
import type { Clock } from '../../util/clock.ts';

/** Device status report; every terminal answers `CSI 0 n`. */
export const statusQuestion = '\x1b[5n';

export type LinkMeasure = Readonly<{
  isSlow: boolean;
  /** the last round trip; null: none is known */
  roundTripMs: number | null;
  /** bytes written for a key press, the median of the last ones; null: nobody typed */
  bytesPerKey: number | null;
}>;

/** From here on twice in a row the line is slow; up to there three times in a row it is not any more. */
const slowMs = 200;
const fastMs = 100;
const slowInARow = 2;
const fastInARow = 3;
/** While somebody types, it is asked at most so often. */
const askEveryMs = 10_000;
/** A whole screen at 9 600 bit/s takes some seconds. After this time no answer will come. */
const patienceMs = 15_000;
/** Most answers come within this time. */
const answersWithinMs = 1000;
const unansweredInARow = 2;
/** One slow answer may be this machine's own doing, at the start above all: so many more are asked for, so much later. */
const moreAfterMs = 2000;
const mostMore = 3;
/** Key presses whose bytes are looked at. */
const keptCosts = 50;

export class LinkMeter {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #onMeasured: (measure: LinkMeasure) => void;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isAsked = false;
  /** answers still to come to questions that were given up */
  #late = 0;
  #unanswered = 0;
  #repeated = 0;
  #cancel: () => void = () => {};
  #slow = 0;
  #fast = 0;
  #isSlow = false;
  #roundTripMs: number | null = null;
  /** keys pressed since something was written */
  #keys = 0;
  readonly #costs: number[] = [];

  /** `ask` writes the question to the terminal. */
  constructor(clock: Clock, ask: () => void, onMeasured: (measure: LinkMeasure) => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#onMeasured = onMeasured;
  }

  get measure(): LinkMeasure {
    const costs = this.#costs.toSorted((one, other) => one - other);
    const bytesPerKey = costs[Math.floor(costs.length / 2)] ?? null;
    return { isSlow: this.#isSlow, roundTripMs: this.#roundTripMs, bytesPerKey };
  }

  /** An answer is to be expected now. */
  get isWaiting(): boolean {
    return this.#isAsked && this.#clock.monotonic() - this.#askedAt < answersWithinMs;
  }

  /** The first frame is written. */
  started(): void {
    this.#question();
  }

  /** Somebody pressed keys; `mayAsk`: the terminal stays ours long enough for an answer. */
  pressed(count: number, mayAsk = true): void {
    this.#keys += count;
    if (mayAsk && this.#clock.monotonic() - this.#askedAt >= askEveryMs) this.#question();
  }

  /** So many bytes were written, and the terminal took them after this time. */
  wrote(bytes: number, tookMs: number): void {
    if (bytes > 0 && this.#keys > 0) {
      this.#costs.push(Math.round(bytes / this.#keys));
      if (this.#costs.length > keptCosts) this.#costs.shift();
      this.#keys = 0;
    }
    if (tookMs >= slowMs) this.#judge(tookMs);
  }

  answered(): void {
    if (this.#late > 0) {
      this.#late -= 1;
      return;
    }
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#unanswered = 0;
    const took = this.#clock.monotonic() - this.#askedAt;
    this.#roundTripMs = Math.round(took);
    this.#judge(took);
    const isDoubtful = took >= slowMs && !this.#isSlow;
    if (isDoubtful && this.#repeated < mostMore) {
      this.#repeated += 1;
      this.#cancel = this.#clock.after(moreAfterMs, () => this.#question());
    } else this.#repeated = 0;
  }

  /** The terminal is somebody else's for a time: what it was asked is not answered to us. */
  forget(): void {
    this.#cancel();
    this.#isAsked = false;
    this.#late = 0;
  }

  #question(): void {
    const now = this.#clock.monotonic();
    if (this.#isAsked) {
      if (now - this.#askedAt < patienceMs) return;
      this.#unanswered += 1;
      this.#late += 1;
    }
    if (this.#unanswered >= unansweredInARow) return;
    this.#isAsked = true;
    this.#askedAt = now;
    this.#ask();
  }

  /** Slow and fast are apart, and both have to last, so that the screen does not change back and forth. */
  #judge(tookMs: number): void {
    this.#slow = tookMs >= slowMs ? this.#slow + 1 : 0;
    this.#fast = tookMs <= fastMs ? this.#fast + 1 : 0;
    if (this.#slow >= slowInARow) this.#isSlow = true;
    else if (this.#fast >= fastInARow) this.#isSlow = false;
    this.#onMeasured(this.measure);
  }
}
