/** How a group member signs storage requests for the group: sub-accounts (network.md 4.3). */
import { secretKeyToX25519 } from '../../crypto/ed25519.ts';
import { blake2b, sha512 } from '../../crypto/hash.ts';
import {
  addScalars,
  multiplyBasePoint,
  multiplyPoint,
  multiplyScalars,
  negateScalar,
  reduceScalar,
} from '../../crypto/scalar.ts';
import { ProtocolError } from '../../errors.ts';
import { concatBytes, utf8Encode } from '../../util/bytes.ts';
import { tokenLength } from './signatures.ts';

/** Bytes of what an admin hands to a member: prefix, flags, 00 00, factor (32), signature over the token (64). */
export const authDataLength = 100;

const headLength = 4;
const factorEnd = 36;

/** What the server needs to see beside a member's signature. */
export type SubaccountProof = Readonly<{
  /** 36 bytes: prefix, flags, 00 00, the member's key for this group */
  token: Uint8Array;
  /** 64 bytes: the group's signature over the token */
  tokenSignature: Uint8Array;
}>;

type AuthData = Readonly<{ head: Uint8Array; factor: Uint8Array; signature: Uint8Array }>;

/** Parts of 100 bytes of auth data. ProtocolError `malformed`. */
function parseAuthData(authData: Uint8Array): AuthData {
  if (authData.length !== authDataLength)
    throw new ProtocolError('malformed', 'Sub-account data must be 100 bytes');
  return {
    head: authData.subarray(0, headLength),
    factor: authData.subarray(headLength, factorEnd),
    signature: authData.subarray(factorEnd),
  };
}

/** The member's Ed25519 key with its sign cleared: the point that everybody can compute from the account ID. */
function positive(ed25519PublicKey: Uint8Array): Uint8Array {
  const point = Uint8Array.from(ed25519PublicKey);
  point[31] = (point[31] ?? 0) & 0x7f;
  return point;
}

function tokenOf(auth: AuthData, ed25519PublicKey: Uint8Array): Uint8Array {
  return concatBytes(auth.head, multiplyPoint(auth.factor, positive(ed25519PublicKey)));
}

/** Token and its signature for a member's requests, from its auth data and own Ed25519 key (32 bytes). */
export function subaccountProof(authData: Uint8Array, ed25519PublicKey: Uint8Array): SubaccountProof {
  const auth = parseAuthData(authData);
  return { token: tokenOf(auth, ed25519PublicKey), tokenSignature: auth.signature };
}

/**
 * A member's 64-byte signature over `message`, valid as plain Ed25519 under the token's key. Deterministic; its r
 * depends on the secret, the token's key and the message. `secretKey` is the 64-byte Ed25519 key (seed, public key).
 */
export function signAsSubaccount(
  message: Uint8Array,
  authData: Uint8Array,
  secretKey: Uint8Array,
): Uint8Array {
  const auth = parseAuthData(authData);
  const seed = secretKey.subarray(0, 32);
  const publicKey = secretKey.subarray(32);
  const tokenKey = tokenOf(auth, publicKey).subarray(headLength, tokenLength);

  // the curve has two points for one X25519 key; the token uses the positive one, so the secret follows its sign
  const secret = secretKeyToX25519(secretKey);
  const isNegative = ((publicKey[31] ?? 0) & 0x80) !== 0;
  const a = multiplyScalars(auth.factor, isNegative ? negateScalar(secret) : secret);

  const seedKey = blake2b(32, seed, utf8Encode('SubaccountSeed'));
  const r = reduceScalar(blake2b(64, concatBytes(seedKey, tokenKey, message), utf8Encode('SubaccountSig')));
  const bigR = multiplyBasePoint(r);
  const challenge = reduceScalar(sha512(concatBytes(bigR, tokenKey, message)));
  return concatBytes(bigR, addScalars(r, multiplyScalars(challenge, a)));
}
