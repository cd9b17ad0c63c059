import { sha256 } from '../crypto/hash.ts';
import { utf8Encode } from '../util/bytes.ts';
import { Lru } from '../util/lru.ts';

const conversationLength = 7;
const messageLength = 10;
/** The same few are hashed over and over. */
const conversationHashes = new Lru<string, string>(256);
const idPattern = /^[0-9a-z]{7}([0-9a-z]{10})(0|[1-9a-z][0-9a-z]{0,10})$/;

/**
 * Our own ID of a message, the same on every device, in every backup and after every restart:
 * 7 characters that hash the conversation, 10 that hash conversation, author and sent time, and the sent time in
 * base 36. Lower-case letters and digits, at most 28 characters. The first part leads to the conversation and the
 * last to the place in it, so that finding a message by its ID needs no index of all messages.
 *
 * `sentAt` is in ms; throws RangeError unless it is a whole number from 0 to 2^53 - 1.
 */
export function messageId(conversation: string, from: string, sentAt: number): string {
  if (!Number.isSafeInteger(sentAt) || sentAt < 0) {
    throw new RangeError(`a sent time is a whole number of ms since 1970, not ${sentAt}`);
  }
  return (
    conversationHash(conversation) +
    shortHash(JSON.stringify([conversation, from, sentAt]), messageLength) +
    sentAt.toString(36)
  );
}

/** The first part of the IDs of a conversation's messages. */
export function conversationHash(conversation: string): string {
  const known = conversationHashes.get(conversation);
  if (known !== undefined) return known;
  const hash = shortHash(conversation, conversationLength);
  conversationHashes.set(conversation, hash);
  return hash;
}

/** An ID before all of a conversation's messages sent at `from` or later, for reading on from there. */
export function startOf(conversation: string, from = 0): string {
  return `${conversationHash(conversation)}${'0'.repeat(messageLength)}${from.toString(36)}`;
}

/** The parts of an ID, or null if that is not one. */
export function parseMessageId(id: string): { conversationHash: string; sentAt: number } | null {
  const match = idPattern.exec(id);
  if (!match) return null;
  const sentAt = Number.parseInt(match[2] ?? '', 36);
  if (!Number.isSafeInteger(sentAt)) return null;
  return { conversationHash: id.slice(0, conversationLength), sentAt };
}

/** Order within a conversation: by sent time, then by ID, so that it is the same everywhere. */
export function compareMessages(
  a: Readonly<{ sentAt: number; id: string }>,
  b: Readonly<{ sentAt: number; id: string }>,
): number {
  return a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** SHA-256's first 8 bytes, big-endian, modulo 36^length, in base 36 with leading zeros. */
function shortHash(text: string, length: number): string {
  const digest = sha256(utf8Encode(text));
  const number = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) % 36n ** BigInt(length);
  return number.toString(36).padStart(length, '0');
}
