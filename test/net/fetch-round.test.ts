/** How long a round of fetching takes when members of the own swarm say nothing: in virtual time, over real onions. */
import { afterEach, expect, test } from 'vitest';
import { createNetwork, type Network } from '../../src/net/index.ts';
import { limitsFor } from '../../src/net/settings.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeNodes, fakeNode, JumpingClock, type Place, type Trouble } from '../support/fake-nodes.ts';
import { seededRandom } from '../support/seeded-random.ts';

const limits = limitsFor(null);
const minute = 60_000;
const swarmSize = 3;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Members of everybody's swarm come first on the list of the fake nodes. */
function setUp(seed: number) {
  const clock = new JumpingClock();
  const random = seededRandom(seed);
  const listed = Array.from({ length: 12 }, (_, index) => fakeNode(index));
  const troubles = new Map<string, Trouble>();
  const nodes = new FakeNodes(listed, {
    clock,
    random,
    trouble: (node, place: Place) => (place === 'destination' ? (troubles.get(node.ed25519) ?? null) : null),
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
  const members = listed.slice(0, swarmSize).map((node) => node.ed25519);
  const round = async (net: Network = network) => {
    const began = clock.now();
    const answers = new Set<string>();
    const fetched = net.fetch({
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
  return { clock, nodes, network, members, troubles, round };
}

test.each([1, 2, 3])(
  'with one live member of three, rounds go on within a few hedges (seed %i)',
  async (seed) => {
    const { members, troubles, round } = setUp(seed);
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
