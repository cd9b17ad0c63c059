/**
 * People between the local records and the Contacts config (config.md, sections 8 and 12): what the records say that the
 * config does not (`contactEdit`), and what the config says that the records do not (`contactRecords`). Both leave alone
 * what the other side has no word for.
 */
import type { Contact, ContactChange, ExpiryMode } from '../../protocol/config/contacts.ts';
import { type ProfilePicture, truncateName } from '../../protocol/config/fields.ts';
import type { StoredContact, StoredConversation, StoredExpiry, StoredPicture } from '../../store/index.ts';
import { equalBytes, fromHex, toHex } from '../../util/bytes.ts';
import { mutedForGood } from '../types.ts';

/** What the config tells of somebody who is not in it. */
const nobody: Omit<Contact, 'id' | 'features'> = {
  name: '',
  nickname: '',
  picture: null,
  profileUpdatedAt: 0,
  approved: false,
  approvedMe: false,
  blocked: false,
  priority: 0,
  notifications: 'default',
  mutedUntil: 0,
  expiry: { mode: 'none', seconds: 0 },
  createdAt: 0,
};

/** Beyond this the config would take seconds for ms (section 8). */
const latestSec = 9_000_000_000;

/**
 * What to change in the config so that it says what the records say; null when it does. `current` is null for somebody
 * it does not hold, who is then to be added, even with an empty change. `now` in ms.
 */
export function contactEdit(
  record: StoredContact,
  line: StoredConversation | undefined,
  current: Contact | null,
  now: number,
): ContactChange | null {
  const before = current ?? nobody;
  const picture = pictureOf(record.picture);
  const profile: ContactChange = {
    ...(record.name === before.name || truncateName(record.name) === before.name
      ? {}
      : { name: record.name }),
    ...(samePicture(picture, before.picture) ? {} : { picture }),
    ...(record.profileUpdatedAtSec === before.profileUpdatedAt
      ? {}
      : { profileUpdatedAt: Math.floor(record.profileUpdatedAtSec) }),
  };
  // What came with a newer profile than ours is not taken back.
  const isOlder = record.profileUpdatedAtSec < before.profileUpdatedAt;
  const nickname = truncateName(record.nickname ?? '');
  const change: ContactChange = {
    ...(isOlder ? {} : profile),
    ...((record.nickname ?? '') === before.nickname || nickname === before.nickname ? {} : { nickname }),
    ...(record.approved === before.approved ? {} : { approved: record.approved }),
    ...(record.approvedMe === before.approvedMe ? {} : { approvedMe: record.approvedMe }),
    ...(record.blocked === before.blocked ? {} : { blocked: record.blocked }),
    ...(before.createdAt === 0
      ? { createdAt: record.createdAtSec || (current === null ? Math.floor(now / 1000) : 0) }
      : {}),
    ...(line === undefined ? {} : lineChange(line, before, now)),
  };
  if (change.createdAt === 0) delete (change as { createdAt?: number }).createdAt; // made just above
  return current === null || Object.keys(change).length > 0 ? change : null;
}

function lineChange(line: StoredConversation, before: typeof nobody, now: number): ContactChange {
  const priority = priorityOf(line, before.priority);
  const expiry = expiryOf(line.expiry);
  return {
    ...(priority === before.priority ? {} : { priority }),
    ...muteChange(line.mutedUntil, before, now),
    ...(expiry.mode === before.expiry.mode && expiry.seconds === before.expiry.seconds ? {} : { expiry }),
  };
}

/** `+` of a conversation: −1 hidden, 0, above 0 pinned (section 12). `before` where it says the same. */
export function priorityOf(
  { hidden, pinned, pinOrder }: Pick<StoredConversation, 'hidden' | 'pinned' | 'pinOrder'>,
  before: number,
): number {
  if (hidden) return before < 0 ? before : -1;
  if (!pinned) return 0;
  return pinOrder !== undefined && pinOrder > 0 ? pinOrder : Math.max(1, before);
}

/** Muted for good is `@` = disabled there; a time is `!`. What is over counts as none. */
function muteChange(
  mutedUntil: number | null,
  before: Pick<Contact, 'notifications' | 'mutedUntil'>,
  now: number,
): ContactChange {
  const isDisabled = before.notifications === 'disabled';
  const wanted = mutedUntil !== null && mutedUntil > now ? mutedUntil : 0;
  const wantedSec = Math.ceil(wanted / 1000);
  if (wanted >= mutedForGood || wantedSec > latestSec) return isDisabled ? {} : { notifications: 'disabled' };
  const beforeSec = before.mutedUntil * 1000 > now ? before.mutedUntil : 0;
  return {
    ...(isDisabled ? { notifications: 'default' } : {}),
    ...(wantedSec === beforeSec ? {} : { mutedUntil: wantedSec }),
  };
}

export type ContactRecords = Readonly<{ record: StoredContact; line: StoredConversation }>;

/**
 * The records as the config has them; what it has no word for stays. A profile older than the one on record stays out,
 * and an empty name takes nothing away. `now` in ms.
 */
export function contactRecords(contact: Contact, local: ContactRecords, now: number): ContactRecords {
  const { record, line } = local;
  const isProfileNewer =
    contact.profileUpdatedAt >= record.profileUpdatedAtSec || record.profileUpdatedAtSec === 0;
  const nickname = contact.nickname === '' ? null : contact.nickname;
  return {
    record: {
      ...record,
      ...(isProfileNewer
        ? {
            name: contact.name === '' ? record.name : contact.name,
            profileUpdatedAtSec: contact.profileUpdatedAt,
            ...pictureField(contact.picture, record.picture),
          }
        : {}),
      nickname,
      approved: contact.approved,
      approvedMe: contact.approvedMe,
      blocked: contact.blocked,
      ...(contact.createdAt === 0 ? {} : { createdAtSec: contact.createdAt }),
    },
    line: {
      ...withPriority(line, contact.priority),
      mutedUntil: mutedUntilOf(contact, line.mutedUntil, now),
      ...expiryField(contact.expiry, line.expiry),
    },
  };
}

/** A line as `+` has it. */
export function withPriority(line: StoredConversation, priority: number): StoredConversation {
  const place = priority > 1 ? priority : undefined;
  if (line.hidden === priority < 0 && line.pinned === priority > 0 && line.pinOrder === place) return line;
  const { pinOrder: _, ...rest } = line;
  return {
    ...rest,
    hidden: priority < 0,
    pinned: priority > 0,
    ...(place === undefined ? {} : { pinOrder: place }),
  };
}

function mutedUntilOf(contact: Contact, before: number | null, now: number): number | null {
  if (contact.notifications === 'disabled')
    return before !== null && isForGood(before) ? before : mutedForGood;
  const until = contact.mutedUntil * 1000;
  if (before !== null && Math.ceil(before / 1000) === contact.mutedUntil) return before;
  if (until > now) return until;
  return before !== null && before > now ? null : before;
}

function isForGood(until: number): boolean {
  return until >= mutedForGood || Math.ceil(until / 1000) > latestSec;
}

export function pictureOf(picture: StoredPicture | null | undefined): ProfilePicture | null {
  const key = picture ? fromHex(picture.keyHex) : null;
  return picture && picture.url !== '' && key?.length === 32 ? { url: picture.url, key } : null;
}

export function samePicture(a: ProfilePicture | null, b: ProfilePicture | null): boolean {
  return a === null || b === null ? a === b : a.url === b.url && equalBytes(a.key, b.key);
}

/** `picture` as a record has it; a record without one stays without the field. */
export function pictureField(
  picture: ProfilePicture | null,
  before: StoredPicture | null | undefined,
): { picture?: StoredPicture | null } {
  if (picture === null) return before ? { picture: null } : {};
  return { picture: { url: picture.url, keyHex: toHex(picture.key) } };
}

/** A record's timer in the config's words. */
export function expiryOf(expiry: StoredExpiry | null | undefined): Contact['expiry'] {
  if (!expiry || expiry.seconds <= 0) return { mode: 'none', seconds: 0 };
  return { mode: expiry.mode === 'after-send' ? 'after_send' : 'after_read', seconds: expiry.seconds };
}

/** The config's timer as a record has it; a record without one stays without the field. */
export function expiryField(
  { mode, seconds }: Readonly<{ mode: ExpiryMode; seconds: number }>,
  before: StoredExpiry | null | undefined,
): { expiry?: StoredExpiry | null } {
  if (mode === 'none' || seconds === 0) return before ? { expiry: null } : {};
  return { expiry: { mode: mode === 'after_send' ? 'after-send' : 'after-read', seconds } };
}
