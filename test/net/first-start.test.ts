/** The first start in a network where many nodes are dead, which nothing tells before they are asked. */
import { describe, expect, test } from 'vitest';
import { shuffle } from '../../src/net/choice.ts';
import { GuardTrials } from '../../src/net/guard-trials.ts';
import { createNetwork } from '../../src/net/index.ts';
import { NodeBook } from '../../src/net/node-book.ts';
import { Paths } from '../../src/net/paths.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type FakeNode, FakeNodes, fakeNode, JumpingClock } from '../support/fake-nodes.ts';
import { movedClock } from '../support/moved-clock.ts';
import { seededRandom } from '../support/seeded-random.ts';

type Day = Readonly<{
  seed: number;
  /** takes requests and says nothing, whatever its place */
  isDead: (node: FakeNode, guardsSoFar: readonly FakeNode[]) => boolean;
}>;

/** Connects to a network of 30 nodes that nothing is known of. */
async function firstStart({ seed, isDead }: Day) {
  const clock = new JumpingClock();
  const random = seededRandom(seed);
  /** in the order in which they were asked, and when */
  const guards: FakeNode[] = [];
  const askedAt: number[] = [];
  const nodes = new FakeNodes(
    Array.from({ length: 30 }, (_, index) => fakeNode(index)),
    {
      clock,
      random,
      trouble: (node, place) => {
        if (place === 'guard') {
          askedAt.push(clock.monotonic());
          if (!guards.includes(node)) guards.push(node);
        }
        return isDead(node, guards) ? { kind: 'silent' } : null;
      },
    },
  );
  const network = createNetwork({
    definition: {
      name: 'fake',
      seedNodes: [{ url: 'http://seed:1/json_rpc' }],
      subnetDiversity: true,
      minimumNodes: 6,
    },
    proxy: null,
    memory: { load: () => undefined, save: async () => {} },
    platform: { clock, randomBytes: random, logger: silentLogger },
    connector: nodes,
  });
  const began = clock.monotonic();
  const failed = await clock.through(network.connect(), 120_000).then(
    () => false,
    () => true,
  );
  const tookMs = clock.monotonic() - began;
  await clock.through(network.close(), 60_000);
  return { failed, tookMs, guards, askedAt };
}

describe('at a first start', () => {
  test('two paths over two guards are tested side by side, and no third one when both work', async () => {
    const { guards, askedAt, failed } = await firstStart({ seed: 1, isDead: () => false });
    expect(failed).toBe(false);
    expect(guards).toHaveLength(2);
    expect(askedAt).toHaveLength(2);
    expect(askedAt[0]).toBe(askedAt[1]);
  });

  test('guards that take requests and say nothing do not hold up the search for others', async () => {
    for (let seed = 0; seed < 5; seed++) {
      const { failed, tookMs, guards } = await firstStart({
        seed,
        // whoever is tried first and second, as guard or further on
        isDead: (node, guardsSoFar) => guardsSoFar.slice(0, 2).includes(node),
      });
      expect(failed).toBe(false);
      // less than one limit of an answer
      expect(tookMs).toBeLessThan(10_000);
      expect(guards.length).toBeLessThanOrEqual(4);
    }
  });

  test('with a third of all nodes dead, a path is found', async () => {
    const times: number[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const all = Array.from({ length: 30 }, (_, index) => fakeNode(index).ed25519);
      const dead = new Set(shuffle(all, seededRandom(100 + seed)).slice(0, 10));
      const day = await firstStart({ seed, isDead: (node) => dead.has(node.ed25519) });
      expect(day.failed).toBe(false);
      expect(day.guards.length).toBeLessThanOrEqual(12);
      times.push(day.tookMs);
    }
    times.sort((a, b) => a - b);
    expect(times[10]).toBeLessThan(5_000);
    expect(times[19]).toBeLessThan(30_000);
  });
});

test('a path that is tested beside silent ones leads over none of their hops', () => {
  for (let seed = 0; seed < 20; seed++) {
    const clock = movedClock();
    const book = new NodeBook({ clock, minimumUsable: 6, changed() {} });
    book.replace(
      Array.from({ length: 30 }, (_, index) => fakeNode(index)),
      clock.now(),
    );
    const random = seededRandom(seed);
    const paths = new Paths({ book, clock, random, subnetDiversity: true, changed() {} });
    const trials = new GuardTrials(paths);
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const hops =
        trials
          .next()
          ?.hops.slice(1)
          .map((hop) => hop.ed25519) ?? [];
      expect(hops).toHaveLength(2);
      for (const hop of hops) {
        expect(seen).not.toContain(hop);
        seen.add(hop);
      }
    }
  }
});
