/** Who may do what: signatures and sub-accounts (network.md 4.2, 4.3), judged without any of the client's code. */
import { publicKeyToX25519, verify } from '../../crypto/ed25519.ts';
import { CryptoError } from '../../errors.ts';
import { concatBytes, equalBytes, toHex, utf8Encode } from '../../util/bytes.ts';
import type { MessageStore } from '../storage/message-store.ts';
import type { AllOrOne, Signed } from './requests.ts';

/** Flags of a sub-account's token. */
export const access = { read: 1, write: 2, delete: 4, anyPrefix: 8 } as const;

/** Pieces of signed bytes: text, integers in decimal, raw bytes. */
export type SignedPart = string | number | Uint8Array | readonly (string | number | Uint8Array)[];

/** All pieces behind one another, with nothing between them. */
export function signedBytes(parts: readonly SignedPart[]): Uint8Array {
  return concatBytes(
    ...parts.flat().map((part) => (part instanceof Uint8Array ? part : utf8Encode(String(part)))),
  );
}

/** A namespace inside signed bytes: nothing for 0. */
export function namespacePart(namespace: AllOrOne): string {
  return namespace === 0 ? '' : String(namespace);
}

/**
 * True if the signature is one over `parts` by somebody who may: the account, or a sub-account with all the flags in
 * `needed` that was not revoked (which counts for nothing with `evenIfRevoked`). `needed` null: no sub-account at all.
 */
export function isAuthorised(
  store: MessageStore,
  signed: Signed,
  needed: number | null,
  parts: readonly SignedPart[],
  evenIfRevoked = false,
): boolean {
  const { account, subaccount } = signed;
  const accountKey = accountKeyOf(signed);
  if (accountKey === null) return false;
  if (subaccount === null) return verify(signed.signature, signedBytes(parts), accountKey);
  if (needed === null) return false;
  const { token } = subaccount;
  if (!evenIfRevoked && store.isRevoked(account.id, toHex(token))) return false;
  const [prefix = 0, flags = 0] = token;
  if (prefix !== account.prefix && (flags & access.anyPrefix) === 0) return false;
  if ((flags & needed) !== needed) return false;
  if (!verify(subaccount.signature, token, accountKey)) return false;
  return verify(signed.signature, signedBytes(parts), token.subarray(4));
}

/** The Ed25519 key of the account; null if the one that was sent does not belong to it. */
function accountKeyOf(signed: Signed): Uint8Array | null {
  const { account, ed25519 } = signed;
  if (account.prefix !== 5 || ed25519 === null) return account.key;
  try {
    return equalBytes(publicKeyToX25519(ed25519), account.key) ? ed25519 : null;
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
