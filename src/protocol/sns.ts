/** Names of the Session Name Service: asked of nodes by hash, answered encrypted to the name (accounts.md 6). */
import { xchachaDecrypt } from '../crypto/aead.ts';
import { blake2b } from '../crypto/hash.ts';
import { CryptoError, ProtocolError } from '../errors.ts';
import { concatBytes, fromHex, toBase64, toHex, utf8Encode } from '../util/bytes.ts';
import { type AccountId, parseAccountId } from './ids.ts';
import { oxend, type RpcRequest } from './storage-rpc/requests.ts';

/** A name as it is hashed: trimmed, ASCII lower case, 1 to 64 of a-z 0-9 _ - (no dash at either end); else null. */
export function parseSnsName(text: string): string | null {
  const name = text.trim();
  // ASCII is checked first: other alphabets have letters whose lower case is ASCII (the Kelvin sign)
  return name.length <= 64 && /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(name)
    ? name.toLowerCase()
    : null;
}

/** The 32-byte hash that stands for a (lower-case) name. */
export function nameHash(name: string): Uint8Array {
  return blake2b(32, utf8Encode(name));
}

/** What to ask of three random nodes: they must agree. */
export function resolveParams(name: string): RpcRequest {
  return oxend('ons_resolve', { type: 0, name_hash: toBase64(nameHash(name)) });
}

/**
 * The account behind a (lower-case) name, from the value (49 bytes) and nonce (24 bytes) of an answer, both hex.
 * ProtocolError `unsupported` for the old format without a nonce, `malformed` for wrong lengths or for what is no
 * account ID, `decrypt-failed` when the value belongs to another name.
 */
export function decryptSnsAnswer(name: string, encryptedValueHex: string, nonceHex: string): AccountId {
  if (nonceHex === '')
    throw new ProtocolError('unsupported', 'The name is registered in a format that clients no longer read');
  const nonce = fromHex(nonceHex);
  const value = fromHex(encryptedValueHex);
  if (nonce?.length !== 24 || value === null || value.length <= 16)
    throw new ProtocolError('malformed', 'The record of the name is damaged');
  const text = utf8Encode(name);
  let id: Uint8Array;
  try {
    id = xchachaDecrypt(blake2b(32, text, nameHash(name)), concatBytes(nonce, value));
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new ProtocolError('decrypt-failed', 'The record belongs to another name', { cause });
  }
  const accountId = id.length === 33 ? parseAccountId(toHex(id)) : null;
  if (accountId === null) throw new ProtocolError('malformed', 'The name does not stand for an account');
  return accountId;
}
