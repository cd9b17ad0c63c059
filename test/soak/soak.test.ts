/** The soak of scripts/soak.ts in short; its full run's figures stand in docs/performance.md. */
import { expect, test } from 'vitest';
import { runOutage, runSoak } from './soak.ts';

// The network's own luck is not seeded, and a busy machine may run out of time: what is lost or doubled stays so on each try.
test('every message arrives once and in order on a bad day', { timeout: 120_000, retry: 2 }, async () => {
  const figures = await runSoak({ messages: 40, seed: 1, nodes: 10, turnSec: 3, limitMs: 100_000 });
  expect(figures.faults).toEqual([]);
});

test('what was queued goes out by itself after every node was down', {
  timeout: 120_000,
  retry: 2,
}, async () => {
  const figures = await runOutage({ messages: 40, seed: 2, nodes: 9, outageMs: 8_000, limitMs: 60_000 });
  expect(figures.faults).toEqual([]);
});
