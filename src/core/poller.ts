import { NetworkError } from '../errors.ts';
import type { Platform } from '../util/platform.ts';
import type { RoundResult } from './types.ts';

/** Somebody is talking: a message came or went within this time. */
const activeMs = 120_000;
/** Nobody has said anything for this long. */
const idleMs = 600_000;
/** Pauses between rounds, ms; the official client's is 5 s throughout (network.md section 5.1). */
const pauses = { active: 2_500, quiet: 5_000, idle: 15_000 } as const;
/** The same on a metered line. */
const lowBandwidthPauses = { active: 30_000, quiet: 60_000, idle: 180_000 } as const;
const longestPauseMs = 60_000;
/** How often a pause looks whether the machine has slept or changed networks. */
const glanceMs = 1_000;
/** The wall clock ran ahead of the pause by this much: the machine slept. */
const sleptMs = 10_000;

export type Pace = Readonly<{
  /** since the last message came or went, ms */
  quietForMs: number;
  /** rounds that failed in a row */
  failures: number;
  /** the last of them had an answer from somewhere in the network: only the own swarm fails */
  reachable?: boolean;
  lowBandwidth: boolean;
}>;

/** Pause before the next round, ms: short while people talk, longer when idle, longer with every failure in a row. */
export function pauseFor(pace: Pace): number {
  const table = pace.lowBandwidth ? lowBandwidthPauses : pauses;
  const { quietForMs, failures } = pace;
  const base = quietForMs < activeMs ? table.active : quietForMs < idleMs ? table.quiet : table.idle;
  if (failures === 0) return base;
  // The first failures are often a path that is being replaced: tried again soon, then ever more rarely.
  // A swarm comes back without our line changing, so it is looked for at the usual pace.
  const longest = pace.reachable === true ? Math.max(base, pauses.quiet) : longestPauseMs;
  const backoff = Math.min(longest, 1_000 * 2 ** Math.min(failures - 1, 10));
  return pace.lowBandwidth ? Math.max(base, backoff) : backoff;
}

export type PollerOptions = Readonly<{
  platform: Platform;
  lowBandwidth: boolean;
  round: (signal: AbortSignal) => Promise<RoundResult>;
  /** when the last message came or went, local clock, ms */
  lastActivityAt: () => number;
}>;

/**
 * Fetches round after round until aborted. A failed round makes the next pause longer, never ends the polling; after
 * the machine slept, its network changed, or `wake` was called, the next round starts at once.
 */
export class Poller {
  readonly #options: PollerOptions;
  #wake: (() => void) | null = null;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#wake?.();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { platform, round, lastActivityAt, lowBandwidth } = this.#options;
    const { clock, logger } = platform;
    let failures = 0;
    let reachable = false;
    while (!signal.aborted) {
      try {
        await round(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        reachable = error instanceof NetworkError && error.fields.answered === true;
        logger.debug('a round of fetching failed', {
          code: error instanceof NetworkError ? error.code : 'other',
        });
      }
      await this.#pause(
        pauseFor({
          quietForMs: Math.max(0, clock.now() - lastActivityAt()),
          failures,
          reachable,
          lowBandwidth,
        }),
        signal,
      );
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock, networkFingerprint } = this.#options.platform;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const stop = AbortSignal.any([signal, woken.signal]);
    const network = networkFingerprint?.();
    let left = ms;
    while (left > 0 && !stop.aborted) {
      const glance = Math.min(left, glanceMs);
      const before = clock.now();
      await clock.sleep(glance, stop).catch(() => undefined);
      if (clock.now() - before > glance + sleptMs) break;
      if (networkFingerprint !== undefined && networkFingerprint() !== network) break;
      left -= glance;
    }
    this.#wake = null;
  }
}
