/** What messages of others do to the records of those who sent them (messages.md sections 7.14, 7.19 and 14). */
import type { SenderProfile } from '../../protocol/data-message.ts';
import type { AccountId } from '../../protocol/ids.ts';
import { noticeFrom } from '../kinds/notices.ts';
import type { Opened } from '../receive/item.ts';
import { profileChange } from '../receive/profile.ts';
import type { Round } from '../receive/round.ts';
import { contactIn, conversationIn } from '../records.ts';
import { isRemoved } from './removed.ts';

/** Kind of the line that says so. It stands in the chat, and is no part of the history that commands print. */
export const acceptedNotice = 'accepted';

/** They wrote to us, which accepts us. */
export function theyWrote(round: Round, opened: Opened, profile: SenderProfile | null): void {
  const { tx } = round;
  const { sender } = opened;
  const contact = contactIn(tx, sender);
  tx.put('contacts', sender, { ...contact, approvedMe: true, ...profileChange(contact, profile) });
  if (contact.approved && !contact.approvedMe) addAcceptance(round, opened);
  // Scripts need not be told of what the message itself says.
  for (const { id, from, notice } of round.messages)
    if (from === sender && notice?.kind === acceptedNotice) tx.delete('fresh', id);
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
export function theyAccepted(round: Round, opened: Opened, profile: SenderProfile | null): void {
  const { tx, context } = round;
  const { sender, self, sentAt } = opened;
  if (isRemoved(tx, sender, self, sentAt)) {
    round.skip('removed-conversation');
    return;
  }
  const contact = contactIn(tx, sender);
  tx.put('contacts', sender, { ...contact, approvedMe: true, ...profileChange(contact, profile) });
  if (tx.get('conversations', sender)?.hidden === true) {
    const conversation = conversationIn(tx, sender, context.keys.accountId);
    tx.put('conversations', sender, { ...conversation, hidden: false });
  }
  if (contact.approved && !contact.approvedMe) addAcceptance(round, opened);
}

/** A line right before the message that tells so, or in its place; it stays as long as the conversation. */
function addAcceptance(round: Round, opened: Opened): void {
  const { sender } = opened;
  if (round.tx.get('conversations', sender) === undefined) return;
  const { hash: _, ...line } = noticeFrom(
    { ...opened, sentAt: opened.sentAt - 1 },
    sender,
    { kind: acceptedNotice },
    null,
  );
  if (round.tx.message(line.id) !== undefined) return;
  round.add(line);
  // It is nothing to be read. Whoever has only now accepted us has written nothing before it.
  const conversation = conversationIn(round.tx, sender, opened.self);
  round.tx.put('conversations', sender, {
    ...conversation,
    unread: Math.max(0, conversation.unread - 1),
    // Whoever dates it in the future must not have all that follows count as read.
    readUpTo: Math.max(conversation.readUpTo, Math.min(line.sentAt, round.context.network.now())),
  });
}
