/** From stored records to the views that front ends read. */
import type { NetworkStatus } from '../net/index.ts';
import { parseAccountId } from '../protocol/ids.ts';
import type {
  ProfileStore,
  StoredContact,
  StoredConversation,
  StoredMessage,
  StoredNotice,
} from '../store/index.ts';
import { shownReactions } from './kinds/reactions.ts';
import { isRequest, isWaiting } from './people/trust.ts';
import type { Conversation, Message, NetworkView, Notice } from './types.ts';

/** Title of the conversation with oneself. */
export const selfName = 'Note to Self';

/** What one of the conversations looks like from outside; `contact` is the other person, if recorded. */
export function toConversation(stored: StoredConversation, contact: StoredContact | undefined): Conversation {
  return {
    id: stored.id,
    kind: stored.kind,
    name: stored.kind === 'self' ? selfName : (contact?.nickname ?? contact?.name ?? ''),
    // Marked unread by hand, on whichever device.
    unread: stored.unread === 0 && stored.markedUnread === true ? 1 : stored.unread,
    lastMessageAt: stored.lastMessageAt,
    preview: stored.preview,
    request: stored.kind === 'contact' && isRequest(contact),
    ...(contact?.blocked ? { blocked: true as const } : {}),
    ...(isWaiting(contact) ? { waiting: true as const } : {}),
    pinned: stored.pinned,
    mutedUntil: stored.mutedUntil,
    draft: stored.draft,
    ...(stored.draftAnswers === undefined ? {} : { draftAnswers: stored.draftAnswers }),
    ...(stored.expiry ? { expiry: { mode: stored.expiry.mode, seconds: stored.expiry.seconds } } : {}),
  };
}

export function toMessage(stored: StoredMessage, store: ProfileStore): Message {
  const from = parseAccountId(stored.from);
  if (from === null) throw new TypeError('a stored message has no valid author');
  const contact = store.get('contacts', stored.conversation);
  const request = stored.direction === 'in' && isRequest(contact);
  const reactions = shownReactions(stored.reactions);
  return {
    id: stored.id,
    conversation: stored.conversation,
    from,
    direction: stored.direction,
    sentAt: stored.sentAt,
    receivedAt: stored.receivedAt,
    body: stored.body,
    status: stored.status,
    attachments: stored.attachments,
    ...(stored.reason === undefined ? {} : { reason: stored.reason }),
    ...(stored.quote === undefined ? {} : { quote: stored.quote }),
    ...(reactions.length === 0 ? {} : { reactions }),
    ...(stored.notice === undefined ? {} : { notice: toNotice(stored.notice) }),
    ...(stored.expiry === undefined
      ? {}
      : { expiry: { mode: stored.expiry.mode, seconds: stored.expiry.seconds } }),
    ...(stored.expiresAt === undefined ? {} : { expiresAt: stored.expiresAt }),
    ...(request ? { request: true } : {}),
  };
}

function toNotice({ kind, expiry }: StoredNotice): Notice {
  switch (kind) {
    case 'timer':
      return { kind, expiry: expiry ?? null };
    case 'deleted':
    case 'accepted':
    case 'media-saved':
    case 'screenshot':
    case 'missed-call':
      return { kind };
    default:
      return { kind: 'unknown' };
  }
}

/** Pinned first, then by newest message; message requests last. */
export function compareConversations(a: Conversation, b: Conversation): number {
  if (a.request !== b.request) return a.request ? 1 : -1;
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  return b.lastMessageAt - a.lastMessageAt || (a.id < b.id ? -1 : 1);
}

export function toNetworkView(status: NetworkStatus): NetworkView {
  const { phase, detail, proxy, proxySource, nodes, nodeListAt, clockOffsetMs, guards, paths } = status;
  return { phase, detail, proxy, proxySource, nodes, nodeListAt, clockOffsetMs, guards, paths };
}

/** The first 120 code points of a body, for the conversation list. */
export function previewOf(body: string): string {
  let out = '';
  let count = 0;
  for (const character of body) {
    if (++count > 120) break;
    out += character;
  }
  return out;
}
