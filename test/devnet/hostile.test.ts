/** Whatever is sent to it, a node answers or refuses in the real server's terms, and goes on. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Devnet } from '../../src/devnet/index.ts';
import { dumpJson, type Json, parseJson } from '../../src/devnet/json.ts';
import type { RpcContext } from '../../src/devnet/rpc/context.ts';
import { answerClient } from '../../src/devnet/rpc/dispatch.ts';
import { loaders } from '../../src/devnet/rpc/requests.ts';
import { MessageStore, type StoredMessage } from '../../src/devnet/storage/message-store.ts';
import { buildOnion, endConnections, Owner, onion, post, rpcBody } from './client.ts';
import { start } from './start.ts';

const owner = new Owner();
const context: RpcContext = {
  ed25519: '00'.repeat(32),
  sign: () => new Uint8Array(64),
  store: new MessageStore(null),
  daemon: { serviceNodes: () => ({}), resolveName: () => ({}) },
  now: Date.now,
  height: () => 1,
  swarmOf: () => null,
  isOurs: () => true,
  forward: async () => ({}),
  hidesMessages: false,
  failingPart: null,
};

/** Values that come close to what fields hold. */
const value = fc.oneof(
  { depthSize: 'small' },
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    owner.id,
    owner.ed25519,
    owner.sign('x'),
    'A'.repeat(43),
    'A'.repeat(48),
    'all',
    'AAAA',
    '17',
    -11,
    40_000,
    Date.now(),
    1e300,
    ['A'.repeat(43)],
  ),
);
const fieldNames = [
  'pubkey pubKey pubkey_ed25519 signature timestamp sig_timestamp namespace data ttl expiry messages before last_hash',
  'lastHash max_count max_size subaccount subaccount_sig revoke unrevoke required extend shorten endpoint params',
  'requests if then else method hf_at_least',
]
  .join(' ')
  .split(' ');
const params = fc
  .array(fc.tuple(fc.constantFrom(...fieldNames), value), { maxLength: 12 })
  .map((entries) => Object.fromEntries(entries));
const method = fc.constantFrom(...loaders.keys(), 'batch', 'sequence', 'ifelse', 'nope');

describe('hostile input', () => {
  it('any parameters of any method get an answer that the real server could give', async () => {
    await fc.assert(
      fc.asyncProperty(method, params, async (name, given) => {
        const answer = await answerClient(context, JSON.stringify({ method: name, params: given }));
        expect([200, 400, 401, 403, 404, 406, 421]).toContain(answer.status);
        if (answer.text !== undefined) expect(answer.text).not.toBe('');
      }),
      { numRuns: 600 },
    );
  });

  it('any text is answered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        expect((await answerClient(context, text)).status).toBe(400);
      }),
    );
    expect(await answerClient(context, null)).toEqual({ status: 400, text: 'invalid json' });
    const deep = `{"method":"info","params":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect((await answerClient(context, deep)).status).toBe(400);
  });

  it('JSON is written in order of keys and reads back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        // whatever fast-check makes is JSON
        const text = dumpJson(json as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
    expect(dumpJson({ b: 1n << 63n, a: [true, null], c: undefined })).toBe(
      '{"a":[true,null],"b":9223372036854775808}',
    );
    expect(parseJson('{"a":1,"b":[1.0,2e3]}')).toMatchObject({ a: 1, b: [{ value: 1 }, { value: 2000 }] });
  });

  it('a message store gives what a plain list would, whatever is stored and deleted', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('store' as const), id: fc.nat(20), size: fc.nat(50) }),
      fc.record({ kind: fc.constant('delete' as const), id: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(20), fc.nat(6), (steps, afterId, maxCount) => {
        const store = new MessageStore(null);
        const list: StoredMessage[] = [];
        for (const one of steps) {
          const hash = `h${one.id}`;
          const index = list.findIndex((message) => message.hash === hash);
          if (one.kind === 'delete') {
            store.deleteByHash('a', [hash]);
            if (index >= 0) list.splice(index, 1);
          } else {
            const message = {
              hash,
              account: 'a',
              namespace: 0,
              timestamp: 0,
              expiry: 1,
              dataBase64: '',
              sizeBytes: one.size,
            };
            store.store(message, false);
            if (index < 0) list.push(message);
          }
        }
        const from = list.findIndex((message) => message.hash === `h${afterId}`) + 1;
        const expected = list.slice(from, from + Math.max(1, maxCount));
        const query = { account: 'a', namespace: 0, afterHash: `h${afterId}`, maxSize: 1e9 };
        const found = store.retrieve({ ...query, maxCount });
        expect(found.messages).toEqual(expected);
        expect(found.more).toBe(from + expected.length < list.length);
        expect(store.all()).toEqual(list);
      }),
    );
  });

  describe('on the wire', () => {
    let devnet: Devnet;
    beforeAll(async () => {
      devnet = await start({ nodes: 4 });
    });
    afterAll(async () => {
      endConnections();
      await devnet.close();
    });

    it('an onion cut off anywhere or with any bit flipped is refused with 400, and the node goes on', async () => {
      const [guard, middle, destination] = devnet.nodes;
      const { body } = buildOnion([guard!, middle!], destination!, rpcBody('info', {}));
      const bodies = Array.from({ length: 60 }, (_, i) =>
        body.subarray(0, Math.floor((body.length * i) / 60)),
      );
      for (let i = 0; i < 60; i++) {
        const changed = Buffer.from(body);
        // up to the end of the ciphertext: what follows is JSON, in which a change may be none
        changed[Math.floor(((body.length - 90) * i) / 60)]! ^= 1 << (i % 8);
        bodies.push(changed);
      }
      for (const bad of bodies) {
        const reply = await post(guard!, '/onion_req/v2', bad);
        expect(reply.status).toBe(400);
        expect(reply.text).toMatch(/^(Error parsing onion request: .+|Invalid ciphertext)/);
      }
      expect((await onion([guard!, middle!], destination!, rpcBody('info', {}))).status).toBe(200);
    });
  });
});
