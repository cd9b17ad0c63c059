/** The birational map from Ed25519 to Curve25519 (RFC 7748, section 4.1), as a check without an inversion. */

const fieldPrime = 2n ** 255n - 19n;
const signBitMask = 2n ** 255n - 1n;

/** u-coordinates of low order on Curve25519: X25519 with them gives zero (RFC 7748, section 6.1). */
const lowOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  fieldPrime - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

function littleEndian(bytes: Uint8Array): bigint {
  let hex = '';
  for (let i = bytes.length - 1; i >= 0; i--) hex += (bytes[i] ?? 0).toString(16).padStart(2, '0');
  return BigInt(`0x${hex}`);
}

/**
 * True if `x25519` is the Curve25519 image of the Ed25519 key `ed25519` (32 bytes each) and not of low order.
 * From u = (1+y)/(1−y) it follows that u·(1−y) = 1+y modulo p, so the check is one multiplication: about a
 * microsecond, where the conversion itself takes a hundred. A node list has thousands of entries.
 */
export function isX25519OfEd25519(ed25519: Uint8Array, x25519: Uint8Array): boolean {
  if (ed25519.length !== 32 || x25519.length !== 32) return false;
  const y = littleEndian(ed25519) & signBitMask;
  const u = littleEndian(x25519);
  if (y >= fieldPrime || u >= fieldPrime || lowOrder.has(u)) return false;
  return (u * (fieldPrime + 1n - y) - 1n - y) % fieldPrime === 0n;
}
