/**
 * Padding and encryption of configs (config.md, sections 4.3 and 4.4). Both are deterministic, so that devices with the
 * same state store the same bytes. The nonce is at the end.
 */
import { xchachaDecrypt, xchachaEncrypt } from '../../crypto/aead.ts';
import { blake2b } from '../../crypto/hash.ts';
import { ProtocolError } from '../../errors.ts';
import { concatBytes, utf8Encode } from '../../util/bytes.ts';

const nonceLength = 24;
/** Tag and nonce. */
export const configOverhead = 16 + nonceLength;

/** The length that `length` bytes are padded to. */
export function paddedConfigLength(length: number): number {
  const total = length + configOverhead;
  const step = total < 5120 ? 256 : total < 20_480 ? 1024 : total < 40_960 ? 2048 : 5120;
  return Math.ceil(total / step) * step - configOverhead;
}

/** Zeros, then `plain`. */
export function padConfig(plain: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedConfigLength(plain.length));
  padded.set(plain, padded.length - plain.length);
  return padded;
}

/** What follows the leading zeros, as a view. */
export function unpadConfig(padded: Uint8Array): Uint8Array {
  let start = 0;
  while (padded[start] === 0) start++;
  return padded.subarray(start);
}

function derivedKey(baseKey: Uint8Array, length: number, domain: Uint8Array): Uint8Array {
  if (baseKey.length !== 32)
    throw new ProtocolError('malformed', `A config's key must be 32 bytes, not ${baseKey.length}`);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(length));
  return blake2b(32, concatBytes(baseKey, size, domain));
}

function domainBytes(domain: string): Uint8Array {
  const bytes = utf8Encode(domain);
  if (bytes.length < 1 || bytes.length > 24)
    throw new ProtocolError('malformed', `A config's domain must be 1 to 24 bytes, not ${bytes.length}`);
  return bytes;
}

/**
 * `message` (already padded) under a 32-byte key; 40 bytes longer. ProtocolError `malformed` for a key of another
 * length or a domain that is not 1 to 24 bytes.
 */
export function encryptConfig(message: Uint8Array, baseKey: Uint8Array, domain: string): Uint8Array {
  const name = domainBytes(domain);
  const key = derivedKey(baseKey, message.length, name);
  const nonce = blake2b(
    nonceLength,
    message,
    concatBytes(utf8Encode('libsessionutil-config-encrypted-'), name),
  );
  const wire = xchachaEncrypt(key, nonce, message);
  return concatBytes(wire.subarray(nonceLength), nonce);
}

/** The padded message. ProtocolError `malformed` (too short), CryptoError `decrypt-failed`. */
export function decryptConfig(ciphertext: Uint8Array, baseKey: Uint8Array, domain: string): Uint8Array {
  const name = domainBytes(domain);
  if (ciphertext.length < configOverhead)
    throw new ProtocolError('malformed', 'The encrypted config is too short');
  const key = derivedKey(baseKey, ciphertext.length - configOverhead, name);
  const nonce = ciphertext.subarray(-nonceLength);
  return xchachaDecrypt(key, concatBytes(nonce, ciphertext.subarray(0, -nonceLength)));
}
