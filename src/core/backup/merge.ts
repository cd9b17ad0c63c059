/**
 * How what a backup says and what the profile has become one (docs/store.md, section Backups). Each rule gives the
 * same again when the same backup is merged a second time, and what was done is never undone.
 */
import type {
  JsonValue,
  OutboxItem,
  StoredContact,
  StoredConversation,
  StoredMessage,
} from '../../store/index.ts';
import { mergeReactions } from '../kinds/reactions.ts';

/** `nextAttemptAt` of a message that only its sender may set going again (core/outbox.ts). */
const never = Number.MAX_SAFE_INTEGER;

/** How far a message has come; never back. */
const progress: Readonly<Record<StoredMessage['status'], number>> = {
  queued: 0,
  failed: 0,
  received: 0,
  sent: 1,
  read: 2,
};

const tooLate =
  'It was waiting to be sent when the backup was made, too long ago to send it unasked. Send it again if it is still wanted.';

/** The message and, with `outbox`, what is left to do for it: null where nothing is. */
export type MergedMessage = Readonly<{ message: StoredMessage; outbox: OutboxItem | null }>;

export type MessageInBackup = Readonly<{ value: StoredMessage; outbox?: OutboxItem }>;

/** `own`: what the profile has of this message. `now` in ms since 1970. */
export function mergeMessage(
  own: Readonly<{ message: StoredMessage | undefined; outbox: OutboxItem | undefined }>,
  other: MessageInBackup,
  now: number,
): MergedMessage {
  if (own.message === undefined) return adopt(other, now);
  const message = further(own.message, other.value);
  if (progress[message.status] === 0) return { message, outbox: own.outbox ?? other.outbox ?? null };
  return { message, outbox: leftOfDelivered(own.outbox) };
}

/** Somebody has delivered the message: all that may be left is the copy for one's own devices. */
function leftOfDelivered(outbox: OutboxItem | undefined): OutboxItem | null {
  if (outbox === undefined || outbox.syncData === '') return null;
  return outbox.data === '' ? outbox : { ...outbox, data: '', attempts: 0, nextAttemptAt: 0 };
}

/** A message that waits goes out with its very bytes, which swarms and recipients take once, from whichever device. */
function adopt({ value, outbox }: MessageInBackup, now: number): MergedMessage {
  if (outbox === undefined) return { message: value, outbox: null };
  if (progress[value.status] > 0) return { message: value, outbox: leftOfDelivered(outbox) };
  const waits = value.status === 'queued' && outbox.nextAttemptAt !== never;
  if (!waits || outbox.sentAt + outbox.ttlMs > now) return { message: value, outbox };
  return {
    message: { ...value, status: 'failed', reason: tooLate },
    outbox: { ...outbox, nextAttemptAt: never },
  };
}

function further(own: StoredMessage, other: StoredMessage): StoredMessage {
  // What its author took back stays so, words and all.
  if (own.notice !== undefined) return own;
  if (other.notice !== undefined) return other;
  const merged = mergeFields(own, other);
  const reactions = mergeReactions(own.reactions ?? [], other.reactions ?? []);
  return reactions.length === 0 ? merged : { ...merged, reactions };
}

function mergeFields(own: StoredMessage, other: StoredMessage): StoredMessage {
  if (progress[other.status] <= progress[own.status]) return { ...withoutReason(other), ...own };
  return { ...other, ...withoutReason(own), status: other.status };
}

function withoutReason({ reason: _, ...rest }: StoredMessage): StoredMessage {
  return rest;
}

/** What both sides have agreed to stays agreed; a name by the time of the profile it came from. */
export function mergeContact(own: StoredContact | undefined, other: StoredContact): StoredContact {
  if (own === undefined) return other;
  const isNewer = other.profileUpdatedAtSec > own.profileUpdatedAtSec || own.name === '';
  const newer = isNewer ? other : own;
  return {
    ...other,
    ...own,
    name: newer.name,
    profileUpdatedAtSec: Math.max(own.profileUpdatedAtSec, other.profileUpdatedAtSec),
    nickname: own.nickname ?? other.nickname,
    approved: own.approved || other.approved,
    approvedMe: own.approvedMe || other.approvedMe,
  };
}

/** All but `unread`, which follows from the messages and `readUpTo`. */
export function mergeConversation(
  own: StoredConversation | undefined,
  other: StoredConversation,
): StoredConversation {
  if (own === undefined) return other;
  const hasDraft = own.draft !== '' || own.draftAnswers !== undefined;
  const { draft, draftAnswers } = hasDraft ? own : other;
  const { draftAnswers: _, ...rest } = { ...other, ...own };
  const newest = other.lastMessageAt > own.lastMessageAt ? other : own;
  return {
    ...rest,
    lastMessageAt: newest.lastMessageAt,
    preview: newest.preview,
    draft,
    ...(draftAnswers === undefined ? {} : { draftAnswers }),
    readUpTo: Math.max(own.readUpTo, other.readUpTo),
  };
}

/** The last sent time only grows (sent-times.ts); of all others the profile's own counts. */
export function mergeSetting(key: string, own: JsonValue | undefined, other: JsonValue): JsonValue {
  if (own === undefined) return other;
  const isGrowing = key === 'lastSentAt' && typeof own === 'number' && typeof other === 'number';
  return isGrowing ? Math.max(own, other) : own;
}
