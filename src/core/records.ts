/** Reading and changing conversation and contact records inside a transaction. */
import type { AccountId } from '../protocol/ids.ts';
import type { StoredContact, StoredConversation, StoredMessage, StoreTransaction } from '../store/index.ts';
import { isReadable } from './unread.ts';
import { previewOf } from './views.ts';

const emptyConversation = {
  unread: 0,
  lastMessageAt: 0,
  preview: '',
  draft: '',
  pinned: false,
  mutedUntil: null,
  readUpTo: 0,
  hidden: false,
} as const;

const emptyContact = {
  name: '',
  nickname: null,
  profileUpdatedAtSec: 0,
  approved: false,
  approvedMe: false,
  blocked: false,
} as const;

/** The conversation record, or a fresh one if there is none yet; `own` is one's own account ID. */
export function conversationIn(tx: StoreTransaction, id: string, own: AccountId): StoredConversation {
  return tx.get('conversations', id) ?? { ...emptyConversation, id, kind: id === own ? 'self' : 'contact' };
}

export function contactIn(tx: StoreTransaction, id: string): StoredContact {
  return tx.get('contacts', id) ?? { ...emptyContact, id };
}

/**
 * Puts a message and lets its conversation follow: newest message, preview, unread count. A hidden one is shown again,
 * but not by what was read before it was hidden and is only fetched once more, as by a restored device.
 */
export function putNewMessage(tx: StoreTransaction, message: StoredMessage, own: AccountId): void {
  tx.putMessage(message);
  const conversation = conversationIn(tx, message.conversation, own);
  const isOld = message.sentAt <= conversation.readUpTo;
  const newest = message.sentAt >= conversation.lastMessageAt;
  // One's own message, from whichever device, means that everything before it has been read.
  const readUpTo =
    message.direction === 'out' ? Math.max(conversation.readUpTo, message.sentAt) : conversation.readUpTo;
  const isUnread = isReadable(message) && message.sentAt > readUpTo;
  tx.put('conversations', message.conversation, {
    ...conversation,
    hidden: conversation.hidden && isOld,
    ...(message.direction === 'out' && conversation.markedUnread ? { markedUnread: false } : {}),
    readUpTo,
    unread: message.direction === 'out' && newest ? 0 : conversation.unread + (isUnread ? 1 : 0),
    ...(newest ? { lastMessageAt: message.sentAt, preview: previewOf(message.body) } : {}),
  });
}
