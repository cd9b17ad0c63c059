import { encodeContent } from '../../protocol/content.ts';
import type { DataContent } from '../../protocol/data-message.ts';
import { readExpiry } from '../../protocol/expiry.ts';
import type { AccountId } from '../../protocol/ids.ts';
import { type JsonValue, messageId, type StoredMessage } from '../../store/index.ts';
import { toBase64 } from '../../util/bytes.ts';
import { takeEarly } from '../kinds/early.ts';
import { timedArrival } from '../kinds/timers.ts';
import { theyWrote, weWrote } from '../people/incoming.ts';
import { isRemoved } from '../people/removed.ts';
import { type Incoming, type Opened, skip } from './item.ts';
import { readUnknown } from './notice.ts';

/** A reader keeps at most this many code points of a body (messages.md section 19). */
const maxKeptCodePoints = 10_000;

/** A message that is stored and shown; a second one of the same author and sent time is not. */
export function readVisible(opened: Opened, read: DataContent, conversation: AccountId): Incoming {
  const { sender, self } = opened;
  const visible =
    read.body !== '' || read.attachments.length > 0 || read.hasPreview || read.hasCommunityInvitation;
  if (!visible) return read.hasUnknown ? readUnknown(opened, conversation) : skip('empty');
  const message = messageFrom(opened, read, conversation);
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      if (round.tx.message(message.id) !== undefined) return round.skip('duplicate');
      if (isRemoved(round.tx, conversation, self, message.sentAt)) return round.skip('removed-conversation');
      const known = takeEarly(round.tx, message);
      if (known === null) return round.skip('deleted');
      const timed = timedArrival(round.tx, round.context, known, opened.item);
      if (timed === null) return round.skip('expired');
      round.add(timed);
      if (sender !== self) theyWrote(round, opened, read.profile);
      else if (conversation !== self) weWrote(round, conversation);
    },
  };
}

function messageFrom(opened: Opened, read: DataContent, conversation: AccountId): StoredMessage {
  const { sender, sentAt, self, item, receivedAt } = opened;
  const outgoing = sender === self;
  // What this version can't show yet (pictures, invitations, what a later one adds) is kept for one that can.
  const keep =
    read.attachments.length > 0 || read.hasPreview || read.hasCommunityInvitation || read.hasUnknown;
  const expiry = readExpiry(opened.content, conversation === self);
  const extra: Record<string, JsonValue> | undefined = keep
    ? { content: toBase64(encodeContent(opened.content)) }
    : undefined;
  const quoted =
    read.quote === undefined ? undefined : { author: read.quote.author, sentAt: read.quote.sentAt };
  return {
    id: messageId(conversation, sender, sentAt),
    conversation,
    from: sender,
    direction: outgoing ? 'out' : 'in',
    sentAt,
    receivedAt,
    body: truncate(read.body),
    status: outgoing ? 'sent' : 'received',
    hash: item.hash,
    // One's own from another device: this is its copy.
    trail:
      outgoing && conversation !== self
        ? { copiedAt: item.timestamp }
        : { storedAt: item.timestamp, keptUntil: item.expiresAt },
    attachments: read.attachments.map((attachment, index) => ({
      id: `${index}`,
      name: attachment.fileName,
      contentType: attachment.contentType,
      sizeBytes: attachment.sizeBytes,
    })),
    ...(quoted === undefined ? {} : { quote: quoted }),
    ...(expiry === null ? {} : { expiry }),
    ...(extra === undefined ? {} : { extra }),
  };
}

function truncate(body: string): string {
  if (body.length <= maxKeptCodePoints) return body;
  let units = 0;
  let count = 0;
  for (const character of body) {
    if (++count > maxKeptCodePoints) return body.slice(0, units);
    units += character.length;
  }
  return body;
}
