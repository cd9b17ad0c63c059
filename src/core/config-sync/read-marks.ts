/** How far conversations were read, between the local records and the ConvoInfoVolatile config (config.md, section 9). */
import { type ReadMark, recordMs } from '../../protocol/config/convo-info.ts';
import type { StoredConversation } from '../../store/index.ts';

const dayMs = 86_400_000;

const unread: ReadMark = { lastRead: 0, unread: false };

/** What to change in the config so that it says what the record says, or null. A mark only moves on. `now` in ms. */
export function readMarkEdit(
  line: StoredConversation,
  current: ReadMark | null,
  now: number,
): Partial<ReadMark> | null {
  const before = current ?? unread;
  const readUpTo = Math.floor(line.readUpTo);
  const marked = line.markedUnread ?? false;
  const change: Partial<ReadMark> = {
    // Older marks are this device's own affair.
    ...(readUpTo > before.lastRead && readUpTo > now - recordMs ? { lastRead: readUpTo } : {}),
    ...(marked === before.unread ? {} : { unread: marked }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

/**
 * The record as the config has it; how many are unread has to be counted anew if `readUpTo` moved. A mark that lies more
 * than a day ahead of `now` (ms) is nonsense: all that is written until then would count as read.
 */
export function readMarkRecord(mark: ReadMark, line: StoredConversation, now: number): StoredConversation {
  const { markedUnread = false, readUpTo } = line;
  return {
    ...line,
    readUpTo: mark.lastRead > now + dayMs ? readUpTo : Math.max(readUpTo, mark.lastRead),
    ...(mark.unread === markedUnread ? {} : { markedUnread: mark.unread }),
  };
}
