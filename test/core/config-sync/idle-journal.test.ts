/** What a network on this machine sees of a device that has nothing to say: one hour, on a clock that is moved. */
import { setTimeout as realSleep, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemRandomBytes } from '../../../src/crypto/random.ts';
import { type JournalEntry, startDevnet } from '../../../src/devnet/index.ts';
import { createNetwork, type Network } from '../../../src/net/index.ts';
import { silentLogger } from '../../../src/util/logger.ts';
import { device } from '../../support/devices.ts';
import { FakeSwarms } from '../../support/fake-network.ts';
import { testId } from '../../support/fake-session.ts';
import { movedClock } from '../../support/moved-clock.ts';

/** The methods that the swarm was asked for, inside of batches and sequences too. */
function asked(journal: readonly JournalEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { saw } of journal) {
    if (saw.role !== 'destination') continue;
    const { requests } = (saw.params ?? {}) as { requests?: readonly { method: string }[] };
    for (const { method } of requests ?? [{ method: String(saw.method) }])
      counts[method] = (counts[method] ?? 0) + 1;
  }
  return counts;
}

describe('the journal of an idle hour', () => {
  it('shows rounds of fetching, and nothing stored, deleted or extended', async () => {
    const clock = movedClock(Date.now());
    const platform = { clock, randomBytes: systemRandomBytes, logger: silentLogger };
    const net = await startDevnet({ platform });
    const journal: JournalEntry[] = [];
    net.onJournal((entry) => journal.push(entry));
    let state: unknown;
    const network = createNetwork({
      definition: net.definition,
      proxy: null,
      memory: {
        load: () => state,
        save: async (next) => {
          state = structuredClone(next);
        },
      },
      platform,
    });
    // Calls take real time while the clock stands still: it is moved on only between them.
    let underWay = 0;
    const counted = new Proxy(network, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...args: unknown[]) => unknown;
        if (name !== 'fetch' && name !== 'replace' && name !== 'extend') return call;
        return async (...args: unknown[]) => {
          underWay += 1;
          try {
            return await call(...args);
          } finally {
            underWay -= 1;
          }
        };
      },
    }) as Network; // the same methods, three of them counted
    const pass = async (ms: number, step: number): Promise<void> => {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        for (let i = 0; i < 5; i++) await turn();
        while (underWay > 0) await realSleep(2);
      }
    };
    const alice = device(new FakeSwarms(), { name: 'Alice', platform, real: counted, lowBandwidth: true });
    try {
      await alice.session.addContact(testId('b'), 'Bobby');
      alice.session.goOnline({ poll: true });
      await pass(40_000, 500);
      const before = asked(journal);
      expect(before.store).toBeGreaterThanOrEqual(2);
      journal.length = 0;
      await pass(3_600_000, 1_000);
      const { retrieve = 0, ...rest } = asked(journal);
      expect(retrieve).toBeGreaterThan(100);
      expect(Object.keys(rest).filter((method) => method !== 'info' && method !== 'oxend_request')).toEqual(
        [],
      );
    } finally {
      await alice.session.close();
      await net.close();
    }
  });
});
