/** The network layer against a whole network on this machine: what arrives, and what each server could see. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type Devnet, type JournalEntry, startDevnet } from '../../src/devnet/index.ts';
import { NetworkError } from '../../src/errors.ts';
import { createNetwork, type Network, type RetrievedBatch } from '../../src/net/index.ts';
import type { NetworkLimits } from '../../src/net/settings.ts';
import { type AccountKeys, deriveAccount } from '../../src/protocol/account.ts';
import { accountPublicKey } from '../../src/protocol/ids.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import type { Platform } from '../../src/util/platform.ts';

const platform: Platform = {
  clock: systemClock,
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  logger: silentLogger,
};

/** Short enough for tests, long enough for a busy machine. */
const limits: Partial<NetworkLimits> = {
  connectMs: 2_000,
  seedMs: 2_000,
  answerMs: 2_500,
  hedgeFirstMs: 300,
  hedgeLastMs: 700,
  retryMs: 50,
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function devnet(
  options: Partial<Parameters<typeof startDevnet>[0]> = {},
): Promise<Devnet & { journal: JournalEntry[] }> {
  const network = await startDevnet({ platform, ...options });
  open.push(network);
  const entries: JournalEntry[] = [];
  network.onJournal((entry) => entries.push(entry));
  return Object.assign(network, { journal: entries });
}

function memory() {
  const saved: { state: unknown; saves: number } = { state: undefined, saves: 0 };
  return {
    saved,
    load: () => saved.state,
    async save(state: unknown) {
      saved.state = structuredClone(state);
      saved.saves += 1;
    },
  };
}

function client(net: Devnet, options: Partial<Parameters<typeof createNetwork>[0]> = {}): Network {
  const network = createNetwork({
    definition: { ...net.definition },
    proxy: null,
    memory: memory(),
    platform,
    limits,
    ...options,
  });
  open.push(network);
  return network;
}

const account = (): AccountKeys => deriveAccount(platform.randomBytes(16));
const dayMs = 86_400_000;

function store(network: Network, to: AccountKeys, text: string, signal?: AbortSignal) {
  return network.store(
    { recipient: to.accountId, namespace: 0, data: new TextEncoder().encode(text), ttlMs: dayMs },
    signal,
  );
}

async function fetch(network: Network, who: AccountKeys, namespaces: readonly number[] = [0, 2, 3, 5, 4]) {
  const batches: RetrievedBatch[] = [];
  const result = await network.fetch({
    account: who,
    namespaces,
    cursors: { get: () => undefined },
    onBatch: async (batch) => {
      batches.push(batch);
    },
  });
  const texts = new Set(
    batches.flatMap((batch) => batch.items.map((item) => new TextDecoder().decode(item.data))),
  );
  return { ...result, batches, texts: [...texts].sort() };
}

describe('over three hops', () => {
  test('a stored message reaches its recipient, and no server sees both ends', async () => {
    const net = await devnet();
    const bob = account();
    const answer = await store(client(net), bob, 'hello');
    expect(answer.hash).toMatch(/^[A-Za-z0-9+/]{43}$/);
    expect(Math.abs(answer.storedAt - Date.now())).toBeLessThan(60_000);
    const got = await fetch(client(net), bob);
    expect(got).toMatchObject({ answered: 2, asked: 2, texts: ['hello'] });
    expect(got.batches.find((batch) => batch.items.length > 0)?.cursor?.hash).toBe(answer.hash);

    const seen = (role: string) => net.journal.filter((entry) => entry.saw.role === role);
    for (const entry of net.journal) {
      const text = JSON.stringify(entry.saw);
      if (entry.server === 'seed') expect(text).not.toContain(bob.accountId);
      // only the destination and the swarm behind it know of whom a request speaks
      if (['guard', 'middle', 'exit'].includes(String(entry.saw.role)))
        expect(text).not.toContain(bob.accountId);
      // and only guards and the seed see where it comes from
      if (entry.saw.role !== 'guard' && entry.server !== 'seed')
        expect(entry.peer).not.toMatch(/^127\.0\.0\.1:/);
      expect(text).not.toMatch(/session-tui|undici|node\.js/i);
    }
    expect(seen('guard').length).toBeGreaterThan(0);
    expect(seen('direct')).toEqual([]);
    expect(seen('destination').some((entry) => entry.saw.method === 'sequence')).toBe(true);
    for (const entry of seen('guard'))
      expect(Object.keys(entry.saw.headers ?? {}).sort()).toEqual(['connection', 'content-length', 'host']);
  });

  test('no two hops of a path share a /24, and the destination is none of them', async () => {
    const net = await devnet();
    const network = client(net);
    await network.connect();
    await fetch(network, account());
    for (const path of network.status().paths) {
      expect(path.hops).toHaveLength(3);
      expect(new Set(path.hops.map((hop) => hop.ip.split('.', 3).join('.'))).size).toBe(3);
    }
    expect(network.status()).toMatchObject({ phase: 'online', nodes: 9, detail: '' });
  });

  test('it works where all nodes have one address', async () => {
    const net = await devnet({ subnets: false });
    const bob = account();
    await store(client(net), bob, 'hello');
    expect((await fetch(client(net), bob)).texts).toEqual(['hello']);
  });

  test('it works with the four nodes that are the least', async () => {
    const net = await devnet({ nodes: 4 });
    const bob = account();
    const network = client(net);
    for (const text of ['a', 'b', 'c']) await store(network, bob, text);
    expect((await fetch(network, bob)).texts).toEqual(['a', 'b', 'c']);
  });

  test('more than one answer holds is fetched to its end, and a cursor goes on where it was', async () => {
    const net = await devnet();
    const bob = account();
    const network = client(net);
    const large = (i: number) => `${i}`.padStart(2, '0').padEnd(76_000, '.');
    for (let i = 0; i < 40; i++) await store(network, bob, large(i));
    const got = await fetch(network, bob);
    expect(got.texts).toHaveLength(40);
    const cursors = new Map(
      got.batches.flatMap((b) => (b.cursor ? [[`${b.node} ${b.namespace}`, b.cursor.hash]] : [])),
    );
    await store(network, bob, 'last');
    const handedOver = new Set(got.batches.flatMap((b) => b.items.map((item) => `${b.node} ${item.hash}`)));
    const again: string[] = [];
    await network.fetch({
      account: bob,
      namespaces: [0],
      cursors: { get: (node, _account, namespace) => cursors.get(`${node} ${namespace}`) },
      onBatch: async ({ node, items }) => {
        again.push(...items.map((item) => `${node} ${item.hash}`).filter((item) => handedOver.has(item)));
      },
    });
    expect(again).toEqual([]);
  });

  test('what the caller can’t take ends the round with the caller’s own error', async () => {
    const net = await devnet();
    const bob = account();
    const network = client(net);
    await store(network, bob, 'hello');
    const full = new Error('disk full');
    const round = network.fetch({
      account: bob,
      namespaces: [0],
      cursors: { get: () => undefined },
      onBatch: async () => {
        throw full;
      },
    });
    await expect(round).rejects.toBe(full);
  });
});

describe('what was learnt is kept', () => {
  test('a restart asks no seed, and keeps guards, paths and swarms', async () => {
    const net = await devnet();
    const bob = account();
    const kept = memory();
    const first = client(net, { memory: kept });
    await store(first, bob, 'one');
    await expect.poll(() => first.status().paths.length).toBeGreaterThanOrEqual(2);
    const before = first.status().paths;
    await first.close();
    const guards = new Set(before.map((path) => path.hops[0]?.ed25519));
    await net.stopSeed();
    net.journal.length = 0;

    const second = client(net, { memory: kept });
    expect(second.status().nodes).toBe(9);
    await store(second, bob, 'two');
    expect(second.status().paths.map((path) => path.hops)).toEqual(
      expect.arrayContaining(before.map((path) => path.hops)),
    );
    for (const entry of net.journal.filter(({ saw }) => saw.role === 'guard'))
      expect(guards).toContain(entry.id);
    const methods = net.journal.filter(({ saw }) => saw.role === 'destination').map(({ saw }) => saw.method);
    expect(methods).toEqual(['sequence']);
    expect(net.journal.some(({ server }) => server === 'seed')).toBe(false);
  });

  test('what was kept and is damaged is no hindrance', async () => {
    const net = await devnet();
    for (const state of [
      null,
      7,
      'x',
      [],
      { version: 2 },
      { version: 1, nodes: 'x' },
      { version: 1, nodes: [[1]] },
    ]) {
      const kept = memory();
      kept.saved.state = state;
      const network = client(net, { memory: kept });
      await network.connect();
      await network.close();
    }
  });

  test('a list of nodes that are all gone is replaced', async () => {
    const kept = memory();
    const old = await devnet();
    const first = client(old, { memory: kept });
    await first.connect();
    await first.close();
    await old.close();
    const net = await devnet();
    const state = kept.saved.state as { listedAt: number }; // as the layer saved it
    kept.saved.state = { ...state, listedAt: Date.now() - 30 * dayMs };
    const bob = account();
    await store(client(net, { memory: kept }), bob, 'hello');
    expect((await fetch(client(net), bob)).texts).toEqual(['hello']);
  });
});

describe('when something is wrong', () => {
  test('a wrong swarm is learnt from the answer', async () => {
    const net = await devnet();
    const bob = account();
    const network = client(net);
    await store(network, bob, 'before');
    // every member moves to the next swarm: what is known is wrong altogether
    const members = net.swarmOf(accountPublicKey(bob.accountId));
    const stranger = net.nodes.findIndex((_, index) => !members.includes(index));
    net.moveNode(stranger, members[0] ?? 0);
    const target = net.nodes.findIndex((_, index) => !members.includes(index) && index !== stranger);
    for (const member of members) net.moveNode(member, target);
    const answer = await store(network, bob, 'after');
    const now = net.swarmOf(accountPublicKey(bob.accountId)).map((index) => net.nodes[index]?.ed25519);
    expect(now).toContain(answer.node.ed25519);
    expect((await fetch(client(net), bob)).texts).toContain('after');
  });

  test('a clock that is wrong by ten minutes is corrected before the first signature', async () => {
    const net = await devnet({ faults: 'skew=600' });
    const bob = account();
    const network = client(net);
    await store(network, bob, 'hello');
    expect((await fetch(network, bob)).texts).toEqual(['hello']);
    expect(Math.abs(network.now() - Date.now() - 600_000)).toBeLessThan(5_000);
    expect(Number.isInteger(network.now())).toBe(true);
  });

  test('clocks that jump while it runs are learnt anew', async () => {
    const net = await devnet();
    const bob = account();
    const network = client(net);
    await store(network, bob, 'one');
    await net.setFaults('skew=-900');
    await store(network, bob, 'two');
    expect((await fetch(network, bob)).texts).toEqual(['one', 'two']);
  });

  test('dead nodes cost a try, not a message', async () => {
    const net = await devnet({ serverTimings: { fanOutTimeoutMs: 300 } });
    const bob = account();
    const kept = memory();
    const network = client(net, { memory: kept });
    await network.connect();
    const middles = network.status().paths.map((path) => path.hops[1]?.ed25519);
    const dead = net.nodes.findIndex((node) => middles.includes(node.ed25519));
    await net.stopNode(dead);
    for (let i = 0; i < 6; i++) await store(network, bob, `${i}`);
    expect((await fetch(network, bob)).texts).toEqual(['0', '1', '2', '3', '4', '5']);
    await network.close();
    // the next process does not walk into it again
    const key = net.nodes[dead]?.ed25519;
    for (const path of client(net, { memory: kept }).status().paths) {
      if (path.failures === 0) expect(path.hops.map((hop) => hop.ed25519)).not.toContain(key);
    }
  });

  test('a hung member of the own swarm does not hold up the others', async () => {
    const net = await devnet({ serverTimings: { fanOutTimeoutMs: 300 } });
    const bob = account();
    const network = client(net);
    await store(network, bob, 'hello');
    const [member = 0] = net.swarmOf(accountPublicKey(bob.accountId));
    net.hangNode(member);
    for (let i = 0; i < 3; i++) expect((await fetch(network, bob)).texts).toEqual(['hello']);
    // within a few more rounds it is known who is silent, even if that node was a guard too
    let answered = 0;
    for (let i = 0; i < 5 && answered < 2; i++) ({ answered } = await fetch(network, bob));
    expect(answered).toBe(2);
  });

  test('garbage, lost answers and answers that can’t be opened do not stop a message', async () => {
    const net = await devnet({ faults: 'garbage=0.1,lost=0.05,mac=0.1,wrong-swarm=0.1' });
    const bob = account();
    const network = client(net);
    for (let i = 0; i < 20; i++) await store(network, bob, String(i).padStart(2, '0'));
    await net.setFaults('none');
    expect((await fetch(network, bob)).texts).toHaveLength(20);
  });

  test('everything down for a while and back again', async () => {
    const net = await devnet();
    const bob = account();
    const network = client(net);
    await store(network, bob, 'one');
    await net.setFaults('down=9,seed=off');
    for (let i = 0; i < 2; i++) {
      const error = await store(network, bob, 'two').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NetworkError);
      expect(error).toMatchObject({ fields: { answered: false } });
      expect(network.status().phase).toBe('offline');
      expect(network.status().detail).not.toBe('');
    }
    await net.setFaults('none');
    await store(network, bob, 'two');
    expect(network.status().phase).toBe('online');
    expect((await fetch(network, bob)).texts).toEqual(['one', 'two']);
  });

  test('a message too large for the network is refused before anything is sent', async () => {
    const net = await devnet();
    const error = await store(client(net), account(), 'x'.repeat(76_801)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'refused' });
  });

  test('an abort ends everything with its reason', async () => {
    const net = await devnet();
    for (let i = 0; i < 9; i++) net.hangNode(i);
    const abort = new AbortController();
    const pending = store(client(net), account(), 'hello', abort.signal);
    setTimeout(() => abort.abort('enough'), 100);
    await expect(pending).rejects.toBe('enough');
  });

  test('closing ends what is under way', async () => {
    const net = await devnet();
    for (let i = 0; i < 9; i++) net.hangNode(i);
    const network = client(net);
    const pending = store(network, account(), 'hello').catch((reason: unknown) => reason);
    setTimeout(() => network.close(), 100);
    expect(await pending).toMatchObject({ code: 'offline' });
    await expect(network.connect()).rejects.toThrow(NetworkError);
  });
});

describe('the list of nodes', () => {
  test('is refreshed through the network, without a seed', async () => {
    const net = await devnet();
    const network = client(net);
    await network.connect();
    await net.stopSeed();
    net.moveNode(8, 'gone');
    net.journal.length = 0;
    await network.refreshNodes();
    expect(network.status().nodes).toBe(8);
    expect(JSON.stringify(network.status().paths)).not.toContain(net.nodes[8]?.ed25519);
    expect(net.journal.some(({ server }) => server === 'seed')).toBe(false);
  });

  test('is not shifted by nodes that lie about keys', async () => {
    const net = await devnet({ faults: 'lie=2' });
    const network = client(net);
    await network.refreshNodes();
    const bob = account();
    await store(network, bob, 'hello');
    expect(network.status().nodes).toBe(9);
  });
});

test('with the seed down and nothing kept, the error says so', async () => {
  const net = await devnet({ faults: 'seed=off' });
  const network = client(net);
  await expect(network.connect()).rejects.toMatchObject({ code: 'seed', fields: { answered: false } });
  expect(network.status().phase).toBe('offline');
});
