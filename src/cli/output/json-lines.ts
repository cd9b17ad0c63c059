/** From the messenger's views to the objects of the JSON lines. Field names are fixed by contracts.md section 2. */
import type {
  AccountView,
  Contact,
  Conversation,
  CoreEvent,
  DeletedWhy,
  Message,
  NetworkView,
  SendResult,
  Setting,
} from '../../core/index.ts';
import { noticeWords } from '../../text/notice-words.ts';
import type { Finding } from '../doctor/findings.ts';
import type { JsonLine, LineOf } from './schemas.ts';

export function accountLine(account: AccountView): LineOf<'account'> {
  return { event: 'account', accountId: account.accountId, name: account.name, profile: account.profile };
}

/** A message, or what stands in a conversation and is none. */
export function messageLine(message: Message): LineOf<'message'> | LineOf<'notice'> {
  const { notice } = message;
  if (notice !== undefined) {
    return {
      event: 'notice',
      id: message.id,
      conversation: message.conversation,
      from: message.from,
      timestamp: message.sentAt,
      kind: notice.kind,
      message: noticeWords(notice, message.direction === 'out'),
      ...(notice.kind === 'timer' ? { expiry: notice.expiry } : {}),
      ...(message.expiresAt === undefined ? {} : { expiresAt: message.expiresAt }),
    };
  }
  return {
    event: 'message',
    id: message.id,
    conversation: message.conversation,
    from: message.from,
    direction: message.direction,
    timestamp: message.sentAt,
    receivedAt: message.receivedAt,
    body: message.body,
    status: message.status,
    ...(message.reason === undefined ? {} : { reason: message.reason }),
    ...(message.quote === undefined
      ? {}
      : { quote: { author: message.quote.author, timestamp: message.quote.sentAt } }),
    attachments: message.attachments.map((attachment) => ({
      id: attachment.id,
      name: attachment.name,
      contentType: attachment.contentType,
      size: attachment.sizeBytes,
    })),
    ...(message.reactions === undefined
      ? {}
      : { reactions: message.reactions.map(({ emoji, from }) => ({ emoji, from: [...from] })) }),
    ...(message.expiry === undefined ? {} : { expiry: message.expiry }),
    ...(message.expiresAt === undefined ? {} : { expiresAt: message.expiresAt }),
    ...(message.request === true ? { request: true as const } : {}),
  };
}

export function sendLine(result: SendResult): LineOf<'sent'> | LineOf<'queued'> {
  const { id, conversation, sentAt } = result.message;
  return result.status === 'sent'
    ? { event: 'sent', id, conversation, timestamp: sentAt, hash: result.hash }
    : { event: 'queued', id, conversation, reason: result.reason };
}

export function conversationLine(conversation: Conversation): LineOf<'conversation'> {
  return {
    event: 'conversation',
    id: conversation.id,
    kind: conversation.kind,
    name: conversation.name,
    unread: conversation.unread,
    lastMessageAt: conversation.lastMessageAt,
    request: conversation.request,
    ...(conversation.expiry === undefined ? {} : { expiry: conversation.expiry }),
    ...lookAlikeField(conversation),
  };
}

export function contactLine(contact: Contact): LineOf<'contact'> {
  const { id, name, nickname, approved, approvedMe, blocked, request, pinned, mutedUntil } = contact;
  return {
    event: 'contact',
    id,
    name,
    nickname,
    approved,
    approvedMe,
    blocked,
    request,
    pinned,
    mutedUntil,
    ...lookAlikeField(contact),
  };
}

function lookAlikeField({ lookAlike }: Pick<Contact, 'lookAlike'>) {
  return lookAlike === undefined ? {} : { lookAlike: lookAlike.kind };
}

/** A contact that was deleted, as it was. */
export function removedLine(contact: Contact): LineOf<'contact'> {
  return { ...contactLine(contact), removed: true };
}

export function networkLine(network: NetworkView): LineOf<'network'> {
  return {
    event: 'network',
    online: network.phase === 'online',
    detail: network.detail,
    proxy: network.proxy,
    ...(network.proxySource === null ? {} : { proxySource: network.proxySource }),
    nodes: network.nodes,
    nodeListAt: network.nodeListAt,
    guards: network.guards.map(({ ip, port, ed25519, state, failures }) => ({
      ip,
      port,
      ed25519,
      state,
      failures,
    })),
    paths: network.paths.map((path) => ({
      hops: path.hops.map(({ ip, port, ed25519 }) => ({ ip, port, ed25519 })),
    })),
  };
}

export function checkLine({ name, level, message }: Finding): LineOf<'check'> {
  return { event: 'check', name, ok: level !== 'problem', level, message };
}

export function settingLine({
  key,
  value,
  default: standard,
  description,
  allowed,
}: Setting): LineOf<'setting'> {
  return { event: 'setting', key, value, default: standard, description, allowed };
}

export function noticeLine(conversation: string | null, text: string): LineOf<'notice'> {
  return { event: 'notice', conversation, message: text };
}

export function deletedLine(
  id: string,
  conversation: string,
  reason: Exclude<DeletedWhy, 'replaced'>,
): LineOf<'deleted'> {
  return { event: 'deleted', id, conversation, reason };
}

/** What others did meanwhile, for whoever follows; null for what has a line of its own elsewhere. */
export function eventLine(event: CoreEvent): JsonLine | null {
  switch (event.event) {
    case 'notice':
      return noticeLine(event.conversation, event.text);
    case 'reaction': {
      const { id, conversation } = event.message;
      return {
        event: 'reaction',
        id,
        conversation,
        from: event.from,
        emoji: event.emoji,
        removed: event.removed,
      };
    }
    case 'receipt': {
      const { id, conversation, sentAt } = event.message;
      return { event: 'receipt', id, conversation, timestamp: sentAt };
    }
    case 'typing':
      return { event: 'typing', conversation: event.conversation, from: event.from, typing: event.typing };
    case 'deleted':
      return event.why === 'replaced' ? null : deletedLine(event.id, event.conversation, event.why);
    default:
      return null;
  }
}
