/** X25519 Diffie-Hellman (RFC 7748). Keys, secrets and shared secrets are 32 bytes. */
import { CryptoError } from '../errors.ts';
import { expectLength } from './check.ts';
import { sodium } from './sodium.ts';

/** The public key of a 32-byte secret, which is clamped as RFC 7748 says. */
export function publicFromSecret(secret: Uint8Array): Uint8Array {
  return sodium.crypto_scalarmult_base(expectLength(secret, 32, 'An X25519 secret'));
}

/** The shared secret. CryptoError `bad-key` when `publicKey` is of low order, so that the result would be 0. */
export function scalarMult(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  expectLength(secret, 32, 'An X25519 secret');
  expectLength(publicKey, 32, 'An X25519 public key');
  try {
    return sodium.crypto_scalarmult(secret, publicKey);
  } catch (cause) {
    throw new CryptoError('bad-key', 'The X25519 public key is of low order', { cause });
  }
}
