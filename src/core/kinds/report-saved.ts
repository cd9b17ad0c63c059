import { NotFoundError } from '../../errors.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { buildMediaSaved } from '../../protocol/kinds.ts';
import type { Context } from '../context.ts';
import { queueControl } from '../control-messages.ts';
import { isTrusted } from '../people/trust.ts';
import { expiryFor } from './timers.ts';

/**
 * Tells somebody that a file of theirs was saved on request (messages.md section 15); nobody else, and not about one's
 * own files. Whoever calls wakes the outbox. NotFoundError `no-message`.
 */
export async function reportSaved(context: Context, id: string): Promise<void> {
  const { store, keys, network, sentTimes } = context;
  const message = await store.message(id);
  if (message === undefined) throw new NotFoundError('no-message', 'There is no such message.');
  const recipient = parseAccountId(message.conversation);
  if (recipient === null || message.direction === 'out' || message.attachments.length === 0) return;
  if (!isTrusted(store.get('contacts', recipient))) return;
  await store.transact((tx) => {
    const sentAt = sentTimes.next(tx, network.now());
    const expiry = expiryFor(tx, recipient, keys.accountId);
    // It waits in the swarm for its reader, however the messages themselves vanish (section 13.3).
    const waiting = expiry === null ? null : { mode: 'after-read' as const, seconds: expiry.seconds };
    const content = buildMediaSaved({ sentAt, savedSentAt: message.sentAt, expiry: waiting });
    queueControl(tx, context, { recipient, sentAt, content });
  });
}
