import { describe, expect, it } from 'vitest';
import { Poller, pauseFor } from '../../src/core/poller.ts';
import { NetworkError } from '../../src/errors.ts';
import type { Clock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

/** A clock whose sleeps pass at once; `jump` is added to the wall clock during the next sleep. */
function quickClock(): Clock & { jump: number; slept: number } {
  let now = 1_000_000;
  const clock = {
    jump: 0,
    slept: 0,
    now: () => now,
    monotonic: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += ms + clock.jump;
      clock.slept += ms;
      clock.jump = 0;
    },
    after: () => () => undefined,
  };
  return clock;
}

async function rounds(
  clock: ReturnType<typeof quickClock>,
  count: number,
  onRound: (n: number, poller: Poller) => void,
  fingerprint?: () => string,
): Promise<void> {
  const stop = new AbortController();
  let n = 0;
  const poller: Poller = new Poller({
    platform: {
      clock,
      logger: silentLogger,
      randomBytes: (length) => new Uint8Array(length),
      ...(fingerprint === undefined ? {} : { networkFingerprint: fingerprint }),
    },
    lowBandwidth: false,
    lastActivityAt: () => clock.now() - 1e9,
    async round() {
      n += 1;
      if (n === count) stop.abort();
      onRound(n, poller);
      return { answered: 2, stored: 0, skipped: 0 };
    },
  });
  await poller.run(stop.signal);
}

describe('polling', () => {
  it('is fast while people talk, slower when idle, much slower on a metered line', () => {
    const pause = (quietForMs: number, lowBandwidth = false) =>
      pauseFor({ quietForMs, failures: 0, lowBandwidth });
    expect(pause(0)).toBeLessThan(pause(300_000));
    expect(pause(300_000)).toBeLessThan(pause(3_600_000));
    for (const quiet of [0, 300_000, 3_600_000])
      expect(pause(quiet, true)).toBeGreaterThanOrEqual(10 * pause(quiet));
  });

  it('tries again soon after one failure, ever more rarely after many, and at most a minute later', () => {
    const pauses = [1, 2, 3, 5, 8, 100].map((failures) =>
      pauseFor({ quietForMs: 0, failures, lowBandwidth: false }),
    );
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBeLessThanOrEqual(1_000);
    expect(pauses.at(-1)).toBe(60_000);
  });

  it('looks for the own swarm at the usual pace, however often it failed, while other nodes answer', () => {
    for (const quietForMs of [0, 300_000, 3_600_000]) {
      const usual = pauseFor({ quietForMs, failures: 0, lowBandwidth: false });
      const pause = pauseFor({ quietForMs, failures: 50, reachable: true, lowBandwidth: false });
      expect(pause).toBeLessThanOrEqual(Math.max(5_000, usual));
      expect(pause).toBeGreaterThanOrEqual(usual);
    }
  });

  it('goes on after failed rounds', async () => {
    const clock = quickClock();
    let failed = 0;
    await rounds(clock, 5, (n) => {
      if (n < 5) {
        failed += 1;
        throw new NetworkError('path', 'no path');
      }
    });
    expect(failed).toBe(4);
  });

  it('fetches at once after the machine slept', async () => {
    const clock = quickClock();
    await rounds(clock, 2, (n) => {
      if (n === 1) clock.jump = 3_600_000;
    });
    expect(clock.slept).toBeLessThan(2_000);
  });

  it('fetches at once when the network of the machine changed', async () => {
    const clock = quickClock();
    await rounds(
      clock,
      2,
      () => undefined,
      () => (clock.slept === 0 ? 'wlan' : 'cable'),
    );
    expect(clock.slept).toBeLessThan(2_000);
  });

  it('fetches at once when woken', async () => {
    const clock = quickClock();
    await rounds(clock, 2, (n, poller) => {
      if (n === 1) setImmediate(() => poller.wake());
    });
    expect(clock.slept).toBeLessThan(5_000);
  });
});
