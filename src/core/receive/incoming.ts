/** From one retrieved item to what it changes. Pure decisions here; storing and announcing is receiver.ts. */
import { ProtocolError } from '../../errors.ts';
import type { AccountKeys } from '../../protocol/account.ts';
import { type Content, encodeContent } from '../../protocol/content.ts';
import { readContent } from '../../protocol/data-message.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import { decryptOneToOne } from '../../protocol/one-to-one.ts';
import { type JsonValue, messageId, type StoredMessage } from '../../store/index.ts';
import { toBase64 } from '../../util/bytes.ts';

/** A reader keeps at most this many code points of a body (messages.md section 19). */
const maxKeptCodePoints = 10_000;
const maxAttachments = 32;

export type SenderProfile = Readonly<{ name: string; updatedAtSec: number }>;

export type Incoming =
  | Readonly<{
      kind: 'message';
      message: StoredMessage;
      /** the other person of the conversation (oneself in Note to Self) */
      peer: AccountId;
      profile: SenderProfile | null;
    }>
  | Readonly<{ kind: 'accepted'; from: AccountId; sentAt: number; profile: SenderProfile | null }>
  | Readonly<{ kind: 'skip'; code: string }>;

/**
 * Decrypts, verifies and classifies one namespace-0 item (messages.md sections 1.4, 3 and 7).
 * Never throws for what the item holds: whatever is wrong with it is a `skip` with its reason.
 */
export function readIncoming(
  item: Readonly<{ data: Uint8Array; hash: string; expiresAt: number }>,
  keys: AccountKeys,
  receivedAt: number,
): Incoming {
  try {
    const { sender, sentAt, content } = decryptOneToOne(item.data, keys);
    return classify(content, sender, sentAt, item, keys.accountId, receivedAt);
  } catch (error) {
    return { kind: 'skip', code: error instanceof ProtocolError ? error.code : 'unreadable' };
  }
}

function classify(
  content: Content,
  sender: AccountId,
  sentAt: number,
  item: Readonly<{ hash: string }>,
  self: AccountId,
  receivedAt: number,
): Incoming {
  const read = readContent(content);
  if (read.kind === 'request-response') {
    if (sender === self || !read.isApproved) return { kind: 'skip', code: 'request-response' };
    return { kind: 'accepted', from: sender, sentAt, profile: read.profile };
  }
  if (read.kind !== 'data') return { kind: 'skip', code: read.kind };
  if ((read.flags & 2) !== 0) return { kind: 'skip', code: 'timer-update' };
  if (read.flags !== 0) return { kind: 'skip', code: 'unknown-flags' };
  if (read.attachments.length > maxAttachments) return { kind: 'skip', code: 'too-many-attachments' };
  if (read.hasGroupUpdate) return { kind: 'skip', code: 'group-update' };

  let conversation: AccountId = sender;
  if (read.syncTarget !== undefined && read.syncTarget !== '') {
    // Only our own devices may say that a message belongs somewhere else.
    if (sender !== self) return { kind: 'skip', code: 'forged-sync-target' };
    const target = parseAccountId(read.syncTarget);
    if (target === null) return { kind: 'skip', code: 'bad-sync-target' };
    conversation = target;
  }
  if (read.hasReaction) return { kind: 'skip', code: 'reaction' };
  const visible =
    read.body !== '' || read.attachments.length > 0 || read.hasPreview || read.hasCommunityInvitation;
  if (!visible) return { kind: 'skip', code: 'empty' };

  const outgoing = sender === self;
  // What this version can't show yet (pictures, invitations, timers) is kept for one that can.
  const keep =
    read.attachments.length > 0 ||
    read.hasPreview ||
    read.hasCommunityInvitation ||
    read.expirationTimerSec > 0;
  const extra: Record<string, JsonValue> | undefined = keep
    ? { content: toBase64(encodeContent(content)) }
    : undefined;
  const quoted =
    read.quote === undefined ? undefined : { author: read.quote.author, sentAt: read.quote.sentAt };
  const message: StoredMessage = {
    id: messageId(conversation, sender, sentAt),
    conversation,
    from: sender,
    direction: outgoing ? 'out' : 'in',
    sentAt,
    receivedAt,
    body: truncate(read.body),
    status: outgoing ? 'sent' : 'received',
    hash: item.hash,
    attachments: read.attachments.map((attachment, index) => ({
      id: `${index}`,
      name: attachment.fileName,
      contentType: attachment.contentType,
      sizeBytes: attachment.sizeBytes,
    })),
    ...(quoted === undefined ? {} : { quote: quoted }),
    ...(extra === undefined ? {} : { extra }),
  };
  return { kind: 'message', message, peer: conversation, profile: outgoing ? null : read.profile };
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
