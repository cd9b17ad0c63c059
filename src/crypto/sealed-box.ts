/**
 * libsodium's sealed boxes: anybody can seal for an X25519 key, only its owner opens, nobody can tell who
 * sealed. Wire form: ephemeral public key (32) || MAC (16) || XSalsa20 ciphertext, 48 bytes more than the
 * message; the nonce is BLAKE2b-192 of ephemeral and recipient key, so it is never transmitted.
 */
import { CryptoError } from '../errors.ts';
import { concatBytes } from '../util/bytes.ts';
import { expectLength } from './check.ts';
import { sodium } from './sodium.ts';
import { publicFromSecret } from './x25519.ts';

/** How much longer a sealed box is than what it holds. */
export const sealOverhead = 48;

/**
 * Seals `message` for the 32-byte X25519 key `recipient`. `ephemeralSecret` (32 bytes) is for callers that
 * inject their randomness; it must never seal two messages. Without it libsodium draws one.
 * CryptoError `bad-key` for a recipient key of low order.
 */
export function seal(message: Uint8Array, recipient: Uint8Array, ephemeralSecret?: Uint8Array): Uint8Array {
  expectLength(recipient, 32, 'An X25519 public key');
  try {
    if (ephemeralSecret === undefined) return sodium.crypto_box_seal(message, recipient);
    const ephemeral = publicFromSecret(ephemeralSecret);
    const nonce = sodium.crypto_generichash(24, concatBytes(ephemeral, recipient), null);
    return concatBytes(ephemeral, sodium.crypto_box_easy(message, nonce, recipient, ephemeralSecret));
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw new CryptoError('bad-key', 'The recipient key is not usable', { cause });
  }
}

/** Opens a sealed box with the recipient's 32-byte keys. CryptoError `decrypt-failed` for anything else. */
export function openSealed(ciphertext: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array {
  expectLength(publicKey, 32, 'An X25519 public key');
  expectLength(secretKey, 32, 'An X25519 secret');
  if (ciphertext.length < sealOverhead) {
    throw new CryptoError('decrypt-failed', 'The sealed box is too short');
  }
  try {
    return sodium.crypto_box_seal_open(ciphertext, publicKey, secretKey);
  } catch (cause) {
    throw new CryptoError('decrypt-failed', 'The sealed box does not open with this key', { cause });
  }
}
