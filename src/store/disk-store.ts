import { StoreError } from '../errors.ts';
import { Emitter } from '../util/emitter.ts';
import type { Platform } from '../util/platform.ts';
import type { Batch } from './batch.ts';
import type { CollectionSet } from './collections.ts';
import { CommitQueue, type CommitTarget } from './commit-queue.ts';
import { Expiry } from './expiry.ts';
import { writeFailed } from './files.ts';
import { FoldFailed, fold } from './fold.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import { forgetsPeople, type Loaded, removeFiles } from './load.ts';
import { messageId } from './message-id.ts';
import { readAfter, readBefore, readSince } from './reading.ts';
import { sealAccount } from './sealed-account.ts';
import type { SealedFolder } from './sealed-folder.ts';
import type { FilterSet } from './search/filter-set.ts';
import { searchMessages } from './search/search.ts';
import type { Words } from './search/words.ts';
import { defaultShardLimits, type ShardLimits } from './shards.ts';
import type {
  CollectionName,
  Collections,
  CommittedKey,
  ExpiredMessage,
  HeldLock,
  MessagesBefore,
  ProfileStore,
  StoreDamage,
  StoredMessage,
  StoreTransaction,
} from './types.ts';

export type StoreLimits = Readonly<{
  /** bytes of journal above which it is folded; up to eight times as much where a fold would write much more */
  journalBytes: number;
  /** bytes of journal above which closing folds too; opening reads what is left of it */
  closeBytes: number;
  shard: ShardLimits;
  /** a deleted message's bytes are gone from the disk after this time; later where folding takes long */
  deletionMs: number;
}>;

export const defaultLimits: StoreLimits = {
  journalBytes: 524_288,
  closeBytes: 262_144,
  shard: defaultShardLimits,
  deletionMs: 1_000,
};

/** Folding for deletions takes one part of so many of the time, at most … */
const foldShare = 20;
/** … but none waits longer than this, ms. */
const longestDeletionMs = 60_000;

export type DiskStoreParts = Readonly<{
  folder: SealedFolder;
  lock: HeldLock;
  platform: Platform;
  unprotected: boolean;
  limits: StoreLimits;
  loaded: Loaded;
  /** the journal to go on with; null makes the first commit, or the close, fold first */
  journal: Journal | null;
}>;

/** An open profile on disk. Made by profiles.ts. */
export class DiskProfileStore implements ProfileStore, CommitTarget {
  readonly folder: string;
  readonly unprotected: boolean;
  readonly #parts: DiskStoreParts;
  readonly #collections: CollectionSet;
  readonly #history: History;
  readonly #filters: FilterSet;
  readonly #queue: CommitQueue;
  #journal: Journal | null;
  #next: number;
  /** files to remove after the next fold that succeeds */
  #leftOver: readonly string[];
  /** after a fold that failed, the next one waits for this much journal */
  #foldAbove: number;
  /** something was deleted whose bytes are on the disk still */
  #forgets: boolean;
  readonly #expiry: Expiry;
  readonly #expired = new Emitter<readonly ExpiredMessage[]>();
  /** how long the last fold took, ms */
  #foldTook = 0;
  #cancelTimer: (() => void) | null = null;
  #closed: Promise<void> | null = null;
  #keepsLock = false;

  constructor(parts: DiskStoreParts) {
    this.#parts = parts;
    this.folder = parts.folder.path;
    this.unprotected = parts.unprotected;
    this.#collections = parts.loaded.collections;
    this.#history = parts.loaded.history;
    this.#filters = parts.loaded.filters;
    this.#journal = parts.journal;
    this.#next = parts.loaded.next;
    this.#leftOver = parts.loaded.leftOver;
    this.#foldAbove = parts.limits.journalBytes;
    this.#queue = new CommitQueue(this);
    this.#expiry = new Expiry(parts.platform.clock, () => this.#expire());
    for (const [, at] of this.#collections.entries('expiring')) this.#expiry.note(at);
    this.#forgets = parts.loaded.forgets;
    if (this.#forgets) this.#foldSoon();
  }

  get damage(): readonly StoreDamage[] {
    return this.#parts.folder.damage;
  }

  get<C extends CollectionName>(collection: C, key: string): Collections[C] | undefined {
    return this.#collections.get(collection, key);
  }

  entries<C extends CollectionName>(collection: C): readonly (readonly [string, Collections[C]])[] {
    return this.#collections.entries(collection);
  }

  transact<T>(change: (tx: StoreTransaction) => T): Promise<T> {
    return this.#queue.transact(change);
  }

  onCommit(listener: (changes: readonly CommittedKey[]) => void): void {
    this.#queue.onCommit(listener);
  }

  onExpired(listener: (expired: readonly ExpiredMessage[]) => void): () => void {
    return this.#expired.on(listener);
  }

  /**
   * Deletes what has expired while nobody ran, words on the disk included, before anybody reads; a disk that refuses is
   * asked again later.
   */
  async expireNow(): Promise<void> {
    const now = this.#parts.platform.clock.now();
    if (!this.#collections.entries('expiring').some(([, at]) => at <= now)) return;
    try {
      await this.#expire();
      const folded = Promise.withResolvers<void>();
      this.#queue.alone(() => this.#tryFold().then(folded.resolve));
      await folded.promise;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  async message(id: string): Promise<StoredMessage | undefined> {
    this.#checkOpen();
    return this.#history.find(id);
  }

  async findMessage(conversation: string, from: string, sentAt: number): Promise<StoredMessage | undefined> {
    const found = await this.message(messageId(conversation, from, sentAt));
    return found?.conversation === conversation ? found : undefined;
  }

  async messagesBefore(conversation: string, options: MessagesBefore): Promise<readonly StoredMessage[]> {
    this.#checkOpen();
    return readBefore(this.#history, this.#filters, conversation, options);
  }

  async messagesAfter(
    conversation: string,
    options: Readonly<{ limit: number; afterId: string }>,
  ): Promise<readonly StoredMessage[]> {
    this.#checkOpen();
    return readAfter(this.#history, conversation, options);
  }

  messagesSince(since: number): AsyncIterable<StoredMessage> {
    this.#checkOpen();
    return readSince(this.#history, since);
  }

  search(words: Words, signal?: AbortSignal): AsyncIterable<StoredMessage> {
    this.#checkOpen();
    return searchMessages(this.#history, this.#filters, words, signal);
  }

  countMessages(conversation: string): number {
    return this.#history.count(conversation);
  }

  messageConversations(): readonly string[] {
    return this.#history.conversations.filter((conversation) => this.#history.count(conversation) > 0);
  }

  sealAccount(): Uint8Array {
    this.#checkOpen();
    return sealAccount(this.get('account', 'account'), this.#parts.folder.keys, this.#parts.platform);
  }

  async countUnread(conversation: string, readUpTo: number): Promise<number> {
    this.#checkOpen();
    return this.#history.countUnread(conversation, readUpTo);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async closeKeepingLock(): Promise<HeldLock> {
    if (this.#closed) throw new Error('the profile is closed');
    this.#keepsLock = true;
    await this.close();
    return this.#parts.lock;
  }

  // What the commit queue calls.

  find(id: string): StoredMessage | undefined {
    return this.#history.find(id);
  }

  async ready(): Promise<void> {
    if (this.#journal !== null && !this.#journal.isBroken) return;
    await this.#fold();
  }

  async commit(batch: Batch): Promise<void> {
    if (this.#journal === null) throw new Error('unreachable: ready() made a journal');
    // Whatever may fail comes before the write; after it, memory follows without fail.
    const changes = [...batch.messages()].map(({ conversation, id, message }) =>
      this.#history.prepare(conversation, id, message),
    );
    for (const { id, message } of changes) {
      const at = message?.expiresAt;
      if (at !== undefined || this.#collections.get('expiring', id) !== undefined)
        batch.set('expiring', id, at);
    }
    await this.#journal.append(batch);
    for (const { collection, key, value } of batch.values()) this.#collections.set(collection, key, value);
    for (const change of changes) this.#history.apply(change);
    for (const { message } of changes)
      if (message?.expiresAt !== undefined) this.#expiry.note(message.expiresAt);
    if (changes.some(({ forgets }) => forgets) || forgetsPeople(batch)) {
      this.#forgets = true;
      this.#foldSoon();
    }
  }

  async settled(): Promise<void> {
    if (this.#journal !== null && this.#journal.size < this.#foldAbove) return;
    if (this.#journal !== null && this.#journal.size < this.#worthFolding()) return;
    await this.#tryFold();
  }

  /** Soon, and yet a small part of the time where one deletion follows the other. */
  #foldSoon(): void {
    const { deletionMs } = this.#parts.limits;
    const wait = Math.max(deletionMs, Math.min(longestDeletionMs, foldShare * this.#foldTook));
    this.#cancelTimer ??= this.#parts.platform.clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#queue.alone(() => this.#tryFold());
    });
  }

  /**
   * A fold writes the index, the list and a shard of each conversation that changed, whatever the journal's size:
   * with many of them it waits for a longer journal, so that it never writes many times what came in.
   */
  #worthFolding(): number {
    const { journalBytes } = this.#parts.limits;
    const conversations = this.#history.conversations.length;
    const cost = conversations * 800 + this.#history.dirtyConversations * 6000;
    return Math.min(8 * journalBytes, Math.max(journalBytes, cost >> 1));
  }

  /** Deletes what has expired, and from the conversation list what it says of that. */
  async #expire(): Promise<void> {
    const now = this.#parts.platform.clock.now();
    const due = this.#collections.entries('expiring').filter(([, at]) => at <= now);
    const expired = await this.transact((tx) => {
      const gone: ExpiredMessage[] = [];
      for (const [id] of due) {
        const message = tx.message(id);
        tx.deleteMessage(id);
        tx.delete('expiring', id);
        tx.delete('fresh', id);
        tx.delete('readTimers', id);
        // The copy for other devices, if it still waits, would outlive it.
        tx.delete('outbox', id);
        if (message === undefined) continue;
        gone.push({ conversation: message.conversation, id });
        const line = tx.get('conversations', message.conversation);
        if (line === undefined) continue;
        const wasUnread =
          message.direction === 'in' && message.notice?.kind !== 'deleted' && message.sentAt > line.readUpTo;
        tx.put('conversations', message.conversation, {
          ...line,
          preview: line.lastMessageAt === message.sentAt ? '' : line.preview,
          unread: Math.max(0, line.unread - (wasUnread ? 1 : 0)),
        });
      }
      return gone;
    });
    for (const [, at] of this.#collections.entries('expiring')) this.#expiry.note(at);
    if (expired.length > 0) this.#expired.emit(expired);
  }

  /** Everything is in the journal already: a fold that fails is tried again later. */
  async #tryFold(): Promise<void> {
    try {
      await this.#fold();
    } catch (error) {
      this.#foldAbove = (this.#journal?.size ?? 0) + this.#parts.limits.journalBytes;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      this.#parts.platform.logger.warn('the journal could not be folded', { code });
      if (this.#forgets) this.#foldSoon();
    }
  }

  /** Throws StoreError. */
  async #fold(): Promise<void> {
    const { folder, platform, limits } = this.#parts;
    this.#collections.prune(platform.clock.now());
    const before = this.#journal;
    const began = platform.clock.monotonic();
    try {
      const { journal, replaced } = await fold({
        folder,
        collections: this.#collections,
        history: this.#history,
        filters: this.#filters,
        limits: limits.shard,
        nextNumber: () => this.#next++,
      });
      this.#journal = journal;
      this.#foldAbove = limits.journalBytes;
      this.#foldTook = platform.clock.monotonic() - began;
      this.#forgets = false;
      this.#cancelTimer?.();
      this.#cancelTimer = null;
      const gone = [...this.#leftOver, ...replaced];
      if (before) {
        await before.close().catch(() => undefined);
        gone.push(folder.keys.fileName('journal', before.number));
      }
      this.#leftOver = [];
      await removeFiles(folder, gone);
    } catch (error) {
      if (!(error instanceof FoldFailed)) throw writeFailed(error);
      if (error.ambiguous) {
        // Old and new index say the same, and either may be on the disk. Both sets of files stay, and no commit goes
        // into a journal that the disk's index may not name, until a fold has succeeded.
        this.#leftOver = [...this.#leftOver, ...error.written];
        if (before) {
          await before.close().catch(() => undefined);
          this.#leftOver = [...this.#leftOver, folder.keys.fileName('journal', before.number)];
        }
        this.#journal = null;
      } else {
        await removeFiles(folder, error.written);
      }
      throw writeFailed(error.cause);
    }
  }

  async #close(): Promise<void> {
    const { folder, lock } = this.#parts;
    try {
      this.#expiry.stop();
      await this.#queue.stop();
      this.#cancelTimer?.();
      const journal = this.#journal;
      const mustFold = journal === null || journal.isBroken || folder.damage.length > 0;
      const isLong = journal !== null && journal.size > this.#parts.limits.closeBytes;
      // A short journal may stay: one command that stores one message must not write the index anew.
      const needsFold = this.#forgets || this.#history.needsFold || this.#filters.needsFold;
      if (mustFold || isLong || needsFold) await this.#tryFold();
      this.#cancelTimer?.();
      await this.#journal?.close().catch(() => undefined);
    } finally {
      folder.keys.wipe();
      this.#history.clear();
      this.#filters.clear();
      if (!this.#keepsLock) lock.release();
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the profile is closed');
  }
}
