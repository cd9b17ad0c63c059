import { NotFoundError, UsageError } from '../../errors.ts';
import type { StoredMessage } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { toMessage } from '../views.ts';

/**
 * Makes a failed or waiting message due at once, with the bytes and sent time it has.
 * Throws NotFoundError `no-message`, UsageError `not-retryable` when it has been sent.
 */
export async function retryMessage(context: Context, messageId: string): Promise<void> {
  const { store } = context;
  const stored = await store.message(messageId);
  if (stored === undefined) throw new NotFoundError('no-message', 'There is no such message.');
  const item = store.get('outbox', messageId);
  if (item === undefined || item.data === '') {
    throw new UsageError('not-retryable', 'That message has been sent; there is nothing to retry.');
  }
  const { reason: _, ...rest } = stored;
  const queued: StoredMessage = { ...rest, status: 'queued' };
  await store.transact((tx) => {
    tx.put('outbox', messageId, { ...item, attempts: 0, nextAttemptAt: 0 });
    tx.putMessage(queued);
  });
  context.changed();
  context.events.emit({ event: 'message-changed', message: toMessage(queued, store) });
}
