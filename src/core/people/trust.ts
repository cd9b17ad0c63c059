/** Who may do what, by the flags of a contact (messages.md section 14). `undefined`: nobody on record. Pure. */
import type { StoredContact } from '../../store/index.ts';

type Flags = Pick<StoredContact, 'approved' | 'approvedMe' | 'blocked'>;

/** They wrote, and we have neither accepted nor blocked them: quiet until we say something. */
export function isRequest(contact: Flags | undefined): boolean {
  return contact !== undefined && !contact.approved && contact.approvedMe && !contact.blocked;
}

/** We wrote or accepted, and they have not answered or accepted yet. */
export function isWaiting(contact: Flags | undefined): boolean {
  return contact?.approved === true && !contact.approvedMe && !contact.blocked;
}

/**
 * What they send may have effects beyond being stored and shown: read receipts, typing notices, extraction notices,
 * downloads, notifications.
 */
export function isTrusted(contact: Flags | undefined): boolean {
  return contact?.approved === true && !contact.blocked;
}
