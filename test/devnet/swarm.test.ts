import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Devnet, DevnetNode } from '../../src/devnet/index.ts';
import { dataOf, direct, endConnections, Owner, onion, post, rpcBody } from './client.ts';
import { around, ownerAt, start } from './start.ts';

type MemberResult = Readonly<{
  hash?: string;
  signature?: string;
  already?: unknown;
  failed?: boolean;
  timeout?: boolean;
  code?: string;
  reason?: string;
  expiry?: number;
}>;
type StoreAnswer = Readonly<{ hash: string; swarm: Record<string, MemberResult> }>;

const parse = (text: string): StoreAnswer => JSON.parse(text) as StoreAnswer;

function isSignedBy(ed25519: string, message: string, signature: string): boolean {
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(ed25519, 'hex')]),
    format: 'der',
    type: 'spki',
  });
  return verifySignature(null, Buffer.from(message), key, Buffer.from(signature, 'base64'));
}

async function stored(node: DevnetNode, owner: Owner, namespace = 0): Promise<string[]> {
  const reply = await direct(node, 'retrieve', owner.retrieve(namespace));
  expect(reply.status, reply.text).toBe(200);
  return dataOf(reply.text);
}

/** Until `check` holds; changes of swarms travel in the background. */
async function eventually(check: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not happen');
}

describe('swarms', () => {
  let devnet: Devnet;

  beforeAll(async () => {
    devnet = await start({ serverTimings: { relayTimeoutMs: 400, fanOutTimeoutMs: 250 } });
  });
  afterAll(async () => {
    endConnections();
    await devnet.close();
  });

  it('nine nodes form three swarms of three, each node in its own /24', () => {
    const swarms = Map.groupBy(devnet.nodes, (node) => node.swarm);
    expect([...swarms.values()].map((members) => members.length)).toEqual([3, 3, 3]);
    expect(devnet.nodes.map(({ ip }) => ip)).toEqual(
      Array.from({ length: 9 }, (_, index) => `127.0.${11 + index}.1`),
    );
  });

  it('a stored message is on every member, and each of them signs its hash', async () => {
    const owner = new Owner();
    const { members } = around(devnet, owner);
    const answer = parse((await direct(members[0]!, 'store', owner.store('to all'))).text);
    expect(Object.keys(answer.swarm).sort()).toEqual(members.map(({ ed25519 }) => ed25519).sort());
    for (const [key, result] of Object.entries(answer.swarm)) {
      expect(result.hash).toBe(answer.hash);
      expect(isSignedBy(key, answer.hash, result.signature!)).toBe(true);
    }
    for (const member of members) expect(await stored(member, owner)).toEqual(['to all']);
  });

  it('the node that is asked says already:true, the others say 1', async () => {
    const owner = new Owner();
    const { members } = around(devnet, owner);
    const params = owner.store('twice');
    await direct(members[0]!, 'store', params);
    const { swarm } = parse((await direct(members[1]!, 'store', params)).text);
    expect(members.map(({ ed25519 }) => swarm[ed25519]?.already)).toEqual([1, true, 1]);
  });

  it('the same data again with a longer life extends the message, with a shorter one changes nothing', async () => {
    const owner = new Owner();
    const { members } = around(devnet, owner);
    const now = Date.now();
    const expiryOf = async (ttl: number) => {
      const reply = await direct(members[0]!, 'store', owner.store('same', { timestamp: now, ttl }));
      return Object.values(parse(reply.text).swarm).map((result) => result.expiry! - now);
    };
    expect(await expiryOf(60_000)).toEqual([60_000, 60_000, 60_000]);
    expect(await expiryOf(90_000)).toEqual([90_000, 90_000, 90_000]);
    expect(await expiryOf(70_000)).toEqual([90_000, 90_000, 90_000]);
    expect(await stored(members[2]!, owner)).toEqual(['same']);
  });

  it('members keep their own order of insertion, and an unknown last_hash starts from the beginning', async () => {
    const owner = new Owner();
    const { members } = around(devnet, owner);
    const at = Date.now();
    const hashes: string[] = [];
    for (const [text, shift] of [
      ['newest', 5000],
      ['oldest', -5000],
      ['third', 0],
    ] as const) {
      const reply = await direct(members[0]!, 'store', owner.store(text, { timestamp: at + shift }));
      hashes.push(parse(reply.text).hash);
    }
    const behind = async (hash: string, name = 'last_hash') =>
      dataOf((await direct(members[1]!, 'retrieve', owner.retrieve(0, { [name]: hash }))).text);
    expect(await behind('')).toEqual(['newest', 'oldest', 'third']);
    expect(await behind(hashes[0]!)).toEqual(['oldest', 'third']);
    expect(await behind(hashes[0]!, 'lastHash')).toEqual(['oldest', 'third']);
    expect(await behind(hashes[2]!)).toEqual([]);
    expect(await behind('z'.repeat(43))).toEqual(['newest', 'oldest', 'third']);
  });

  it('any node tells the swarm of any account; outside of it the answer is 421 with the right one', async () => {
    const owner = new Owner();
    const { members, others } = around(devnet, owner);
    const asked = await direct(others[0]!, 'get_swarm', { pubkey: owner.id });
    const refused = await direct(others[0]!, 'retrieve', owner.retrieve());
    expect(refused.status).toBe(421);
    for (const reply of [asked, refused]) {
      const { snodes, swarm } = JSON.parse(reply.text) as {
        snodes: { ip: string; port_https: number; pubkey_ed25519: string }[];
        swarm: string;
      };
      expect(snodes.map((node) => node.pubkey_ed25519)).toEqual(members.map((node) => node.ed25519));
      expect(snodes.map((node) => node.port_https)).toEqual(members.map((node) => node.port));
      expect(swarm).toBe(members[0]!.swarm);
    }
  });

  it('maps accounts as the vector of the notes says: XOR of the words, nearest on the ring', async () => {
    const { swarmFor } = await import('../../src/devnet/registry.ts');
    const key = Buffer.from('ffeeddccbbaa998877665544332211000123456789abcdeffedcba9876543210', 'hex');
    const swarms = (...ids: bigint[]) => ids.map((id) => ({ id, members: [] }));
    const at = 0x7777777777777777n;
    expect(swarmFor(key, swarms(at - 10n, at + 10n))?.id).toBe(at - 10n);
    expect(swarmFor(key, swarms(at - 10n, at + 9n))?.id).toBe(at + 9n);
    expect(swarmFor(key, swarms(1n, at, at + 1n))?.id).toBe(at);
    // on the other side of zero
    const zero = Buffer.alloc(32);
    expect(swarmFor(zero, swarms(100n, 2n ** 64n - 50n))?.id).toBe(2n ** 64n - 50n);
    expect(swarmFor(zero, [])).toBeNull();
  });

  describe('when members fail', () => {
    afterEach(async () => {
      for (const index of devnet.nodes.keys()) {
        devnet.resumeNode(index);
        await devnet.startNode(index);
      }
    });

    it.each(['dead', 'hung'] as const)(
      'a store with one member %s waits for it, answers 200, and it gets the message when it is back',
      async (how) => {
        const owner = ownerAt(devnet, 0);
        const [first, second, third] = devnet.swarmOf(owner.key);
        if (how === 'dead') await devnet.stopNode(third!);
        else devnet.hangNode(third!);
        const reply = await direct(devnet.nodes[first!]!, 'store', owner.store(`while ${how}`));
        expect(reply.status).toBe(200);
        const { swarm } = parse(reply.text);
        expect(swarm[devnet.nodes[third!]!.ed25519]).toEqual({ failed: true, timeout: true });
        expect(swarm[devnet.nodes[second!]!.ed25519]?.failed).toBeUndefined();
        if (how === 'dead') await devnet.startNode(third!);
        else devnet.resumeNode(third!);
        await eventually(async () => (await stored(devnet.nodes[third!]!, owner)).includes(`while ${how}`));
      },
    );

    it('a member whose clock is off says why it refuses', async () => {
      const owner = ownerAt(devnet, 0);
      const [first, second] = devnet.swarmOf(owner.key);
      devnet.setSkew(second!, 300_000);
      const reply = await direct(devnet.nodes[first!]!, 'store', owner.signedStore(2, 'x'));
      devnet.setSkew(second!, 0);
      expect(parse(reply.text).swarm[devnet.nodes[second!]!.ed25519]).toEqual({
        failed: true,
        code: '406',
        reason: 'store signature timestamp too far from current time',
      });
    });

    it.each(['dead', 'hung'] as const)(
      'a destination or middle hop that is %s gives 504 Request time out, which names no node',
      async (how) => {
        const [guard, victim, exit, destination] = devnet.nodes;
        if (how === 'dead') await devnet.stopNode(1);
        else devnet.hangNode(1);
        for (const [path, to] of [
          [[guard!, victim!, exit!], destination!],
          [[guard!, exit!, destination!], victim!],
        ] as const) {
          const reply = await onion(path, to, rpcBody('info', {}));
          expect([reply.status, reply.type, reply.text]).toEqual([504, 'text/plain', 'Request time out']);
        }
      },
    );

    it('a dead guard refuses connections', async () => {
      await devnet.stopNode(0);
      endConnections();
      const [guard, middle, exit, destination] = devnet.nodes;
      await expect(onion([guard!, middle!, exit!], destination!, rpcBody('info', {}))).rejects.toThrow(
        'ECONNREFUSED',
      );
    });
  });

  describe('when the list changes', () => {
    it('a newcomer gets what its swarm holds, and one that left answers 421', async () => {
      const owner = ownerAt(devnet, 0);
      const home = devnet.swarmOf(owner.key)[0]!;
      const newcomer = [...devnet.nodes.keys()].find((index) => !devnet.swarmOf(owner.key).includes(index))!;
      const oldHome = [...devnet.nodes.keys()].find(
        (index) => index !== newcomer && devnet.nodes[index]!.swarm === devnet.nodes[newcomer]!.swarm,
      )!;
      await direct(devnet.nodes[home]!, 'store', owner.store('m1'));
      await direct(devnet.nodes[home]!, 'store', owner.store('m2'));
      devnet.moveNode(newcomer, home);
      await eventually(async () => (await stored(devnet.nodes[newcomer]!, owner)).join() === 'm1,m2');
      const reply = await direct(devnet.nodes[home]!, 'store', owner.store('m3'));
      expect(Object.keys(parse(reply.text).swarm)).toHaveLength(4);
      devnet.moveNode(newcomer, oldHome);
      expect((await direct(devnet.nodes[newcomer]!, 'retrieve', owner.retrieve())).status).toBe(421);
    });

    it('a decommissioned node says so: as guard, direct, in the middle and as destination', async () => {
      const index = 4;
      const before = devnet.nodes[index]!;
      const home = devnet.nodes.findIndex((node, i) => i !== index && node.swarm === before.swarm);
      devnet.moveNode(index, null);
      const [a, b, c] = devnet.nodes;
      const info = rpcBody('info', {});
      const plain = 'Service node is not ready: not in any swarm\n';
      const relayed = `Snode not ready: ${before.ed25519}`;
      for (const [reply, text] of [
        [await direct(before, 'info', {}), plain],
        [await onion([before, b!, c!], a!, info), plain],
        [await onion([a!, before, c!], b!, info), relayed],
        [await onion([a!, b!, c!], before, info), relayed],
      ] as const) {
        expect([reply.status, reply.type, reply.text]).toEqual([503, 'text/plain', text]);
      }
      devnet.moveNode(index, home);
      expect((await direct(before, 'info', {})).status).toBe(200);
    });

    it('a node that left the list is not found by others', async () => {
      const gone = devnet.nodes[5]!;
      devnet.moveNode(5, 'gone');
      const [a, b, c] = devnet.nodes;
      const reply = await onion([a!, b!, c!], gone, rpcBody('info', {}));
      expect([reply.status, reply.text]).toEqual([502, `Next node not found: ${gone.ed25519}`]);
      devnet.moveNode(5, 2);
    });

    it('a registered node without address is unreachable, in the words of newer servers', async () => {
      const reply = await post(
        devnet.nodes[0]!,
        '/storage_rpc/v1',
        rpcBody('oxend_request', {
          endpoint: 'get_service_nodes',
          params: { active_only: true },
        }),
      );
      const { result } = JSON.parse(reply.text) as {
        result: {
          service_node_states: { public_ip?: string; pubkey_ed25519: string; pubkey_x25519: string }[];
        };
      };
      const odd = result.service_node_states.filter(
        (state) => state.public_ip === undefined || state.public_ip === '0.0.0.0',
      );
      expect(odd.map((state) => state.public_ip).sort()).toEqual(['0.0.0.0', undefined]);
      const [a, b, c] = devnet.nodes;
      for (const state of odd) {
        const to = { ed25519: state.pubkey_ed25519, x25519: state.pubkey_x25519 };
        expect((await onion([a!, b!, c!], to, rpcBody('info', {}))).text).toBe(
          `Next node is currently unreachable: ${to.ed25519}`,
        );
      }
    });
  });

  it('keys are the conversion of one another, and hashes are what the notes say', async () => {
    const { sodium } = await import('../../src/crypto/sodium.ts');
    for (const node of devnet.nodes) {
      const x = sodium.crypto_sign_ed25519_pk_to_curve25519(Buffer.from(node.ed25519, 'hex'));
      expect(Buffer.from(x).toString('hex')).toBe(node.x25519);
    }
    const { hashOf, parseAccount } = await import('../../src/devnet/rpc/account.ts');
    const account = parseAccount(`05${'11'.repeat(32)}`)!;
    const data = Buffer.from('hello session');
    expect([0, 11, -11].map((namespace) => hashOf(account, namespace, data))).toEqual([
      'PHjjbMS07Ut1h2VF8jbw+pUiMUOeOFiq1fsb2eTxZ0k',
      'Q++H/xGF+jYsXdEet+DgnjJl+o7zYrWZoBdoaWLDjCk',
      'aOejMQ6k5dVF4HNfHrNyeDFQHycoiHWxRHfmUsW4Az4',
    ]);
  });
});
