import { messageOf } from '../errors.ts';
import type { Network } from '../net/index.ts';
import type { AccountKeys } from '../protocol/account.ts';
import type { AccountId } from '../protocol/ids.ts';
import { encodeRecoveryPhrase } from '../protocol/mnemonic.ts';
import type { HeldLock, ProfileStore } from '../store/index.ts';
import { toBase64 } from '../util/bytes.ts';
import { Emitter } from '../util/emitter.ts';
import { Lru } from '../util/lru.ts';
import type { Platform } from '../util/platform.ts';
import { exportRecords } from './backup/export.ts';
import { type ImportResult, importBackup } from './backup/import.ts';
import type { Backup, ReadOptions } from './backup/open.ts';
import type { BackupHead, BackupRecord } from './backup/records.ts';
import { addContact, changeContact } from './commands/contacts.ts';
import { markRead, setDisplayName, setDraft, startConversation } from './commands/conversations.ts';
import { queueMessage } from './commands/queue-message.ts';
import { resolveRecipient } from './commands/resolve-recipient.ts';
import { retryMessage } from './commands/retry-message.ts';
import { ConfigSync } from './config-sync/config-sync.ts';
import type { Context } from './context.ts';
import { openConversationView } from './conversation-view.ts';
import { waitForDelivery } from './delivery.ts';
import { FreshMessages, type FreshReader } from './fresh.ts';
import type { HolderServer } from './holder/server.ts';
import { deleteMessage } from './kinds/delete.ts';
import { ReactionRate, react } from './kinds/react.ts';
import { reportSaved } from './kinds/report-saved.ts';
import { setExpiry } from './kinds/set-expiry.ts';
import { settleChanges } from './kinds/settle.ts';
import { SwarmChanges } from './kinds/swarm-changes.ts';
import { Typing } from './kinds/typing.ts';
import { Vanishing } from './kinds/vanishing.ts';
import { LookAlikes, lookAlikeIn } from './look-alikes.ts';
import { Outbox } from './outbox.ts';
import { Answers } from './people/answers.ts';
import { acceptContact } from './people/approval.ts';
import { setBlocked } from './people/blocking.ts';
import { listContacts } from './people/contact-view.ts';
import { declineRequest, removeContact } from './people/removing.ts';
import { Poller } from './poller.ts';
import { isPrinted, listMessages, readHistory, searchAll } from './queries.ts';
import { ownNamespaces, Receiver } from './receive/receiver.ts';
import { forgetExpiredHashes } from './receive/seen.ts';
import { createSentTimes } from './sent-times.ts';
import { stateOf } from './session-state.ts';
import { setSetting, settingsOf } from './settings.ts';
import { Traces, traceMessage } from './traces.ts';
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
  MessageTrace,
  OnlineOptions,
  RoundResult,
  SendResult,
  Session,
  SessionState,
  Setting,
  SyncResult,
} from './types.ts';
import { toMessage, toNetworkView } from './views.ts';

/** How long `close` lets a delivery that is under way come to its end. */
const closeGraceMs = 3_000;
/** How long a session that polls does without knowing whose names look alike. */
const lookAlikesAfterMs = 300;

export type SessionParts = Readonly<{
  profile: string;
  keys: AccountKeys;
  store: ProfileStore;
  network: Network;
  platform: Platform;
  lowBandwidth: boolean;
  /** what a session that was locked leaves behind */
  locked: (held: HeldLock) => LockedProfile;
  /** where other commands are served */
  holder: HolderServer;
}>;

/** The messenger of one open profile: commands in, stored changes, events out. Constructed by messenger.ts. */
export class OpenSession implements Session {
  readonly #context: Context;
  readonly #parts: SessionParts;
  readonly #outbox: Outbox;
  readonly #configs: ConfigSync;
  readonly #receiver: Receiver;
  readonly #swarmChanges: SwarmChanges;
  readonly #reactionRate = new ReactionRate();
  readonly #poller: Poller;
  readonly #events = new Emitter<CoreEvent>();
  readonly #subscribers = new Set<() => void>();
  readonly #fresh: FreshMessages;
  readonly #lookAlikes: LookAlikes;
  readonly #ownFresh: FreshReader;
  readonly #skipped = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #unsubscribe: (() => void)[] = [];
  readonly #answers: Answers;
  readonly #vanishing: Vanishing;
  #polling: Promise<void> | null = null;
  #state: SessionState | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const context: Omit<Context, 'typing'> = {
      profile: parts.profile,
      keys: parts.keys,
      store: parts.store,
      network: parts.network,
      platform: parts.platform,
      events: this.#events,
      sentTimes: createSentTimes(),
      delivered: new Lru(256),
      traces: new Traces(),
      skip: (code) => {
        this.#skipped.set(code, (this.#skipped.get(code) ?? 0) + 1);
        parts.platform.logger.debug('incoming item skipped', { code });
      },
      changed: () => this.#changed(),
    };
    this.#context = { ...context, typing: new Typing(context, this.#stop.signal) };
    this.#fresh = new FreshMessages(parts.store);
    this.#lookAlikes = new LookAlikes(parts.store, parts.keys.accountId);
    this.#ownFresh = this.#fresh.reader();
    // First of all listeners: those who follow get a message before another front end has shown it.
    this.#events.on((event) => this.#fresh.onEvent(event));
    this.#outbox = new Outbox(this.#context);
    this.#configs = new ConfigSync(this.#context, async (signal) => {
      // Messages too: a Contacts config must not be stored before who has written is in it (messages.md section 7.6).
      await this.#fetch(ownNamespaces, signal);
    });
    this.#swarmChanges = new SwarmChanges(this.#context);
    this.#vanishing = new Vanishing(this.#context, () => this.#swarmChanges.wake());
    this.#answers = new Answers(this.#context, (listener) => this.subscribe(listener));
    this.#receiver = new Receiver(this.#context, this.#configs, () => this.#swarmChanges.wake());
    let lastActivityAt = parts.platform.clock.now();
    this.#poller = new Poller({
      platform: parts.platform,
      lowBandwidth: parts.lowBandwidth,
      round: (signal) => this.fetchRound(signal),
      lastActivityAt: () => lastActivityAt,
    });
    this.#events.on((event) => {
      if (event.event === 'message') lastActivityAt = parts.platform.clock.now();
    });
    this.#unsubscribe.push(parts.store.onExpired((expired) => this.#vanishing.gone(expired)));
    let phase = parts.network.status().phase;
    this.#unsubscribe.push(
      parts.network.onStatus((status) => {
        if (status.phase === 'online' && phase !== 'online') {
          this.#outbox.wakeAll();
          this.#configs.wake();
          this.#swarmChanges.wake(true);
        }
        phase = status.phase;
        this.#changed();
        this.#events.emit({ event: 'network', network: toNetworkView(status) });
      }),
    );
  }

  getState(): SessionState {
    this.#state ??= stateOf(this.#context, this.#lookAlikes.get(), this.#skipped);
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#subscribers.add(listener);
    return () => {
      this.#subscribers.delete(listener);
    };
  }

  onEvent(listener: (event: CoreEvent) => void): () => void {
    return this.#events.on(listener);
  }

  goOnline(options: OnlineOptions): void {
    this.#outbox.start(this.#stop.signal);
    this.#configs.start(this.#stop.signal, options.poll);
    this.#swarmChanges.start(this.#stop.signal);
    if (!options.poll || this.#polling !== null || this.#closing !== null) return;
    this.#parts.holder.serve(this);
    void this.#markLookAlikes();
    this.#vanishing.start();
    this.#polling = this.#poller.run(this.#stop.signal);
  }

  resolveRecipient(text: string, signal?: AbortSignal): Promise<string> {
    return resolveRecipient(this.#context, text, this.#signal(signal));
  }

  async queueMessage(
    conversation: string,
    body: string,
    options: Readonly<{ replyTo?: string }> = {},
  ): Promise<Message> {
    const message = await queueMessage(this.#context, conversation, body, options);
    this.#context.typing.sent(conversation);
    this.#outbox.wake();
    return message;
  }

  waitForDelivery(messageId: string, waitMs: number, signal?: AbortSignal): Promise<SendResult> {
    return waitForDelivery(this.#context, messageId, waitMs, signal);
  }

  async retryMessage(messageId: string): Promise<void> {
    await retryMessage(this.#context, messageId);
    this.#outbox.wake();
  }

  async fetchRound(signal?: AbortSignal): Promise<RoundResult> {
    const before = this.#receiver.stored;
    const skippedBefore = this.#countSkipped();
    const all = this.#signal(signal);
    const answered = await this.#fetch(ownNamespaces, all);
    await this.#configs.renew(all);
    await this.#configs.pushAfterRound(all);
    await forgetExpiredHashes(this.#context);
    const stored = this.#receiver.stored - before;
    this.#events.emit({ event: 'round', answered, stored });
    return { answered, stored, skipped: this.#countSkipped() - skippedBefore };
  }

  async #fetch(namespaces: readonly number[], signal: AbortSignal): Promise<number> {
    const { answered } = await this.#parts.network.fetch(
      {
        account: this.#parts.keys,
        namespaces,
        cursors: { get: (node, account, namespace) => this.#receiver.cursor(node, account, namespace) },
        onBatch: (batch) => this.#receiver.take(batch),
      },
      signal,
    );
    await this.#configs.fetched();
    return answered;
  }

  async waitForSync(waitMs: number, signal?: AbortSignal): Promise<SyncResult> {
    const stop = this.#signal(signal);
    const [outcome, isTold] = await Promise.all([
      this.#configs.waitForSync(waitMs, stop),
      this.#answers.wait(waitMs, stop),
    ]);
    if (outcome.status === 'synced')
      return isTold ? outcome : { status: 'pending', reason: 'the answer to the request is not delivered' };
    return { status: 'pending', reason: outcome.error === null ? null : messageOf(outcome.error) };
  }

  async flushOutbox(signal?: AbortSignal): Promise<void> {
    await this.#outbox.flush(this.#signal(signal));
    await this.#swarmChanges.flush(this.#signal(signal));
  }

  freshMessages(): Promise<readonly Message[]> {
    return this.#fresh.list();
  }

  takeFresh(): Promise<readonly Message[]> {
    return this.#ownFresh.take();
  }

  acknowledge(messageIds: readonly string[]): Promise<void> {
    return this.#ownFresh.acknowledge(messageIds);
  }

  /** For another front end on the same session. */
  freshReader(): FreshReader {
    return this.#fresh.reader();
  }

  async message(id: string): Promise<Message | null> {
    const { store } = this.#context;
    const stored = await store.message(id);
    return stored === undefined ? null : toMessage(stored, store);
  }

  messageTrace(id: string): Promise<MessageTrace> {
    return traceMessage(this.#context, id);
  }

  messages(conversation: string, query: MessageQuery): Promise<readonly Message[]> {
    return listMessages(this.#parts.store, conversation, query);
  }

  history(conversation: string, query: Omit<MessageQuery, 'limit'>): AsyncIterable<Message> {
    return readHistory(this.#parts.store, conversation, query);
  }

  search(words: string, signal?: AbortSignal): AsyncIterable<Message> {
    return searchAll(this.#parts.store, words, signal);
  }

  async *messagesSince(since: number): AsyncIterable<Message> {
    for await (const stored of this.#parts.store.messagesSince(since))
      if (isPrinted(stored)) yield toMessage(stored, this.#parts.store);
  }

  openConversation(conversation: string, count: number): Promise<ConversationView> {
    return openConversationView(this.#parts.store, this.#events, conversation, count);
  }

  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    await react(this.#context, this.#reactionRate, messageId, emoji, on);
    this.#outbox.wake();
  }

  async deleteMessage(
    messageId: string,
    options: Readonly<{ everyone: boolean }>,
  ): Promise<Readonly<{ conversation: string }>> {
    const conversation = await deleteMessage(this.#context, messageId, options);
    this.#outbox.wake();
    this.#swarmChanges.wake();
    return { conversation };
  }

  async settleChanges(waitMs: number, signal?: AbortSignal): Promise<ChangesResult> {
    this.goOnline({ poll: false });
    this.#outbox.wakeAll();
    this.#swarmChanges.wake(true);
    const tellers = [
      { isDone: () => this.#parts.store.entries('outbox').every(([, item]) => item.control !== true) },
      { isDone: () => this.#swarmChanges.settledAll },
    ];
    const [told, synced] = await Promise.all([
      settleChanges(
        this.#context,
        tellers,
        (listener) => this.subscribe(listener),
        waitMs,
        this.#signal(signal),
      ),
      this.waitForSync(waitMs, signal),
    ]);
    return { ...told, done: told.done && synced.status === 'synced' };
  }

  startConversation(accountId: AccountId): Promise<Conversation> {
    return startConversation(this.#context, accountId);
  }

  async markRead(conversation: string): Promise<void> {
    await markRead(this.#context, conversation);
    this.#outbox.wake();
    this.#swarmChanges.wake();
  }

  async setExpiry(conversation: string, expiry: Expiry | null): Promise<Conversation> {
    const changed = await setExpiry(this.#context, conversation, expiry);
    this.#outbox.wake();
    return changed;
  }

  setTyping(conversation: string, typing: boolean): void {
    this.#context.typing.set(conversation, typing);
  }

  async reportSaved(messageId: string): Promise<void> {
    await reportSaved(this.#context, messageId);
    this.#outbox.wake();
  }

  async contacts(): Promise<readonly Contact[]> {
    await this.#lookAlikes.load();
    this.#state = null;
    const marked = this.#lookAlikes.get();
    return listContacts(this.#parts.store, this.#parts.platform.clock.now()).map((contact) => ({
      ...contact,
      ...lookAlikeIn(marked, contact.id),
    }));
  }

  /** For who looks at names as long as this session lasts. */
  async #markLookAlikes(): Promise<void> {
    const { clock } = this.#parts.platform;
    try {
      // The first frame comes first: loading takes as long as some key presses.
      await clock.sleep(lookAlikesAfterMs, this.#stop.signal);
      await this.#lookAlikes.load();
    } catch {
      return;
    }
    if (this.#closing === null) this.#changed();
  }

  addContact(accountId: AccountId, nickname: string | null): Promise<Contact> {
    return addContact(this.#context, accountId, nickname);
  }

  changeContact(id: string, change: ContactChange): Promise<Contact> {
    return changeContact(this.#context, id, change);
  }

  async acceptContact(id: string): Promise<Contact> {
    const contact = await acceptContact(this.#context, id);
    this.#answers.owe(id);
    this.#outbox.wake();
    return contact;
  }

  declineRequest(id: string): Promise<Contact> {
    return declineRequest(this.#context, id);
  }

  setBlocked(id: string, blocked: boolean): Promise<Contact> {
    return setBlocked(this.#context, id, blocked);
  }

  removeContact(id: string): Promise<Contact> {
    return removeContact(this.#context, id);
  }

  setDraft(conversation: string, draft: string, answers: string | null): Promise<void> {
    return setDraft(this.#context, conversation, draft, answers);
  }

  setDisplayName(name: string): Promise<void> {
    return setDisplayName(this.#context, name);
  }

  settings(): readonly Setting[] {
    return settingsOf(this.#parts.store);
  }

  setSetting(key: string, text: string): Promise<void> {
    return setSetting(this.#context, key, text);
  }

  recoveryPhrase(): string {
    return encodeRecoveryPhrase(this.#parts.keys.seed16);
  }

  refreshNodes(signal?: AbortSignal): Promise<void> {
    return this.#parts.network.refreshNodes(this.#signal(signal));
  }

  connect(signal?: AbortSignal): Promise<void> {
    return this.#parts.network.connect(this.#signal(signal));
  }

  exportRecords(): AsyncIterable<BackupHead | BackupRecord> {
    return exportRecords(this.#parts.store, this.#parts.platform.clock.now());
  }

  async sealedAccount(): Promise<string> {
    return toBase64(this.#parts.store.sealAccount());
  }

  async importBackup(backup: Backup, options?: ReadOptions): Promise<ImportResult> {
    const { store, platform } = this.#parts;
    try {
      return await importBackup(store, backup, platform.clock.now(), options);
    } finally {
      this.#configs.reload();
      this.#changed();
    }
  }

  damage(): readonly FileDamage[] {
    return this.#parts.store.damage;
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.holder.close().finally(() => this.#close(() => this.#parts.store.close()));
    return this.#closing;
  }

  async lock(): Promise<LockedProfile> {
    if (this.#closing !== null) throw new Error('the session is closed');
    let locked: LockedProfile | null = null;
    this.#parts.holder.lock();
    this.#closing = this.#close(async () => {
      locked = this.#parts.locked(await this.#parts.store.closeKeepingLock());
    });
    await this.#closing;
    if (locked === null) throw new Error('unreachable: closing made it');
    return locked;
  }

  async #close(closeStore: () => Promise<void>): Promise<void> {
    const { platform, network, keys } = this.#parts;
    // The copy for one's own devices follows a delivery within moments: let it.
    const grace = new AbortController();
    await Promise.race([
      Promise.all([this.#outbox.settled(), this.#configs.flush(), this.#swarmChanges.settled()]),
      platform.clock.sleep(closeGraceMs, grace.signal).catch(() => undefined),
    ]);
    grace.abort();
    this.#stop.abort(new DOMException('the session was closed', 'AbortError'));
    this.#configs.stop();
    await this.#outbox.settled();
    await this.#configs.settled();
    await this.#swarmChanges.settled();
    await this.#polling;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    try {
      await network.close();
    } finally {
      await closeStore();
      for (const secret of [keys.seed16, keys.seed32, keys.ed25519SecretKey, keys.x25519SecretKey])
        secret.fill(0);
      this.#events.clear();
      this.#subscribers.clear();
    }
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
  }

  #countSkipped(): number {
    let count = 0;
    for (const n of this.#skipped.values()) count += n;
    return count;
  }

  #changed(): void {
    this.#state = null;
    for (const listener of [...this.#subscribers]) listener();
    if (this.#closing === null) this.#vanishing.startTimers();
  }
}
