/**
 * Ed25519 signatures (RFC 8032) over libsodium, and the way from Ed25519 to X25519 keys.
 * Public keys and seeds are 32 bytes, secret keys 64 (seed followed by public key), signatures 64.
 */
import { CryptoError } from '../errors.ts';
import { expectLength } from './check.ts';
import { sodium } from './sodium.ts';

/** `secretKey` is the 64-byte form: seed, then public key. */
export type Ed25519KeyPair = Readonly<{ publicKey: Uint8Array; secretKey: Uint8Array }>;

/** The key pair of a 32-byte seed. */
export function keyPairFromSeed(seed: Uint8Array): Ed25519KeyPair {
  const pair = sodium.crypto_sign_seed_keypair(expectLength(seed, 32, 'An Ed25519 seed'));
  return { publicKey: pair.publicKey, secretKey: pair.privateKey };
}

/** The 64-byte detached signature of `message` with a 64-byte secret key. Deterministic. */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return sodium.crypto_sign_detached(message, expectLength(secretKey, 64, 'An Ed25519 secret key'));
}

/**
 * True if `signature` is the signature of `message` by `publicKey`. False, not an error, for a wrong length, a
 * key that is no point or of small order, and a non-canonical signature: all of these come from outside.
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}

/**
 * The 32-byte X25519 key of an Ed25519 public key. CryptoError `bad-key` for a key that is not a point of the
 * main subgroup. Not invertible: the sign of x is lost.
 */
export function publicKeyToX25519(publicKey: Uint8Array): Uint8Array {
  expectLength(publicKey, 32, 'An Ed25519 public key');
  try {
    return sodium.crypto_sign_ed25519_pk_to_curve25519(publicKey);
  } catch (cause) {
    throw new CryptoError('bad-key', 'The Ed25519 key is not a usable point of the curve', { cause });
  }
}

/** The 32-byte X25519 secret of a 64-byte Ed25519 secret key: the clamped SHA-512 half of its seed. */
export function secretKeyToX25519(secretKey: Uint8Array): Uint8Array {
  return sodium.crypto_sign_ed25519_sk_to_curve25519(expectLength(secretKey, 64, 'An Ed25519 secret key'));
}
