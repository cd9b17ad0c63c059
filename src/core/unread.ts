/** What counts as unread. */
import type { ProfileStore, StoredMessage } from '../store/index.ts';

/** How many of the newest messages are looked through for lines that say that a message was taken back. */
const lookedThrough = 256;

/** Whether somebody has still to read it, if it is newer than the read mark: a line in place of a deleted message is nothing to read. */
export function isReadable({ direction, notice }: StoredMessage): boolean {
  return direction === 'in' && notice?.kind !== 'deleted';
}

/** How many messages of a conversation came after its read mark (sent time, ms) and are there to be read. */
export async function countReadable(
  store: Pick<ProfileStore, 'countUnread' | 'messagesBefore'>,
  conversation: string,
  readUpTo: number,
): Promise<number> {
  const incoming = await store.countUnread(conversation, readUpTo);
  if (incoming === 0) return 0;
  const newest = await store.messagesBefore(conversation, { limit: lookedThrough });
  const gone = newest.filter(
    (message) => message.direction === 'in' && message.sentAt > readUpTo && !isReadable(message),
  );
  return Math.max(0, incoming - gone.length);
}
