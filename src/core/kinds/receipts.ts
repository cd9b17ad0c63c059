/** Read receipts: sent and shown only where they are switched on, one switch for both (messages.md section 11). */
import { parseAccountId } from '../../protocol/ids.ts';
import { buildReceipt } from '../../protocol/kinds.ts';
import type { StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { queueControl } from '../control-messages.ts';
import { isTrusted } from '../people/trust.ts';

/** A receipt tells of so many messages at most, the newest ones of those that were read at once. */
const maxMessages = 200;

/** Whether they are switched on. */
export function sendsReceipts(store: Pick<StoreTransaction, 'get'>): boolean {
  return store.get('settings', 'read-receipts') === 'on';
}

/**
 * Tells the other side what has just been read here: what came after `from` and not after `to` (sent times, ms). What
 * other devices read, they tell. Nothing for requests, blocked people and notes to oneself. Whoever calls wakes the
 * outbox.
 */
export async function queueReceipts(
  context: Context,
  conversation: string,
  from: number,
  to: number,
): Promise<void> {
  const { store, keys, network, sentTimes } = context;
  const recipient = parseAccountId(conversation);
  if (recipient === null || recipient === keys.accountId) return;
  if (!sendsReceipts(store) || !isTrusted(store.get('contacts', conversation))) return;
  const newest = await store.messagesBefore(conversation, { limit: maxMessages });
  const read = newest
    .filter(({ direction, notice, sentAt }) => direction === 'in' && !notice && sentAt > from && sentAt <= to)
    .map(({ sentAt }) => sentAt);
  if (read.length === 0) return;
  await store.transact((tx) => {
    const sentAt = sentTimes.next(tx, network.now());
    queueControl(tx, context, { recipient, sentAt, content: buildReceipt({ sentAt, read }) });
  });
}
