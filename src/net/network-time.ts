/** Network time: this machine's clock corrected by what service nodes say (network.md 6). */
import type { Clock } from '../util/clock.ts';

/** One node's clock against ours. */
export type ClockSample = Readonly<{
  /** who said it; a node counts once, with its newest word */
  node: string;
  /** its clock minus ours, ms */
  offsetMs: number;
  /** when, by our clock */
  at: number;
}>;

/** A node that claims a time before 2021 is not listened to (network.md 6). */
const earliestTime = 1_609_419_600_000;
const keptSamples = 10;
/** What was learnt longer ago says little about a clock that may have been set since. */
const sampleLifeMs = 24 * 3_600_000;
/** An answer this slow leaves the offset uncertain by half of it. */
const slowestMs = 10_000;
/** Wall clock and monotonic clock drifting apart by more than this: somebody set the clock, or the machine slept. */
const jumpMs = 5_000;

/**
 * The median of up to ten nodes' clocks: one node that lies, or whose clock is wrong, does not shift it once three
 * have spoken.
 */
export class NetworkTime {
  readonly #clock: Clock;
  #samples: ClockSample[] = [];
  #offsetMs = 0;
  #wallMinusMonotonic: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallMinusMonotonic = clock.now() - clock.monotonic();
  }

  /** ms, a whole number; our own clock until a node has spoken */
  now(): number {
    return Math.round(this.#clock.now() + this.#offsetMs);
  }

  /** True once a node has spoken and our clock has not jumped since. */
  get known(): boolean {
    this.#noticeJump();
    return this.#samples.length > 0;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  samples(): readonly ClockSample[] {
    return this.#samples;
  }

  restore(samples: readonly ClockSample[]): void {
    const now = this.#clock.now();
    this.#samples = samples
      .filter((sample) => sample.at <= now && sample.at > now - sampleLifeMs)
      .slice(-keptSamples);
    this.#update();
  }

  /** A node's answer carried its time `t`; `sentAt` and `receivedAt` are ours, and the truth lies between them. */
  learn(node: string, t: number, sentAt: number, receivedAt: number): void {
    if (!Number.isFinite(t) || t < earliestTime) return;
    this.#noticeJump();
    const roundTrip = receivedAt - sentAt;
    if (roundTrip < 0 || (roundTrip > slowestMs && this.#samples.length > 0)) return;
    const sample = { node, offsetMs: Math.round(t - (sentAt + receivedAt) / 2), at: receivedAt };
    this.#samples = [...this.#samples.filter((known) => known.node !== node), sample].slice(-keptSamples);
    this.#update();
  }

  /** Forgets what was learnt: a node has called our time wrong, so nodes are asked anew. */
  forget(): void {
    this.#samples = [];
  }

  #update(): void {
    if (this.#samples.length === 0) return;
    this.#offsetMs = median(this.#samples.map((sample) => sample.offsetMs));
  }

  #noticeJump(): void {
    const difference = this.#clock.now() - this.#clock.monotonic();
    if (Math.abs(difference - this.#wallMinusMonotonic) > jumpMs) this.forget();
    this.#wallMinusMonotonic = difference;
  }
}

/** The middle value; of an even count the mean of the two middle ones, if they are near each other, else the lower. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[sorted.length / 2 - 1] ?? upper;
  // two nodes that disagree widely: halfway between would be wrong for both; the smaller correction is the safer one
  if (Math.abs(upper - lower) > 60_000) return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
  return Math.round((lower + upper) / 2);
}
