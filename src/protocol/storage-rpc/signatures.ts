/**
 * What is signed for each storage request (network.md 4.2): text without separators, integers in decimal, times in
 * ms, namespace 0 as nothing at all. And what storage servers sign in their answers (4.5).
 */
import { verify } from '../../crypto/ed25519.ts';
import { ProtocolError } from '../../errors.ts';
import { concatBytes, fromBase64, fromHex, utf8Encode } from '../../util/bytes.ts';
import { namespaceText } from '../namespaces.ts';

export type NamespaceOrAll = number | 'all';

/** Bytes of a sub-account token. */
export const tokenLength = 36;

function time(value: number): string {
  // a fraction would be signed as one text and read by the server as another (network.md 9, item 4)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new ProtocolError('malformed', 'A signed time must be whole milliseconds');
  return String(value);
}

function withTokens(text: string, tokens: readonly Uint8Array[]): Uint8Array {
  for (const token of tokens)
    if (token.length !== tokenLength)
      throw new ProtocolError('malformed', 'A sub-account token must be 36 bytes');
  return concatBytes(utf8Encode(text), ...tokens);
}

/** The bytes to sign, by method. ProtocolError `malformed` for times that are not whole and tokens that are not 36 bytes. */
export const signedBytes = {
  store: (namespace: number, sigTimestamp: number): Uint8Array =>
    utf8Encode(`store${namespaceText(namespace)}${time(sigTimestamp)}`),

  retrieve: (namespace: number, timestamp: number): Uint8Array =>
    utf8Encode(`retrieve${namespaceText(namespace)}${time(timestamp)}`),

  /** hashes in the order of the request; there is no time in it, so it can be replayed, by design */
  delete: (hashes: readonly string[]): Uint8Array => utf8Encode(`delete${hashes.join('')}`),

  deleteAll: (namespace: NamespaceOrAll, timestamp: number): Uint8Array =>
    utf8Encode(`delete_all${namespaceText(namespace)}${time(timestamp)}`),

  deleteBefore: (namespace: NamespaceOrAll, before: number): Uint8Array =>
    utf8Encode(`delete_before${namespaceText(namespace)}${time(before)}`),

  expire: (
    change: 'shorten' | 'extend' | null,
    expiry: number | readonly number[],
    hashes: readonly string[],
  ): Uint8Array => {
    const expiries = typeof expiry === 'number' ? [expiry] : expiry;
    return utf8Encode(`expire${change ?? ''}${expiries.map(time).join('')}${hashes.join('')}`);
  },

  expireAll: (namespace: NamespaceOrAll, expiry: number): Uint8Array =>
    utf8Encode(`expire_all${namespaceText(namespace)}${time(expiry)}`),

  getExpiries: (timestamp: number, hashes: readonly string[]): Uint8Array =>
    utf8Encode(`get_expiries${time(timestamp)}${hashes.join('')}`),

  revokeSubaccount: (timestamp: number, tokens: readonly Uint8Array[]): Uint8Array =>
    withTokens(`revoke_subaccount${time(timestamp)}`, tokens),

  unrevokeSubaccount: (timestamp: number, tokens: readonly Uint8Array[]): Uint8Array =>
    withTokens(`unrevoke_subaccount${time(timestamp)}`, tokens),

  /** newer servers only */
  revokedSubaccounts: (timestamp: number): Uint8Array => utf8Encode(`revoked_subaccounts${time(timestamp)}`),
} as const;

/**
 * True if the node with this Ed25519 key (hex) signed, with a base64 signature, that it keeps the message `hash`.
 * One member's valid signature makes a store done (network.md 4.6).
 */
export function verifyStoreSignature(nodeEd25519: string, hash: string, signature: string): boolean {
  return verifyNodeSignature(nodeEd25519, utf8Encode(hash), signature);
}

/** True if the node signed `message`; false for anything that is no key or no signature. */
export function verifyNodeSignature(nodeEd25519: string, message: Uint8Array, signature: string): boolean {
  const key = fromHex(nodeEd25519);
  const bytes = fromBase64(signature);
  return key !== null && bytes !== null && verify(bytes, message, key);
}
