import { describe, expect, it } from 'vitest';
import { keyPairFromSeed, sign, verify } from '../../../src/crypto/ed25519.ts';
import { ProtocolError } from '../../../src/errors.ts';
import {
  signedBytes,
  verifyNodeSignature,
  verifyStoreSignature,
} from '../../../src/protocol/storage-rpc/signatures.ts';
import {
  type RequestSigner,
  signatureParams,
  signerPubkey,
} from '../../../src/protocol/storage-rpc/signer.ts';
import { signAsSubaccount, subaccountProof } from '../../../src/protocol/storage-rpc/subaccount.ts';
import { fromBase64, toBase64, toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { bytes, vectorCases } from '../onion/support.ts';

type Params = {
  namespace?: number | 'all';
  timestamp?: number;
  sig_timestamp?: number;
  before?: number;
  expiry?: number;
  messages?: string[];
  extend?: boolean;
  shorten?: boolean;
  revoke?: string[];
  unrevoke?: string[];
};
type Case = {
  name: string;
  method: string;
  params: Params;
  signed_message: string;
  signer: 'account' | 'group_admin' | 'group_member';
  pubkey: string;
  pubkey_ed25519?: string;
  seed: string;
  group_seed: string;
  auth_data: string;
  subaccount?: string;
  subaccount_sig?: string;
  signature: string;
};

function messageOf(c: Case): Uint8Array {
  const p = c.params;
  const namespace = p.namespace ?? 0;
  const oneNamespace = namespace === 'all' ? Number.NaN : namespace;
  const hashes = p.messages ?? [];
  switch (c.method) {
    case 'store':
      return signedBytes.store(oneNamespace, p.sig_timestamp!);
    case 'retrieve':
      return signedBytes.retrieve(oneNamespace, p.timestamp!);
    case 'delete':
      return signedBytes.delete(hashes);
    case 'delete_all':
      return signedBytes.deleteAll(namespace, p.timestamp!);
    case 'delete_before':
      return signedBytes.deleteBefore(namespace, p.before!);
    case 'expire':
      return signedBytes.expire(p.extend ? 'extend' : p.shorten ? 'shorten' : null, p.expiry!, hashes);
    case 'expire_all':
      return signedBytes.expireAll(namespace, p.expiry!);
    case 'get_expiries':
      return signedBytes.getExpiries(p.timestamp!, hashes);
    case 'revoke_subaccount':
      return signedBytes.revokeSubaccount(p.timestamp!, p.revoke!.map(bytes));
    case 'unrevoke_subaccount':
      return signedBytes.unrevokeSubaccount(p.timestamp!, p.unrevoke!.map(bytes));
    default:
      throw new Error(`no builder for ${c.method}`);
  }
}

function signerOf(c: Case): RequestSigner {
  if (c.signer === 'group_admin')
    return {
      kind: 'group-admin',
      groupId: c.pubkey,
      ed25519SecretKey: keyPairFromSeed(bytes(c.group_seed)).secretKey,
    };
  const { publicKey, secretKey } = keyPairFromSeed(bytes(c.seed));
  return c.signer === 'account'
    ? { accountId: c.pubkey, ed25519PublicKey: publicKey, ed25519SecretKey: secretKey }
    : { kind: 'group-member', groupId: c.pubkey, authData: bytes(c.auth_data), ed25519SecretKey: secretKey };
}

const hexOf = (base64: string | undefined) => (base64 === undefined ? undefined : toHex(fromBase64(base64)!));

describe('what is signed', () => {
  for (const c of vectorCases<Case>('request_signatures')) {
    it(`is what the reference signs: ${c.name} by ${c.signer}`, () => {
      const message = messageOf(c);
      expect(toHex(message)).toBe(c.signed_message);
      const signer = signerOf(c);
      expect(signerPubkey(signer)).toBe(c.pubkey);
      const params = signatureParams(signer, message);
      expect({
        pubkey_ed25519: params.pubkey_ed25519,
        subaccount: hexOf(params.subaccount),
        subaccount_sig: hexOf(params.subaccount_sig),
        signature: hexOf(params.signature),
      }).toEqual({
        pubkey_ed25519: c.pubkey_ed25519,
        subaccount: c.subaccount,
        subaccount_sig: c.subaccount_sig,
        signature: c.signature,
      });
    });
  }

  it('is the published text of network.md 4.2', () => {
    const { publicKey, secretKey } = keyPairFromSeed(new Uint8Array(32).fill(2));
    expect(toHex(publicKey)).toBe('8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394');
    expect(toBase64(sign(signedBytes.retrieve(0, 1700000000000), secretKey))).toBe(
      'gFwLZrvF4ujM8l1/JVYNPDWg0jQTs9wejmXcuXP31aoaOYUCOJ5S8NacP8Jkh6N9nPaMa4YsAKza63R8IjoQAg==',
    );
    expect(toBase64(sign(signedBytes.store(2, 1700000000000), secretKey))).toBe(
      'u/UDHI/ROwcCKK4YQZZn2IxQQZxK5hHAup4Q8Af1Q8lBbQ5yAfCK14MWui5DN1fo9xT9KW5WICQRLx89VnrwDA==',
    );
  });

  it('has whole milliseconds only, and whole tokens', () => {
    for (const bad of [1.5, -1, Number.NaN, 2 ** 53]) {
      expect(() => signedBytes.retrieve(0, bad)).toThrow(ProtocolError);
      expect(() => signedBytes.expire(null, [1, bad], [])).toThrow(ProtocolError);
    }
    expect(() => signedBytes.revokeSubaccount(1, [new Uint8Array(35)])).toThrow(ProtocolError);
  });

  it('puts several expiries one after the other', () => {
    expect(signedBytes.expire('extend', [11, 22], ['a', 'b'])).toEqual(utf8Encode('expireextend1122ab'));
  });
});

describe('a group member', () => {
  // network.md 4.3
  const authData = bytes(
    '03030000c959e82d30c8c2c85a701bad84d74bf87d5c0317951b10f2cf73d1747576840e28b8b689ac64c27780ce8e7592644e46f48d0fe86f2bc11aa8d46c6b5411491bde2bc4cef4e3273eedb4e30401b27c9f8d28babc4766a96dfc539b6a2760b905',
  );
  const member = keyPairFromSeed(new Uint8Array(32).fill(2));

  it('signs as published, and the token key verifies it', () => {
    const { token, tokenSignature } = subaccountProof(authData, member.publicKey);
    expect(toBase64(token)).toBe('AwMAAIWjS8OohfOayPzTS97QSxeknobZA4AVv1XAamRpK8dy');
    const group = keyPairFromSeed(new Uint8Array(32).fill(1));
    expect(verify(tokenSignature, token, group.publicKey)).toBe(true);
    const message = signedBytes.retrieve(11, 1700000000000);
    const signature = signAsSubaccount(message, authData, member.secretKey);
    expect(toHex(signature)).toBe(
      '2d34251bec4dc4e3800fafa926bfea124ac329f9525877457dafb563c34b25ef990ccf205ff0558531b64253a53d5b3fa1266b10439624aef5fb8d991e198803',
    );
    expect(verify(signature, message, token.subarray(4))).toBe(true);
    expect(verify(signature, utf8Encode('other'), token.subarray(4))).toBe(false);
  });

  it('agrees with the reference over all sub-account vectors', () => {
    type Sub = {
      kind: string;
      auth_data?: string;
      member_seed?: string;
      subaccount?: string;
      subaccount_sig?: string;
      message?: string;
      signature?: string;
    };
    let checked = 0;
    for (const c of vectorCases<Sub>('group_subaccounts')) {
      if (!c.auth_data || !c.member_seed || !c.subaccount || !c.signature || !c.message) continue;
      const { publicKey, secretKey } = keyPairFromSeed(bytes(c.member_seed));
      const proof = subaccountProof(bytes(c.auth_data), publicKey);
      expect(toHex(proof.token)).toBe(c.subaccount);
      expect(toHex(proof.tokenSignature)).toBe(c.subaccount_sig);
      expect(toHex(signAsSubaccount(bytes(c.message), bytes(c.auth_data), secretKey))).toBe(c.signature);
      checked++;
    }
    expect(checked).toBeGreaterThan(0);
  });

  it('needs 100 bytes of auth data', () => {
    for (const length of [0, 99, 101])
      expect(() => subaccountProof(new Uint8Array(length), member.publicKey)).toThrow(ProtocolError);
  });
});

describe('the signature of a node', () => {
  const node = keyPairFromSeed(new Uint8Array(32).fill(9));
  const id = toHex(node.publicKey);
  const hash = 'Q/7uBbI4XirEGxEXocqTejK3LnOMzvUWDblW8H6Nzpw';
  const signature = toBase64(sign(utf8Encode(hash), node.secretKey));

  it('holds for its hash and node only', () => {
    expect(verifyStoreSignature(id, hash, signature)).toBe(true);
    expect(verifyStoreSignature(id, `R${hash.slice(1)}`, signature)).toBe(false);
    expect(verifyStoreSignature('ab'.repeat(32), hash, signature)).toBe(false);
  });

  it('is false, never an error, for what is no key or no signature', () => {
    for (const [key, sig] of [
      ['zz', signature],
      [id.slice(2), signature],
      [id, ''],
      [id, '!!!'],
      [id, toBase64(new Uint8Array(63))],
      [id, toBase64(new Uint8Array(64))],
    ] as const)
      expect(verifyNodeSignature(key, utf8Encode(hash), sig)).toBe(false);
  });
});
