import { describe, expect, it } from 'vitest';
import { retryAt } from '../../src/core/outbox-rules.ts';
import { NetworkError } from '../../src/errors.ts';
import { testPlatform } from '../support/stored.ts';

const item = {
  id: 'x',
  conversation: 'c',
  recipient: 'r',
  sentAt: 0,
  ttlMs: 1,
  data: 'ZGF0YQ==',
  syncData: '',
  nextAttemptAt: 0,
};

function wait(attempts: number, answered: boolean): number {
  const platform = { ...testPlatform, clock: { ...testPlatform.clock, now: () => 1_000_000 } };
  const error = new NetworkError('timeout', 'nobody', { fields: { answered } });
  return retryAt({ ...item, attempts }, error, platform) - 1_000_000;
}

describe('the wait before a message is tried again', () => {
  it('doubles to a minute while nothing answers at all', () => {
    const waits = Array.from({ length: 12 }, (_, attempts) => wait(attempts, false));
    for (const [attempts, ms] of waits.entries()) {
      const base = Math.min(60_000, 1000 * 2 ** attempts);
      expect(ms).toBeGreaterThanOrEqual(base * 0.8);
      expect(ms).toBeLessThanOrEqual(base * 1.2);
    }
  });

  it('stays at seconds while other nodes answer: the way to one swarm is found again soon', () => {
    for (let attempts = 3; attempts < 40; attempts++) expect(wait(attempts, true)).toBeLessThanOrEqual(6_000);
  });
});
