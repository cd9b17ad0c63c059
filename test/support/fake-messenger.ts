/** A messenger in memory, for tests of the command line: it keeps the order of checks that the interface promises. */

import type { NetworkProbe } from '../../src/core/index.ts';
import { describeSettings, parseSetting } from '../../src/core/settings.ts';
import type {
  ChangesResult,
  Contact,
  ContactChange,
  Conversation,
  ConversationView,
  CoreEvent,
  Expiry,
  FileDamage,
  LockedProfile,
  Message,
  MessageQuery,
  Messenger,
  NetworkView,
  NewAccount,
  PasswordChange,
  RoundResult,
  SendResult,
  Session,
  SessionState,
  Setting,
  SettingValue,
  SyncResult,
} from '../../src/core/types.ts';
import { NotFoundError, ProtocolError, StoreError, UsageError } from '../../src/errors.ts';
import { type AccountId, parseAccountId } from '../../src/protocol/ids.ts';
import { Emitter } from '../../src/util/emitter.ts';

export const phrase = 'one two three four five six seven eight nine ten eleven twelve thirteen';

export function fakeId(digit: string): AccountId {
  const id = parseAccountId(`05${digit.repeat(64)}`);
  if (id === null) throw new Error(`no hex digit: ${digit}`);
  return id;
}

export const alice = fakeId('a');
export const bob = fakeId('b');

export function fakeMessage(over: Partial<Message> = {}): Message {
  return {
    id: 'm1',
    conversation: bob,
    from: bob,
    direction: 'in',
    sentAt: 1_000,
    receivedAt: 2_000,
    body: 'hello',
    status: 'received',
    attachments: [],
    ...over,
  };
}

const offline: NetworkView = {
  phase: 'idle',
  detail: '',
  proxy: null,
  proxySource: null,
  clockOffsetMs: 0,
  guards: [],
  nodes: 0,
  nodeListAt: 0,
  paths: [],
};

export const online: NetworkView = {
  phase: 'online',
  detail: '',
  proxy: null,
  proxySource: null,
  clockOffsetMs: 0,
  guards: [],
  nodes: 9,
  nodeListAt: 1_700_000_000_000,
  paths: [
    {
      hops: [1, 2, 3].map((n) => ({ ip: `127.0.1${n}.1`, port: 1000 + n, ed25519: String(n).repeat(64) })),
      builtAt: 1,
      failures: 0,
    },
  ],
};

/** One profile; tests set its fields, and read `log` for what was called in which order. */
const unknownContact = {
  name: '',
  nickname: null,
  approved: false,
  approvedMe: false,
  request: false,
  blocked: false,
  pinned: false,
  mutedUntil: null,
};

export class FakeSession implements Session {
  readonly events = new Emitter<CoreEvent>();
  readonly log: string[] = [];
  profile: string;
  name: string;
  stored: Message[] = [];
  fresh = new Set<string>();
  conversations: Conversation[] = [];
  network: NetworkView = offline;
  damaged: FileDamage[] = [];
  closed = false;
  /** what the next rounds bring, or throw */
  round: () => Promise<RoundResult> = async () => ({ answered: 2, stored: 0, skipped: 0 });
  connecting: () => Promise<void> = async () => {
    this.network = online;
  };
  delivery: (message: Message) => SendResult = (message) => ({
    status: 'sent',
    message: { ...message, status: 'sent' },
    hash: 'HASH',
  });

  constructor(profile: string, name: string) {
    this.profile = profile;
    this.name = name;
  }

  /** A message arrives: stored, and not shown yet. */
  add(message: Message): void {
    this.stored.push(message);
    this.fresh.add(message.id);
  }

  getState(): SessionState {
    return {
      account: { accountId: alice, name: this.name, profile: this.profile },
      conversations: this.conversations,
      network: this.network,
      queued: 0,
      unprotected: false,
      skipped: {},
    };
  }
  subscribe(): () => void {
    return () => undefined;
  }
  onEvent(listener: (event: CoreEvent) => void): () => void {
    return this.events.on(listener);
  }
  goOnline({ poll }: { poll: boolean }): void {
    this.log.push(poll ? 'online+poll' : 'online');
  }
  async resolveRecipient(text: string): Promise<string> {
    const id = text === 'me' ? alice : parseAccountId(text);
    if (id !== null) return id;
    if (text === 'Bob') return bob;
    throw new NotFoundError('no-conversation', 'No contact has that name.');
  }
  async queueMessage(
    conversation: string,
    body: string,
    options: Readonly<{ replyTo?: string }> = {},
  ): Promise<Message> {
    if (options.replyTo !== undefined && !this.stored.some(({ id }) => id === options.replyTo)) {
      throw new NotFoundError('no-message', 'There is no such message.');
    }
    const message = fakeMessage({
      id: `q${this.stored.length}`,
      conversation,
      from: alice,
      direction: 'out',
      body,
      status: 'queued',
    });
    this.stored.push(message);
    this.log.push(`queue ${body}`);
    return message;
  }
  async waitForDelivery(messageId: string, waitMs: number): Promise<SendResult> {
    this.log.push(`wait ${waitMs}`);
    const message = this.stored.find(({ id }) => id === messageId);
    if (message === undefined) throw new NotFoundError('no-message', 'There is no such message.');
    return this.delivery(message);
  }
  async retryMessage(): Promise<void> {}
  async waitForSync(waitMs: number): Promise<SyncResult> {
    this.log.push(`sync ${waitMs}`);
    return this.sync();
  }
  sync = (): SyncResult => ({ status: 'synced' });
  async fetchRound(): Promise<RoundResult> {
    this.log.push('round');
    return this.round();
  }
  async flushOutbox(): Promise<void> {
    this.log.push('flush');
  }
  async freshMessages(): Promise<readonly Message[]> {
    return this.stored.filter(({ id }) => this.fresh.has(id));
  }
  async takeFresh(): Promise<readonly Message[]> {
    return this.freshMessages();
  }
  async acknowledge(ids: readonly string[]): Promise<void> {
    this.log.push(`ack ${ids.join(',')}`);
    for (const id of ids) this.fresh.delete(id);
  }
  async messages(conversation: string, query: MessageQuery): Promise<readonly Message[]> {
    return this.stored
      .filter((message) => message.conversation === conversation && message.body.includes(query.search ?? ''))
      .slice(-query.limit);
  }
  async *history(conversation: string, { search = '' }: Omit<MessageQuery, 'limit'>): AsyncIterable<Message> {
    yield* this.stored.filter((one) => one.conversation === conversation && one.body.includes(search));
  }
  search(): never {
    throw new Error('not used here');
  }
  async *messagesSince(since: number): AsyncIterable<Message> {
    yield* this.stored
      .filter(({ sentAt, receivedAt }) => sentAt >= since || receivedAt >= since)
      .sort((a, b) => a.sentAt - b.sentAt);
  }
  openConversation(): Promise<ConversationView> {
    throw new Error('not used by the command line');
  }
  startConversation(): Promise<Conversation> {
    throw new Error('not used by the command line');
  }
  async markRead(conversation: string): Promise<void> {
    this.conversations = this.conversations.map((one) =>
      one.id === conversation ? { ...one, unread: 0 } : one,
    );
  }
  /** what `delete` and `react` were asked for */
  readonly changes: string[] = [];
  /** what `settleChanges` says */
  settled: ChangesResult = { done: true, anythingAnswered: true };
  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    this.changes.push(`react ${messageId} ${emoji} ${on ? 'on' : 'off'}`);
  }
  async deleteMessage(
    messageId: string,
    { everyone }: Readonly<{ everyone: boolean }>,
  ): Promise<Readonly<{ conversation: string }>> {
    if (messageId === 'missing') throw new NotFoundError('no-message', 'There is no such message.');
    this.changes.push(`delete ${messageId}${everyone ? ' everyone' : ''}`);
    return { conversation: bob };
  }
  async setExpiry(id: string, expiry: Expiry | null): Promise<Conversation> {
    const known = this.conversations.find((one) => one.id === id);
    if (known === undefined) throw new NotFoundError('no-conversation', 'There is no such conversation.');
    const { expiry: _, ...rest } = known;
    return { ...rest, ...(expiry === null ? {} : { expiry }) };
  }
  setTyping(): void {}
  async reportSaved(): Promise<void> {}
  async settleChanges(): Promise<ChangesResult> {
    return this.settled;
  }
  people = new Map<string, Contact>();
  async contacts(): Promise<readonly Contact[]> {
    return [...this.people.values()];
  }
  async addContact(id: AccountId, nickname: string | null): Promise<Contact> {
    const contact = { ...unknownContact, id, nickname };
    this.people.set(id, contact);
    return contact;
  }
  async changeContact(id: string, { hidden: _, ...change }: ContactChange): Promise<Contact> {
    const contact = this.people.get(id);
    if (contact === undefined) throw new NotFoundError('no-contact', 'There is no such contact.');
    this.people.set(id, { ...contact, ...change });
    return this.people.get(id) ?? contact;
  }
  #known(id: string): Contact {
    const contact = this.people.get(id);
    if (contact === undefined) throw new NotFoundError('no-contact', 'There is no such contact.');
    return contact;
  }
  async acceptContact(id: string): Promise<Contact> {
    const contact = { ...this.#known(id), approved: true, request: false };
    this.people.set(id, contact);
    return contact;
  }
  async declineRequest(id: string): Promise<Contact> {
    const contact = this.people.get(id);
    if (!contact?.request) throw new NotFoundError('no-request', 'There is no message request.');
    this.people.delete(id);
    return contact;
  }
  async setBlocked(id: string, blocked: boolean): Promise<Contact> {
    const contact = { ...this.#known(id), blocked };
    this.people.set(id, contact);
    return contact;
  }
  async removeContact(id: string): Promise<Contact> {
    const contact = this.#known(id);
    this.people.delete(id);
    return contact;
  }
  messageTrace(): never {
    throw new Error('not used by the commands');
  }
  async message(): Promise<null> {
    return null;
  }
  async setDraft(): Promise<void> {}
  async setDisplayName(): Promise<void> {}
  readonly chosen = new Map<string, SettingValue>();
  settings(): readonly Setting[] {
    return describeSettings((key) => (key === 'name' ? this.name : this.chosen.get(key)));
  }
  async setSetting(key: string, text: string): Promise<void> {
    const value = parseSetting(key, text);
    if (key === 'name') this.name = String(value);
    else this.chosen.set(key, value);
  }
  recoveryPhrase(): string {
    return phrase;
  }
  async refreshNodes(): Promise<void> {
    this.log.push('refresh');
    await this.connecting();
  }
  async connect(): Promise<void> {
    await this.connecting();
  }
  exportRecords(): never {
    throw new Error('backups are tested with a real messenger');
  }
  sealedAccount(): never {
    throw new Error('backups are tested with a real messenger');
  }
  importBackup(): never {
    throw new Error('backups are tested with a real messenger');
  }
  damage(): readonly FileDamage[] {
    return this.damaged;
  }
  async close(): Promise<void> {
    this.closed = true;
  }
  async lock(): Promise<LockedProfile> {
    this.closed = true;
    return { unlock: async () => this, close: async () => undefined };
  }
}

export class FakeMessenger implements Messenger {
  readonly profiles = new Map<string, { password: string | null; session: FakeSession }>();
  locked = false;
  opened = 0;
  /** where the profile is said to lie */
  folder = '/nowhere';
  probe: NetworkProbe = {
    view: () => online,
    checkProxy: async () => undefined,
    connect: async () => undefined,
    close: async () => undefined,
  };

  /** A profile that exists already. */
  has(profile = 'default', password: string | null = null): FakeSession {
    const session = new FakeSession(profile, 'Alice');
    this.profiles.set(profile, { password, session });
    return session;
  }

  async profileState(profile: string): Promise<'none' | 'password' | 'no-password'> {
    const found = this.profiles.get(profile);
    if (found === undefined) return 'none';
    return found.password === null ? 'no-password' : 'password';
  }
  async listProfiles(): Promise<readonly string[]> {
    return [...this.profiles.keys()];
  }
  async createAccount(request: NewAccount): Promise<Session> {
    if (this.profiles.has(request.profile)) throw new UsageError('account-exists', 'It exists.');
    const session = new FakeSession(request.profile, request.name);
    this.profiles.set(request.profile, { password: request.password, session });
    return session;
  }
  async restoreAccount(request: NewAccount & Readonly<{ phrase: string }>): Promise<Session> {
    this.checkPhrase(request.phrase);
    return this.createAccount(request);
  }
  checkPhrase(text: string): void {
    if (text.trim().split(/\s+/).join(' ') !== phrase) {
      throw new ProtocolError('phrase-unknown-word', 'Word 3 is not in the list.');
    }
  }
  async openSession(profile: string, password: string | null): Promise<Session> {
    const found = this.profiles.get(profile);
    if (found === undefined) throw new NotFoundError('no-account', 'There is no account.');
    if (this.locked) throw new StoreError('locked', 'Another process holds the profile.');
    if (found.password !== null && password === null) {
      throw new StoreError('password-needed', 'A password is needed.');
    }
    if (found.password !== null && found.password !== password) {
      throw new StoreError('wrong-password', 'Wrong password.');
    }
    this.opened += 1;
    return found.session;
  }
  async changePassword(
    profile: string,
    change: PasswordChange,
    password: string | null,
    newPassword: () => Promise<string>,
  ): Promise<void> {
    const found = this.profiles.get(profile);
    if (found === undefined) throw new NotFoundError('no-account', 'There is no account.');
    if (change === 'set') {
      if (found.password !== null) throw new UsageError('has-password', 'It has a password.');
    } else await this.openSession(profile, password);
    found.password = change === 'remove' ? null : await newPassword();
  }
  shareSession(profile: string, password: string | null): Promise<Session> {
    return this.openSession(profile, password);
  }
  openForBackup(): never {
    throw new Error('backups are tested with a real messenger');
  }
  createFromBackup(): never {
    throw new Error('backups are tested with a real messenger');
  }
  async removeProfile(profile: string): Promise<void> {
    if (this.locked) throw new StoreError('locked', 'Another process holds the profile.');
    this.profiles.delete(profile);
  }
}
