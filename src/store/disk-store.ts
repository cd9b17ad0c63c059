import type { Platform } from '../util/platform.ts';
import type { Batch } from './batch.ts';
import type { CollectionSet } from './collections.ts';
import { CommitQueue, type CommitTarget } from './commit-queue.ts';
import { writeFailed } from './files.ts';
import { FoldFailed, fold } from './fold.ts';
import type { History } from './history.ts';
import type { Journal } from './journal.ts';
import { type Loaded, removeFiles } from './load.ts';
import { messageId } from './message-id.ts';
import { readAfter, readBefore, readSince } from './reading.ts';
import type { SealedFolder } from './sealed-folder.ts';
import { defaultShardLimits, type ShardLimits } from './shards.ts';
import type {
  CollectionName,
  Collections,
  HeldLock,
  ProfileStore,
  StoreDamage,
  StoredMessage,
  StoreTransaction,
} from './types.ts';

export type StoreLimits = Readonly<{
  /** bytes of journal above which it is folded */
  journalBytes: number;
  shard: ShardLimits;
  /** a deleted message's bytes are gone from the disk after this time, at most */
  deletionMs: number;
}>;

export const defaultLimits: StoreLimits = {
  journalBytes: 524_288,
  shard: defaultShardLimits,
  deletionMs: 60_000,
};

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
  readonly #queue: CommitQueue;
  #journal: Journal | null;
  #next: number;
  /** files to remove after the next fold that succeeds */
  #leftOver: readonly string[];
  /** after a fold that failed, the next one waits for this much journal */
  #foldAbove: number;
  #cancelTimer: (() => void) | null = null;
  #closed: Promise<void> | null = null;
  #keepsLock = false;

  constructor(parts: DiskStoreParts) {
    this.#parts = parts;
    this.folder = parts.folder.path;
    this.unprotected = parts.unprotected;
    this.#collections = parts.loaded.collections;
    this.#history = parts.loaded.history;
    this.#journal = parts.journal;
    this.#next = parts.loaded.next;
    this.#leftOver = parts.loaded.leftOver;
    this.#foldAbove = parts.limits.journalBytes;
    this.#queue = new CommitQueue(this);
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

  async message(id: string): Promise<StoredMessage | undefined> {
    this.#checkOpen();
    return this.#history.find(id);
  }

  async findMessage(conversation: string, from: string, sentAt: number): Promise<StoredMessage | undefined> {
    const found = await this.message(messageId(conversation, from, sentAt));
    return found?.conversation === conversation ? found : undefined;
  }

  async messagesBefore(
    conversation: string,
    options: Readonly<{ limit: number; beforeId?: string; match?: (message: StoredMessage) => boolean }>,
  ): Promise<readonly StoredMessage[]> {
    this.#checkOpen();
    return readBefore(this.#history, conversation, options);
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

  countMessages(conversation: string): number {
    return this.#history.count(conversation);
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

  conversationOf(id: string): string | undefined {
    return this.#history.find(id)?.conversation;
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
    await this.#journal.append(batch);
    for (const { collection, key, value } of batch.values()) this.#collections.set(collection, key, value);
    for (const change of changes) this.#history.apply(change);
    if (changes.some(({ message }) => message === null)) this.#foldSoon();
  }

  async settled(): Promise<void> {
    if (this.#journal !== null && this.#journal.size < this.#foldAbove) return;
    await this.#tryFold();
  }

  #foldSoon(): void {
    this.#cancelTimer ??= this.#parts.platform.clock.after(this.#parts.limits.deletionMs, () => {
      this.#cancelTimer = null;
      this.#queue.alone(() => this.#tryFold());
    });
  }

  /** Everything is in the journal already: a fold that fails is tried again later. */
  async #tryFold(): Promise<void> {
    try {
      await this.#fold();
    } catch (error) {
      this.#foldAbove = (this.#journal?.size ?? 0) + this.#parts.limits.journalBytes;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      this.#parts.platform.logger.warn('the journal could not be folded', { code });
    }
  }

  /** Throws StoreError. */
  async #fold(): Promise<void> {
    const { folder, platform, limits } = this.#parts;
    this.#collections.prune(platform.clock.now());
    const before = this.#journal;
    try {
      const { journal, replaced } = await fold({
        folder,
        collections: this.#collections,
        history: this.#history,
        limits: limits.shard,
        nextNumber: () => this.#next++,
      });
      this.#journal = journal;
      this.#foldAbove = limits.journalBytes;
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
      await this.#queue.stop();
      this.#cancelTimer?.();
      const pending = this.#journal === null || this.#journal.size > 0 || this.#journal.isBroken;
      if (pending || this.#collections.isDirty || this.#history.isDirty) await this.#tryFold();
      await this.#journal?.close().catch(() => undefined);
    } finally {
      folder.keys.wipe();
      this.#history.clear();
      if (!this.#keepsLock) lock.release();
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the profile is closed');
  }
}
