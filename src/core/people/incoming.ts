/** What messages of others do to the records of those who sent them (messages.md sections 7.14, 7.19 and 14). */
import type { SenderProfile } from '../../protocol/data-message.ts';
import type { AccountId } from '../../protocol/ids.ts';
import { profileChange } from '../receive/profile.ts';
import type { Round } from '../receive/round.ts';
import { contactIn, conversationIn } from '../records.ts';

/** What is said of somebody who has accepted us, by a response or by writing; the UI puts the name before it. */
const acceptedText = 'accepted your message request';

/** They wrote to us, which accepts us. */
export function theyWrote(round: Round, sender: AccountId, profile: SenderProfile | null): void {
  const { tx } = round;
  const contact = contactIn(tx, sender);
  tx.put('contacts', sender, { ...contact, approvedMe: true, ...profileChange(contact, profile) });
  if (contact.approved && !contact.approvedMe) announceAcceptance(round, sender);
}

/** We wrote to them from another device, which accepts them. */
export function weWrote(round: Round, recipient: AccountId): void {
  const { tx } = round;
  const contact = contactIn(tx, recipient);
  if (!contact.approved) tx.put('contacts', recipient, { ...contact, approved: true });
}

/**
 * They say that they accept us: a conversation that is there is shown again, none is made. It never means that we
 * accept them.
 */
export function theyAccepted(round: Round, sender: AccountId, profile: SenderProfile | null): void {
  const { tx, context } = round;
  const contact = contactIn(tx, sender);
  tx.put('contacts', sender, { ...contact, approvedMe: true, ...profileChange(contact, profile) });
  if (tx.get('conversations', sender)?.hidden === true) {
    const conversation = conversationIn(tx, sender, context.keys.accountId);
    tx.put('conversations', sender, { ...conversation, hidden: false });
  }
  if (contact.approved && !contact.approvedMe) announceAcceptance(round, sender);
}

function announceAcceptance(round: Round, sender: AccountId): void {
  round.announce(() => ({ event: 'notice', conversation: sender, text: acceptedText }));
}
