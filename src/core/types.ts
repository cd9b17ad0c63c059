/**
 * What a front end sees of the messenger: immutable views, commands, typed events. The UI and the command
 * line program against this file; `core/index.ts` exports it together with the functions that open a session.
 *
 * Text marked "foreign" was written by somebody else and must pass `text/sanitize` before a terminal sees it.
 * Times are ms since 1970 UTC.
 */
import type { NetworkGuard, ProxySource } from '../net/index.ts';
import type { AccountId } from '../protocol/ids.ts';
import type { PasswordChange } from '../store/index.ts';
import type { LookAlike } from '../text/look-alike.ts';
import type { ImportResult } from './backup/import.ts';
import type { Backup, ReadOptions } from './backup/open.ts';
import type { BackupHead, BackupRecord } from './backup/records.ts';

export type { Backup, ImportResult, LookAlike, PasswordChange, ReadOptions };

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

export type ConversationKind = 'contact' | 'group' | 'community' | 'self';

export type Conversation = Readonly<{
  /** `05…` account ID (`03…` and `URL/room` come with later issues) */
  id: string;
  kind: ConversationKind;
  /** foreign: nickname, else display name, else empty */
  name: string;
  unread: number;
  lastMessageAt: number;
  /** foreign: the beginning of the newest message, at most 120 code points */
  preview: string;
  /** an incoming message request: we have not accepted this person yet */
  request: boolean;
  /** we have blocked this person */
  blocked?: true;
  /** we wrote, and they have not answered or accepted yet: text only until then */
  waiting?: true;
  pinned: boolean;
  mutedUntil: number | null;
  /** text the user left in the composer */
  draft: string;
  /** id of the message that this text answers */
  draftAnswers?: string;
  /** the name can be taken for another one; known a moment after a session that polls has begun */
  lookAlike?: LookAlike;
  /** messages that are written here vanish so; absent: they stay */
  expiry?: Expiry;
  /** the other one is typing */
  typing?: true;
}>;

/** Somebody else, as one keeps them. */
export type Contact = Readonly<{
  id: string;
  /** foreign: the display name they gave themselves */
  name: string;
  /** the name one gave them, or null */
  nickname: string | null;
  /** we have accepted them */
  approved: boolean;
  /** they have accepted us */
  approvedMe: boolean;
  blocked: boolean;
  /** their first message waits for us to accept them, or to decline */
  request: boolean;
  pinned: boolean;
  /** no notifications before this time; `mutedForGood` for good; null: not muted */
  mutedUntil: number | null;
  /** the name can be taken for another one */
  lookAlike?: LookAlike;
}>;

/** The end of the year 9999. */
export const mutedForGood = 253_402_300_799_000;

/** What is left out stays as it is. */
export type ContactChange = Readonly<{
  /** null or empty: none */
  nickname?: string | null;
  pinned?: boolean;
  mutedUntil?: number | null;
  /** not in the conversation list until the next message */
  hidden?: boolean;
}>;

export type AccountView = Readonly<{ accountId: AccountId; name: string; profile: string }>;

export type Hop = Readonly<{ ip: string; port: number; ed25519: string }>;

export type NetworkPhase =
  /** nothing asked yet */
  | 'idle'
  /** asking seeds, or building paths */
  | 'connecting'
  | 'online'
  /** the last attempts failed; `detail` says why; it goes on trying */
  | 'offline';

export type NetworkView = Readonly<{
  phase: NetworkPhase;
  /** one sentence for a person: what is slow or failing, and what is being done; empty when all is well */
  detail: string;
  proxy: string | null;
  /** the option or variable that named the proxy; null where there is none */
  proxySource: ProxySource | null;
  nodes: number;
  nodeListAt: number;
  /** the network's clock minus this machine's, ms; null while no node has spoken */
  clockOffsetMs: number | null;
  /** those chosen, in a lasting order, then those under test */
  guards: readonly NetworkGuard[];
  /** the standing paths, the one in use first; hops: guard, middle, exit */
  paths: readonly Readonly<{ hops: readonly Hop[]; builtAt: number; failures: number }>[];
}>;

export type SessionState = Readonly<{
  account: AccountView;
  /** requests last; pinned first, then by newest message */
  conversations: readonly Conversation[];
  network: NetworkView;
  /** messages waiting to go out */
  queued: number;
  /** true when the profile has no password (the data key lies in keys.json) */
  unprotected: boolean;
  /** counts of incoming items skipped since the start, by reason code */
  skipped: Readonly<Record<string, number>>;
}>;

/** Emitted only after the store has what it tells of. */
export type CoreEvent =
  | Readonly<{ event: 'message'; message: Message }>
  /** status, reason or body of a stored message changed */
  | Readonly<{ event: 'message-changed'; message: Message }>
  | Readonly<{ event: 'sent'; message: Message; hash: string }>
  | Readonly<{ event: 'queued'; message: Message; reason: string; anythingAnswered: boolean }>
  | Readonly<{ event: 'conversation'; conversation: Conversation }>
  | Readonly<{ event: 'network'; network: NetworkView }>
  /** a full round of fetching ended; `answered` is how many members of the swarm answered */
  | Readonly<{ event: 'round'; answered: number; stored: number }>
  /** how many of the parts of a restored account have come in from its other devices */
  | Readonly<{ event: 'progress'; task: 'restore'; done: number; total: number }>
  | Readonly<{ event: 'notice'; conversation: string | null; text: string }>
  /** somebody put an emoji on a message, or took it off; `message` is how it stands now */
  | Readonly<{ event: 'reaction'; message: Message; from: string; emoji: string; removed: boolean }>
  /** the recipient has read this one */
  | Readonly<{ event: 'receipt'; message: Message }>
  /** somebody types, or does so no longer */
  | Readonly<{ event: 'typing'; conversation: string; from: string; typing: boolean }>
  /** A message is gone; `left` is the line that stands in its place, if any. */
  | Readonly<{ event: 'deleted'; conversation: string; id: string; why: DeletedWhy; left: Message | null }>;

/**
 * `unsent`: its author took it back; `here`: somebody deleted it on this device; `expired`: its time was over; `replaced`:
 * a notice that another one has made out of date.
 */
export type DeletedWhy = 'unsent' | 'here' | 'expired' | 'replaced';

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

export type SendResult =
  | Readonly<{ status: 'sent'; message: Message; hash: string }>
  | Readonly<{ status: 'queued'; message: Message; reason: string; anythingAnswered: boolean }>;

export type MessageQuery = Readonly<{
  /** how many at most, the newest ones of those that match */
  limit: number;
  /** only messages before this one (by its id) */
  before?: string;
  /** all words must occur, case-insensitive */
  search?: string;
}>;

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

export const settingKeys = [
  'name',
  'auto-lock',
  'notifications',
  'theme',
  'notification-content',
  'notification-command',
  'title',
  'mouse',
  'link',
  'open-links',
  'screen',
  'linear-input',
  'keymap',
  'pipes',
  'read-receipts',
  'typing-indicators',
  'community-requests',
] as const;

export type SettingKey = (typeof settingKeys)[number];

export type SettingValue = string | number;

/** The headings under which settings stand. */
export const settingGroups = ['Account', 'Privacy', 'Notifications', 'Screen', 'Keys', 'Network'] as const;

export type SettingGroup = (typeof settingGroups)[number];

/** One setting as it stands, and what it can be (settings/definitions.ts). `name` is the own display name. */
export type Setting = Readonly<{
  key: SettingKey;
  group: SettingGroup;
  value: SettingValue;
  default: SettingValue;
  description: string;
  /** what it can be, for a person */
  allowed: string;
  /** all it can be, where that is a short list */
  choices: readonly string[] | null;
}>;

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

/** Message length limit in code points (messages.md section 19). */
export const maxBodyCodePoints = 2000;

export type ProfileState =
  /** no account of this name */
  | 'none'
  /** a password opens it */
  | 'password'
  /** made without a password */
  | 'no-password';

export type NewAccount = Readonly<{
  profile: string;
  /** display name, 1 to 100 UTF-8 bytes after trimming; may be empty (others then see "Anonymous") */
  name: string;
  /** null: no password, the data key lies in keys.json */
  password: string | null;
}>;

/** A profile that is to be backed up; whoever has it closes the session. */
export type BackupExport = Readonly<{
  session: Session;
  /** the bytes of a backup under `password`, a piece at a time */
  write(
    password: string,
    options?: Readonly<{ onProgress?: (done: number, total: number) => void }>,
  ): AsyncIterable<Uint8Array>;
}>;

/** All profiles of one data folder, on one network. Built by `createMessenger` of core/index.ts. */
export interface Messenger {
  profileState(profile: string): Promise<ProfileState>;
  listProfiles(): Promise<readonly string[]>;
  /** UsageError `account-exists`; StoreError `locked`. Contacts nobody. The session returned is open. */
  createAccount(request: NewAccount): Promise<Session>;
  /** ProtocolError `phrase-…` for a bad phrase, else as `createAccount` */
  restoreAccount(request: NewAccount & Readonly<{ phrase: string }>): Promise<Session>;
  /**
   * NotFoundError `no-account`, then StoreError `locked`, then `password-needed` (password is null but needed)
   * or `wrong-password`, then `damaged`.
   * `typed`: a person typed it, and waits longer after each wrong one (at most 30 s; `signal` ends that).
   */
  openSession(
    profile: string,
    password: string | null,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<Session>;
  /**
   * As `openSession`, for what need not have the profile alone: where a process that stays holds it, the session is
   * served by that process, and no password is asked for. One that is busy for a moment is waited for. StoreError
   * `locked` if it goes on without serving; `password-needed` with `fields.heldLocked` if the holder is locked.
   */
  shareSession(
    profile: string,
    password: string | null,
    signal: AbortSignal,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<Session>;
  /**
   * Sets, changes or removes the password of a profile that nobody holds; `newPassword` is asked for once `password`
   * is found right. NotFoundError `no-account`; StoreError `locked`; UsageError `has-password` or `no-password` where
   * the change does not fit; StoreError `password-needed`, `wrong-password`, `write-failed`.
   */
  changePassword(
    profile: string,
    change: PasswordChange,
    password: string | null,
    newPassword: () => Promise<string>,
  ): Promise<void>;
  /**
   * As `shareSession`, for a backup: the profile's password is needed even where another process serves it, because a
   * backup holds the account. StoreError `password-needed`, `wrong-password`.
   */
  openForBackup(
    profile: string,
    password: string | null,
    signal: AbortSignal,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<BackupExport>;
  /** A new profile with the account and all of a backup; as `createAccount`. What fails leaves no profile. */
  createFromBackup(
    request: Omit<NewAccount, 'name'> & Readonly<{ backup: Backup }> & ReadOptions,
  ): Promise<Session>;
  /** keys first, then the rest; StoreError `locked` while a process holds it */
  removeProfile(profile: string): Promise<void>;
}
