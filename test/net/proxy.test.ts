/** Everything through the proxy, or nothing at all. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type Devnet, type JournalEntry, startDevnet } from '../../src/devnet/index.ts';
import { createNetwork } from '../../src/net/index.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { startRecordingSocksProxy } from '../support/recording-socks-proxy.ts';

const platform = {
  clock: systemClock,
  randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
  logger: silentLogger,
};
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function setUp(port?: number) {
  const net: Devnet = await startDevnet({ platform });
  open.push(net);
  const journal: JournalEntry[] = [];
  net.onJournal((entry) => journal.push(entry));
  const proxy = await startRecordingSocksProxy();
  open.push(proxy);
  const network = createNetwork({
    definition: net.definition,
    proxy: { host: '127.0.0.1', port: port ?? proxy.port, username: 'u', password: 'secret' },
    memory: { load: () => undefined, save: async () => {} },
    platform,
    limits: { retryMs: 20 },
  });
  open.push(network);
  return { net, journal, proxy, network };
}

const request = () => ({
  recipient: deriveAccount(platform.randomBytes(16)).accountId,
  namespace: 0,
  data: new Uint8Array(100),
  ttlMs: 86_400_000,
});

test('seed and guards are reached through it alone', async () => {
  const { net, journal, proxy, network } = await setUp();
  await network.store(request());
  const guards = new Set(journal.filter(({ saw }) => saw.role === 'guard').map(({ id }) => id));
  const seedPort = Number(new URL(net.definition.seedNodes[0]?.url ?? '').port);
  const asked = new Set(proxy.requests.map(({ host, port }) => `${host}:${port}`));
  const allowed = net.nodes.filter((node) => guards.has(node.ed25519)).map(({ ip, port }) => `${ip}:${port}`);
  expect(asked).toEqual(new Set([`127.0.0.1:${seedPort}`, ...allowed]));
  expect(network.status().proxy).toBe(`socks5h://127.0.0.1:${proxy.port}`);
});

test('with it down nothing is tried without it, and nothing is held against a node', async () => {
  const { journal, proxy, network } = await setUp();
  await network.store(request());
  await proxy.close();
  journal.length = 0;
  for (let i = 0; i < 5; i++) {
    await expect(network.store(request())).rejects.toMatchObject({
      code: 'proxy',
      message: expect.stringContaining('Is Tor running?'),
      fields: { answered: false },
    });
  }
  expect(journal).toEqual([]);
  expect(network.status().phase).toBe('offline');
  expect(network.status().paths.map((path) => path.failures)).not.toContain(1);
});

test('with it down from the start the error is the proxy’s', async () => {
  const { journal, network } = await setUp(1);
  await expect(network.connect()).rejects.toMatchObject({ code: 'proxy' });
  expect(journal).toEqual([]);
});
