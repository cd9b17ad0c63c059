/**
 * Identifiers of people and groups: a two-digit prefix and 64 hex digits, 66 in all, lower case (protocol
 * notes, accounts, section 4). Branded strings: only the parsers here make them.
 */
import { ProtocolError } from '../errors.ts';
import { fromHex, toHex } from '../util/bytes.ts';

declare const brand: unique symbol;

/** A person: `05` and the X25519 public key. */
export type AccountId = string & { readonly [brand]: 'AccountId' };

/** A group of the current kind: `03` and the group's Ed25519 public key. Never converted to X25519. */
export type GroupId = string & { readonly [brand]: 'GroupId' };

/** A person as one community knows them: `15` or `25` and an Ed25519 point. */
export type BlindedId = string & { readonly [brand]: 'BlindedId' };

const accountIdPattern = /^05[0-9a-f]{64}$/;
const groupIdPattern = /^03[0-9a-f]{64}$/;
const blindedIdPattern = /^[12]5[0-9a-f]{64}$/;

/** Trimmed and in lower case; only ASCII survives the patterns, so look-alike digits are refused. */
function normalise(text: string): string {
  return text.trim().toLowerCase();
}

/** The account ID in `text`, whatever its case and outer spaces, or null. There is no checksum to check. */
export function parseAccountId(text: string): AccountId | null {
  const id = normalise(text);
  return accountIdPattern.test(id) ? (id as AccountId) : null; // the pattern is what the brand stands for
}

/** The group ID in `text`, or null. */
export function parseGroupId(text: string): GroupId | null {
  const id = normalise(text);
  return groupIdPattern.test(id) ? (id as GroupId) : null; // the pattern is what the brand stands for
}

/** The blinded ID in `text`, or null. */
export function parseBlindedId(text: string): BlindedId | null {
  const id = normalise(text);
  return blindedIdPattern.test(id) ? (id as BlindedId) : null; // the pattern is what the brand stands for
}

/** The account ID of a 32-byte X25519 public key. ProtocolError `malformed` for another length. */
export function accountIdFromPublicKey(publicKey: Uint8Array): AccountId {
  if (publicKey.length !== 32) {
    throw new ProtocolError('malformed', `An account's public key must be 32 bytes, not ${publicKey.length}`);
  }
  return `05${toHex(publicKey)}` as AccountId; // made of exactly the parts that the pattern asks for
}

/** The 32-byte X25519 public key of an account ID. */
export function accountPublicKey(id: AccountId): Uint8Array {
  const key = fromHex(id.slice(2));
  if (key?.length === 32) return key;
  throw new ProtocolError('malformed', 'The account ID is not 66 hex digits');
}

/** The short form for display: the first four digits, an ellipsis, the last four. */
export function shortenId(id: string): string {
  return id.length <= 9 ? id : `${id.slice(0, 4)}…${id.slice(-4)}`;
}
