/** How long a round of fetching takes when members of the own swarm say nothing: in virtual time, over real onions. */
import { afterEach, expect, test } from 'vitest';
import { createNetwork } from '../../src/net/index.ts';
import { limitsFor } from '../../src/net/settings.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeNodes, fakeNode, JumpingClock, type Place, type Trouble } from '../support/fake-nodes.ts';
import { seededRandom } from '../support/seeded-random.ts';

const limits = limitsFor(null);
const minute = 60_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const listed = Array.from({ length: 12 }, (_, index) => fakeNode(index));
/** members of everybody's swarm come first on the list of the fake nodes */
const members = listed.slice(0, 3).map((node) => node.ed25519);

function setUp(
  seed: number,
  trouble: (
    node: string,
    place: Place,
    now: number,
    random: (length: number) => Uint8Array,
  ) => Trouble | null,
) {
  const clock = new JumpingClock();
  const random = seededRandom(seed);
  const nodes = new FakeNodes(listed, {
    clock,
    random,
    trouble: ({ ed25519 }, place) => trouble(ed25519, place, clock.now(), random),
  });
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
  closing.push(() => clock.through(network.close(), minute));
  const me = deriveAccount(random(16));
  const round = async () => {
    const began = clock.now();
    const answers = new Set<string>();
    const fetched = network.fetch({
      account: me,
      namespaces: [0],
      cursors: { get: () => undefined },
      onBatch: async ({ node }) => {
        answers.add(node);
      },
    });
    const result = await clock.through(fetched, 10 * minute);
    return { ...result, tookMs: clock.now() - began, answers };
  };
  return { clock, round };
}

test.each([1, 2, 3])(
  'with one live member of three, rounds go on within a few hedges (seed %i)',
  async (seed) => {
    const troubles = new Map<string, Trouble>();
    const { round } = setUp(seed, (node, place) =>
      place === 'destination' ? (troubles.get(node) ?? null) : null,
    );
    for (let i = 0; i < 5; i++) expect((await round()).answered).toBe(2);
    const [alive = '', ...others] = members;
    for (const member of others) troubles.set(member, { kind: 'silent' });
    for (let i = 0; i < 8; i++) {
      const { answered, answers, tookMs } = await round();
      expect(answered).toBe(1);
      expect([...answers]).toEqual([alive]);
      // without a bound it takes three time-outs, one after the other
      expect(tookMs).toBeLessThan(5 * limits.hedgeFirstMs);
    }
    troubles.clear();
    expect((await round()).answered).toBe(2);
  },
);

test('while a third of the nodes is dead in turn and others talk nonsense, three rounds of four take half a time-out at most', async () => {
  const tookMs: number[] = [];
  for (const seed of [1, 2, 3, 4]) {
    let turn = -1;
    let dead = new Set<string>();
    const { clock, round } = setUp(seed, (node, place, now, random) => {
      const [byte = 0, other = 0] = random(2);
      if (Math.floor(now / 20_000) !== turn) {
        turn = Math.floor(now / 20_000);
        dead = new Set(Array.from({ length: 4 }, (_, i) => listed[(other + 5 * i) % 12]?.ed25519 ?? ''));
      }
      if (dead.has(node)) return { kind: place === 'guard' ? 'down' : 'silent' };
      return byte < 25 ? { kind: 'garbage' } : null;
    });
    for (let i = 0; i < 30; i++) {
      const began = clock.now();
      await round().catch(() => undefined);
      tookMs.push(clock.now() - began);
      await clock.through(clock.sleep(2_500), minute);
    }
  }
  tookMs.sort((a, b) => a - b);
  // with ever longer waits between ways to one member it is a whole time-out
  expect(tookMs[(3 * tookMs.length) / 4]).toBeLessThan(limits.answerMs / 2);
});
