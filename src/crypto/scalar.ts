/**
 * Arithmetic of the Ed25519 group: scalars modulo its order L, points times scalars.
 * Scalars and points are 32 bytes, little-endian as in RFC 8032. Nothing here clamps.
 */
import { CryptoError } from '../errors.ts';
import { sodium } from './sodium.ts';

function sized(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length !== length) throw new CryptoError('bad-key', `${what} must be ${length} bytes`);
  return bytes;
}

/** A 64-byte number modulo L, as 32 bytes. */
export function reduceScalar(wide: Uint8Array): Uint8Array {
  return sodium.crypto_core_ed25519_scalar_reduce(sized(wide, 64, 'A wide scalar'));
}

/** a·b modulo L. */
export function multiplyScalars(a: Uint8Array, b: Uint8Array): Uint8Array {
  return sodium.crypto_core_ed25519_scalar_mul(sized(a, 32, 'A scalar'), sized(b, 32, 'A scalar'));
}

/** a+b modulo L. */
export function addScalars(a: Uint8Array, b: Uint8Array): Uint8Array {
  return sodium.crypto_core_ed25519_scalar_add(sized(a, 32, 'A scalar'), sized(b, 32, 'A scalar'));
}

/** −a modulo L. */
export function negateScalar(a: Uint8Array): Uint8Array {
  return sodium.crypto_core_ed25519_scalar_negate(sized(a, 32, 'A scalar'));
}

/** scalar·B, B the base point. CryptoError `bad-key` when the result is the neutral element. */
export function multiplyBasePoint(scalar: Uint8Array): Uint8Array {
  try {
    return sodium.crypto_scalarmult_ed25519_base_noclamp(sized(scalar, 32, 'A scalar'));
  } catch (cause) {
    throw cause instanceof CryptoError ? cause : new CryptoError('bad-key', 'The scalar is zero', { cause });
  }
}

/** scalar·point. CryptoError `bad-key` for a point that is not on the curve or of low order. */
export function multiplyPoint(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  try {
    return sodium.crypto_scalarmult_ed25519_noclamp(
      sized(scalar, 32, 'A scalar'),
      sized(point, 32, 'A point'),
    );
  } catch (cause) {
    throw cause instanceof CryptoError
      ? cause
      : new CryptoError('bad-key', 'The point is not usable', { cause });
  }
}
