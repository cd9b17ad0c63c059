/** One open profile: what a front end can ask it and tell it to do. */
import type { AccountId } from '../../protocol/ids.ts';
import type { ImportResult } from '../backup/import.ts';
import type { Backup, ReadOptions } from '../backup/open.ts';
import type { BackupHead, BackupRecord } from '../backup/records.ts';
import type { Contact, ContactChange, Conversation } from './conversation.ts';
import type { ConversationView, Expiry, Message, MessageQuery, MessageTrace, SendResult } from './message.ts';
import type { Setting } from './setting.ts';
import type { CoreEvent, SessionState } from './state.ts';

export type SyncResult =
  | Readonly<{ status: 'synced' }>
  /** in words for a person; null where the time was simply over */
  | Readonly<{ status: 'pending'; reason: string | null }>;

/** `done`: nothing is left to tell the network. */
export type ChangesResult = Readonly<{ done: boolean; anythingAnswered: boolean }>;

export type RoundResult = Readonly<{ answered: number; stored: number; skipped: number }>;

export type OnlineOptions = Readonly<{
  /** poll on a timer (chat UI, --follow); without it only what is asked for happens */
  poll: boolean;
}>;

/** A file of the profile that could not be read, and where it was kept. */
export type FileDamage = Readonly<{ file: string; keptAs: string; what: string }>;

/** One open profile. It holds the profile's lock until `close`, or is served by the process that does. */
export interface Session {
  /** only where another process serves it: aborted when that process is gone, and the session with it */
  readonly ended?: AbortSignal;
  getState(): SessionState;
  /** called after each change of the state */
  subscribe(listener: () => void): () => void;
  onEvent(listener: (event: CoreEvent) => void): () => void;

  /**
   * Starts the network side in the background: outbox first, then polling if asked for. A session that polls is there
   * to stay, and serves other commands of this user (`Messenger.shareSession`). Idempotent.
   */
  goOnline(options: OnlineOptions): void;

  /**
   * Resolves a recipient as contracts.md section 1 says: account ID, `me`, an unambiguous nickname or display name,
   * or a Session name, for which alone the network is asked. Throws NotFoundError `no-conversation`, UsageError
   * `bad-account-id` or `ambiguous-name`, NetworkError when a Session name can't be looked up now.
   */
  resolveRecipient(text: string, signal?: AbortSignal): Promise<string>;

  /** Checks and stores a message as queued, announces it, and returns it; delivery goes on in the background. */
  queueMessage(
    conversation: string,
    body: string,
    options?: Readonly<{ replyTo?: string }>,
  ): Promise<Message>;
  /** Waits until the message is stored by the recipient's swarm, or `waitMs` is over. */
  waitForDelivery(messageId: string, waitMs: number, signal?: AbortSignal): Promise<SendResult>;
  /** Puts a failed message back into the queue, with the same bytes and sent time. */
  retryMessage(messageId: string): Promise<void>;

  /** One complete round of fetching: own namespaces, at least two swarm members, `more` to its end. */
  fetchRound(signal?: AbortSignal): Promise<RoundResult>;
  /** Sends everything queued once, oldest first within a conversation. */
  flushOutbox(signal?: AbortSignal): Promise<void>;

  /**
   * Waits, at most `waitMs`, until what was changed here (contacts, read marks, the own name) is in the swarm for linked
   * devices, and whoever was accepted is told; goes online only if there is something. What is `pending` is kept, and goes out later.
   */
  waitForSync(waitMs: number, signal?: AbortSignal): Promise<SyncResult>;

  /** Stored messages that no front end has shown yet, by sent time. */
  freshMessages(): Promise<readonly Message[]>;
  /**
   * As `freshMessages`, for a front end that prints: what another one has taken is left out, and what this one gets
   * is its own until it is acknowledged or the session ends. Each message is printed once, whoever fetched it.
   */
  takeFresh(): Promise<readonly Message[]>;
  /** Remembers that these were shown, so that `receive` does not print them again. */
  acknowledge(messageIds: readonly string[]): Promise<void>;

  /** one message by its id; null if there is none */
  message(id: string): Promise<Message | null>;
  /** what happened with a message, as far as it is known here; NotFoundError `no-message` */
  messageTrace(id: string): Promise<MessageTrace>;
  messages(conversation: string, query: MessageQuery): Promise<readonly Message[]>;
  /** all messages of a conversation that match, oldest first, however many there are; throws as `messages` */
  history(conversation: string, query: Omit<MessageQuery, 'limit'>): AsyncIterable<Message>;
  /**
   * Messages of all conversations that have all these words, roughly from the newest to the oldest, as they are found.
   * Ends early, without an error, when `signal` is aborted.
   */
  search(words: string, signal?: AbortSignal): AsyncIterable<Message>;
  /** all stored messages received or sent at or after `since`, by sent time */
  messagesSince(since: number): AsyncIterable<Message>;
  openConversation(conversation: string, count: number): Promise<ConversationView>;
  /**
   * Puts an emoji on a message, or takes it off again. UsageError `bad-emoji`, `not-reactable` or `too-many-reactions`
   * (20 a minute); NotFoundError `no-message`.
   */
  react(messageId: string, emoji: string, on: boolean): Promise<void>;
  /**
   * Deletes a message here and in one's own swarm. With `everyone`, one's own message is taken back from the other side
   * and one's other devices too; in Note to Self it goes from all devices. Says where it was. NotFoundError `no-message`; UsageError
   * `not-yours` or `not-deletable`.
   */
  deleteMessage(
    messageId: string,
    options: Readonly<{ everyone: boolean }>,
  ): Promise<Readonly<{ conversation: string }>>;
  /**
   * Sets when messages that are written in a conversation vanish, on all own devices; the other side is told. UsageError
   * `bad-timer` (10 seconds to 2 weeks; notes to oneself after sending only) or `not-accepted`; NotFoundError
   * `no-conversation`.
   */
  setExpiry(conversation: string, expiry: Expiry | null): Promise<Conversation>;
  /** A key was pressed in the composer, or it is empty or closed: told to the other side where that is switched on. */
  setTyping(conversation: string, typing: boolean): void;
  /** A file that somebody sent was saved on request: they are told, as by official clients. NotFoundError `no-message`. */
  reportSaved(messageId: string): Promise<void>;
  /** Waits until what this profile has changed is on the network, or `waitMs` is over. Goes online by itself. */
  settleChanges(waitMs: number, signal?: AbortSignal): Promise<ChangesResult>;
  /** creates the conversation if it does not exist yet (nothing is sent) */
  startConversation(accountId: AccountId): Promise<Conversation>;
  markRead(conversation: string): Promise<void>;

  /** everybody on record, oneself left out */
  contacts(): Promise<readonly Contact[]>;
  /** Makes a contact, or shows one again; a nickname of null leaves the one that is. UsageError `own-account`, `name-too-long`. */
  addContact(accountId: AccountId, nickname: string | null): Promise<Contact>;
  /** NotFoundError `no-contact`; UsageError `name-too-long` */
  changeContact(id: string, change: ContactChange): Promise<Contact>;
  /**
   * Accepts a message request, or somebody one has on record; whoever wrote is told. NotFoundError `no-contact`;
   * UsageError `blocked-contact`.
   */
  acceptContact(id: string): Promise<Contact>;
  /** Deletes a message request with its sender; they are told nothing. The contact as it was. NotFoundError `no-request`. */
  declineRequest(id: string): Promise<Contact>;
  /** What they send from now on is dropped before it is stored; the other way, it ends. NotFoundError `no-contact`. */
  setBlocked(id: string, blocked: boolean): Promise<Contact>;
  /** Deletes a contact with the conversation, on all devices. The contact as it was. NotFoundError `no-contact`. */
  removeContact(id: string): Promise<Contact>;
  /** `answers`: id of the message that the text answers, or null */
  setDraft(conversation: string, draft: string, answers: string | null): Promise<void>;
  setDisplayName(name: string): Promise<void>;

  /** all settings of this profile; a change is a change of the state */
  settings(): readonly Setting[];
  /** Sets one from what a person typed. UsageError `no-setting` or `bad-setting`, both of which say what is allowed. */
  setSetting(key: string, text: string): Promise<void>;

  /** the 13 words; the caller shows them and forgets them */
  recoveryPhrase(): string;
  refreshNodes(signal?: AbortSignal): Promise<void>;
  /** makes sure that a path stands, asking seeds if needed; throws NetworkError when it can't be had */
  connect(signal?: AbortSignal): Promise<void>;

  /** what a backup holds but the account, in its order */
  exportRecords(): AsyncIterable<BackupHead | BackupRecord>;
  /** the account (base64), for whoever has the profile's password alone (`Messenger.openForBackup`) */
  sealedAccount(): Promise<string>;
  /** Merges a backup of this account. UsageError `other-account`; StoreError `damaged` or `write-failed`. */
  importBackup(backup: Backup, options?: ReadOptions): Promise<ImportResult>;

  /** files found damaged so far, opening included; each was set aside, and the rest stays readable */
  damage(): readonly FileDamage[];

  /** Stops everything that was started, folds the store, frees the lock. */
  close(): Promise<void>;
  /**
   * Closes the session as `close` does, keys wiped and messages dropped, but goes on holding the profile: no other
   * process can open it, and commands that ask this one are told that the profile is locked (exit code 5).
   */
  lock(): Promise<LockedProfile>;
}

/** A profile that this process holds and can't read until the password is given again. */
export interface LockedProfile {
  /** Opens it again, as a new session that is not online yet. Throws as `Messenger.openSession`, and stays locked. */
  unlock(password: string | null): Promise<Session>;
  /** Lets go of the profile. */
  close(): Promise<void>;
}
