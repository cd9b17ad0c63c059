/** Large things travel over paths of their own, over the same guards. */
import { describe, expect, test } from 'vitest';
import { guardCount } from '../../src/net/guards.ts';
import { HttpClient } from '../../src/net/http.ts';
import { createNetwork, type Network } from '../../src/net/index.ts';
import { parseNetworkState } from '../../src/net/memory.ts';
import { NetworkTime } from '../../src/net/network-time.ts';
import { NodeBook } from '../../src/net/node-book.ts';
import { newContext, OnionClient } from '../../src/net/onion-client.ts';
import type { OnionPath, PathPurpose } from '../../src/net/onion-path.ts';
import { subnetOf } from '../../src/net/path-selection.ts';
import { Paths } from '../../src/net/paths.ts';
import { Latencies } from '../../src/net/retry.ts';
import { limitsFor } from '../../src/net/settings.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { infoParams } from '../../src/protocol/storage-rpc/requests.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type FakeNode, FakeNodes, fakeNode, JumpingClock, type Place } from '../support/fake-nodes.ts';
import { movedClock } from '../support/moved-clock.ts';
import { seededRandom } from '../support/seeded-random.ts';

const none: ReadonlySet<OnionPath> = new Set();
const keys = (paths: readonly Readonly<OnionPath>[]) =>
  paths.map((path) => path.hops.map((hop) => hop.ed25519));
const laterHops = (paths: readonly Readonly<OnionPath>[]) =>
  new Set(paths.flatMap((path) => path.hops.slice(1).map((hop) => hop.ed25519)));

function setUp(count: number, seed: number) {
  const clock = movedClock();
  const book = new NodeBook({ clock, minimumUsable: 6, changed() {} });
  const nodes = Array.from({ length: count }, (_, index) => fakeNode(index));
  book.replace(nodes, clock.now());
  const open = () =>
    new Paths({ book, clock, random: seededRandom(seed), subnetDiversity: true, changed() {} });
  const paths = open();
  for (let i = 0; i < guardCount; i++) {
    const path = paths.drawWithFreshGuard();
    if (path === null) throw new Error('no path');
    paths.succeeded(path);
  }
  const choose = (purpose: PathPurpose, destination: string | null = null, tried = none) => {
    const path = paths.choose(destination, tried, purpose);
    if (path === null) throw new Error('no path');
    return path;
  };
  return { clock, book, nodes, open, paths, choose };
}

describe('the paths of large things', () => {
  test('do not exist while nothing large travels, and are gone ten minutes after it did', () => {
    const { paths, choose, clock } = setUp(20, 1);
    for (let i = 0; i < 30; i++) choose('chat');
    expect(paths.transfers()).toEqual([]);
    choose('transfer');
    expect(paths.transfers()).toHaveLength(2);
    clock.advance(601_000);
    choose('chat');
    expect(paths.transfers()).toEqual([]);
  });

  test('share the guards, and no other hop with the standing paths, before and after these rotate', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { paths, choose, clock, nodes } = setUp(20, seed);
      const guards = paths.guards().map((guard) => guard.ed25519);
      for (let round = 0; round < 6; round++) {
        for (const node of nodes.slice(0, 5)) {
          for (const purpose of ['transfer', 'chat'] as const) {
            const path = choose(purpose, node.ed25519);
            expect(guards).toContain(path.hops[0].ed25519);
            expect(path.hops).not.toContain(node);
            expect(new Set(path.hops.map((hop) => subnetOf(hop.ip))).size).toBe(3);
          }
        }
        const chats = laterHops(paths.standing());
        for (const hop of laterHops(paths.transfers())) expect(chats).not.toContain(hop);
        clock.advance(250_000);
      }
    }
  });

  test('are found in a network with no node to spare', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { choose, nodes } = setUp(6, seed);
      for (const node of nodes) {
        const path = choose('transfer', node.ed25519);
        expect(path.hops).not.toContain(node);
        expect(new Set(path.hops.map((hop) => subnetOf(hop.ip))).size).toBe(3);
      }
    }
  });

  test('have an account of their own: their failures leave standing paths and guards as they were', () => {
    const { paths, choose, book } = setUp(20, 3);
    choose('chat');
    const standing = paths.standing().map((path) => ({ ...path }));
    const path = choose('transfer');
    paths.failed(path, { kind: 'path' }, true);
    for (let i = 0; i < 6; i++) {
      paths.outrun(choose('transfer'));
      paths.failed(choose('transfer'), { kind: 'path' }, true);
    }
    expect(paths.standing()).toEqual(standing);
    expect(paths.guards().map(({ failures, doubts }) => ({ failures, doubts }))).toEqual([
      { failures: 0, doubts: 0 },
      { failures: 0, doubts: 0 },
    ]);
    // the nodes are the same for all, and so are their strikes
    for (const { ed25519 } of path.hops.slice(1)) {
      expect(book.strikes(ed25519) > 0 || !book.isUsable(ed25519)).toBe(true);
    }
    expect(paths.transfers()).not.toContain(path);
  });

  test('go with a node that is gone or leaves the list', () => {
    const { paths, choose, book, clock } = setUp(20, 4);
    const path = choose('transfer');
    paths.failed(path, { kind: 'gone', node: path.hops[2].ed25519 }, true);
    expect(paths.transfers()).not.toContain(path);
    const next = choose('transfer');
    book.replace(
      book.all().filter((node) => node !== next.hops[1]),
      clock.now(),
    );
    paths.listChanged();
    expect(paths.transfers()).not.toContain(next);
    // a guard that can't be reached is that for everything
    const last = choose('transfer');
    for (let i = 0; i < 3; i++) paths.failed(last, { kind: 'guard' }, true);
    expect(paths.guards()).toHaveLength(1);
    expect(keys([...paths.transfers(), ...paths.standing()]).map(([guard]) => guard)).not.toContain(
      last.hops[0].ed25519,
    );
  });
});

/** A network of fakes with a memory, that notes over which nodes small and large requests went. */
function fakeNetwork(count: number) {
  const clock = new JumpingClock();
  const random = seededRandom(11);
  const visits: (readonly [FakeNode, Place])[] = [];
  const nodes = new FakeNodes(
    Array.from({ length: count }, (_, index) => fakeNode(index)),
    {
      clock,
      random,
      trouble: (node, place) => {
        visits.push([node, place]);
        return null;
      },
    },
  );
  const memory: { kept: unknown } = { kept: undefined };
  const open = (): Network =>
    createNetwork({
      definition: {
        name: 'fake',
        seedNodes: [{ url: 'http://seed:1/json_rpc' }],
        subnetDiversity: true,
        minimumNodes: 6,
      },
      proxy: null,
      memory: {
        load: () => memory.kept,
        save: async (state) => {
          memory.kept = structuredClone(state);
        },
      },
      platform: { clock, randomBytes: random, logger: silentLogger },
      connector: nodes,
    });
  const recipient = deriveAccount(random(16)).accountId;
  /** stores so many bytes, and gives the hops it went over */
  const send = async (network: Network, bytes: number) => {
    const request = { recipient, namespace: 0, data: random(bytes), ttlMs: 86_400_000 };
    visits.length = 0;
    await clock.through(network.store(request), 60_000);
    return visits.filter(([, place]) => place === 'relay').map(([node]) => node.ed25519);
  };
  return { clock, nodes, memory, open, send };
}

test('a large message leaves by other hops than small ones, over the same guards, and so does the next program', async () => {
  const { clock, nodes, memory, open, send } = fakeNetwork(30);
  let network = open();
  await send(network, 500);
  await send(network, 500);
  const chats = network.status().paths;
  expect(parseNetworkState(memory.kept).transfers).toEqual([]);
  const met = nodes.contacted.size;
  const hops = await send(network, 60_000);
  const chatHops = chats.flatMap((path) => path.hops.slice(1).map((hop) => hop.ed25519));
  expect(hops).toHaveLength(2);
  for (const hop of hops) expect(chatHops).not.toContain(hop);
  // nobody else has seen this machine, and the status speaks of the standing paths
  expect(nodes.contacted.size).toBe(met);
  expect(network.status().paths).toEqual(chats);
  await clock.through(network.close(), 60_000);

  const kept = parseNetworkState(memory.kept);
  expect(kept.transfers.some((path) => path.hops.slice(1).every((hop) => hops.includes(hop)))).toBe(true);
  network = open();
  const known = kept.transfers.flatMap((path) => path.hops.slice(1));
  for (const hop of await send(network, 60_000)) expect(known).toContain(hop);
  await clock.through(network.close(), 60_000);
});

test('a memory from before there were such paths is read as it is', async () => {
  const { clock, memory, open, send } = fakeNetwork(30);
  let network = open();
  await send(network, 500);
  await clock.through(network.close(), 60_000);
  const { transfers: _, ...old } = parseNetworkState(memory.kept);
  const guards = old.guards.map(({ transferDoubts: _none, ...guard }) => guard);
  memory.kept = structuredClone({ ...old, guards });
  network = open();
  expect(network.status().guards.map((guard) => guard.ed25519)).toEqual(
    old.guards.map((guard) => guard.ed25519),
  );
  expect(network.status().paths).toHaveLength(old.paths.length);
  expect(await send(network, 60_000)).toHaveLength(2);
  await clock.through(network.close(), 60_000);
});

test('a small request for something large, as a download is, takes them when its caller says so', async () => {
  const clock = new JumpingClock();
  const random = seededRandom(5);
  const nodes = Array.from({ length: 20 }, (_, index) => fakeNode(index));
  const relays: string[] = [];
  const servers = new FakeNodes(nodes, {
    clock,
    random,
    trouble: (node, place) => {
      if (place === 'relay') relays.push(node.ed25519);
      return null;
    },
  });
  const book = new NodeBook({ clock, minimumUsable: 6, changed() {} });
  book.replace(nodes, clock.now());
  const paths = new Paths({ book, clock, random, subnetDiversity: true, changed() {} });
  const latencies = new Latencies();
  const onion = new OnionClient({
    http: new HttpClient(servers, clock),
    paths,
    book,
    time: new NetworkTime(clock),
    latencies,
    limits: limitsFor(null),
    platform: { clock, randomBytes: random, logger: silentLogger },
    onAnswer() {},
    onFailure() {},
  });
  const tested = paths.drawWithFreshGuard();
  const [destination] = nodes.filter((node) => !tested?.hops.some((hop) => hop.ed25519 === node.ed25519));
  if (tested === null || destination === undefined) throw new Error('no path');
  const { signal } = new AbortController();
  await clock.through(onion.call(destination, infoParams(), newContext(signal), signal, tested), 10_000);
  expect(paths.transfers()).toEqual([]);
  relays.length = 0;
  const context = { ...newContext(signal), purpose: 'transfer' as const };
  await clock.through(onion.call(destination, infoParams(), context, signal), 10_000);
  expect(keys(paths.transfers()).map(([, ...later]) => later)).toContainEqual(relays);
  for (const hop of relays) expect(laterHops(paths.standing())).not.toContain(hop);
});
