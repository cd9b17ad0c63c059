/**
 * Authenticated encryption in the two forms of the network: AES-256-GCM (node:crypto) and
 * XChaCha20-Poly1305-IETF (libsodium). Both put the nonce in front: nonce || ciphertext || tag (16 bytes).
 * GCM's 12-byte nonce must not repeat under one key, so callers use a key once; XChaCha's 24 may be random.
 *
 * node:crypto takes key objects here because it finds out with a caught exception that bytes are none: a key object,
 * made first, costs a third of that.
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { concatBytes } from '../util/bytes.ts';
import { expectLength, plainBytes } from './check.ts';
import { sodium } from './sodium.ts';

const tagLength = 16;
const gcmNonceLength = 12;
const xchachaNonceLength = 24;

/** iv (12) || ciphertext || tag (16) under a 32-byte key. */
export function aesGcmEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
  expectLength(key, 32, 'An AES-256 key');
  expectLength(iv, gcmNonceLength, 'A GCM nonce', 'bad-length');
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv);
  const body = cipher.update(plaintext);
  // GCM is a stream: nothing is left for final(), which makes the tag
  cipher.final();
  return concatBytes(iv, body, cipher.getAuthTag());
}

/** The plaintext of what `aesGcmEncrypt` makes. CryptoError `decrypt-failed` when the tag does not fit. */
export function aesGcmDecrypt(key: Uint8Array, wire: Uint8Array): Uint8Array {
  expectLength(key, 32, 'An AES-256 key');
  if (wire.length < gcmNonceLength + tagLength) {
    throw new CryptoError('decrypt-failed', 'The AES-GCM message is too short');
  }
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), wire.subarray(0, gcmNonceLength), {
    authTagLength: tagLength,
  });
  decipher.setAuthTag(wire.subarray(-tagLength));
  // update() hands out unauthenticated bytes; nothing leaves this function before final() has checked the tag.
  const body = decipher.update(wire.subarray(gcmNonceLength, -tagLength));
  try {
    decipher.final();
    return plainBytes(body);
  } catch (cause) {
    throw new CryptoError('decrypt-failed', 'The AES-GCM message does not open with this key', { cause });
  }
}

/** nonce (24) || ciphertext || tag (16) under a 32-byte key; `aad` is authenticated and not transmitted. */
export function xchachaEncrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array | null = null,
): Uint8Array {
  expectLength(key, 32, 'An XChaCha20 key');
  expectLength(nonce, xchachaNonceLength, 'An XChaCha20 nonce', 'bad-length');
  return concatBytes(
    nonce,
    sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, null, nonce, key),
  );
}

/** The plaintext of what `xchachaEncrypt` makes. CryptoError `decrypt-failed` when tag or `aad` do not fit. */
export function xchachaDecrypt(key: Uint8Array, wire: Uint8Array, aad: Uint8Array | null = null): Uint8Array {
  expectLength(key, 32, 'An XChaCha20 key');
  if (wire.length < xchachaNonceLength + tagLength) {
    throw new CryptoError('decrypt-failed', 'The XChaCha20 message is too short');
  }
  const nonce = wire.subarray(0, xchachaNonceLength);
  const body = wire.subarray(xchachaNonceLength);
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, body, aad, nonce, key);
  } catch (cause) {
    throw new CryptoError('decrypt-failed', 'The XChaCha20 message does not open with this key', { cause });
  }
}
