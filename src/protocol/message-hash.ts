/** The hash a storage server gives to what it stores (messages, section 5). It does not depend on time. */
import { blake2b } from '../crypto/hash.ts';
import { ProtocolError } from '../errors.ts';
import { concatBytes, fromHex, toBase64Unpadded, utf8Encode } from '../util/bytes.ts';

/**
 * The 43-character hash of `data` (raw, not base64) under `pubkey` (66 hex digits, prefix included) in a
 * namespace: unpadded base64 of BLAKE2b-256(prefix byte || key || namespace in decimal, empty for 0 || data).
 * ProtocolError `malformed` for a pubkey that is not 33 bytes of hex.
 */
export function messageHash(pubkey: string, namespace: number, data: Uint8Array): string {
  const key = fromHex(pubkey);
  if (key?.length !== 33) throw new ProtocolError('malformed', 'The public key is not 66 hex digits');
  const space = utf8Encode(namespace === 0 ? '' : `${namespace}`);
  return toBase64Unpadded(blake2b(32, concatBytes(key, space, data)));
}
