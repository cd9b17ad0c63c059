/** From the messenger's views to the objects of the JSON lines. Field names are fixed by contracts.md section 2. */
import type {
  AccountView,
  Contact,
  Conversation,
  Message,
  NetworkView,
  SendResult,
  Setting,
} from '../../core/index.ts';
import type { Finding } from '../doctor/findings.ts';
import type { LineOf } from './schemas.ts';

export function accountLine(account: AccountView): LineOf<'account'> {
  return { event: 'account', accountId: account.accountId, name: account.name, profile: account.profile };
}

export function messageLine(message: Message): LineOf<'message'> {
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
  };
}

export function contactLine(contact: Contact): LineOf<'contact'> {
  const { id, name, nickname, approved, approvedMe, blocked, request, pinned, mutedUntil } = contact;
  return { event: 'contact', id, name, nickname, approved, approvedMe, blocked, request, pinned, mutedUntil };
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
