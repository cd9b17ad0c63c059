import type { AccountId } from '../../protocol/ids.ts';
import type { ImportResult } from '../backup/import.ts';
import type { BackupHead, BackupRecord } from '../backup/records.ts';
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
  RoundResult,
  SendResult,
  Session,
  SessionState,
  Setting,
  SyncResult,
} from '../types.ts';
import type { HolderClient } from './client.ts';
import { needsProfileAlone } from './errors.ts';
import { maxIdsPerCall } from './wire.ts';

/** A session that another process of this user holds, as commands use it. What needs the profile alone throws `locked`. */
export class RemoteSession implements Session {
  readonly ended: AbortSignal;
  readonly #client: HolderClient;

  constructor(client: HolderClient) {
    this.#client = client;
    this.ended = client.gone;
  }

  getState(): SessionState {
    return this.#client.view.state;
  }

  subscribe(listener: () => void): () => void {
    return this.#client.changes.on(listener);
  }

  onEvent(listener: (event: CoreEvent) => void): () => void {
    this.#client.listen();
    return this.#client.events.on(listener);
  }

  /** The holder is online in any case, and polls. */
  goOnline(): void {}

  resolveRecipient(text: string, signal?: AbortSignal): Promise<string> {
    return this.#client.call('resolveRecipient', [text], signal);
  }

  queueMessage(
    conversation: string,
    body: string,
    options: Readonly<{ replyTo?: string }> = {},
  ): Promise<Message> {
    return this.#client.call('queueMessage', [conversation, body, options]);
  }

  waitForDelivery(messageId: string, waitMs: number, signal?: AbortSignal): Promise<SendResult> {
    return this.#client.call('waitForDelivery', [messageId, waitMs], signal);
  }

  async retryMessage(messageId: string): Promise<void> {
    await this.#client.call('retryMessage', [messageId]);
  }

  fetchRound(signal?: AbortSignal): Promise<RoundResult> {
    return this.#client.call('fetchRound', [], signal);
  }

  async flushOutbox(signal?: AbortSignal): Promise<void> {
    await this.#client.call('flushOutbox', [], signal);
  }

  waitForSync(waitMs: number, signal?: AbortSignal): Promise<SyncResult> {
    return this.#client.call('waitForSync', [waitMs], signal);
  }

  freshMessages(): Promise<readonly Message[]> {
    return collect(this.#client.list('freshMessages', []));
  }

  takeFresh(): Promise<readonly Message[]> {
    return collect(this.#client.list('takeFresh', []));
  }

  async acknowledge(messageIds: readonly string[]): Promise<void> {
    for (let i = 0; i < messageIds.length; i += maxIdsPerCall)
      await this.#client.call('acknowledge', [messageIds.slice(i, i + maxIdsPerCall)]);
  }

  message(id: string): Promise<Message | null> {
    return this.#client.call('message', [id]);
  }

  messageTrace(id: string): Promise<MessageTrace> {
    return this.#client.call('messageTrace', [id]);
  }

  messages(conversation: string, query: MessageQuery): Promise<readonly Message[]> {
    return collect(this.#client.list('messages', [conversation, query]));
  }

  history(conversation: string, query: Omit<MessageQuery, 'limit'>): AsyncIterable<Message> {
    return this.#client.list('history', [conversation, query]);
  }

  async *search(words: string, signal?: AbortSignal): AsyncIterable<Message> {
    for await (const message of this.#client.list('search', [words])) {
      if (signal?.aborted) return;
      yield message;
    }
  }

  messagesSince(since: number): AsyncIterable<Message> {
    return this.#client.list('messagesSince', [since]);
  }

  async openConversation(): Promise<ConversationView> {
    throw needsProfileAlone();
  }

  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    await this.#client.call('react', [messageId, emoji, on]);
  }

  deleteMessage(
    messageId: string,
    options: Readonly<{ everyone: boolean }>,
  ): Promise<Readonly<{ conversation: string }>> {
    return this.#client.call('deleteMessage', [messageId, options]);
  }

  setExpiry(conversation: string, expiry: Expiry | null): Promise<Conversation> {
    return this.#client.call('setExpiry', [conversation, expiry]);
  }

  /** Commands have no composer. */
  setTyping(): void {}

  async reportSaved(messageId: string): Promise<void> {
    await this.#client.call('reportSaved', [messageId]);
  }

  settleChanges(waitMs: number, signal?: AbortSignal): Promise<ChangesResult> {
    return this.#client.call('settleChanges', [waitMs], signal);
  }

  startConversation(accountId: AccountId): Promise<Conversation> {
    return this.#client.call('startConversation', [accountId]);
  }

  async markRead(conversation: string): Promise<void> {
    await this.#client.call('markRead', [conversation]);
  }

  contacts(): Promise<readonly Contact[]> {
    return collect(this.#client.list('contacts', []));
  }

  addContact(accountId: AccountId, nickname: string | null): Promise<Contact> {
    return this.#client.call('addContact', [accountId, nickname]);
  }

  changeContact(id: string, change: ContactChange): Promise<Contact> {
    return this.#client.call('changeContact', [id, change]);
  }

  acceptContact(id: string): Promise<Contact> {
    return this.#client.call('acceptContact', [id]);
  }

  declineRequest(id: string): Promise<Contact> {
    return this.#client.call('declineRequest', [id]);
  }

  setBlocked(id: string, blocked: boolean): Promise<Contact> {
    return this.#client.call('setBlocked', [id, blocked]);
  }

  removeContact(id: string): Promise<Contact> {
    return this.#client.call('removeContact', [id]);
  }

  async setDraft(conversation: string, draft: string, answers: string | null): Promise<void> {
    await this.#client.call('setDraft', [conversation, draft, answers]);
  }

  async setDisplayName(name: string): Promise<void> {
    await this.#client.call('setDisplayName', [name]);
  }

  settings(): readonly Setting[] {
    return this.#client.view.settings;
  }

  async setSetting(key: string, text: string): Promise<void> {
    await this.#client.call('setSetting', [key, text]);
  }

  recoveryPhrase(): string {
    throw needsProfileAlone();
  }

  async refreshNodes(signal?: AbortSignal): Promise<void> {
    await this.#client.call('refreshNodes', [], signal);
  }

  async connect(signal?: AbortSignal): Promise<void> {
    await this.#client.call('connect', [], signal);
  }

  exportRecords(): AsyncIterable<BackupHead | BackupRecord> {
    return this.#client.list('exportRecords', []);
  }

  sealedAccount(): Promise<string> {
    return this.#client.call('sealedAccount', []);
  }

  async importBackup(): Promise<ImportResult> {
    throw needsProfileAlone();
  }

  /** Only what was found damaged since this command began: the rest was reported by the holder. */
  damage(): readonly FileDamage[] {
    return this.#client.damage;
  }

  /** Lets go; the holder goes on. */
  close(): Promise<void> {
    return this.#client.close();
  }

  async lock(): Promise<LockedProfile> {
    throw needsProfileAlone();
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
