import { NotFoundError } from '../errors.ts';
import type { Batch } from './batch.ts';
import { CommitQueue, type CommitTarget } from './commit-queue.ts';
import { compareMessages, messageId, parseMessageId } from './message-id.ts';
import { collectionNames } from './schemas.ts';
import type { Words } from './search/words.ts';
import type {
  CollectionName,
  Collections,
  CommittedKey,
  HeldLock,
  MessagesBefore,
  ProfileStore,
  StoredAccount,
  StoredMessage,
  StoreTransaction,
} from './types.ts';

/** A store that forgets everything with the process: for tests, and obviously right. */
export function createMemoryStore(options: Readonly<{ account?: StoredAccount }> = {}): ProfileStore {
  return new MemoryProfileStore(options.account);
}

class MemoryProfileStore implements ProfileStore, CommitTarget {
  readonly folder = '';
  readonly unprotected = false;
  readonly damage = [];
  readonly #values = new Map<CollectionName, Map<string, unknown>>(
    collectionNames.map((name) => [name, new Map()]),
  );
  readonly #messages = new Map<string, StoredMessage>();
  readonly #queue = new CommitQueue(this);

  constructor(account: StoredAccount | undefined) {
    if (account) this.#values.get('account')?.set('account', account);
  }

  get<C extends CollectionName>(collection: C, key: string): Collections[C] | undefined {
    return this.#values.get(collection)?.get(key) as Collections[C] | undefined; // `commit` put it under this name
  }

  entries<C extends CollectionName>(collection: C): readonly (readonly [string, Collections[C]])[] {
    return [...(this.#values.get(collection) ?? [])] as [string, Collections[C]][]; // as in `get`
  }

  transact<T>(change: (tx: StoreTransaction) => T): Promise<T> {
    return this.#queue.transact(change);
  }

  onCommit(listener: (changes: readonly CommittedKey[]) => void): void {
    this.#queue.onCommit(listener);
  }

  /** Nothing expires in memory by itself. */
  onExpired(): () => void {
    return () => undefined;
  }

  async message(id: string): Promise<StoredMessage | undefined> {
    return this.#messages.get(id);
  }

  async findMessage(conversation: string, from: string, sentAt: number): Promise<StoredMessage | undefined> {
    return this.#messages.get(messageId(conversation, from, sentAt));
  }

  async messagesBefore(conversation: string, options: MessagesBefore): Promise<readonly StoredMessage[]> {
    const { limit, beforeId, words } = options;
    const before = beforeId === undefined ? null : placeOf(beforeId);
    const found = this.#of(conversation)
      .filter((message) => before === null || compareMessages(message, before) < 0)
      .filter(({ body }) => words?.matches(body) ?? true);
    return limit > 0 ? found.slice(-limit) : [];
  }

  async messagesAfter(
    conversation: string,
    { limit, afterId }: Readonly<{ limit: number; afterId: string }>,
  ): Promise<readonly StoredMessage[]> {
    const after = placeOf(afterId);
    return this.#of(conversation)
      .filter((message) => compareMessages(message, after) > 0)
      .slice(0, limit);
  }

  async *messagesSince(since: number): AsyncGenerator<StoredMessage> {
    const found = [...this.#messages.values()].filter(
      ({ sentAt, receivedAt }) => sentAt >= since || receivedAt >= since,
    );
    yield* found.sort(compareMessages);
  }

  async *search(words: Words): AsyncGenerator<StoredMessage> {
    const found = [...this.#messages.values()].filter(({ body }) => words.matches(body));
    yield* found.sort(compareMessages).reverse();
  }

  countMessages(conversation: string): number {
    return this.#of(conversation).length;
  }

  messageConversations(): readonly string[] {
    return [...new Set([...this.#messages.values()].map(({ conversation }) => conversation))];
  }

  sealAccount(): Uint8Array {
    throw new Error('a store in memory has no keys');
  }

  async countUnread(conversation: string, readUpTo: number): Promise<number> {
    return this.#of(conversation).filter(({ direction, sentAt }) => direction === 'in' && sentAt > readUpTo)
      .length;
  }

  close(): Promise<void> {
    return this.#queue.stop();
  }

  async closeKeepingLock(): Promise<HeldLock> {
    await this.close();
    return { release: () => undefined };
  }

  // What the commit queue calls.

  find(id: string): StoredMessage | undefined {
    return this.#messages.get(id);
  }

  async ready(): Promise<void> {}

  async commit(batch: Batch): Promise<void> {
    for (const { collection, key, value } of batch.values()) {
      if (value === undefined) this.#values.get(collection)?.delete(key);
      else this.#values.get(collection)?.set(key, value);
    }
    for (const { id, message } of batch.messages()) {
      if (message) this.#messages.set(id, message);
      else this.#messages.delete(id);
    }
  }

  async settled(): Promise<void> {}

  #of(conversation: string): StoredMessage[] {
    return [...this.#messages.values()]
      .filter((message) => message.conversation === conversation)
      .sort(compareMessages);
  }
}

function placeOf(id: string): Readonly<{ sentAt: number; id: string }> {
  const parts = parseMessageId(id);
  if (!parts) throw new NotFoundError('no-message', 'There is no message of that ID.');
  return { sentAt: parts.sentAt, id };
}
