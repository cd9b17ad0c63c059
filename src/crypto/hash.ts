/** Hashes and MACs: BLAKE2b (RFC 7693), SHA-2 and HMAC. All take and give bytes. */
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { blake2b as nobleBlake2b } from '@noble/hashes/blake2.js';
import { CryptoError } from '../errors.ts';
import { expectLength, plainBytes } from './check.ts';
import { sodium } from './sodium.ts';

function checkOutputLength(length: number): void {
  if (Number.isInteger(length) && length >= 1 && length <= 64) return;
  throw new CryptoError('bad-length', `A BLAKE2b hash is 1 to 64 bytes, not ${length}`);
}

function checkHashKey(key: Uint8Array | undefined): void {
  if (key === undefined || (key.length >= 1 && key.length <= 64)) return;
  throw new CryptoError('bad-key', `A BLAKE2b key is 1 to 64 bytes, not ${key.length}`);
}

/** BLAKE2b with an output of `length` bytes (1 to 64) and an optional key of 1 to 64 bytes. */
export function blake2b(length: number, data: Uint8Array, key?: Uint8Array): Uint8Array {
  checkOutputLength(length);
  checkHashKey(key);
  return sodium.crypto_generichash(length, data, key ?? null);
}

/** What parametrises a personalised BLAKE2b: key 1 to 64 bytes, salt and personalisation 16 bytes each. */
export type Blake2bParameters = Readonly<{ key?: Uint8Array; salt?: Uint8Array; personal?: Uint8Array }>;

/**
 * BLAKE2b with salt and personalisation, which libsodium's wrapper does not offer. In plain JavaScript and
 * about eight times slower than `blake2b`: use that one where there is no personalisation.
 */
export function blake2bPersonal(length: number, data: Uint8Array, parameters: Blake2bParameters): Uint8Array {
  const { key, salt, personal } = parameters;
  checkOutputLength(length);
  checkHashKey(key);
  if (salt !== undefined) expectLength(salt, 16, 'A BLAKE2b salt', 'bad-length');
  if (personal !== undefined) expectLength(personal, 16, 'A BLAKE2b personalisation', 'bad-length');
  return nobleBlake2b(data, {
    dkLen: length,
    ...(key === undefined ? {} : { key }),
    ...(salt === undefined ? {} : { salt }),
    ...(personal === undefined ? {} : { personalization: personal }),
  });
}

/** HMAC-SHA256, 32 bytes; the key may have any length. As a key object for the reason given in aead.ts. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return hmacSha256Under(key)(data);
}

/** `hmacSha256` with one key, for many messages: the key object is made once. */
export function hmacSha256Under(key: Uint8Array): (data: Uint8Array) => Uint8Array {
  const object = createSecretKey(key);
  return (data) => plainBytes(createHmac('sha256', object).update(data).digest());
}

/** SHA-256, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return plainBytes(createHash('sha256').update(data).digest());
}

/** SHA-512, 64 bytes. */
export function sha512(data: Uint8Array): Uint8Array {
  return plainBytes(createHash('sha512').update(data).digest());
}
