import type { ReadContent } from '../../protocol/data-message.ts';
import { messageId } from '../../store/index.ts';
import { putEarly } from '../kinds/early.ts';
import { sendsReceipts } from '../kinds/receipts.ts';
import { toMessage } from '../views.ts';
import { type Incoming, type Opened, skip } from './item.ts';

/** One receipt tells of so many messages at most. */
const maxTimes = 1_000;

/** Somebody has read messages of ours (messages.md section 11). */
export function readReceipt(
  { sender, self, sentAt: readAt }: Opened,
  { sentAt: times }: Extract<ReadContent, { kind: 'receipt' }>,
): Incoming {
  if (sender === self || times.length > maxTimes) return skip('receipt');
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx, context } = round;
      if (!sendsReceipts(tx)) return round.skip('receipt');
      if (tx.get('conversations', sender) === undefined) return round.skip('unknown-sender');
      for (const sentAt of new Set(times)) {
        const id = messageId(sender, self, sentAt);
        const message = tx.message(id);
        if (message === undefined) {
          putEarly(tx, context, id, { read: true });
          continue;
        }
        if (message.status === 'read' || message.notice !== undefined) continue;
        const { reason: _, ...rest } = message;
        const read = { ...rest, status: 'read' as const, trail: { ...message.trail, readAt } };
        tx.putMessage(read);
        const waiting = tx.get('outbox', id);
        // It has arrived, whatever became of the answer that would have said so.
        if (waiting !== undefined && waiting.data !== '') {
          if (waiting.syncData === '') tx.delete('outbox', id);
          else tx.put('outbox', id, { ...waiting, data: '', attempts: 0, nextAttemptAt: 0 });
        }
        round.announce(() => {
          const view = toMessage(read, context.store);
          return [
            { event: 'message-changed', message: view },
            { event: 'receipt', message: view },
          ];
        });
      }
    },
  };
}
