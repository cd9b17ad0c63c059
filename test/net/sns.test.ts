/** Session names asked of a network on this machine: three nodes, one answer. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { xchachaEncrypt } from '../../src/crypto/aead.ts';
import { blake2b } from '../../src/crypto/hash.ts';
import { startDevnet } from '../../src/devnet/index.ts';
import { createNetwork } from '../../src/net/index.ts';
import { nameHash } from '../../src/protocol/sns.ts';
import { fromHex, toBase64, toHex, utf8Encode } from '../../src/util/bytes.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

const platform = {
  clock: systemClock,
  randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
  logger: silentLogger,
};
type Record = Readonly<{ encryptedValue: string; nonce: string }>;

const alice = `05${'a'.repeat(64)}`;
const mallory = `05${'b'.repeat(64)}`;

/** What the chain holds for a name: its owner's ID, encrypted to the name (accounts.md 6.4). */
function register(name: string, id: string): Record {
  const sealed = xchachaEncrypt(
    blake2b(32, utf8Encode(name), nameHash(name)),
    platform.randomBytes(24),
    fromHex(id) ?? new Uint8Array(),
  );
  return { nonce: toHex(sealed.subarray(0, 24)), encryptedValue: toHex(sealed.subarray(24)) };
}
const keyOf = (name: string) => toBase64(nameHash(name));

/** Each node's answer for one name, in the order in which the nodes are asked. */
class Answers extends Map<string, Record> {
  asked = 0;
  readonly #answers: readonly (Record | undefined)[];
  constructor(answers: readonly (Record | undefined)[]) {
    super();
    this.#answers = answers;
  }
  override get(): Record | undefined {
    return this.#answers[this.asked++];
  }
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function setUp(names: ReadonlyMap<string, Record>, faults?: string) {
  const net = await startDevnet({ platform, names, ...(faults === undefined ? {} : { faults }) });
  open.push(net);
  const network = createNetwork({
    definition: net.definition,
    proxy: null,
    memory: { load: () => undefined, save: async () => {} },
    platform,
    limits: { connectMs: 2_000, seedMs: 2_000, answerMs: 2_500, retryMs: 50 },
  });
  open.push(network);
  const destinations = new Set<string>();
  net.onJournal(({ id, saw }) => {
    if (saw.role === 'destination' && JSON.stringify(saw).includes('ons_resolve')) destinations.add(id);
  });
  return { net, network, destinations };
}

test('a name gives its owner when three different nodes say so, and null when they know of none', async () => {
  const { network, destinations } = await setUp(new Map([[keyOf('alice'), register('alice', alice)]]));
  expect(await network.resolveName('alice')).toBe(alice);
  expect(destinations.size).toBe(3);
  expect(await network.resolveName('nobody')).toBeNull();
});

test.each([
  ['another account', register('alice', mallory)],
  ['that there is no such name', undefined],
  ['a record of another name', register('bob', mallory)],
])('one node that says %s is not outvoted: the name is not used', async (_what, lie) => {
  const truth = register('alice', alice);
  const answers = new Answers([truth, lie, truth]);
  const { network } = await setUp(answers);
  await expect(network.resolveName('alice')).rejects.toMatchObject({
    code: 'node',
    message: expect.stringContaining('do not agree'),
    fields: { answered: true },
  });
  expect(answers.asked).toBe(3);
});

test('a record that belongs to another name is an error even if all agree; one that is no account is no name', async () => {
  const bad = register('bob', mallory);
  const group = register('team', `03${'a'.repeat(64)}`);
  const { network } = await setUp(
    new Map([
      [keyOf('alice'), bad],
      [keyOf('team'), group],
    ]),
  );
  await expect(network.resolveName('alice')).rejects.toMatchObject({ code: 'node' });
  expect(await network.resolveName('team')).toBeNull();
});

test('nodes that fail are replaced by others', async () => {
  const { net, network } = await setUp(new Map([[keyOf('alice'), register('alice', alice)]]));
  await network.connect();
  const hops = new Set(network.status().paths.flatMap((path) => path.hops.map((hop) => hop.ed25519)));
  const others = net.nodes.flatMap((node, index) => (hops.has(node.ed25519) ? [] : [index]));
  for (const index of others.slice(0, 2)) await net.stopNode(index);
  expect(await network.resolveName('alice')).toBe(alice);
});

test('with every node away it says so', async () => {
  const { net, network } = await setUp(new Map());
  await network.connect();
  for (let index = 0; index < net.nodes.length; index++) await net.stopNode(index);
  await expect(network.resolveName('alice')).rejects.toMatchObject({
    code: 'node',
    message: expect.stringContaining('Too few service nodes answer'),
    fields: { answered: false },
  });
});
