/** Messages that nobody reads: they go the way of all others, in order, with the same bytes at every attempt. */
import type { Content } from '../protocol/content.ts';
import type { AccountId } from '../protocol/ids.ts';
import { encryptOneToOne } from '../protocol/one-to-one.ts';
import type { OutboxItem, ProfileStore, StoreTransaction } from '../store/index.ts';
import { toBase64 } from '../util/bytes.ts';
import type { Context } from './context.ts';

/** TTL of control messages: 14 days (messages.md section 2; typing and calls have their own). */
const controlTtlMs = 1_209_600_000;

export type ControlMessage = Readonly<{
  recipient: AccountId;
  /** its `sigTimestamp` must be `sentAt` */
  content: Content;
  /** of `context.sentTimes` */
  sentAt: number;
  /** the same for one's own devices; left out: they are told nothing */
  syncContent?: Content;
  ttlMs?: number;
  /** of the copy for one's own devices, where it is another */
  syncTtlMs?: number;
}>;

/** Puts a control message into the outbox, encrypted; whoever calls wakes the outbox. Returns the item. */
export function queueControl(tx: StoreTransaction, context: Context, message: ControlMessage): OutboxItem {
  const { recipient, content, sentAt, syncContent, ttlMs = controlTtlMs, syncTtlMs } = message;
  const seal = (to: AccountId, sealed: Content): string =>
    toBase64(
      encryptOneToOne({
        content: sealed,
        sentAt,
        sender: context.keys,
        recipient: to,
        random: context.platform.randomBytes,
      }),
    );
  const item: OutboxItem = {
    id: `control-${recipient}-${sentAt}`,
    conversation: recipient,
    recipient,
    sentAt,
    ttlMs,
    ...(syncTtlMs === undefined ? {} : { syncTtlMs }),
    data: seal(recipient, content),
    syncData: syncContent === undefined ? '' : seal(context.keys.accountId, syncContent),
    control: true,
    attempts: 0,
    nextAttemptAt: 0,
  };
  tx.put('outbox', item.id, item);
  return item;
}

/** Whether a control message to somebody still waits to go out. */
export function hasControlFor(store: Pick<ProfileStore, 'entries'>, recipient: string): boolean {
  return store
    .entries('outbox')
    .some(([, item]) => item.control === true && item.data !== '' && item.recipient === recipient);
}
