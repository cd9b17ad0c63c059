import type { StoredExpiry, StoredMessage, StoredNotice } from '../../store/index.ts';
import { messageId } from '../../store/index.ts';
import type { Opened } from '../receive/item.ts';

/** A line in a conversation that an item made, and that nobody wrote. */
export function noticeFrom(
  { sender, sentAt, self, item, receivedAt }: Opened,
  conversation: string,
  notice: StoredNotice,
  expiry: StoredExpiry | null,
): StoredMessage {
  const direction = sender === self ? 'out' : 'in';
  return {
    id: messageId(conversation, sender, sentAt),
    conversation,
    from: sender,
    direction,
    sentAt,
    receivedAt,
    body: '',
    status: direction === 'out' ? 'sent' : 'received',
    hash: item.hash,
    attachments: [],
    notice,
    ...(expiry === null ? {} : { expiry }),
  };
}
