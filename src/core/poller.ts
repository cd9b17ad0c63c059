import { NetworkError } from '../errors.ts';
import type { Platform } from '../util/platform.ts';
import type { RoundResult } from './types.ts';

/** Pause after a round that ended well (network.md section 5.1), after failures, and on a metered line. */
const pauseMs = 5_000;
const longestPauseMs = 60_000;
const lowBandwidthPauseMs = 60_000;

export type PollerOptions = Readonly<{
  platform: Platform;
  lowBandwidth: boolean;
  round: (signal: AbortSignal) => Promise<RoundResult>;
}>;

/** Fetches round after round until aborted; a failed round makes the next pause longer, never ends the polling. */
export async function pollUntilAborted(options: PollerOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger } = options.platform;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await options.round(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      logger.debug('a round of fetching failed', {
        code: error instanceof NetworkError ? error.code : 'other',
      });
    }
    const base = options.lowBandwidth ? lowBandwidthPauseMs : pauseMs;
    const pause = Math.min(
      longestPauseMs,
      failures === 0 ? base : Math.max(1_000, base * 2 ** (failures - 2)),
    );
    await clock.sleep(pause, signal).catch(() => undefined);
  }
}
