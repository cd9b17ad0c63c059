import { NotFoundError, UsageError } from '../../errors.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { buildTimerUpdate } from '../../protocol/kinds.ts';
import { messageId, type StoredMessage, type StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { queueControl } from '../control-messages.ts';
import { ownProfile } from '../own-profile.ts';
import { isTrusted } from '../people/trust.ts';
import { conversationIn, putNewMessage } from '../records.ts';
import type { Conversation, Expiry } from '../types.ts';
import { toConversation, toMessage } from '../views.ts';
import { timesToLive } from './timers.ts';

/** The shortest and longest timer that one may set, seconds: as long as servers keep messages. */
export const minTimerSec = 10;
export const maxTimerSec = 1_209_600;

/**
 * Sets when the messages that are written in a conversation vanish, here and on one's own devices, and tells the other
 * side (messages.md section 13.3); theirs stay as they set them. Whoever calls wakes the outbox. UsageError `bad-timer`
 * or `not-accepted`; NotFoundError `no-conversation`.
 */
export async function setExpiry(context: Context, id: string, expiry: Expiry | null): Promise<Conversation> {
  const { store, keys, events } = context;
  const recipient = parseAccountId(id);
  const record = store.get('conversations', id);
  const contact = store.get('contacts', id);
  const toSelf = id === keys.accountId;
  if (recipient === null || (record === undefined && contact === undefined && !toSelf))
    throw new NotFoundError('no-conversation', 'There is no such conversation. Nothing was changed.');
  if (expiry !== null) checkTimer(expiry, toSelf);
  if (!toSelf && !isTrusted(contact))
    throw new UsageError(
      'not-accepted',
      'Messages can disappear once you have accepted this person. Nothing was changed.',
    );
  const result = await store.transact((tx) => {
    const line = conversationIn(tx, id, keys.accountId);
    if (isSame(line.expiry ?? null, expiry)) return null;
    const sentAt = context.sentTimes.next(tx, context.network.now());
    const copy = buildTimerUpdate({ sentAt, expiry, syncTarget: recipient });
    queueControl(tx, context, {
      recipient,
      sentAt,
      content: toSelf ? copy : buildTimerUpdate({ sentAt, expiry, ...ownProfile(tx) }),
      ...(toSelf ? {} : { syncContent: copy }),
      ...timesToLive(expiry),
    });
    const now = context.platform.clock.now();
    const notice: StoredMessage = {
      ...timerNotice(id, keys.accountId, 'out', sentAt, now, expiry),
      ...(expiry === null ? {} : { expiresAt: now + expiry.seconds * 1000 }),
    };
    tx.put('conversations', id, { ...line, expiry });
    putNewMessage(tx, notice, keys.accountId);
    return { notice, replaced: keepLatest(tx, notice).replaced };
  });
  const after = store.get('conversations', id);
  if (after === undefined)
    throw new NotFoundError('no-conversation', 'That conversation is gone. Nothing was changed.');
  const view = toConversation(after, store.get('contacts', id));
  if (result === null) return view;
  context.changed();
  if (result.replaced !== null)
    events.emit({ event: 'deleted', conversation: id, id: result.replaced, why: 'replaced', left: null });
  events.emit({ event: 'message', message: toMessage(result.notice, store) });
  events.emit({ event: 'conversation', conversation: view });
  return view;
}

function checkTimer({ mode, seconds }: Expiry, toSelf: boolean): void {
  if (!Number.isSafeInteger(seconds) || seconds < minTimerSec || seconds > maxTimerSec)
    throw new UsageError('bad-timer', 'A timer is from 10 seconds to 2 weeks. Nothing was changed.');
  if (toSelf && mode === 'after-read')
    throw new UsageError(
      'bad-timer',
      'Notes to oneself can only disappear after they are sent. Nothing was changed.',
    );
}

function isSame(a: Expiry | null, b: Expiry | null): boolean {
  return a?.mode === b?.mode && a?.seconds === b?.seconds;
}

/** The line in a conversation that says so. */
export function timerNotice(
  conversation: string,
  from: string,
  direction: 'in' | 'out',
  sentAt: number,
  receivedAt: number,
  expiry: Expiry | null,
): StoredMessage {
  return {
    id: messageId(conversation, from, sentAt),
    conversation,
    from,
    direction,
    sentAt,
    receivedAt,
    body: '',
    status: direction === 'out' ? 'sent' : 'received',
    attachments: [],
    notice: { kind: 'timer', expiry },
    ...(expiry === null ? {} : { expiry }),
  };
}

/** Whether the line is the latest of its author, and the ID of the one that it replaces, if any. */
type Latest = Readonly<{ isLatest: boolean; replaced: string | null }>;

/** Of each person only the latest of these lines stays (messages.md section 13.3): the one before it is deleted. */
export function keepLatest(tx: StoreTransaction, notice: StoredMessage): Latest {
  const line = tx.get('conversations', notice.conversation);
  if (line === undefined) return { isLatest: true, replaced: null };
  const before = line.timerNotices?.[notice.from];
  const known = before === undefined ? undefined : tx.message(before);
  if (known !== undefined && known.sentAt > notice.sentAt) return { isLatest: false, replaced: null };
  const timerNotices = { ...line.timerNotices, [notice.from]: notice.id };
  tx.put('conversations', line.id, { ...line, timerNotices });
  if (known === undefined || known.id === notice.id) return { isLatest: true, replaced: null };
  tx.deleteMessage(known.id);
  tx.delete('fresh', known.id);
  tx.delete('readTimers', known.id);
  return { isLatest: true, replaced: known.id };
}
