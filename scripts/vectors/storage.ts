/**
 * Adapters of `npm run vectors` for request_signatures and ons. An adapter takes one case and throws when the code does
 * not agree with it.
 */
import { strictEqual, throws } from 'node:assert';
import { keyPairFromSeed } from '../../src/crypto/ed25519.ts';
import { ProtocolError } from '../../src/errors.ts';
import { decryptSnsAnswer, nameHash } from '../../src/protocol/sns.ts';
import { signedBytes } from '../../src/protocol/storage-rpc/signatures.ts';
import { type RequestSigner, signatureParams } from '../../src/protocol/storage-rpc/signer.ts';
import { fromBase64, fromHex, toBase64, toHex } from '../../src/util/bytes.ts';

type SignatureCase = {
  method: string;
  params: {
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

type NameCase = {
  kind: 'ok' | 'reject';
  name: string;
  name_hash_base64: string;
  encrypted_value: string;
  nonce: string;
  account_id: string;
};

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error('the vector holds bad hex');
  return bytes;
}

/** Builds what is signed, and signs it as the account, the group, or the member. */
export function requestSignature(vector: unknown): void {
  const c = vector as SignatureCase; // the shape is that of test/vectors/README.md
  const message = signedMessage(c);
  strictEqual(toHex(message), c.signed_message);
  const params = signatureParams(signerOf(c), message);
  strictEqual(params.pubkey_ed25519, c.pubkey_ed25519);
  strictEqual(hexOfBase64(params.signature), c.signature);
  strictEqual(hexOfBase64(params.subaccount), c.subaccount);
  strictEqual(hexOfBase64(params.subaccount_sig), c.subaccount_sig);
}

/** Opens a name's record. */
export function nameRecord(vector: unknown): void {
  const c = vector as NameCase; // the shape is that of test/vectors/README.md
  if (c.kind === 'reject') {
    throws(() => decryptSnsAnswer(c.name, c.encrypted_value, c.nonce), ProtocolError);
    return;
  }
  strictEqual(toBase64(nameHash(c.name)), c.name_hash_base64);
  strictEqual(decryptSnsAnswer(c.name, c.encrypted_value, c.nonce), c.account_id);
}

function hexOfBase64(text: string | undefined): string | undefined {
  const bytes = text === undefined ? null : fromBase64(text);
  return bytes === null ? undefined : toHex(bytes);
}

function signedMessage(c: SignatureCase): Uint8Array {
  const p = c.params;
  const namespace = p.namespace ?? 0;
  const single = namespace === 'all' ? 0 : namespace;
  const hashes = p.messages ?? [];
  // a time that a case lacks becomes NaN, which the builders refuse
  const timestamp = p.timestamp ?? Number.NaN;
  const expiry = p.expiry ?? Number.NaN;
  switch (c.method) {
    case 'store':
      return signedBytes.store(single, p.sig_timestamp ?? Number.NaN);
    case 'retrieve':
      return signedBytes.retrieve(single, timestamp);
    case 'delete':
      return signedBytes.delete(hashes);
    case 'delete_all':
      return signedBytes.deleteAll(namespace, timestamp);
    case 'delete_before':
      return signedBytes.deleteBefore(namespace, p.before ?? Number.NaN);
    case 'expire':
      return signedBytes.expire(p.extend ? 'extend' : p.shorten ? 'shorten' : null, expiry, hashes);
    case 'expire_all':
      return signedBytes.expireAll(namespace, expiry);
    case 'get_expiries':
      return signedBytes.getExpiries(timestamp, hashes);
    case 'revoke_subaccount':
      return signedBytes.revokeSubaccount(timestamp, (p.revoke ?? []).map(hex));
    case 'unrevoke_subaccount':
      return signedBytes.unrevokeSubaccount(timestamp, (p.unrevoke ?? []).map(hex));
    default:
      throw new Error(`no such method: ${c.method}`);
  }
}

function signerOf(c: SignatureCase): RequestSigner {
  if (c.signer === 'group_admin')
    return {
      kind: 'group-admin',
      groupId: c.pubkey,
      ed25519SecretKey: keyPairFromSeed(hex(c.group_seed)).secretKey,
    };
  const { publicKey, secretKey } = keyPairFromSeed(hex(c.seed));
  return c.signer === 'account'
    ? { accountId: c.pubkey, ed25519PublicKey: publicKey, ed25519SecretKey: secretKey }
    : {
        kind: 'group-member',
        groupId: c.pubkey,
        authData: hex(c.auth_data),
        ed25519SecretKey: secretKey,
      };
}
