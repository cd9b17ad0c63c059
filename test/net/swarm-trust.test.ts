/** What a lying node can do about whose messages are kept where: over real onions, in virtual time. */
import { afterEach, describe, expect, test } from 'vitest';
import { sign } from '../../src/crypto/ed25519.ts';
import { createNetwork, type RetrievedBatch, type StoreAnswer } from '../../src/net/index.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { messageHash } from '../../src/protocol/message-hash.ts';
import { fromBase64, toBase64, utf8Encode } from '../../src/util/bytes.ts';
import { silentLogger } from '../../src/util/logger.ts';
import {
  FakeNodes,
  type FakeNodesOptions,
  fakeNode,
  JumpingClock,
  swarmMembers,
} from '../support/fake-nodes.ts';
import { seededRandom } from '../support/seeded-random.ts';

const minute = 60_000;
const listed = Array.from({ length: 12 }, (_, index) => fakeNode(index));
/** members of everybody's swarm come first on the list of the fake nodes */
const swarm = listed.slice(0, 3);
const keysOf = (nodes: readonly { ed25519: string }[]) => nodes.map(({ ed25519 }) => ed25519).sort();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function setUp(seed: number, lie: NonNullable<FakeNodesOptions['lie']>) {
  const clock = new JumpingClock();
  const random = seededRandom(seed);
  const nodes = new FakeNodes(listed, { clock, random, trouble: () => null, lie });
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
  /** what the last round handed over, by answer */
  const handed: { hashes: string[]; malformed: number }[] = [];
  const store = (): Promise<StoreAnswer> =>
    clock.through(
      network.store({ recipient: me.accountId, namespace: 0, data: random(40), ttlMs: 86_400_000 }),
      10 * minute,
    );
  const round = async () => {
    const answers: string[] = [];
    handed.length = 0;
    const request = {
      account: me,
      namespaces: [0],
      cursors: { get: () => undefined },
      onBatch: async ({ node, items, malformed }: RetrievedBatch) => {
        answers.push(node);
        handed.push({ hashes: items.map(({ hash }) => hash), malformed });
      },
    };
    await clock.through(network.fetch(request), 10 * minute);
    return answers;
  };
  return { nodes, store, round, me, handed };
}

describe('one node that lies about a swarm', () => {
  const seeds = [1, 2, 3, 4, 5, 6];

  test('cannot hand over something under the hash of another message', async () => {
    const data = utf8Encode('noise');
    let own = '';
    const { round, me, handed } = setUp(1, (_node, method) => {
      if (method !== 'retrieve') return null;
      const item = { data: toBase64(data), timestamp: 1, expiration: 2 };
      const messages = [
        { ...item, hash: own },
        { ...item, hash: 'A'.repeat(43) },
      ];
      return { code: 200, body: { messages, more: false } };
    });
    own = messageHash(me.accountId, 0, data);
    await round();
    expect(handed).toEqual([
      { hashes: [own], malformed: 1 },
      { hashes: [own], malformed: 1 },
    ]);
  });

  test.each(seeds)('cannot name its friends in place of the members (seed %i)', async (seed) => {
    const friends = listed.slice(8, 11);
    let asked = 0;
    const { nodes, store } = setUp(seed, (_node, method) => {
      // whoever is asked first is the liar
      if (method === 'get_swarm') asked += 1;
      return method === 'get_swarm' && asked === 1
        ? { code: 200, body: { snodes: swarmMembers(friends) } }
        : null;
    });
    const { node } = await store();
    expect(keysOf(swarm)).toContain(node.ed25519);
    expect([...nodes.stored.keys()]).toEqual([node.ed25519]);
    expect(asked).toBe(3);
  });

  test.each(seeds)('cannot leave out members (seed %i)', async (seed) => {
    let asked = 0;
    const { round } = setUp(seed, (_node, method) => {
      if (method === 'get_swarm') asked += 1;
      return method === 'get_swarm' && asked === 1
        ? { code: 200, body: { snodes: swarmMembers(swarm.slice(0, 1)) } }
        : null;
    });
    // it left one alone, which could then hide what the others have
    for (let i = 0; i < 6; i++) {
      const answered = new Set(await round());
      expect(answered.size).toBe(2);
      for (const node of answered) expect(keysOf(swarm)).toContain(node);
    }
  });

  test.each(seeds)('as a member, cannot send messages elsewhere with a 421 (seed %i)', async (seed) => {
    const [liar] = swarm;
    const friends = listed.slice(8, 11);
    const stray = new Set(keysOf(friends));
    const { store } = setUp(seed, (node, method, params) => {
      if (method === 'get_swarm') return null;
      if (node === liar) return { code: 421, body: { snodes: swarmMembers(friends) } };
      return stray.has(node.ed25519) && method === 'store' ? signedBy(node, params) : null;
    });
    for (let i = 0; i < 5; i++) expect(keysOf(swarm)).toContain((await store()).node.ed25519);
  });
});

describe('a store', () => {
  test.each([1, 2, 3])('is not done while its signature is not the member’s (seed %i)', async (seed) => {
    const [liar, , honest] = swarm;
    let lies = 0;
    const { store } = setUp(seed, (node, method, params) => {
      if (method !== 'store' || node !== liar || honest === undefined) return null;
      lies += 1;
      return signedBy(node, params, honest);
    });
    for (let i = 0; i < 12 || lies === 0; i++) expect((await store()).node.ed25519).not.toBe(liar?.ed25519);
  });

  test('that nobody signs fails, and says whose fault it is', async () => {
    const { store } = setUp(1, (node, method, params) => {
      if (method !== 'store') return null;
      const [other] = swarm.filter((member) => member !== node);
      return signedBy(node, params, other);
    });
    await expect(store()).rejects.toMatchObject({ name: 'NetworkError', code: 'node' });
  });

  test('is done when the member that was asked is full, but another one has signed', async () => {
    const { store } = setUp(1, (node, method, params) => {
      if (method !== 'store') return null;
      const [other] = swarm.filter((member) => member !== node);
      if (other === undefined) return null;
      const { hash, signature } = proof(params, other);
      const members = {
        [node.ed25519]: { failed: true, query_failure: true },
        [other.ed25519]: { hash, signature },
      };
      return { code: 200, body: { hash, swarm: members } };
    });
    expect((await store()).hash).toMatch(/^[A-Za-z0-9+/]{43}$/);
  });

  test('is not done by the signatures of strangers to the swarm', async () => {
    const stranger = listed[9];
    const { store } = setUp(1, (node, method, params) => {
      if (method !== 'store' || stranger === undefined) return null;
      const { hash, signature } = proof(params, stranger);
      const members = { [node.ed25519]: { failed: true }, [stranger.ed25519]: { hash, signature } };
      return { code: 200, body: { hash, swarm: members } };
    });
    await expect(store()).rejects.toMatchObject({ code: 'node' });
  });
});

type Fake = ReturnType<typeof fakeNode>;

function proof(params: Readonly<Record<string, unknown>>, signer: Fake): { hash: string; signature: string } {
  const data = fromBase64(String(params.data)) ?? new Uint8Array();
  const hash = messageHash(String(params.pubkey), 0, data);
  return { hash, signature: toBase64(sign(utf8Encode(hash), signer.ed25519SecretKey)) };
}

/** Claims that `node` keeps the message, with the signature of another one if told so. */
function signedBy(node: Fake, params: Readonly<Record<string, unknown>>, signer: Fake = node) {
  const { hash, signature } = proof(params, signer);
  return { code: 200, body: { hash, swarm: { [node.ed25519]: { hash, signature } } } };
}
