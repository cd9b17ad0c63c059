/** Accepting people, and telling them so (messages.md section 14). */
import { UsageError } from '../../errors.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import { buildRequestResponse } from '../../protocol/request-response.ts';
import type { StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { queueControl } from '../control-messages.ts';
import { ownProfile } from '../own-profile.ts';
import { contactIn, conversationIn } from '../records.ts';
import type { Contact } from '../types.ts';
import { announceContact, noContact } from './contact-view.ts';
import { isRequest } from './trust.ts';

/** How long before the message that answers a request the response to it is dated, ms. */
const responseGapMs = 100;

/** The gap to ask of `sentTimes` for a message to somebody: room for what goes before it. */
export function gapBeforeMessage(tx: StoreTransaction, recipient: string): number {
  return isRequest(tx.get('contacts', recipient)) ? responseGapMs : 0;
}

/**
 * Accepts a message request, or somebody who has not written yet, and shows the conversation. Whoever wrote to us is
 * told, by a message that goes out like others. Again, it changes nothing. NotFoundError `no-contact`; UsageError
 * `blocked-contact`.
 */
export async function acceptContact(context: Context, id: string): Promise<Contact> {
  await context.store.transact((tx) => {
    const contact = tx.get('contacts', id);
    const account = parseAccountId(id);
    if (contact === undefined || account === null) throw noContact();
    if (contact.blocked) throw blockedContact();
    const conversation = tx.get('conversations', id);
    if (!contact.approved) {
      if (contact.approvedMe) {
        queueResponse(tx, context, account, context.sentTimes.next(tx, context.network.now()));
      }
      tx.put('contacts', id, { ...contact, approved: true });
    }
    if (conversation?.hidden !== false) {
      const shown = conversationIn(tx, id, context.keys.accountId);
      tx.put('conversations', id, { ...shown, hidden: false });
    }
  });
  return announceContact(context, id);
}

/**
 * What sending a message or a reaction at `sentAt` means for the recipient's record: they are accepted, and told so
 * first if they wrote to us before. Part of the transaction that queues it; `sentAt` comes from `sentTimes` with
 * `gapBeforeMessage`. UsageError `blocked-contact`: nothing is sent to whom one has blocked.
 */
export function approveBySending(
  tx: StoreTransaction,
  context: Context,
  recipient: AccountId,
  sentAt: number,
): void {
  const contact = contactIn(tx, recipient);
  if (contact.blocked) throw blockedContact();
  if (contact.approved) return;
  if (contact.approvedMe) queueResponse(tx, context, recipient, sentAt - responseGapMs);
  tx.put('contacts', recipient, { ...contact, approved: true });
}

function queueResponse(tx: StoreTransaction, context: Context, recipient: AccountId, sentAt: number): void {
  const content = buildRequestResponse({ sentAt, ...ownProfile(tx) });
  // No copy for one's own devices: they know by the Contacts config.
  queueControl(tx, context, { recipient, content, sentAt });
}

function blockedContact(): UsageError {
  return new UsageError(
    'blocked-contact',
    'You have blocked this contact. Nothing was sent. Unblock them first: session-tui contact unblock ID',
  );
}
