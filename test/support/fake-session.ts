/**
 * A messenger in memory for tests of front ends: the same interfaces as core's, no network, no disk. What others
 * do (messages coming in, deliveries, failures, the network's moods) are methods of the fake.
 */

import { lookAlikeIn } from '../../src/core/look-alikes.ts';
import { describeSettings, parseSetting } from '../../src/core/settings.ts';
import {
  type AccountView,
  type ChangesResult,
  type Contact,
  type ContactChange,
  type Conversation,
  type ConversationView,
  type CoreEvent,
  type Expiry,
  type FileDamage,
  type LockedProfile,
  type LookAlike,
  type Message,
  type MessageQuery,
  type MessageTrace,
  type MessageWindow,
  type Messenger,
  maxBodyCodePoints,
  type NetworkView,
  type NewAccount,
  type OnlineOptions,
  type ProfileState,
  type RoundResult,
  type SendResult,
  type Session,
  type SessionState,
  type Setting,
  type SettingValue,
  type SyncResult,
} from '../../src/core/types.ts';
import { NotFoundError, ProtocolError, StoreError, UsageError } from '../../src/errors.ts';
import { type AccountId, parseAccountId } from '../../src/protocol/ids.ts';
import { lookAlikesOf } from '../../src/text/look-alike.ts';
import { Emitter } from '../../src/util/emitter.ts';

/** An account ID for tests: `05` and the digit repeated. */
export function testId(digit: string): AccountId {
  const id = parseAccountId(`05${digit.repeat(64)}`);
  if (id === null) throw new Error(`${digit} makes no account ID`);
  return id;
}

export const idleNetwork: NetworkView = {
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

export const onlineNetwork: NetworkView = {
  phase: 'online',
  detail: '',
  proxy: null,
  proxySource: null,
  clockOffsetMs: 0,
  guards: [],
  nodes: 9,
  nodeListAt: Date.UTC(2026, 10, 24, 6, 0),
  paths: [
    {
      hops: [11, 12, 13].map((i) => ({ ip: `127.0.${i}.1`, port: 22021, ed25519: String(i).repeat(32) })),
      builtAt: 0,
      failures: 0,
    },
  ],
};

const words = 'inbound gambit hydrogen abbey bicycle cousin dozen eels fudge goat hobby ivory inbound'.split(
  ' ',
);

export type FakeOptions = Readonly<{
  profile?: string;
  name?: string;
  accountId?: AccountId;
  /** what becomes of a message that is sent: stored at once, left queued, or left for `deliver` and `fail` */
  delivery?: 'sent' | 'queued';
  now?: () => number;
}>;

const startOfTime = Date.UTC(2026, 10, 24, 9, 0);

export class FakeSession implements Session {
  readonly calls: string[] = [];
  closed = false;
  /** what `lock` needs to be undone */
  password: string | null = null;
  damaged: readonly FileDamage[] = [];
  /** whom a name that is no account ID stands for */
  names: (name: string) => Promise<AccountId | null> = async () => null;
  /** the next call of `queueMessage` is refused with this */
  refuseNext: Error | null = null;
  readonly #messages = new Map<string, Message[]>();
  readonly #queuedCounts = new WeakMap<readonly Message[], number>();
  readonly #conversations = new Map<string, Conversation>();
  readonly #fresh = new Set<string>();
  readonly #changes = new Emitter<void>();
  readonly #events = new Emitter<CoreEvent>();
  readonly #views = new Set<FakeView>();
  readonly #delivery: 'sent' | 'queued';
  readonly #now: () => number;
  #account: AccountView;
  #network: NetworkView = idleNetwork;
  #state: SessionState | null = null;
  #unprotected = false;
  #nextId = 0;
  #clock = startOfTime;

  constructor(options: FakeOptions = {}) {
    const { profile = 'default', name = 'Me', accountId = testId('f'), delivery = 'sent' } = options;
    this.#account = { accountId, name, profile };
    this.#delivery = delivery;
    this.#now =
      options.now ??
      (() => {
        this.#clock += 1000;
        return this.#clock;
      });
  }

  // --- what others do

  /** Adds a conversation without messages. */
  addConversation(id: AccountId, name: string, change: Partial<Conversation> = {}): Conversation {
    const conversation: Conversation = {
      id,
      kind: id === this.#account.accountId ? 'self' : 'contact',
      name,
      unread: 0,
      lastMessageAt: 0,
      preview: '',
      request: false,
      pinned: false,
      mutedUntil: null,
      draft: '',
      ...change,
    };
    this.#conversations.set(id, conversation);
    this.#changed();
    return conversation;
  }

  /** A message comes in. */
  receive(from: AccountId, body: string, change: Partial<Message> = {}): Message {
    if (!this.#conversations.has(from)) this.addConversation(from, '');
    const at = change.sentAt ?? this.#now();
    const message = this.#store({
      ...this.#draftOf(from, from, 'in', body, at),
      status: 'received',
      ...change,
    });
    this.#fresh.add(message.id);
    this.#patch(from, (conversation) => ({ unread: conversation.unread + 1 }));
    this.#events.emit({ event: 'message', message });
    return message;
  }

  /** Stores many old messages at once, alternating between both sides; nothing is announced. */
  fill(id: AccountId, count: number, bodyOf: (index: number) => string): void {
    const list = this.#messages.get(id) ?? [];
    for (let i = 0; i < count; i++) {
      const out = i % 3 === 2;
      list.push({
        ...this.#draftOf(id, out ? this.#account.accountId : id, out ? 'out' : 'in', bodyOf(i), this.#now()),
        status: out ? 'sent' : 'received',
      });
    }
    this.#messages.set(id, list);
    this.#changed();
    this.#refresh(id);
  }

  deliver(messageId: string): void {
    const { reason: _, ...rest } = this.#find(messageId);
    const message = this.#replace({ ...rest, status: 'sent' });
    this.#events.emit({ event: 'sent', message, hash: 'hash' });
  }

  queue(messageId: string, reason: string): void {
    const message = this.#replace({ ...this.#find(messageId), status: 'queued', reason });
    this.#events.emit({ event: 'queued', message, reason, anythingAnswered: false });
  }

  fail(messageId: string, reason: string): void {
    const message = this.#replace({ ...this.#find(messageId), status: 'failed', reason });
    this.#events.emit({ event: 'message-changed', message });
  }

  notice(text: string, conversation: string | null = null): void {
    this.#events.emit({ event: 'notice', conversation, text });
  }

  setNetwork(network: NetworkView): void {
    this.#network = network;
    this.#changed();
    this.#events.emit({ event: 'network', network });
  }

  setUnprotected(unprotected: boolean): void {
    this.#unprotected = unprotected;
    this.#changed();
  }

  stored(conversation: string): readonly Message[] {
    return this.#messages.get(conversation) ?? [];
  }

  get freshIds(): readonly string[] {
    return [...this.#fresh];
  }

  // --- Session

  getState(): SessionState {
    this.#state ??= {
      account: this.#account,
      conversations: this.#sorted(),
      network: this.#network,
      queued: [...this.#messages.values()].reduce((sum, list) => sum + this.#queuedIn(list), 0),
      unprotected: this.#unprotected,
      skipped: {},
    };
    return this.#state;
  }

  /** Counted once a list, so that benchmarks with many messages do not measure this. A change makes a new list. */
  #queuedIn(list: readonly Message[]): number {
    let count = this.#queuedCounts.get(list);
    if (count === undefined) {
      count = list.filter(({ status }) => status === 'queued').length;
      this.#queuedCounts.set(list, count);
    }
    return count;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.on(listener);
  }

  onEvent(listener: (event: CoreEvent) => void): () => void {
    return this.#events.on(listener);
  }

  goOnline({ poll }: OnlineOptions): void {
    this.calls.push(`goOnline ${poll}`);
  }

  async resolveRecipient(text: string): Promise<string> {
    const id = parseAccountId(text);
    if (id !== null) return id;
    this.calls.push(`resolveRecipient ${text}`);
    const named = await this.names(text);
    if (named !== null) return named;
    throw new UsageError('bad-account-id', 'That is no account ID.');
  }

  async queueMessage(
    conversation: string,
    body: string,
    { replyTo }: Readonly<{ replyTo?: string }> = {},
  ): Promise<Message> {
    this.calls.push(`queueMessage ${body}`);
    if (this.refuseNext !== null) {
      const error = this.refuseNext;
      this.refuseNext = null;
      throw error;
    }
    if ([...body].length > maxBodyCodePoints) throw new UsageError('too-long', 'The message is too long.');
    const message = this.#store({
      ...this.#draftOf(conversation, this.#account.accountId, 'out', body, this.#now()),
      status: 'queued',
      ...(replyTo === undefined ? {} : { quote: this.#quoteOf(replyTo) }),
    });
    this.#events.emit({ event: 'message', message });
    if (this.#delivery === 'sent') queueMicrotask(() => this.deliver(message.id));
    return message;
  }

  async waitForDelivery(messageId: string): Promise<SendResult> {
    return { status: 'sent', message: this.#find(messageId), hash: 'hash' };
  }

  async waitForSync(): Promise<SyncResult> {
    return { status: 'synced' };
  }

  async retryMessage(messageId: string): Promise<void> {
    this.calls.push(`retryMessage ${messageId}`);
    const { reason: _, ...rest } = this.#find(messageId);
    this.#replace({ ...rest, status: 'queued' });
    if (this.#delivery === 'sent') queueMicrotask(() => this.deliver(messageId));
  }

  async fetchRound(): Promise<RoundResult> {
    return { answered: 3, stored: 0, skipped: 0 };
  }

  async flushOutbox(): Promise<void> {}

  async freshMessages(): Promise<readonly Message[]> {
    return [...this.#fresh].map((id) => this.#find(id));
  }

  async takeFresh(): Promise<readonly Message[]> {
    return this.freshMessages();
  }

  async acknowledge(messageIds: readonly string[]): Promise<void> {
    for (const id of messageIds) this.#fresh.delete(id);
  }

  /** what `messageTrace` says of a message beyond what follows from it */
  readonly traces = new Map<string, Partial<MessageTrace>>();

  async messageTrace(id: string): Promise<MessageTrace> {
    const { direction, receivedAt, status } = this.#find(id);
    return {
      namespace: 0,
      failures: 0,
      lastFailure: null,
      nextAttemptAt: null,
      swarm: null,
      copy: null,
      fetchedAt: direction === 'in' ? receivedAt : null,
      isRead: status === 'read',
      readAt: null,
      clockOffsetMs: 0,
      ...this.traces.get(id),
    };
  }

  async messages(
    conversation: string,
    { limit, before, search = '' }: MessageQuery,
  ): Promise<readonly Message[]> {
    const all = this.stored(conversation);
    const end = before === undefined ? all.length : all.findIndex(({ id }) => id === before);
    return all
      .slice(0, end)
      .filter(({ body }) => hasWords(body, search))
      .slice(-limit);
  }

  async *history(conversation: string): AsyncIterable<Message> {
    yield* this.stored(conversation);
  }

  /** each result of `search` waits for this, called with the number of those before it */
  searchPace: (given: number) => Promise<void> = async () => {};

  async *search(wanted: string, signal?: AbortSignal): AsyncIterable<Message> {
    this.calls.push(`search ${wanted}`);
    let given = 0;
    for (const message of [...this.#messages.values()].flat().reverse()) {
      if (!hasWords(message.body, wanted)) continue;
      await this.searchPace(given);
      if (signal?.aborted) break;
      given += 1;
      yield message;
    }
    if (signal?.aborted) this.calls.push(`search of ${wanted} given up`);
  }

  async *messagesSince(since: number): AsyncIterable<Message> {
    for (const message of [...this.#messages.values()].flat()) if (message.sentAt >= since) yield message;
  }

  async openConversation(conversation: string, count: number): Promise<ConversationView> {
    if (!this.#conversations.has(conversation))
      throw new NotFoundError('no-conversation', 'There is no such conversation.');
    const view = new FakeView(
      conversation,
      count,
      () => this.stored(conversation),
      (closing) => this.#views.delete(closing),
      () => this.#conversations.get(conversation)?.unread ?? 0,
    );
    this.#views.add(view);
    return view;
  }

  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    this.calls.push(`react ${emoji} ${on ? 'on' : 'off'}`);
    const message = this.#find(messageId);
    const me = this.#account.accountId;
    const before = message.reactions ?? [];
    const others = before.map((one) =>
      one.emoji === emoji ? { ...one, from: one.from.filter((id) => id !== me) } : one,
    );
    const known = others.some((one) => one.emoji === emoji);
    const added = known || !on ? others : [...others, { emoji, from: [] }];
    const reactions = added
      .map((one) => (one.emoji === emoji && on ? { ...one, from: [...one.from, me] } : one))
      .filter(({ from }) => from.length > 0);
    const changed = this.#replace({ ...message, reactions });
    this.#events.emit({ event: 'reaction', message: changed, from: me, emoji, removed: !on });
  }

  async deleteMessage(
    messageId: string,
    { everyone }: Readonly<{ everyone: boolean }>,
  ): Promise<Readonly<{ conversation: string }>> {
    this.calls.push(`deleteMessage ${messageId}${everyone ? ' everyone' : ''}`);
    const message = this.#find(messageId);
    if (everyone && message.direction === 'in')
      throw new UsageError('not-yours', 'Only your own messages can be deleted for everyone.');
    const { conversation, id } = message;
    if (everyone) {
      const { quote: _, reactions: __, ...rest } = message;
      const left = this.#replace({ ...rest, body: '', attachments: [], notice: { kind: 'deleted' } });
      this.#events.emit({ event: 'deleted', conversation, id, why: 'unsent', left });
      return { conversation };
    }
    this.#messages.set(
      conversation,
      this.stored(conversation).filter((one) => one.id !== id),
    );
    this.#changed();
    this.#refresh(conversation);
    this.#events.emit({ event: 'deleted', conversation, id, why: 'here', left: null });
    return { conversation };
  }

  async setExpiry(id: string, expiry: Expiry | null): Promise<Conversation> {
    this.calls.push(`setExpiry ${expiry === null ? 'off' : `${expiry.mode} ${expiry.seconds}`}`);
    const known = this.#conversations.get(id);
    if (known === undefined) throw new NotFoundError('no-conversation', 'There is no such conversation.');
    const { expiry: _, ...rest } = known;
    const changed: Conversation = { ...rest, ...(expiry === null ? {} : { expiry }) };
    this.#conversations.set(id, changed);
    this.#changed();
    return changed;
  }

  /** what `setTyping` was told */
  readonly typed: boolean[] = [];

  setTyping(_conversation: string, typing: boolean): void {
    this.typed.push(typing);
  }

  async reportSaved(messageId: string): Promise<void> {
    this.calls.push(`reportSaved ${messageId}`);
  }

  async settleChanges(): Promise<ChangesResult> {
    return { done: true, anythingAnswered: true };
  }

  async startConversation(accountId: AccountId): Promise<Conversation> {
    this.calls.push('startConversation');
    return this.#conversations.get(accountId) ?? this.addConversation(accountId, '');
  }

  async markRead(conversation: string): Promise<void> {
    this.calls.push(`markRead ${conversation.slice(0, 4)}`);
    this.#patch(conversation, () => ({ unread: 0 }));
  }

  async contacts(): Promise<readonly Contact[]> {
    return [...this.#conversations.keys()].map((id) => this.#changeContact(id, {}));
  }

  addContact(): Promise<never> {
    throw new Error('not used by the chat UI');
  }

  async changeContact(id: string, change: ContactChange): Promise<Contact> {
    this.calls.push(`changeContact ${JSON.stringify(change)}`);
    if (change.hidden) this.#conversations.delete(id);
    const { nickname, pinned, mutedUntil } = change;
    return this.#changeContact(id, {
      ...(nickname === undefined ? {} : { name: nickname ?? '' }),
      ...(pinned === undefined ? {} : { pinned }),
      ...(mutedUntil === undefined ? {} : { mutedUntil }),
    });
  }

  async acceptContact(id: string): Promise<Contact> {
    this.calls.push('acceptContact');
    return this.#changeContact(id, { request: false });
  }

  async declineRequest(id: string): Promise<Contact> {
    this.calls.push('declineRequest');
    this.#conversations.delete(id);
    return this.#changeContact(id, {});
  }

  async setBlocked(id: string, blocked: boolean): Promise<Contact> {
    this.calls.push(`setBlocked ${blocked}`);
    const known = this.#conversations.get(id);
    if (known === undefined) return this.#changeContact(id, {});
    const { blocked: _, ...rest } = known;
    if (blocked && known.request) this.#conversations.delete(id);
    else this.#conversations.set(id, blocked ? { ...rest, blocked: true } : rest);
    return this.#changeContact(id, {});
  }

  async removeContact(id: string): Promise<Contact> {
    this.calls.push('removeContact');
    this.#conversations.delete(id);
    this.#messages.delete(id);
    return this.#changeContact(id, {});
  }

  #changeContact(id: string, change: Partial<Conversation>): Contact {
    this.#patch(id, () => change);
    this.#changed();
    const now = this.#conversations.get(id);
    return {
      id,
      name: now?.name ?? '',
      nickname: null,
      approved: now?.request === false,
      approvedMe: true,
      request: now?.request ?? false,
      blocked: now?.blocked ?? false,
      pinned: now?.pinned ?? false,
      mutedUntil: now?.mutedUntil ?? null,
    };
  }

  async message(id: string): Promise<Message | null> {
    return [...this.#messages.values()].flat().find((candidate) => candidate.id === id) ?? null;
  }

  async setDraft(conversation: string, draft: string, answers: string | null = null): Promise<void> {
    const known = this.#conversations.get(conversation);
    if (known === undefined) return;
    const { draftAnswers: _, ...rest } = known;
    this.#conversations.set(conversation, {
      ...rest,
      draft,
      ...(answers === null ? {} : { draftAnswers: answers }),
    });
    this.#changed();
  }

  async setDisplayName(name: string): Promise<void> {
    this.#account = { ...this.#account, name };
    this.#changed();
  }

  readonly #settings = new Map<string, SettingValue>();

  settings(): readonly Setting[] {
    return describeSettings((key) => (key === 'name' ? this.#account.name : this.#settings.get(key)));
  }

  async setSetting(key: string, text: string): Promise<void> {
    const value = parseSetting(key, text);
    if (key === 'name') return this.setDisplayName(String(value));
    this.#settings.set(key, value);
    this.#changed();
  }

  recoveryPhrase(): string {
    return words.join(' ');
  }

  async refreshNodes(): Promise<void> {}

  async connect(): Promise<void> {}

  exportRecords(): never {
    throw new Error('not used by the chat UI');
  }

  sealedAccount(): never {
    throw new Error('not used by the chat UI');
  }

  importBackup(): never {
    throw new Error('not used by the chat UI');
  }

  damage(): readonly FileDamage[] {
    return this.damaged;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  async lock(): Promise<LockedProfile> {
    this.calls.push('lock');
    this.closed = true;
    return {
      unlock: async (password) => {
        if (password !== this.password) throw new StoreError('wrong-password', 'That password does not fit.');
        this.closed = false;
        return this;
      },
      close: async () => {
        this.calls.push('let go');
      },
    };
  }

  // --- inside

  #draftOf(
    conversation: string,
    from: AccountId,
    direction: 'in' | 'out',
    body: string,
    at: number,
  ): Omit<Message, 'status'> {
    this.#nextId += 1;
    const id = `m${this.#nextId}`;
    return { id, conversation, from, direction, sentAt: at, receivedAt: at, body, attachments: [] };
  }

  #quoteOf(id: string): NonNullable<Message['quote']> {
    const { from, sentAt } = this.#find(id);
    return { author: from, sentAt };
  }

  #store(message: Message): Message {
    const { conversation } = message;
    this.#messages.set(conversation, [...this.stored(conversation), message]);
    this.#patch(conversation, () => ({ lastMessageAt: message.sentAt, preview: message.body.slice(0, 120) }));
    this.#refresh(conversation);
    return message;
  }

  #replace(message: Message): Message {
    const { conversation } = message;
    this.#messages.set(
      conversation,
      this.stored(conversation).map((other) => (other.id === message.id ? message : other)),
    );
    this.#changed();
    this.#refresh(conversation);
    return message;
  }

  #find(id: string): Message {
    const message = [...this.#messages.values()].flat().find((candidate) => candidate.id === id);
    if (message === undefined) throw new NotFoundError('no-message', 'There is no such message.');
    return message;
  }

  #patch(id: string, change: (conversation: Conversation) => Partial<Conversation>): void {
    const conversation = this.#conversations.get(id);
    if (conversation === undefined) return;
    this.#conversations.set(id, { ...conversation, ...change(conversation) });
    this.#changed();
  }

  #named = { names: '', marked: new Map<string, LookAlike>() as ReadonlyMap<string, LookAlike> };

  /** Worked out when a name changes, as the real session does. */
  #lookAlikes(): ReadonlyMap<string, LookAlike> {
    const { accountId: id, name } = this.#account;
    const people = [...this.#conversations.values()];
    const names = JSON.stringify([name, people.map((one) => [one.id, one.name])]);
    if (names !== this.#named.names) this.#named = { names, marked: lookAlikesOf(people, { id, name }) };
    return this.#named.marked;
  }

  #sorted(): Conversation[] {
    const marked = this.#lookAlikes();
    const views = [...this.#conversations.values()].map((one) => ({
      ...one,
      ...lookAlikeIn(marked, one.id),
    }));
    return views.sort(
      (a, b) =>
        Number(a.request) - Number(b.request) ||
        Number(b.pinned) - Number(a.pinned) ||
        b.lastMessageAt - a.lastMessageAt,
    );
  }

  #changed(): void {
    this.#state = null;
    this.#changes.emit();
  }

  #refresh(conversation: string): void {
    for (const view of this.#views) if (view.conversation === conversation) view.refresh();
  }
}

function hasWords(body: string, wanted: string): boolean {
  return wanted
    .toLowerCase()
    .split(' ')
    .every((word) => body.toLowerCase().includes(word));
}

class FakeView implements ConversationView {
  readonly conversation: string;
  readonly #all: () => readonly Message[];
  readonly #onClose: (view: FakeView) => void;
  readonly #changes = new Emitter<void>();
  readonly #unread: () => number;
  /** how many were unread when it was opened */
  readonly #unreadBefore: number;
  #count: number;
  /** so many of the newest are not loaded */
  #skip = 0;
  #snapshot: MessageWindow | null = null;

  constructor(
    conversation: string,
    count: number,
    all: () => readonly Message[],
    onClose: (view: FakeView) => void,
    unread: () => number,
  ) {
    this.#unread = unread;
    this.#unreadBefore = unread();
    this.conversation = conversation;
    this.#count = count;
    this.#all = all;
    this.#onClose = onClose;
  }

  refresh(): void {
    const before = this.#snapshot?.messages.length ?? 0;
    const grown = this.#all().length - this.#seen;
    if (before > 0 && grown > 0 && this.#skip > 0) this.#skip += grown;
    else if (before > 0 && grown > 0) this.#count += grown;
    this.#changed();
  }

  #changed(): void {
    this.#snapshot = null;
    this.#changes.emit();
  }

  #seen = 0;

  getSnapshot(): MessageWindow {
    if (this.#snapshot === null) {
      const all = this.#all();
      this.#seen = all.length;
      const end = all.length - this.#skip;
      const start = Math.max(0, end - this.#count);
      const messages = all.slice(start, end);
      this.#snapshot = {
        conversation: this.conversation,
        messages,
        atStart: start === 0,
        atEnd: this.#skip === 0,
      };
    }
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.on(listener);
  }

  async loadOlder(count: number): Promise<void> {
    this.#count += count;
    this.#changed();
  }

  async loadNewer(count: number): Promise<void> {
    const step = Math.min(count, this.#skip);
    this.#skip -= step;
    this.#count += step;
    this.#changed();
  }

  async jumpToEnd(count: number): Promise<void> {
    this.#skip = 0;
    this.#count = count;
    this.#changed();
  }

  async jumpTo(messageId: string, count: number): Promise<void> {
    const all = this.#all();
    const at = all.findIndex(({ id }) => id === messageId);
    if (at < 0) throw new NotFoundError('no-message', 'That message is not there any more.');
    const end = Math.min(all.length, at + 1 + count);
    this.#skip = all.length - end;
    this.#count = end - Math.max(0, at - count);
    this.#changed();
  }

  async firstUnread(): Promise<string | null> {
    const incoming = this.#all().filter(({ direction }) => direction === 'in');
    const unread = this.#unread() || this.#unreadBefore;
    return unread === 0 ? null : (incoming.at(-unread)?.id ?? null);
  }

  async firstSince(time: number): Promise<string | null> {
    return this.#all().find(({ sentAt }) => sentAt >= time)?.id ?? null;
  }

  async messageSentAt(from: string, sentAt: number): Promise<string | null> {
    return this.#all().find((one) => one.from === from && one.sentAt === sentAt)?.id ?? null;
  }

  close(): void {
    this.#onClose(this);
  }
}

export type FakeProfile = { password: string | null; session: FakeSession; locked?: boolean };

/** Profiles in memory. `create` decides what a session made here looks like. */
export class FakeMessenger implements Messenger {
  readonly profiles = new Map<string, FakeProfile>();
  readonly attempts: (string | null)[] = [];
  readonly #create: (request: NewAccount) => FakeSession;

  constructor(
    create: (request: NewAccount) => FakeSession = ({ profile, name }) => new FakeSession({ profile, name }),
  ) {
    this.#create = create;
  }

  /** A messenger with one profile that is there already. */
  static with(session: FakeSession, password: string | null = null): FakeMessenger {
    const messenger = new FakeMessenger();
    messenger.profiles.set('default', { password, session });
    session.password = password;
    session.setUnprotected(password === null);
    return messenger;
  }

  async profileState(profile: string): Promise<ProfileState> {
    const known = this.profiles.get(profile);
    if (known === undefined) return 'none';
    return known.password === null ? 'no-password' : 'password';
  }

  async listProfiles(): Promise<readonly string[]> {
    return [...this.profiles.keys()];
  }

  async createAccount(request: NewAccount): Promise<FakeSession> {
    if (this.profiles.has(request.profile))
      throw new UsageError('account-exists', 'That profile has an account.');
    const session = this.#create(request);
    this.profiles.set(request.profile, { password: request.password, session });
    return session;
  }

  async restoreAccount(request: NewAccount & { phrase: string }): Promise<FakeSession> {
    const given = request.phrase.trim().toLowerCase().split(/\s+/);
    if (given.length < 13)
      throw new ProtocolError('phrase-too-short', 'The phrase has too few words: 13 are needed.');
    const wrong = given.findIndex((word) => !words.includes(word));
    if (wrong >= 0)
      throw new ProtocolError(
        'phrase-unknown-word',
        `Word ${wrong + 1} (“${given[wrong]}”) is not in the list.`,
      );
    return this.createAccount(request);
  }

  async openSession(profile: string, password: string | null): Promise<FakeSession> {
    this.attempts.push(password);
    const known = this.profiles.get(profile);
    if (known === undefined) throw new NotFoundError('no-account', 'There is no such profile.');
    if (known.locked) throw new StoreError('locked', 'Another process has this profile open.');
    if (known.password !== null) {
      if (password === null) throw new StoreError('password-needed', 'This profile needs its password.');
      if (password !== known.password) throw new StoreError('wrong-password', 'That password does not fit.');
    }
    return known.session;
  }

  async changePassword(profile: string, _change: string, password: string | null): Promise<void> {
    await this.openSession(profile, password);
  }

  shareSession(profile: string, password: string | null): Promise<FakeSession> {
    return this.openSession(profile, password);
  }

  openForBackup(): never {
    throw new Error('not used by the chat UI');
  }

  createFromBackup(): never {
    throw new Error('not used by the chat UI');
  }

  async removeProfile(profile: string): Promise<void> {
    this.profiles.delete(profile);
  }
}
