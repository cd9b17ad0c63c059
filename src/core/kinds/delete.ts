/** Deleting messages: here, on all own devices, for everyone; and what is done when somebody else does it. */
import { NotFoundError, UsageError } from '../../errors.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import { buildUnsend } from '../../protocol/kinds.ts';
import type { StoredMessage, StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { queueControl } from '../control-messages.ts';
import type { CoreEvent, DeletedWhy } from '../types.ts';
import { toMessage } from '../views.ts';
import { ownKey, putEarly } from './early.ts';
import { refreshLines } from './lines.ts';

/**
 * Deletes a message on this device, and its copy in one's own swarm, so that no device restored later sees it. With
 * `everyone` the other side is asked to do the same, and one's own devices too (messages.md section 12); in Note to
 * Self one's own devices are everyone. What is still on its way is held back. Whoever calls wakes the outbox.
 * NotFoundError `no-message`; UsageError `not-yours` or `not-deletable`.
 */
export async function deleteMessage(
  context: Context,
  id: string,
  { everyone }: Readonly<{ everyone: boolean }>,
): Promise<string> {
  const { store, keys } = context;
  const known = await store.message(id);
  if (known === undefined)
    throw new NotFoundError('no-message', 'There is no such message. Nothing was deleted.');
  if (everyone) checkMine(known);
  const left = await store.transact((tx) => {
    const message = tx.message(id);
    if (message === undefined) return undefined;
    const inSelf = message.conversation === keys.accountId;
    // What stands in its place would only be in the way among notes to oneself.
    const tombstone = everyone && !inSelf;
    if (everyone) queueUnsend(tx, context, message, inSelf);
    removeMessage(tx, context, message, tombstone);
    return tombstone ? tombstoneOf(message) : null;
  });
  if (left === undefined) return known.conversation;
  await refreshLines(context, [known.conversation]);
  context.changed();
  for (const event of deletedEvents(context, known, left, everyone ? 'unsent' : 'here'))
    context.events.emit(event);
  return known.conversation;
}

function checkMine({ direction, notice }: StoredMessage): void {
  if (notice !== undefined)
    throw new UsageError('not-deletable', 'Only messages can be deleted for everyone. Nothing was deleted.');
  if (direction === 'in')
    throw new UsageError(
      'not-yours',
      'Only your own messages can be deleted for everyone. Without --everyone it is deleted here.',
    );
}

function queueUnsend(tx: StoreTransaction, context: Context, message: StoredMessage, inSelf: boolean): void {
  const { keys, network, sentTimes } = context;
  const recipient = parseAccountId(message.conversation);
  if (recipient === null) return;
  const sentAt = sentTimes.next(tx, network.now());
  const target = { author: keys.accountId, sentAt: message.sentAt };
  const content = buildUnsend({ sentAt, target });
  queueControl(tx, context, { recipient, content, sentAt, ...(inSelf ? {} : { syncContent: content }) });
}

/**
 * Takes a message out of the store, or leaves a line in its place that says nothing but that it was there; its copy
 * in one's own swarm is deleted, and what is on its way is held back.
 */
export function removeMessage(
  tx: StoreTransaction,
  context: Context,
  message: StoredMessage,
  tombstone: boolean,
): void {
  if (tombstone) tx.putMessage(tombstoneOf(message));
  else {
    tx.deleteMessage(message.id);
    putEarly(tx, context, message.id, { gone: true });
  }
  tx.delete('outbox', message.id);
  tx.delete('readTimers', message.id);
  if (!tombstone) tx.delete('fresh', message.id);
  if (message.hash !== undefined) tx.put('swarmChanges', message.hash, 0);
}

/** What stands in the place of a message that was taken back. It vanishes when the message would have. */
function tombstoneOf(message: StoredMessage): StoredMessage {
  const { id, conversation, from, direction, sentAt, receivedAt, status, expiresAt } = message;
  return {
    id,
    conversation,
    from,
    direction,
    sentAt,
    receivedAt,
    body: '',
    status: status === 'queued' || status === 'failed' ? 'sent' : status,
    attachments: [],
    notice: { kind: 'deleted' },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** What is told of a deletion once it is stored. */
export function deletedEvents(
  { store }: Context,
  { id, conversation }: StoredMessage,
  left: StoredMessage | null,
  why: DeletedWhy,
): CoreEvent[] {
  const view = left === null ? null : toMessage(left, store);
  const deleted: CoreEvent = { event: 'deleted', conversation, id, why, left: view };
  return view === null ? [deleted] : [{ event: 'message-changed', message: view }, deleted];
}

/**
 * The message that an UnsendRequest of `sender` means; of one's own only the sent time is known, so every conversation
 * is asked.
 */
export function findUnsent(
  tx: StoreTransaction,
  conversations: readonly string[],
  idIn: (conversation: string) => string,
): StoredMessage | undefined {
  for (const conversation of conversations) {
    const found = tx.message(idIn(conversation));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Remembers that a message was taken back that is not here (yet). */
export function rememberUnsent(
  tx: StoreTransaction,
  context: Context,
  from: AccountId,
  sentAt: number,
  id: string,
): void {
  putEarly(tx, context, from === context.keys.accountId ? ownKey(sentAt) : id, { gone: true });
}
