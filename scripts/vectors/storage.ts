/** request_signatures.json and ons.json. */
import { keyPairFromSeed } from '../../src/crypto/ed25519.ts';
import { decryptSnsAnswer, nameHash } from '../../src/protocol/sns.ts';
import { type NamespaceOrAll, signedBytes } from '../../src/protocol/storage-rpc/signatures.ts';
import { type RequestSigner, signatureParams, signerPubkey } from '../../src/protocol/storage-rpc/signer.ts';
import { fromBase64, fromHex, toBase64 } from '../../src/util/bytes.ts';
import { CaseFailure, expectEqual, expectRefused, type VectorCase } from './case.ts';
import type { Adapter } from './run.ts';

/** Builds what is signed, and signs it as the account, the group or the member. */
export const requestSignatures: Adapter = (testCase) => {
  const message = signedMessage(testCase.text('method'), testCase.object('params'));
  expectEqual(message, testCase.bytes('signed_message'), 'what is signed');
  const signer = signerOf(testCase);
  expectEqual(signerPubkey(signer), testCase.text('pubkey'), 'the account it is about');
  const params = signatureParams(signer, message);
  expectEqual(params.pubkey_ed25519, testCase.raw('pubkey_ed25519'), 'the key sent along');
  for (const name of ['signature', 'subaccount', 'subaccount_sig'] as const) {
    const sent = params[name];
    const stated = testCase.has(name) ? testCase.bytes(name) : undefined;
    expectEqual(sent === undefined ? undefined : (fromBase64(sent) ?? 'bad base64'), stated, name);
  }
  return undefined;
};

/** Opens the record of a name. */
export const names: Adapter = (testCase) => {
  const name = testCase.text('name');
  const value = testCase.text('encrypted_value');
  const nonce = testCase.text('nonce');
  testCase.ignore('label', 'says what is wrong with a rejected case');
  if (testCase.kind === 'reject') {
    expectRefused(() => decryptSnsAnswer(name, value, nonce));
    return undefined;
  }
  expectEqual(toBase64(nameHash(name)), testCase.text('name_hash_base64'), 'the hash of the name');
  expectEqual(decryptSnsAnswer(name, value, nonce), testCase.text('account_id'), 'the account');
  return undefined;
};

function signedMessage(method: string, params: VectorCase): Uint8Array {
  const single = (): number => (params.has('namespace') ? params.number('namespace') : 0);
  const anyNamespace = (): NamespaceOrAll => (params.raw('namespace') === 'all' ? 'all' : single());
  const hashes = (): string[] => params.list('messages').map(String);
  const tokens = (key: string): Uint8Array[] =>
    params.list(key).map((token) => fromHex(String(token)) ?? new Uint8Array());
  switch (method) {
    case 'store':
      return signedBytes.store(single(), params.number('sig_timestamp'));
    case 'retrieve':
      return signedBytes.retrieve(single(), params.number('timestamp'));
    case 'delete':
      return signedBytes.delete(hashes());
    case 'delete_all':
      return signedBytes.deleteAll(anyNamespace(), params.number('timestamp'));
    case 'delete_before':
      return signedBytes.deleteBefore(anyNamespace(), params.number('before'));
    case 'expire': {
      const change = params.has('extend') ? 'extend' : params.has('shorten') ? 'shorten' : null;
      return signedBytes.expire(change, params.number('expiry'), hashes());
    }
    case 'expire_all':
      return signedBytes.expireAll(anyNamespace(), params.number('expiry'));
    case 'get_expiries':
      return signedBytes.getExpiries(params.number('timestamp'), hashes());
    case 'revoke_subaccount':
      return signedBytes.revokeSubaccount(params.number('timestamp'), tokens('revoke'));
    case 'unrevoke_subaccount':
      return signedBytes.unrevokeSubaccount(params.number('timestamp'), tokens('unrevoke'));
    default:
      throw new CaseFailure(`no such method: ${method}`);
  }
}

function signerOf(testCase: VectorCase): RequestSigner {
  const kind = testCase.text('signer');
  const pubkey = testCase.text('pubkey');
  if (kind === 'group_admin') {
    const { secretKey } = keyPairFromSeed(testCase.bytes('group_seed'));
    return { kind: 'group-admin', groupId: pubkey, ed25519SecretKey: secretKey };
  }
  const { publicKey, secretKey } = keyPairFromSeed(testCase.bytes('seed'));
  if (kind === 'account')
    return { accountId: pubkey, ed25519PublicKey: publicKey, ed25519SecretKey: secretKey };
  return {
    kind: 'group-member',
    groupId: pubkey,
    authData: testCase.bytes('auth_data'),
    ed25519SecretKey: secretKey,
  };
}
