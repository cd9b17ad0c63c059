import { NotFoundError, UsageError } from '../../errors.ts';
import { buildTextContent } from '../../protocol/data-message.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import { encryptOneToOne } from '../../protocol/one-to-one.ts';
import { messageId, type OutboxItem, type StoredMessage } from '../../store/index.ts';
import { toBase64 } from '../../util/bytes.ts';
import type { Context } from '../context.ts';
import { expiryFor, timesToLive } from '../kinds/timers.ts';
import { ownProfile } from '../own-profile.ts';
import { approveBySending, gapBeforeMessage } from '../people/approval.ts';
import { putNewMessage } from '../records.ts';
import { type Message, maxBodyCodePoints } from '../types.ts';
import { toMessage } from '../views.ts';

/** Throws UsageError `empty-message` or `message-too-long`; nothing is stored. */
export function checkBody(body: string): void {
  if (body.trim() === '') throw new UsageError('empty-message', 'The message is empty. Nothing was sent.');
  let count = 0;
  for (const _ of body) count += 1;
  if (count > maxBodyCodePoints) {
    throw new UsageError(
      'message-too-long',
      `The message has ${count} characters; the limit is ${maxBodyCodePoints}. Nothing was sent. Split it.`,
      { fields: { count, limit: maxBodyCodePoints } },
    );
  }
}

/**
 * Encrypts a message once, for the recipient and as a sync copy for one's own swarm (messages.md sections 1 and 3),
 * and stores message, ciphertexts, conversation and contact in one transaction. Every later attempt to deliver it
 * sends these bytes with this sent time.
 */
export async function queueMessage(
  context: Context,
  conversation: string,
  body: string,
  options: Readonly<{ replyTo?: string }> = {},
): Promise<Message> {
  checkBody(body);
  const recipient = parseAccountId(conversation);
  if (recipient === null) {
    throw new UsageError(
      'bad-account-id',
      'That is not an account ID (05 and 64 hex digits). Nothing was sent.',
    );
  }
  const { keys, store } = context;
  const quote =
    options.replyTo === undefined ? undefined : await quoteOf(context, recipient, options.replyTo);
  const toSelf = recipient === keys.accountId;

  const stored = await store.transact((tx) => {
    const sentAt = context.sentTimes.next(tx, context.network.now(), gapBeforeMessage(tx, recipient));
    if (!toSelf) approveBySending(tx, context, recipient, sentAt);
    const expiry = expiryFor(tx, recipient, keys.accountId);
    const profile = ownProfile(tx);
    const seal = (to: AccountId, syncTarget: AccountId | undefined): string =>
      toBase64(
        encryptOneToOne({
          content: buildTextContent({
            body,
            sentAt,
            // A sync copy leaves the profile out (messages.md section 3).
            ...(syncTarget === undefined ? profile : { profileName: '', syncTarget }),
            ...(quote === undefined ? {} : { quote }),
            expiry,
          }),
          sentAt,
          sender: keys,
          recipient: to,
          random: context.platform.randomBytes,
        }),
      );
    const message: StoredMessage = {
      id: messageId(recipient, keys.accountId, sentAt),
      conversation: recipient,
      from: keys.accountId,
      direction: 'out',
      sentAt,
      receivedAt: context.platform.clock.now(),
      body,
      status: 'queued',
      attachments: [],
      ...(expiry === null ? {} : { expiry }),
      ...(quote === undefined ? {} : { quote }),
    };
    const item: OutboxItem = {
      id: message.id,
      conversation: recipient,
      recipient,
      sentAt,
      ...timesToLive(expiry),
      // A note to self is its own sync copy.
      data: toSelf ? seal(recipient, recipient) : seal(recipient, undefined),
      syncData: toSelf ? '' : seal(keys.accountId, recipient),
      attempts: 0,
      nextAttemptAt: 0,
    };
    putNewMessage(tx, message, keys.accountId);
    tx.put('outbox', item.id, item);
    return message;
  });
  const message = toMessage(stored, store);
  context.changed();
  context.events.emit({ event: 'message', message });
  return message;
}

async function quoteOf(
  context: Context,
  conversation: string,
  replyTo: string,
): Promise<{ author: AccountId; sentAt: number }> {
  const target = await context.store.message(replyTo);
  const author = target === undefined ? null : parseAccountId(target.from);
  if (target === undefined || author === null || target.conversation !== conversation) {
    throw new NotFoundError('no-message', 'There is no such message in this conversation. Nothing was sent.');
  }
  return { author, sentAt: target.sentAt };
}
