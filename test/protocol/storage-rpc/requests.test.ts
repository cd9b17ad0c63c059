import { describe, expect, it } from 'vitest';
import { keyPairFromSeed, verify } from '../../../src/crypto/ed25519.ts';
import { ProtocolError } from '../../../src/errors.ts';
import {
  batch,
  deleteAllParams,
  deleteBeforeParams,
  deleteParams,
  encodeRpc,
  expireAllParams,
  expireParams,
  getExpiriesParams,
  getSwarmParams,
  infoParams,
  retrieveParams,
  revokeSubaccountParams,
  sequence,
  serviceNodesParams,
  storeParams,
  unrevokeSubaccountParams,
} from '../../../src/protocol/storage-rpc/requests.ts';
import { signedBytes } from '../../../src/protocol/storage-rpc/signatures.ts';
import type { AccountSigner, GroupAdminSigner } from '../../../src/protocol/storage-rpc/signer.ts';
import { fromBase64, toHex, utf8Decode, utf8Encode } from '../../../src/util/bytes.ts';

const keys = keyPairFromSeed(new Uint8Array(32).fill(2));
const account: AccountSigner = {
  accountId: '0560346e7c911a5f6ba154129174cafe75b294ac3bbd5549632f48cec6266f8410',
  ed25519PublicKey: keys.publicKey,
  ed25519SecretKey: keys.secretKey,
};
const groupKeys = keyPairFromSeed(new Uint8Array(32).fill(1));
const group: GroupAdminSigner = {
  kind: 'group-admin',
  groupId: `03${toHex(groupKeys.publicKey)}`,
  ed25519SecretKey: groupKeys.secretKey,
};
const now = 1_700_000_000_000;
const signatureOf = (params: Readonly<Record<string, unknown>>) => fromBase64(String(params.signature))!;

describe('store', () => {
  const message = {
    pubkey: account.accountId,
    namespace: 0,
    data: utf8Encode('dup'),
    ttlMs: 60_000,
    timestamp: now,
  };

  it('carries data in base64 and no key of the sender into an inbox', () => {
    const plain = { pubkey: account.accountId, namespace: 0, ttl: 60_000, timestamp: now, data: 'ZHVw' };
    expect(storeParams(message)).toEqual({ method: 'store', params: plain });
    expect(storeParams({ ...message, signer: account })).toEqual({ method: 'store', params: plain });
  });

  it('is signed with its own time elsewhere', () => {
    const { params } = storeParams({ ...message, namespace: 2, signer: account });
    expect(params).toMatchObject({ sig_timestamp: now, pubkey_ed25519: toHex(keys.publicKey) });
    expect(verify(signatureOf(params), signedBytes.store(2, now), keys.publicKey)).toBe(true);
    const admin = storeParams({ ...message, pubkey: group.groupId, namespace: 11, signer: group });
    expect(admin.params).not.toHaveProperty('pubkey_ed25519');
    expect(verify(signatureOf(admin.params), signedBytes.store(11, now), groupKeys.publicKey)).toBe(true);
  });

  it('takes 76 800 bytes and not one more, and only whole numbers', () => {
    expect(storeParams({ ...message, data: new Uint8Array(76_800) }).params.data).toHaveLength(102_400);
    const bad = [
      { data: new Uint8Array(76_801) },
      { timestamp: now + 0.5 },
      { ttlMs: 1.5 },
      { ttlMs: -1 },
      { namespace: 32_768 },
      { namespace: 0.5 },
    ];
    for (const change of bad) expect(() => storeParams({ ...message, ...change })).toThrow(ProtocolError);
  });
});

describe('retrieve', () => {
  const question = { pubkey: account.accountId, namespace: 0, timestamp: now, signer: account };

  it('names namespace 0 and signs it as nothing', () => {
    const { method, params } = retrieveParams({ ...question, lastHash: 'h', maxSize: -2 });
    expect(method).toBe('retrieve');
    expect(params).toMatchObject({
      pubkey: account.accountId,
      namespace: 0,
      last_hash: 'h',
      max_size: -2,
      timestamp: now,
      pubkey_ed25519: toHex(keys.publicKey),
    });
    expect(verify(signatureOf(params), utf8Encode(`retrieve${now}`), keys.publicKey)).toBe(true);
  });

  it('starts from the beginning without a hash, and is not signed where anybody may read', () => {
    expect(retrieveParams(question).params).toMatchObject({ last_hash: '' });
    expect(retrieveParams({ ...question, namespace: -1 }).params).toEqual({
      pubkey: account.accountId,
      namespace: -1,
      last_hash: '',
    });
  });
});

describe('requests about stored messages', () => {
  const hashes = ['a', 'b'];
  const signed = [
    [deleteParams({ hashes, required: true, signer: account }), signedBytes.delete(hashes)],
    [
      deleteAllParams({ namespace: 'all', timestamp: now, signer: account }),
      signedBytes.deleteAll('all', now),
    ],
    [deleteBeforeParams({ namespace: 2, before: now, signer: account }), signedBytes.deleteBefore(2, now)],
    [
      expireParams({ hashes, expiry: now, change: 'extend', signer: account }),
      signedBytes.expire('extend', now, hashes),
    ],
    [expireAllParams({ namespace: 0, expiry: now, signer: account }), signedBytes.expireAll(0, now)],
    [getExpiriesParams({ hashes, timestamp: now, signer: account }), signedBytes.getExpiries(now, hashes)],
    [
      revokeSubaccountParams({ tokens: [new Uint8Array(36)], timestamp: now, signer: account }),
      signedBytes.revokeSubaccount(now, [new Uint8Array(36)]),
    ],
    [
      unrevokeSubaccountParams({ tokens: [new Uint8Array(36)], timestamp: now, signer: account }),
      signedBytes.unrevokeSubaccount(now, [new Uint8Array(36)]),
    ],
  ] as const;

  for (const [request, message] of signed) {
    it(`are signed by the account they are about: ${request.method}`, () => {
      expect(request.params.pubkey).toBe(account.accountId);
      expect(verify(signatureOf(request.params), message, keys.publicKey)).toBe(true);
    });
  }

  it('carry their switches', () => {
    expect(signed[0][0].params).toMatchObject({ messages: hashes, required: true });
    expect(signed[3][0].params).toMatchObject({ messages: hashes, expiry: now, extend: true });
    expect(expireParams({ hashes, expiry: [1, 2], signer: account }).params).toMatchObject({
      expiry: [1, 2],
    });
    expect(signed[6][0].params).toMatchObject({ revoke: ['00'.repeat(36)], timestamp: now });
  });
});

describe('batches', () => {
  it('wrap 1 to 20 requests and no batch', () => {
    const twenty = new Array(20).fill(infoParams());
    expect(batch(twenty)).toEqual({ method: 'batch', params: { requests: twenty } });
    expect(sequence([getSwarmParams('x')])).toEqual({
      method: 'sequence',
      params: { requests: [{ method: 'get_swarm', params: { pubkey: 'x' } }] },
    });
    for (const bad of [[], [...twenty, infoParams()], [batch([infoParams()])]])
      expect(() => batch(bad)).toThrow(ProtocolError);
  });

  it('become the JSON that nodes read', () => {
    expect(utf8Decode(encodeRpc(infoParams()))).toBe('{"jsonrpc":"2.0","method":"info","params":{}}');
    expect(JSON.parse(utf8Decode(encodeRpc(serviceNodesParams())) ?? '')).toEqual({
      jsonrpc: '2.0',
      method: 'oxend_request',
      params: {
        endpoint: 'get_service_nodes',
        params: {
          active_only: true,
          fields: { public_ip: true, storage_port: true, pubkey_x25519: true, pubkey_ed25519: true },
        },
      },
    });
  });
});
