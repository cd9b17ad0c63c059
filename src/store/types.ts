/**
 * The store's outward shape: a profile folder holds typed collections and messages, all encrypted (docs/store.md).
 * A transaction is durable and atomic: once `transact` resolves, `kill -9` and power loss keep all of it;
 * before that, all or nothing of it.
 */
import type { Words } from './search/words.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [key: string]: JsonValue | undefined };

export type StoredAttachment = Readonly<{ id: string; name: string; contentType: string; sizeBytes: number }>;

/** Somebody's emoji on a message. One that was taken off again stays, so that an older reaction can't bring it back. */
export type StoredReaction = Readonly<{ emoji: string; from: string; at: number; removed?: true }>;

/** What a line in a conversation is that nobody wrote. Kinds that a later version adds are kept. */
export type StoredNotice = Readonly<{
  kind: string;
  /** `timer`: the new one of whoever set it; null: off */
  expiry?: StoredExpiry | null;
  /** `missed-call`: the call's UUID, foreign */
  call?: string;
}>;

/** What became of a message on the network; each is absent where it is not known. ms, by the clock of who says it. */
export type StoredTrail = Readonly<{
  /** attempts to deliver it that failed */
  attempts?: number;
  /** one's own: when the recipient's swarm stored it; received: when one's own did */
  storedAt?: number;
  /** until when that swarm keeps it */
  keptUntil?: number;
  /** one's own: when one's own swarm stored the copy for other devices */
  copiedAt?: number;
  /** one's own: when the other side says that it was read */
  readAt?: number;
}>;

export type StoredMessage = Readonly<{
  /** `messageId(...)` of store/message-id.ts: derived from conversation, author and sent time */
  id: string;
  conversation: string;
  from: string;
  direction: 'in' | 'out';
  sentAt: number;
  receivedAt: number;
  body: string;
  status: 'received' | 'queued' | 'sent' | 'failed' | 'read';
  reason?: string;
  /** message hash in our own swarm (incoming item, or our sync copy), if known */
  hash?: string;
  quote?: Readonly<{ author: string; sentAt: number }>;
  attachments: readonly StoredAttachment[];
  reactions?: readonly StoredReaction[];
  /** it is no message but this; its body is empty */
  notice?: StoredNotice;
  /** it vanishes so; `expiresAt` is set once the time runs */
  expiry?: StoredExpiry;
  expiresAt?: number;
  trail?: StoredTrail;
  /** fields that later versions add are kept */
  extra?: Readonly<Record<string, JsonValue>>;
}>;

/** A picture on a file server and the 32-byte key that opens it. */
export type StoredPicture = Readonly<{ url: string; keyHex: string }>;

/** When the messages of a conversation vanish. */
export type StoredExpiry = Readonly<{ mode: 'after-send' | 'after-read'; seconds: number }>;

/**
 * What linked devices share of it (core/config-sync): pinned, pinOrder, mutedUntil, readUpTo, markedUnread, hidden,
 * expiry. Whoever changes one of these changes it on all devices.
 */
export type StoredConversation = Readonly<{
  id: string;
  kind: 'contact' | 'group' | 'community' | 'self';
  unread: number;
  lastMessageAt: number;
  preview: string;
  draft: string;
  /** id of the message that the draft answers */
  draftAnswers?: string;
  pinned: boolean;
  mutedUntil: number | null;
  /** everything up to this sent time has been read */
  readUpTo: number;
  hidden: boolean;
  /** marked unread by hand, whatever `unread` says; reading takes it away */
  markedUnread?: boolean;
  /** place among the pinned ones, the largest first; 1 where a device only knows pinned and not */
  pinOrder?: number;
  /** new messages vanish so; null or absent: they stay */
  expiry?: StoredExpiry | null;
  /** by author: the message ID of the line that says how theirs vanish */
  timerNotices?: Readonly<Record<string, string>>;
}>;

/** All of it but the times of a block is shared with linked devices (core/config-sync). One that is deleted is deleted on all devices. */
export type StoredContact = Readonly<{
  id: string;
  /** their display name (foreign) */
  name: string;
  nickname: string | null;
  /** time of the profile the name came from, s (accounts.md section 10) */
  profileUpdatedAtSec: number;
  /** we accept them: by writing to them or by accepting their request (messages.md section 14; Contacts `a`) */
  approved: boolean;
  /** they accept us (Contacts `A`) */
  approvedMe: boolean;
  /** Contacts `b`, the block list that all devices of the account share */
  blocked: boolean;
  /** the picture of the profile the name came from; null or absent: none */
  picture?: StoredPicture | null;
  /** when the contact was made on the first of the devices, s; absent or 0: not known */
  createdAtSec?: number;
  /** what they sent between these times (ms) is dropped whenever it arrives; this device's own knowledge */
  blockedAt?: number;
  unblockedAt?: number;
}>;

export type StoredAccount = Readonly<{
  /** 16-byte seed, hex */
  seedHex: string;
  name: string;
  createdAt: number;
  /** a restored account must not publish anything before its first fetch (accounts.md section 13) */
  restored: boolean;
  /** the own picture that others see; null or absent: none */
  picture?: StoredPicture | null;
  /** when name or picture were last changed, on whichever device, s; it goes out with messages. Absent or 0: not known */
  profileUpdatedAtSec?: number;
  /** people in communities may write to this account unasked; null or absent: never decided */
  blindedRequests?: boolean | null;
}>;

/** A message on its way out: the very bytes that every attempt sends. */
export type OutboxItem = Readonly<{
  /** the message's id */
  id: string;
  conversation: string;
  /** account ID whose swarm gets it */
  recipient: string;
  sentAt: number;
  ttlMs: number;
  /** base64 of what goes to the recipient's swarm; empty once that is done */
  data: string;
  /** base64 of the sync copy for one's own swarm; empty when there is none or it is done */
  syncData: string;
  /** that of the sync copy, where it is another */
  syncTtlMs?: number;
  /** a control message: no stored message stands behind it, and front ends hear nothing of it */
  control?: true;
  attempts: number;
  /** nothing before this time */
  nextAttemptAt: number;
}>;

/** What came before its message, or is left of one that was deleted. */
export type StoredEarly = Readonly<{
  /** forgotten after this time, ms */
  until: number;
  /** deleted: it must not come (again) */
  gone?: true;
  /** the recipient has read it */
  read?: true;
  reactions?: readonly StoredReaction[];
  /** of a call: the line that says that it was missed */
  message?: string;
}>;

export type Collections = {
  /** one entry, key `account` */
  account: StoredAccount;
  settings: JsonValue;
  contacts: StoredContact;
  conversations: StoredConversation;
  outbox: OutboxItem;
  /** ids of messages that no front end has shown yet -> sent time */
  fresh: number;
  /** by `ConfigKind`: base64 of the dump of a config message (core/config-sync) */
  configs: string;
  /**
   * IDs of contacts that were deleted, here or on another device -> when, until the configs say so and the messages are
   * gone too. Whoever deletes a contact puts this in the same transaction.
   */
  erased: number;
  /** seen message hashes -> expiry time; entries past it are forgotten */
  seen: number;
  /** ids of messages that expire -> when; kept by the store itself */
  expiring: number;
  /** ids of incoming messages that expire once they are read, and are not read yet */
  readTimers: Readonly<{ conversation: string; sentAt: number }>;
  /** what is known of messages that are not here, by their ids (or others: core/kinds/early.ts) */
  early: StoredEarly;
  /** hashes in the own swarm -> when they are to expire there, ms by the network's clock; 0: delete them */
  swarmChanges: number;
  /** `node|account|namespace` -> last hash received from that node */
  cursors: Readonly<{ hash: string; expiresAt: number }>;
  /** what the network layer keeps (node list, guards, paths, strikes, clock); checked by net when read */
  network: JsonValue;
};

export type CollectionName = keyof Collections;

/** A key that a commit put or deleted. */
export type CommittedKey = Readonly<{ collection: CollectionName; key: string; deleted: boolean }>;

export interface StoreTransaction {
  /** the value as this and every earlier transaction leave it, durable yet or not */
  get<C extends CollectionName>(collection: C, key: string): Collections[C] | undefined;
  put<C extends CollectionName>(collection: C, key: string, value: Collections[C]): void;
  delete(collection: CollectionName, key: string): void;
  /** the message as this and every earlier transaction leave it */
  message(id: string): StoredMessage | undefined;
  /** inserts, or replaces the message of the same id */
  putMessage(message: StoredMessage): void;
  deleteMessage(id: string): void;
}

/** Something found damaged when opening or reading; the file was set aside under `keptAs`. */
export type StoreDamage = Readonly<{ file: string; keptAs: string; what: string }>;

export type ExpiredMessage = Readonly<{ conversation: string; id: string }>;

export type MessagesBefore = Readonly<{
  limit: number;
  beforeId?: string;
  /** only messages that have all of them count */
  words?: Words;
}>;

export interface ProfileStore {
  /** the profile's folder */
  readonly folder: string;
  /** true when no password protects the data key */
  readonly unprotected: boolean;
  /** damage met so far (exit code 6 of commands that meet it) */
  readonly damage: readonly StoreDamage[];

  get<C extends CollectionName>(collection: C, key: string): Collections[C] | undefined;
  /** a stable snapshot of the entries */
  entries<C extends CollectionName>(collection: C): readonly (readonly [string, Collections[C]])[];

  /** Records all of `change` durably, or nothing (an error from `change` or the disk). Calls are queued in order. */
  transact<T>(change: (tx: StoreTransaction) => T): Promise<T>;

  /**
   * Called after each commit, before its transactions are answered, with every key that it changed. What it throws is
   * a fault of the program.
   */
  onCommit(listener: (changes: readonly CommittedKey[]) => void): void;

  /** calls `listener` with messages that the store has just deleted because their time was over */
  onExpired(listener: (expired: readonly ExpiredMessage[]) => void): () => void;

  message(id: string): Promise<StoredMessage | undefined>;
  /** the message of this author and sent time in a conversation, if stored (de-duplication) */
  findMessage(conversation: string, from: string, sentAt: number): Promise<StoredMessage | undefined>;
  /**
   * The newest `limit` messages strictly before (`beforeId`), or of the whole conversation; oldest first.
   */
  messagesBefore(conversation: string, options: MessagesBefore): Promise<readonly StoredMessage[]>;
  /** the oldest `limit` messages strictly after `afterId`; oldest first */
  messagesAfter(
    conversation: string,
    options: Readonly<{ limit: number; afterId: string }>,
  ): Promise<readonly StoredMessage[]>;
  /** messages of all conversations with sentAt or receivedAt >= since, by sent time */
  messagesSince(since: number): AsyncIterable<StoredMessage>;
  /**
   * Messages of all conversations that have the words, roughly from the newest to the oldest, each once and as soon
   * as it is found. What comes in meanwhile may be missed. Ends early, without an error, when `signal` is aborted.
   */
  search(words: Words, signal?: AbortSignal): AsyncIterable<StoredMessage>;
  countMessages(conversation: string): number;
  /** every conversation that has messages, listed or not */
  messageConversations(): readonly string[];
  /** unread = incoming messages with sentAt > readUpTo */
  countUnread(conversation: string, readUpTo: number): Promise<number>;

  /**
   * The account, encrypted under a key of this profile: `openSealedAccount` opens it for whoever has the password. So
   * it can be handed to another process that did not show one.
   */
  sealAccount(): Uint8Array;

  /** folds the journal into shards, wipes keys, frees the lock */
  close(): Promise<void>;
  /** as `close`, but this process goes on holding the profile; `openProfile` can open it again with the lock */
  closeKeepingLock(): Promise<HeldLock>;
}

/** The lock of a profile that is closed and still held by this process. */
export type HeldLock = Readonly<{ release(): void }>;
