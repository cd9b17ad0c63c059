/**
 * One layer of an onion: framing and encryption, both directions (network.md 3.1, 3.2). The client builds with it and
 * the devnet peels with it; what the layers mean is in request.ts and, judged independently, in peel.ts.
 */
import { aesGcmDecrypt, aesGcmEncrypt, xchachaDecrypt, xchachaEncrypt } from '../../crypto/aead.ts';
import type { EphemeralKey } from '../../crypto/ephemeral.ts';
import { blake2b, hmacSha256Under } from '../../crypto/hash.ts';
import { scalarMult } from '../../crypto/x25519.ts';
import { ProtocolError } from '../../errors.ts';
import { concatBytes, le32, readLe32, utf8Decode, utf8Encode } from '../../util/bytes.ts';

/** How a layer is encrypted. AES-256-GCM is what a missing `enc_type` means. */
export type EncType = 'aes-gcm' | 'xchacha20';

/** Members of the JSON object that follows a blob in a frame. */
export type FrameJson = Readonly<Record<string, unknown>>;

/** The type behind each spelling that nodes accept, or null (AES-CBC included: nobody may use it any more). */
export function parseEncType(text: string): EncType | null {
  if (text === 'aes-gcm' || text === 'gcm') return 'aes-gcm';
  if (text === 'xchacha20' || text === 'xchacha20-poly1305') return 'xchacha20';
  return null;
}

/** Bytes of the iv (12) or nonce (24) that lead the wire form. */
export function nonceLength(encType: EncType): number {
  return encType === 'aes-gcm' ? 12 : 24;
}

/** `blob` with its length before it (4 bytes, little-endian) and the JSON text of `json` behind it. */
export function frame(blob: Uint8Array, json: FrameJson): Uint8Array {
  return concatBytes(le32(blob.length), blob, utf8Encode(JSON.stringify(json)));
}

/** The parts of a frame; `blob` is a view into `bytes`. ProtocolError `malformed` unless blob and object are whole. */
export function unframe(bytes: Uint8Array): { blob: Uint8Array; json: FrameJson } {
  if (bytes.length < 4) throw new ProtocolError('malformed', 'The frame ends before its length');
  const length = readLe32(bytes);
  if (length > bytes.length - 4) throw new ProtocolError('malformed', 'The frame is shorter than it says');
  const text = utf8Decode(bytes.subarray(4 + length));
  let json: unknown;
  try {
    json = text === null ? null : JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('malformed', 'The frame does not end in JSON', { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ProtocolError('malformed', 'The frame does not end in a JSON object');
  // neither null nor array nor primitive: a JSON object
  return { blob: bytes.subarray(4, 4 + length), json: json as FrameJson };
}

const gcmMac = hmacSha256Under(utf8Encode('LOKI'));

/**
 * The symmetric key of a layer, 32 bytes, the same for both sides: from the shared secret, the sender's ephemeral
 * public key and the receiver's public key. "LOKI" is the HMAC key and the secret the message, not the reverse.
 */
export function layerKey(
  encType: EncType,
  shared: Uint8Array,
  ephemeralPk: Uint8Array,
  receiverPk: Uint8Array,
): Uint8Array {
  return encType === 'aes-gcm' ? gcmMac(shared) : blake2b(32, concatBytes(shared, ephemeralPk, receiverPk));
}

/** Encrypts with a layer's key; gives iv or nonce, ciphertext, tag. */
export function sealWithKey(
  encType: EncType,
  key: Uint8Array,
  ivOrNonce: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return encType === 'aes-gcm'
    ? aesGcmEncrypt(key, ivOrNonce, plaintext)
    : xchachaEncrypt(key, ivOrNonce, plaintext);
}

/** Reverses `sealWithKey`. CryptoError `decrypt-failed`. */
export function openWithKey(encType: EncType, key: Uint8Array, wire: Uint8Array): Uint8Array {
  return encType === 'aes-gcm' ? aesGcmDecrypt(key, wire) : xchachaDecrypt(key, wire);
}

export type EncryptedLayer = Readonly<{
  /** iv or nonce, ciphertext, tag */
  wire: Uint8Array;
  /** 32 bytes, to be told to the receiver */
  ephemeralPk: Uint8Array;
  /** 32 bytes; the receiver answers with it */
  key: Uint8Array;
  /** the X25519 secret behind `key` */
  shared: Uint8Array;
}>;

/**
 * Encrypts one layer to an X25519 key. `ephemeral` must be a fresh key and `ivOrNonce` (12 or 24 bytes, see
 * `nonceLength`) fresh random bytes. CryptoError `bad-key` for a receiver's key of low order.
 */
export function encryptLayer(
  layer: Readonly<{
    encType: EncType;
    recipientXPk: Uint8Array;
    plaintext: Uint8Array;
    ephemeral: EphemeralKey;
    ivOrNonce: Uint8Array;
  }>,
): EncryptedLayer {
  const ephemeralPk = layer.ephemeral.publicKey;
  const shared = layer.ephemeral.agree(layer.recipientXPk);
  const key = layerKey(layer.encType, shared, ephemeralPk, layer.recipientXPk);
  return {
    wire: sealWithKey(layer.encType, key, layer.ivOrNonce, layer.plaintext),
    ephemeralPk,
    key,
    shared,
  };
}

/** Decrypts one layer as its receiver; `key` then encrypts the answer. CryptoError `decrypt-failed` or `bad-key`. */
export function decryptLayer(
  layer: Readonly<{
    encType: EncType;
    xSk: Uint8Array;
    xPk: Uint8Array;
    ephemeralPk: Uint8Array;
    wire: Uint8Array;
  }>,
): { plaintext: Uint8Array; key: Uint8Array } {
  const shared = scalarMult(layer.xSk, layer.ephemeralPk);
  const key = layerKey(layer.encType, shared, layer.ephemeralPk, layer.xPk);
  return { plaintext: openWithKey(layer.encType, key, layer.wire), key };
}
