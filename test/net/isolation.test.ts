/** Tor is given a user name of its own for the seeds and for each guard. */
import { expect, test } from 'vitest';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { startDevnet } from '../../src/devnet/index.ts';
import { createNetwork } from '../../src/net/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { startRecordingSocksProxy } from '../support/recording-socks-proxy.ts';

const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };

test('seed and guards never share a user name, and each keeps its own', async () => {
  const net = await startDevnet({ platform });
  const proxy = await startRecordingSocksProxy({ anyLogin: true });
  const network = createNetwork({
    definition: net.definition,
    proxy: { host: '127.0.0.1', port: 1, otherPort: proxy.port, source: '--tor' },
    memory: { load: () => undefined, save: async () => {} },
    platform,
  });
  try {
    await network.connect();
    await network.refreshNodes();
    const namesOf = new Map<string, Set<string>>();
    for (const { host, port, username } of proxy.requests) {
      const server = `${host}:${port}`;
      namesOf.set(server, (namesOf.get(server) ?? new Set()).add(username ?? ''));
    }
    // the seed, and at least one guard
    expect(namesOf.size).toBeGreaterThan(1);
    for (const names of namesOf.values()) expect(names.size).toBe(1);
    const all = [...namesOf.values()].flatMap((names) => [...names]);
    expect(new Set(all).size).toBe(namesOf.size);
    expect(all).not.toContain('');
    expect(network.status()).toMatchObject({
      proxy: `socks5h://127.0.0.1:${proxy.port}`,
      proxySource: '--tor',
    });
  } finally {
    await network.close();
    await proxy.close();
    await net.close();
  }
});
