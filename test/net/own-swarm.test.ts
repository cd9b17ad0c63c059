/** Changes of one's own swarm against a whole network on this machine: one request each, in order, nothing lost. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type Devnet, type JournalEntry, startDevnet } from '../../src/devnet/index.ts';
import { createNetwork, type Network } from '../../src/net/index.ts';
import { type AccountKeys, deriveAccount } from '../../src/protocol/account.ts';
import { messageHash } from '../../src/protocol/message-hash.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

const platform = {
  clock: systemClock,
  randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
  logger: silentLogger,
};
const dayMs = 86_400_000;
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function setUp(): Promise<{
  net: Devnet;
  journal: JournalEntry[];
  network: Network;
  account: AccountKeys;
}> {
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
    limits: {
      connectMs: 2_000,
      seedMs: 2_000,
      answerMs: 10_000,
      hedgeFirstMs: 20_000,
      hedgeLastMs: 20_000,
      retryMs: 50,
    },
  });
  open.push(net, network);
  return { net, journal, network, account: deriveAccount(platform.randomBytes(16)) };
}

const item = (namespace: number, text: string) => ({
  namespace,
  ttlMs: 30 * dayMs,
  data: new TextEncoder().encode(text),
});

async function held(network: Network, account: AccountKeys): Promise<readonly string[]> {
  const texts = new Set<string>();
  await network.fetch({
    account,
    namespaces: [2, 3, 5, 4],
    cursors: { get: () => undefined },
    onBatch: async ({ items }) => {
      for (const { data } of items) texts.add(new TextDecoder().decode(data));
    },
  });
  return [...texts].sort();
}

/** The methods of each sequence that a swarm member was asked for, without those of an earlier request. */
function sequences(journal: readonly JournalEntry[], earlier: number): readonly (readonly string[])[] {
  return journal
    .slice(earlier)
    .filter(({ saw }) => saw.role === 'destination' && saw.method === 'sequence')
    .map(({ saw }) =>
      (saw.params as { requests: { method: string }[] }).requests.map(({ method }) => method),
    );
}

describe('in one’s own swarm', () => {
  test('replace stores, then deletes, in one sequence', async () => {
    const { journal, network, account } = await setUp();
    const [old] = await network.replace({ account, items: [item(3, 'old')], obsolete: [] });
    expect(old?.hash).toBe(messageHash(account.accountId, 3, new TextEncoder().encode('old')));
    const before = journal.length;
    await network.replace({
      account,
      items: [item(2, 'profile'), item(3, 'new')],
      obsolete: [old?.hash ?? ''],
    });
    expect(sequences(journal, before)).toEqual([['store', 'store', 'delete']]);
    expect(await held(network, account)).toEqual(['new', 'profile']);
  });

  test('replace gets through lost answers and wrong swarms without leaving anything behind', async () => {
    const { net, network, account } = await setUp();
    const [old] = await network.replace({ account, items: [item(3, 'old')], obsolete: [] });
    net.setFaults('lost=0.2,wrong-swarm=0.2');
    await network.replace({ account, items: [item(3, 'new')], obsolete: [old?.hash ?? ''] });
    net.setFaults('none');
    expect(await held(network, account)).toEqual(['new']);
  });

  test('what a member has is handed over configs first, whatever the order of asking', async () => {
    const { network, account } = await setUp();
    await network.replace({ account, items: [item(2, 'profile'), item(3, 'contacts')], obsolete: [] });
    await network.store({ recipient: account.accountId, ...item(0, 'message'), ttlMs: dayMs });
    const order = new Map<string, number[]>();
    await network.fetch({
      account,
      namespaces: [0, 2, 3, 5, 4],
      cursors: { get: () => undefined },
      onBatch: async ({ node, namespace }) => {
        order.set(node, [...(order.get(node) ?? []), namespace]);
      },
    });
    expect(order.size).toBeGreaterThan(0);
    for (const namespaces of order.values()) expect(namespaces).toEqual([2, 3, 5, 4, 0]);
  });

  test('more than a sequence holds goes in several, and the deletion last', async () => {
    const { journal, network, account } = await setUp();
    const [old] = await network.replace({ account, items: [item(4, 'old')], obsolete: [] });
    const before = journal.length;
    const many = Array.from({ length: 21 }, (_, n) => item(3, `part ${String(n).padStart(2, '0')}`));
    const answers = await network.replace({ account, items: many, obsolete: [old?.hash ?? ''] });
    expect(answers.map(({ hash }) => hash)).toEqual(
      many.map(({ namespace, data }) => messageHash(account.accountId, namespace, data)),
    );
    const asked = sequences(journal, before);
    expect(asked.map((methods) => [methods.length, methods.at(-1)])).toEqual([
      [19, 'store'],
      [3, 'delete'],
    ]);
    expect(await held(network, account)).toHaveLength(21);
  });

  test('extend lengthens lives, and says what the swarm no longer has', async () => {
    const { network, account } = await setUp();
    const [stored] = await network.replace({
      account,
      items: [{ ...item(2, 'short'), ttlMs: dayMs }],
      obsolete: [],
    });
    const hash = stored?.hash ?? '';
    const gone = messageHash(account.accountId, 2, new TextEncoder().encode('never stored'));
    const request = { account, hashes: [hash, gone], expiresAt: network.now() + 30 * dayMs };
    expect(await network.extend(request)).toEqual(new Set([hash]));
    // already there: unchanged, and still known
    expect(await network.extend({ ...request, expiresAt: network.now() + dayMs })).toEqual(new Set([hash]));
    let expiresAt = 0;
    await network.fetch({
      account,
      namespaces: [2],
      cursors: { get: () => undefined },
      onBatch: async ({ items }) => {
        expiresAt = items[0]?.expiresAt ?? 0;
      },
    });
    expect(expiresAt).toBeGreaterThan(network.now() + 29 * dayMs);
  });
});
