/** What a person sees of the guards while one of them goes away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { startDevnet } from '../../src/devnet/index.ts';
import { createNetwork, type NetworkStatus } from '../../src/net/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

/** minutes pass between requests: a guard that was away is tried again after half a minute only */
let passedMs = 0;
const clock = { ...systemClock, now: () => systemClock.now() + passedMs };
const platform = { clock, randomBytes: systemRandomBytes, logger: silentLogger };

test('guards are shown with their state; one that goes away is named, then replaced, and all is well again', async () => {
  const net = await startDevnet({ platform });
  const network = createNetwork({
    definition: net.definition,
    proxy: null,
    memory: { load: () => undefined, save: async () => {} },
    platform,
    limits: { connectMs: 1_000, answerMs: 400, retryMs: 20 },
  });
  const told: NetworkStatus[] = [];
  network.onStatus((status) => told.push(status));
  const good = () => network.status().guards.filter((guard) => guard.state === 'good');
  try {
    await network.connect();
    await vi.waitFor(() => expect(good()).toHaveLength(2), { timeout: 5_000 });
    expect(told.some(({ guards }) => guards.some((guard) => guard.state === 'testing'))).toBe(true);
    expect(network.status()).toMatchObject({ phase: 'online', detail: '' });
    expect(Math.abs(network.status().clockOffsetMs ?? Number.NaN)).toBeLessThan(60_000);

    const gone = good()[1];
    await net.stopNode(net.nodes.findIndex((node) => node.ed25519 === gone?.ed25519));
    told.length = 0;
    const replaced = () => {
      const { guards, detail } = network.status();
      return detail === '' && good().length === 2 && !guards.some(({ ed25519 }) => ed25519 === gone?.ed25519);
    };
    for (let i = 0; i < 30 && !replaced(); i++) {
      await network.connect();
      // the guard under test beside the one that answered
      await sleep(50);
      passedMs += 31_000;
    }
    await vi.waitFor(() => expect(replaced()).toBe(true));
    expect(told.map(({ detail }) => detail).join('\n')).toMatch(
      /Guard 2 can’t be reached; using the other one/,
    );
    expect(
      told.some(({ guards }) =>
        guards.some(({ ed25519, state }) => ed25519 === gone?.ed25519 && state === 'troubled'),
      ),
    ).toBe(true);
  } finally {
    await network.close();
    await net.close();
  }
});
