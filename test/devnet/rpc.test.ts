import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Devnet, DevnetNode } from '../../src/devnet/index.ts';
import { dataOf, direct, endConnections, type HttpReply, Owner, onion, rpcBody } from './client.ts';
import { around, ownerAt, start } from './start.ts';

const shown = (reply: HttpReply): [number, string] => [reply.status, reply.text];

describe('the storage RPC of the devnet', () => {
  let devnet: Devnet;
  let owner: Owner;
  let node: DevnetNode;
  let path: DevnetNode[];
  const here = (method: string, params: unknown) => direct(node, method, params);

  beforeAll(async () => {
    devnet = await start();
    owner = ownerAt(devnet, 0);
    node = devnet.nodes[0]!;
    path = around(devnet, owner).others.slice(0, 3);
  });
  afterAll(async () => {
    endConnections();
    await devnet.close();
  });

  it.each([
    ['store', {}, "Required field 'timestamp' missing"],
    ['store', { timestamp: 1.5 }, "Invalid value given for 'timestamp': expected integer"],
    ['store', { timestamp: 'x' }, 'Invalid value given for \'timestamp\': "x"'],
    ['store', { timestamp: 1, ttl: -1 }, "Invalid value given for 'ttl': expected positive integer"],
    ['store', { timestamp: 1 }, "Required field 'expiry' or 'ttl' missing"],
    ['store', { timestamp: 1, ttl: 1, expiry: 2e9 }, "Cannot specify both 'expiry' and 'ttl'"],
    ['store', { timestamp: 1, ttl: 1 }, "Required field 'pubkey' missing"],
    ['store', { timestamp: 1, ttl: 1, pubkey: '05' }, 'Pubkey must be 66 hex digits (33 bytes) long'],
    ['store', { timestamp: 1, ttl: 1, pubkey: `05${'00'.repeat(32)}` }, "Required field 'data' missing"],
    ['retrieve', { pubkey: `05${'00'.repeat(32)}`, namespace: 0 }, "Required field 'signature' missing"],
    [
      'retrieve',
      { pubkey: `05${'00'.repeat(32)}`, signature: 'x' },
      'invalid signature: expected base64 encoded Ed25519 signature',
    ],
    [
      'retrieve',
      { pubkey: `03${'00'.repeat(32)}`, signature: 'x', pubkey_ed25519: '00'.repeat(32) },
      'pubkey_ed25519 is only permitted for 05[...] pubkeys',
    ],
    [
      'retrieve',
      { pubkey: `05${'00'.repeat(32)}`, signature: 'x', pubkey_ed25519: '00' },
      'Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey',
    ],
    ['retrieve', { timestamp: 1000 }, "Invalid timestamp for 'timestamp': timestamp must be in milliseconds"],
    [
      'retrieve',
      { timestamp: '1700000000000' },
      "Invalid value given for 'timestamp': expected integer timestamp (in milliseconds)",
    ],
    ['retrieve', { namespace: '2' }, "Invalid value given for 'namespace': expected 16-bit integer"],
    [
      'retrieve',
      { pubkey: `05${'00'.repeat(32)}`, last_hash: 'abc' },
      'Invalid last_hash: expected base64 (43 chars)',
    ],
    ['delete_all', { namespace: 'some' }, 'Invalid value given for \'namespace\': expected integer or "all"'],
    ['delete', { messages: [1] }, "Invalid value given for 'messages': expected string array"],
    ['get_swarm', {}, "Required field 'pubkey' missing"],
    ['oxend_request', {}, "Required field 'endpoint' missing"],
    ['batch', {}, 'Invalid batch request: no valid "requests" field'],
    ['batch', { requests: [1] }, 'Invalid batch request: requests must be objects'],
    [
      'batch',
      { requests: [{ method: 'info' }] },
      'Invalid batch request: subrequests must have method/params keys',
    ],
    [
      'batch',
      { requests: [{ method: 'batch', params: { requests: [{ method: 'info', params: {} }] } }] },
      'Invalid batch subrequest: subrequests may not contain meta-requests',
    ],
    ['ifelse', {}, 'Invalid ifelse request: no valid "if" field'],
  ])('%s %j is 400: %s', async (method, params, text) => {
    expect(shown(await here(method, params))).toEqual([400, `invalid request: ${text}`]);
  });

  it('a float where an integer belongs is refused even when it is whole', async () => {
    const text = `{"method":"retrieve","params":{"pubkey":"${owner.id}","timestamp":1700000000000.0}}`;
    const reply = await onion(path, node, text);
    expect(JSON.parse(reply.decrypted!)).toEqual({
      body: "invalid request: Invalid value given for 'timestamp': expected integer timestamp (in milliseconds)",
      status: 400,
    });
  });

  it('null is the same as absent, unknown fields are ignored, numbers may be text in a store', async () => {
    const params = owner.store('lenient', {
      namespace: null,
      params: {},
      timestamp: String(Date.now()),
      ttl: '3600000',
    });
    expect((await here('store', params)).status).toBe(200);
  });

  describe('namespaces', () => {
    it('a group is signed with its own key, and −10 and the outbox −1 are read without a signature', async () => {
      const group = ownerAt(devnet, 0, '03');
      expect((await here('store', group.signedStore(11, 'to the group'))).status).toBe(200);
      expect(dataOf((await here('retrieve', group.retrieve(11))).text)).toEqual(['to the group']);
      await here('store', owner.store('legacy', { namespace: -10 }));
      const open = { pubkey: owner.id, namespace: -10 };
      expect(dataOf((await here('retrieve', open)).text)).toEqual(['legacy']);
    });

    it('a store into a public outbox replaces what was there', async () => {
      for (const text of ['first', 'second']) await here('store', owner.signedStore(-1, text));
      const reply = await here('retrieve', { pubkey: owner.id, namespace: -1 });
      expect(dataOf(reply.text)).toEqual(['second']);
    });

    it.each([
      [0, 14],
      [2, 30],
      [-10, 14],
      [-11, 30],
    ])('namespace %i takes at most %i days', async (namespace, days) => {
      const ttl = days * 86_400_000;
      expect((await here('store', owner.signedStore(namespace, 'x', { ttl }))).status).toBe(200);
      expect(shown(await here('store', owner.signedStore(namespace, 'x', { ttl: ttl + 1 })))).toEqual([
        403,
        'Provided expiry/TTL is not valid.',
      ]);
    });
  });

  describe('sizes', () => {
    it('retrieve gives a fifth of the most by default, and never less than one message', async () => {
      const big = ownerAt(devnet, 0);
      const size = 76_800;
      for (let i = 0; i < 18; i++) {
        const data = randomBytes(size);
        expect((await here('store', big.store(data))).status).toBe(200);
      }
      const count = async (fields: Record<string, unknown>) => {
        const reply = JSON.parse((await here('retrieve', big.retrieve(0, fields))).text) as {
          messages: unknown[];
          more: boolean;
        };
        return [reply.messages.length, reply.more];
      };
      expect(await count({})).toEqual([15, true]);
      expect(await count({ max_size: 0, max_count: 0 })).toEqual([15, true]);
      expect(await count({ max_size: -1 })).toEqual([18, false]);
      expect(await count({ max_size: -10 })).toEqual([7, true]);
      expect(await count({ max_size: 1 })).toEqual([1, true]);
      // data·4/3, 43 of the hash, 100
      expect(await count({ max_size: 2 * (102_400 + 143) })).toEqual([2, true]);
      expect(await count({ max_size: 2 * (102_400 + 143) - 1 })).toEqual([1, true]);
      expect(await count({ max_count: 3 })).toEqual([3, true]);
      expect(await count({ max_count: 18 })).toEqual([18, false]);
    });

    it('at most 76 of the largest messages fit an answer, and it comes through an onion', async () => {
      const big = ownerAt(devnet, 0);
      const requests: Promise<HttpReply>[] = [];
      for (let i = 0; i < 77; i++) requests.push(here('store', big.store(randomBytes(76_800))));
      for (const reply of await Promise.all(requests)) expect(reply.status).toBe(200);
      const reply = await onion(path, node, rpcBody('retrieve', big.retrieve(0, { max_size: -1 })));
      const { body } = JSON.parse(reply.decrypted!) as { body: string };
      const answer = JSON.parse(body) as { messages: unknown[]; more: boolean };
      expect([answer.messages.length, answer.more]).toEqual([76, true]);
      expect(reply.body.length).toBeLessThan(10 * 1024 * 1024);
    });

    it('a body above 10 MiB is refused', async () => {
      const refused = await onion(path, node, Buffer.alloc(10 * 1024 * 1024)).then(
        (reply) => shown(reply),
        (error: Error) => error.message,
      );
      // the connection may break before the answer is read
      if (typeof refused === 'string') expect(refused).toMatch(/EPIPE|ECONNRESET|hang up/);
      else expect(refused).toEqual([413, 'Request body too large']);
    });
  });

  describe('changing what is stored', () => {
    type Result = { swarm: Record<string, Record<string, unknown>> };
    const mine = (reply: HttpReply) => (JSON.parse(reply.text) as Result).swarm[node.ed25519]!;
    const put = async (who: Owner, text: string, fields: Record<string, unknown> = {}) =>
      (JSON.parse((await here('store', who.store(text, fields))).text) as { hash: string }).hash;

    it('expire shortens and extends, only one of them when asked, and never beyond 30 days', async () => {
      const who = ownerAt(devnet, 0);
      const hash = await put(who, 'x');
      const now = Date.now();
      const expire = async (expiry: number, only: '' | 'extend' | 'shorten' = '') => {
        const fields = { messages: [hash], expiry, ...(only === '' ? {} : { [only]: true }) };
        return mine(await here('expire', who.signed(fields, 'expire', only, expiry, hash)));
      };
      expect(await expire(now + 50_000, 'shorten')).toMatchObject({ updated: [hash], unchanged: {} });
      expect(await expire(now + 60_000, 'shorten')).toMatchObject({
        updated: [],
        unchanged: { [hash]: now + 50_000 },
      });
      expect(await expire(now + 60_000, 'extend')).toMatchObject({ updated: [hash] });
      expect(await expire(now + 55_000)).toMatchObject({ updated: [hash], expiry: now + 55_000 });
      const { expiry } = await expire(now + 90 * 86_400_000);
      expect(Number(expiry)).toBeLessThan(now + 30 * 86_400_000 + 60_000);
      const past = now - 61_000;
      expect(
        shown(await here('expire', who.signed({ messages: [hash], expiry: past }, 'expire', past, hash))),
      ).toEqual([401, 'expire: timestamp should be >= current time']);
    });

    it('several expiries at once come back in the order of the hashes they were applied to', async () => {
      const who = ownerAt(devnet, 0);
      const hashes = [await put(who, 'a'), await put(who, 'b')];
      const expiry = [Date.now() + 40_000, Date.now() + 50_000];
      const params = { messages: hashes, expiry };
      const result = mine(await here('expire', who.signed(params, 'expire', ...expiry, ...hashes)));
      const byHash = new Map(hashes.map((hash, index) => [hash, expiry[index]]));
      const updated = result.updated as string[];
      expect(updated).toEqual(hashes.toSorted());
      expect(result.expiry).toEqual(updated.map((hash) => byHash.get(hash)));
    });

    it('delete_before deletes up to a sender’s time, expire_all only shortens, delete_all empties', async () => {
      const who = ownerAt(devnet, 0);
      const at = Date.now();
      const old = await put(who, 'old', { timestamp: at - 10_000 });
      const young = await put(who, 'young', { timestamp: at });
      const before = at - 5_000;
      expect(
        mine(await here('delete_before', who.signed({ before }, 'delete_before', before))),
      ).toMatchObject({ deleted: [old] });
      const late = at + 10 * 86_400_000;
      expect(mine(await here('expire_all', who.signed({ expiry: late }, 'expire_all', late)))).toMatchObject({
        updated: [],
      });
      const soon = at + 20_000;
      expect(mine(await here('expire_all', who.signed({ expiry: soon }, 'expire_all', soon)))).toMatchObject({
        updated: [young],
      });
      const timestamp = Date.now();
      expect(
        mine(await here('delete_all', who.signed({ timestamp }, 'delete_all', timestamp))),
      ).toMatchObject({
        deleted: [young],
      });
      const future = Date.now() + 70_000;
      expect(
        shown(await here('delete_before', who.signed({ before: future }, 'delete_before', future))),
      ).toEqual([401, 'delete_before timestamp too far in the future']);
    });

    it('a message with the shortest life is gone after the next purge', async () => {
      const quick = await start({ nodes: 4, serverTimings: { purgeMs: 50 } });
      try {
        const who = new Owner();
        const at = Date.now();
        // nearly over: 10 s of life, 9.9 s ago
        await direct(quick.nodes[0]!, 'store', who.store('brief', { timestamp: at - 9_900, ttl: 10_000 }));
        await new Promise((resolve) => setTimeout(resolve, 250));
        expect(dataOf((await direct(quick.nodes[0]!, 'retrieve', who.retrieve())).text)).toEqual([]);
      } finally {
        await quick.close();
      }
    });
  });

  describe('sub-accounts', () => {
    const group = new Owner('03', Buffer.alloc(32, 1));
    // network.md 4.3: the member's token, and the admin's signature over it
    const token = Buffer.from(
      '0303000085a34bc3a885f39ac8fcd34bded04b17a49e86d9038015bf55c06a64692bc772',
      'hex',
    );
    const tokenSignature =
      '0e28b8b689ac64c27780ce8e7592644e46f48d0fe86f2bc11aa8d46c6b5411491bde2bc4cef4e3273eedb4e30401b27c9f8d28babc4766a96dfc539b6a2760b905';

    it('the example of the notes is a signature by the member, and not by anybody else', async () => {
      const { isAuthorised, access } = await import('../../src/devnet/rpc/auth.ts');
      const { parseAccount } = await import('../../src/devnet/rpc/account.ts');
      const { MessageStore } = await import('../../src/devnet/storage/message-store.ts');
      const store = new MessageStore(null);
      const account = parseAccount(group.id)!;
      expect(group.id).toBe('038a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c');
      const authData = Buffer.from(
        `03030000c959e82d30c8c2c85a701bad84d74bf87d5c0317951b10f2cf73d1747576840e28b8b689ac64c27780ce8e7592644e46f48d0fe86f2bc11aa8d46c6b5411491bde2bc4cef4e3273eedb4e30401b27c9f8d28babc4766a96dfc539b6a2760b905`,
        'hex',
      );
      expect(tokenSignature.endsWith(authData.subarray(-32).toString('hex'))).toBe(true);
      const signed = {
        account,
        ed25519: null,
        signature: Buffer.from(
          '2d34251bec4dc4e3800fafa926bfea124ac329f9525877457dafb563c34b25ef990ccf205ff0558531b64253a53d5b3fa1266b10439624aef5fb8d991e198803',
          'hex',
        ),
        subaccount: { token, signature: authData.subarray(36) },
      };
      const parts = ['retrieve', '11', 1_700_000_000_000];
      expect(isAuthorised(store, signed, access.read, parts)).toBe(true);
      expect(isAuthorised(store, signed, access.delete, parts)).toBe(false);
      expect(isAuthorised(store, signed, null, parts)).toBe(false);
      expect(isAuthorised(store, signed, access.read, ['retrieve', '12', 1_700_000_000_000])).toBe(false);
      expect(isAuthorised(store, { ...signed, subaccount: null }, access.read, parts)).toBe(false);
      // revoked, but for the namespace that tells so
      store.store(
        {
          hash: 'h',
          account: account.id,
          namespace: 11,
          timestamp: 0,
          expiry: 1,
          dataBase64: '',
          sizeBytes: 0,
        },
        false,
      );
      store.revoke(account.id, [token.toString('hex')]);
      expect(isAuthorised(store, signed, access.read, parts)).toBe(false);
      expect(isAuthorised(store, signed, access.read, parts, true)).toBe(true);
    });

    it('revocation takes hold where the account has messages, and can be taken back', async () => {
      const admin = ownerAt(devnet, 0, '03');
      const member = new Owner('03');
      const bytes = Buffer.concat([Buffer.from([3, 3, 0, 0]), member.key]);
      const asMember = (namespace: number) => {
        const timestamp = Date.now();
        return {
          pubkey: admin.id,
          namespace,
          timestamp,
          subaccount: bytes.toString('base64'),
          subaccount_sig: admin.sign(bytes),
          signature: member.sign('retrieve', namespace, timestamp),
        };
      };
      const change = (method: 'revoke' | 'unrevoke') => {
        const timestamp = Date.now();
        const name = `${method}_subaccount`;
        return here(
          name,
          admin.signed({ [method]: bytes.toString('hex'), timestamp }, name, timestamp, bytes),
        );
      };
      const statusOf = async (namespace: number) => (await here('retrieve', asMember(namespace))).status;
      expect((await change('revoke')).status).toBe(200);
      expect(await statusOf(11)).toBe(200);
      await here('store', admin.signedStore(11, 'x'));
      await change('revoke');
      expect(await statusOf(11)).toBe(401);
      expect(await statusOf(-11)).toBe(200);
      const undone = JSON.parse((await change('unrevoke')).text) as {
        swarm: Record<string, { count: number }>;
      };
      expect(Object.values(undone.swarm).map(({ count }) => count)).toEqual([1, 1, 1]);
      expect(await statusOf(11)).toBe(200);
    });
  });

  it('ifelse asks for versions and does one branch', async () => {
    const asked = (condition: object) => {
      const branches = [
        ['if', condition],
        ['then', { method: 'info', params: {} }],
      ];
      return here('ifelse', Object.fromEntries(branches));
    };
    const reply = await asked({ hf_at_least: [19, 5] });
    expect(JSON.parse(reply.text)).toMatchObject({ condition: true, hf: [19, 5], result: { code: 200 } });
    const other = await asked({ v_at_least: [2, 9] });
    expect(JSON.parse(other.text)).toMatchObject({ condition: false, v: [2, 8, 0] });
    expect(JSON.parse(other.text)).not.toHaveProperty('result');
  });
});
