/** Accounts, message hashes and hash texts as the storage server sees them (network.md 4.2, 4.5). */
import { blake2b } from '../../crypto/hash.ts';
import { concatBytes, fromBase64, fromHex, toBase64Unpadded, toHex, utf8Encode } from '../../util/bytes.ts';

export type Account = Readonly<{
  /** 5 for an account, 3 for a group */
  prefix: number;
  /** 32 bytes: X25519 for an account, Ed25519 for a group */
  key: Uint8Array;
  /** prefix and key, 66 lower-case hex digits */
  id: string;
}>;

/** Null for anything but 66 hex digits. */
export function parseAccount(text: string): Account | null {
  const bytes = text.length === 66 ? fromHex(text) : null;
  const prefix = bytes?.[0];
  if (bytes === null || prefix === undefined) return null;
  return { prefix, key: bytes.subarray(1), id: toHex(bytes) };
}

/** 43 characters; the same data in the same place is the same message, whatever its time. */
export function hashOf(account: Account, namespace: number, data: Uint8Array): string {
  const place = utf8Encode(namespace === 0 ? '' : String(namespace));
  return toBase64Unpadded(blake2b(32, concatBytes(Uint8Array.of(account.prefix), account.key, place, data)));
}

export function isMessageHash(text: string): boolean {
  return text.length === 43 && fromBase64(text) !== null;
}
