import { encodeContent } from '../../protocol/content.ts';
import type { ReadContent } from '../../protocol/data-message.ts';
import { readExpiry } from '../../protocol/expiry.ts';
import type { AccountId } from '../../protocol/ids.ts';
import type { StoredMessage } from '../../store/index.ts';
import { toBase64 } from '../../util/bytes.ts';
import { callKey, putEarly } from '../kinds/early.ts';
import { noticeFrom } from '../kinds/notices.ts';
import { timedArrival } from '../kinds/timers.ts';
import { isRemoved } from '../people/removed.ts';
import { isTrusted } from '../people/trust.ts';
import { type Incoming, type Opened, skip } from './item.ts';
import type { Round } from './round.ts';

/** What a later version of Session sends is kept for a later one of this program, up to so many bytes. */
const maxKeptBytes = 16_384;
const maxCallIdLength = 64;

/** The other one has saved a file, or made a picture of the screen (messages.md section 15). */
export function readExtraction(
  opened: Opened,
  { what }: Extract<ReadContent, { kind: 'extraction' }>,
): Incoming {
  const { sender, self, content } = opened;
  if (sender === self) return skip('extraction');
  const notice = noticeFrom(opened, sender, { kind: what }, readExpiry(content, false));
  return { kind: 'change', from: sender, apply: (round) => addNotice(round, opened, notice) };
}

/**
 * A call, which this program can't take: one line, however often it rings, for people one has accepted; none where
 * another device took it (messages.md section 16). Nothing is answered.
 */
export function readCall(opened: Opened, { what, uuid }: Extract<ReadContent, { kind: 'call' }>): Incoming {
  const { sender, self, content } = opened;
  if (uuid === '' || uuid.length > maxCallIdLength) return skip('call');
  if (sender === self) {
    if (what !== 'answer' && what !== 'end') return skip('call');
    return { kind: 'change', from: sender, apply: (round) => takenElsewhere(round, uuid) };
  }
  if (what !== 'offer') return skip('call');
  const notice = noticeFrom(opened, sender, { kind: 'missed-call', call: uuid }, readExpiry(content, false));
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx, context } = round;
      const known = tx.get('early', callKey(uuid));
      if (known !== undefined) return round.skip(known.gone ? 'call-taken' : 'duplicate');
      if (addNotice(round, opened, notice)) putEarly(tx, context, callKey(uuid), { message: notice.id });
    },
  };
}

/** The line of a call that another own device took goes again. */
function takenElsewhere(round: Round, uuid: string): void {
  const { tx, context } = round;
  const id = tx.get('early', callKey(uuid))?.message;
  putEarly(tx, context, callKey(uuid), { gone: true });
  const line = id === undefined ? undefined : tx.message(id);
  if (line === undefined) return;
  round.drop(line.id);
  const { conversation } = line;
  round.announce(() => ({ event: 'deleted', conversation, id: line.id, why: 'replaced', left: null }));
}

/** Something that this version does not know, in a conversation that is there: said, and kept for one that does. */
export function readUnknown(opened: Opened, conversation: AccountId): Incoming {
  const bytes = encodeContent(opened.content);
  const notice: StoredMessage = {
    ...noticeFrom(
      opened,
      conversation,
      { kind: 'unknown' },
      readExpiry(opened.content, conversation === opened.self),
    ),
    ...(bytes.length > maxKeptBytes ? {} : { extra: { content: toBase64(bytes) } }),
  };
  return { kind: 'change', from: opened.sender, apply: (round) => addNotice(round, opened, notice) };
}

/** Whether the line was added. No conversation is made for it, and strangers can't make any. */
function addNotice(round: Round, { sender, self, item }: Opened, notice: StoredMessage): boolean {
  const { tx, context } = round;
  const code =
    tx.get('conversations', notice.conversation) === undefined
      ? 'unknown-sender'
      : sender !== self && !isTrusted(tx.get('contacts', sender))
        ? 'not-accepted'
        : tx.message(notice.id) !== undefined
          ? 'duplicate'
          : isRemoved(tx, notice.conversation, self, notice.sentAt)
            ? 'removed-conversation'
            : null;
  const timed = code === null ? timedArrival(tx, context, notice, item) : null;
  if (timed === null) {
    round.skip(code ?? 'expired');
    return false;
  }
  round.add(timed);
  return true;
}
