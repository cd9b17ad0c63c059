/** Blocking: nothing is sent to whom one blocks, and what they send is dropped before it is stored (accounts.md section 11). */
import { UsageError } from '../../errors.ts';
import type { StoredContact } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../types.ts';
import { announceContact, noContact } from './contact-view.ts';
import { isRequest } from './trust.ts';

/**
 * Blocks somebody on record, or ends that. A message request that is blocked leaves the list. What was sent while
 * they were blocked stays unread for ever, even if it is fetched after the end. NotFoundError `no-contact`; UsageError
 * `own-account`. Again, it changes nothing.
 */
export async function setBlocked(context: Context, id: string, blocked: boolean): Promise<Contact> {
  if (id === context.keys.accountId) {
    throw new UsageError('own-account', 'That is your own account ID: nobody can block themselves.');
  }
  await context.store.transact((tx) => {
    const contact = tx.get('contacts', id);
    if (contact === undefined) throw noContact();
    if (contact.blocked === blocked) return;
    const now = context.network.now();
    tx.put('contacts', id, blocked ? block(contact, now) : { ...contact, blocked, unblockedAt: now });
    const conversation = tx.get('conversations', id);
    if (blocked && isRequest(contact) && conversation !== undefined)
      tx.put('conversations', id, { ...conversation, hidden: true });
  });
  return announceContact(context, id);
}

function block({ unblockedAt: _, ...contact }: StoredContact, now: number): StoredContact {
  return { ...contact, blocked: true, blockedAt: now };
}

/** Whether what somebody sent at `sentAt` (ms) is to be dropped unread. */
export function isDropped(contact: StoredContact | undefined, sentAt: number): boolean {
  if (contact === undefined) return false;
  if (contact.blocked) return true;
  const { blockedAt, unblockedAt } = contact;
  return blockedAt !== undefined && unblockedAt !== undefined && sentAt >= blockedAt && sentAt < unblockedAt;
}
