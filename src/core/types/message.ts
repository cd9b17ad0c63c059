/** Messages as front ends see them: one, what happened with it, how to ask for many, and the window onto a conversation. */
import type { AccountId } from '../../protocol/ids.ts';
import type { Hop } from './network.ts';

export type MessageStatus = 'received' | 'queued' | 'sent' | 'failed' | 'read';

export type Attachment = Readonly<{ id: string; name: string; contentType: string; sizeBytes: number }>;

/** When messages vanish: so long after the network stored them, or after they were read. */
export type Expiry = Readonly<{ mode: 'after-send' | 'after-read'; seconds: number }>;

/** An emoji on a message, and the account IDs of who put it there. */
export type Reaction = Readonly<{ emoji: string; from: readonly string[] }>;

/**
 * What a line in a conversation is that nobody wrote: `deleted` stands in the place of a message that its author took
 * back; `timer` says that its author's messages vanish so from now on; `unknown` is of a later version of Session.
 */
export type Notice = Readonly<
  | { kind: 'deleted' | 'media-saved' | 'screenshot' | 'missed-call' | 'accepted' | 'unknown' }
  | { kind: 'timer'; expiry: Expiry | null }
>;

/** One message as stored and shown. `id` is stable over restarts, devices and backups. */
export type Message = Readonly<{
  id: string;
  conversation: string;
  from: AccountId;
  direction: 'in' | 'out';
  sentAt: number;
  receivedAt: number;
  /** foreign when `direction` is `in` (and for one's own words from another device) */
  body: string;
  status: MessageStatus;
  /** why it is still queued or has failed, in words for a person */
  reason?: string;
  /** the sender's time and author of the quoted message */
  quote?: Readonly<{ author: string; sentAt: number }>;
  attachments: readonly Attachment[];
  /** by emoji, in the order in which they first came; absent: none */
  reactions?: readonly Reaction[];
  /** it is no message but this; its body is empty */
  notice?: Notice;
  /** it vanishes so; with `after-read` the time runs once it is read */
  expiry?: Expiry;
  expiresAt?: number;
  /** true while the conversation is a message request */
  request?: boolean;
}>;

/** Message length limit in code points (messages.md section 19). */
export const maxBodyCodePoints = 2000;

/** A message in a swarm. Times by the network's clock. What is not known, or not any more, is null. */
export type SwarmTrace = Readonly<{
  storedAt: number | null;
  keptUntil: number | null;
  hash: string | null;
  /** the member of the swarm that took it, and guard, middle and exit on the way: of this process, kept nowhere */
  node: Hop | null;
  path: readonly Hop[] | null;
}>;

/** What happened with a message, as far as it is known here. Times by this machine's clock where nothing else is said. */
export type MessageTrace = Readonly<{
  /** where swarms keep it */
  namespace: number;
  /** attempts to deliver it that failed */
  failures: number;
  /** the last of them in words, and what a person can do about it */
  lastFailure: Readonly<{ at: number | null; reason: string; remedy: string | null }> | null;
  /** when it is tried by itself; in the past: now. null: it is not */
  nextAttemptAt: number | null;
  /** one's own: in the recipient's swarm; received: in one's own */
  swarm: SwarmTrace | null;
  /** the copy of one's own message for one's other devices; null: there is none, or nobody knows */
  copy: SwarmTrace | 'waiting' | null;
  /** when it came to this device; null: it was written here */
  fetchedAt: number | null;
  isRead: boolean;
  /** one's own: by the reader's clock; received: of this process alone */
  readAt: number | null;
  /** the network's clock minus this machine's, ms; null while no node has spoken */
  clockOffsetMs: number | null;
}>;

export type MessageQuery = Readonly<{
  /** how many at most, the newest ones of those that match */
  limit: number;
  /** only messages before this one (by its id) */
  before?: string;
  /** all words must occur, case-insensitive */
  search?: string;
}>;

export type SendResult =
  | Readonly<{ status: 'sent'; message: Message; hash: string }>
  | Readonly<{ status: 'queued'; message: Message; reason: string; anythingAnswered: boolean }>;

/** A window onto one conversation, anchored to its end until older messages are asked for. */
export type MessageWindow = Readonly<{
  conversation: string;
  /** oldest first; only what is loaded */
  messages: readonly Message[];
  /** no older message exists in the store */
  atStart: boolean;
  /** the newest message of the conversation is loaded */
  atEnd: boolean;
}>;

export interface ConversationView {
  getSnapshot(): MessageWindow;
  subscribe(listener: () => void): () => void;
  /** loads up to `count` older messages in front; resolves when the snapshot has them */
  loadOlder(count: number): Promise<void>;
  /** loads up to `count` newer messages behind */
  loadNewer(count: number): Promise<void>;
  /** drops all but the newest `count` messages */
  jumpToEnd(count: number): Promise<void>;
  /** what is loaded becomes this message and up to `count` on either side; NotFoundError `no-message` */
  jumpTo(messageId: string, count: number): Promise<void>;
  /** id of the first unread message; where all are read by now, of the first that was not when this was opened */
  firstUnread(): Promise<string | null>;
  /** id of the first message sent at `time` or later, loaded or not; null: there is none. One or two files are read. */
  firstSince(time: number): Promise<string | null>;
  /** id of the message that somebody sent at a time, loaded or not; null: there is none */
  messageSentAt(from: string, sentAt: number): Promise<string | null>;
  close(): void;
}
