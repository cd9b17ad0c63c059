/** Data messages: which of the things they can be, and whose conversation they belong to (messages.md section 7). */
import { type DataContent, maxAttachments, timerUpdateFlag } from '../../protocol/data-message.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import { type Incoming, type Opened, skip } from './item.ts';
import { readReaction } from './reaction.ts';
import { readTimerUpdate } from './timer-update.ts';
import { readVisible } from './visible.ts';

/** The rules of section 7 from 9 on, up to the one that stores a message. */
export function readData(opened: Opened, read: DataContent): Incoming {
  const isTimerUpdate = (read.flags & timerUpdateFlag) !== 0;
  if (read.flags !== 0 && !isTimerUpdate) return skip('unknown-flags');
  if (read.attachments.length > maxAttachments) return skip('too-many-attachments');
  if (read.hasGroupUpdate) return skip('group-update');
  const conversation = conversationOf(opened, read.syncTarget);
  if (conversation === null) return skip('bad-sync-target');
  if (conversation === 'forged') return skip('forged-sync-target');
  if (isTimerUpdate) return readTimerUpdate(opened, read, conversation);
  if (read.reaction !== undefined) return readReaction(opened, read, read.reaction, conversation);
  return readVisible(opened, read, conversation);
}

/** Only our own devices may say that a message belongs somewhere else (messages.md section 3). */
function conversationOf(
  { sender, self }: Opened,
  syncTarget: string | undefined,
): AccountId | 'forged' | null {
  if (syncTarget === undefined || syncTarget === '') return sender;
  return sender === self ? parseAccountId(syncTarget) : 'forged';
}
