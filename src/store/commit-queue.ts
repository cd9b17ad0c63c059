/** The order of transactions: each sees what the ones before it staged, and those that wait together commit together. */
import { Batch } from './batch.ts';
import { parseMessage, parseValue } from './schemas.ts';
import type { CollectionName, Collections, CommittedKey, StoredMessage, StoreTransaction } from './types.ts';

/** What the queue commits to. */
export interface CommitTarget {
  get<C extends CollectionName>(collection: C, key: string): Collections[C] | undefined;
  /** a stored message */
  find(messageId: string): StoredMessage | undefined;
  /** Makes sure that a commit can be tried; throws what every waiting transaction is told. */
  ready(): Promise<void>;
  /** Records and applies all of the batch, or throws and changes nothing. */
  commit(batch: Batch): Promise<void>;
  /** Runs after transactions are answered and before the next ones; must not throw. */
  settled(): Promise<void>;
}

type Job =
  | Readonly<{
      kind: 'transaction';
      /** runs the change against what is staged; the returned function answers the caller */
      stage(batch: Batch): () => void;
      fail(error: unknown): void;
    }>
  | Readonly<{ kind: 'alone'; run(): Promise<void> }>;

/** Enough for a backlog, and an end to how much one frame holds. */
const maxGroup = 512;

export class CommitQueue {
  readonly #target: CommitTarget;
  readonly #jobs: Job[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;
  readonly #listeners: ((changes: readonly CommittedKey[]) => void)[] = [];

  constructor(target: CommitTarget) {
    this.#target = target;
  }

  /** See ProfileStore.onCommit. */
  onCommit(listener: (changes: readonly CommittedKey[]) => void): void {
    this.#listeners.push(listener);
  }

  /** See ProfileStore.transact. */
  transact<T>(change: (tx: StoreTransaction) => T): Promise<T> {
    if (this.#stopped) return Promise.reject(new Error('the profile is closed'));
    return new Promise<T>((resolve, reject) => {
      this.#add({
        kind: 'transaction',
        stage: (batch) => {
          const staged = new Batch();
          const transaction = openTransaction(this.#target, batch, staged);
          try {
            const value = change(transaction.tx);
            batch.add(staged);
            return () => resolve(value);
          } finally {
            transaction.end();
          }
        },
        fail: reject,
      });
    });
  }

  /** Runs between transactions, after those that wait already. */
  alone(run: () => Promise<void>): void {
    if (!this.#stopped) this.#add({ kind: 'alone', run });
  }

  /** Refuses new work and waits for what was accepted. */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#running) await this.#running;
  }

  #add(job: Job): void {
    this.#jobs.push(job);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Whoever calls in the same turn shares one write.
    await Promise.resolve();
    for (let first = this.#jobs[0]; first; first = this.#jobs[0]) {
      if (first.kind === 'alone') {
        this.#jobs.shift();
        await first.run();
      } else {
        await this.#commitGroup();
        await this.#target.settled();
      }
    }
    // In the same turn as the last look at the list: a job that comes later starts a new run.
    this.#running = null;
  }

  async #commitGroup(): Promise<void> {
    let refusal: { error: unknown } | null = null;
    await this.#target.ready().catch((error: unknown) => {
      refusal = { error };
    });
    const staged: { answer: () => void; fail: (error: unknown) => void }[] = [];
    const batch = new Batch();
    for (const job of this.#takeGroup()) {
      try {
        if (refusal) throw (refusal as { error: unknown }).error; // the callback above may have set it
        staged.push({ answer: job.stage(batch), fail: job.fail });
      } catch (error) {
        job.fail(error);
      }
    }
    try {
      if (!batch.isEmpty) {
        await this.#target.commit(batch);
        this.#tell(batch);
      }
      for (const { answer } of staged) answer();
    } catch (error) {
      for (const { fail } of staged) fail(error);
    }
  }

  #tell(batch: Batch): void {
    if (this.#listeners.length === 0) return;
    const changes = [...batch.values()].map(({ collection, key, value }) => ({
      collection,
      key,
      deleted: value === undefined,
    }));
    for (const listener of this.#listeners) listener(changes);
  }

  #takeGroup(): Extract<Job, { kind: 'transaction' }>[] {
    const group: Extract<Job, { kind: 'transaction' }>[] = [];
    for (let job = this.#jobs[0]; job?.kind === 'transaction'; job = this.#jobs[0]) {
      if (group.length === maxGroup) break;
      group.push(job);
      this.#jobs.shift();
    }
    return group;
  }
}

/** The view of one transaction: its own changes, over the group's, over what is committed. */
function openTransaction(
  target: CommitTarget,
  group: Batch,
  own: Batch,
): { tx: StoreTransaction; end: () => void } {
  let ended = false;
  const check = (): void => {
    if (ended) throw new Error('a transaction was used after its end');
  };
  const tx: StoreTransaction = {
    get(collection, key) {
      check();
      const change = own.lookup(collection, key) ?? group.lookup(collection, key);
      return change ? change.value : target.get(collection, key);
    },
    put(collection, key, value) {
      check();
      // The store's own copy, so that nobody changes it behind its back: the schemas copy what they know.
      const isFree = collection === 'settings' || collection === 'network';
      const copy = parseValue(collection, isFree ? structuredClone(value) : value);
      if (copy === undefined) throw new TypeError(`not a value of the collection ${collection}`);
      own.set(collection, key, copy);
    },
    delete(collection, key) {
      check();
      own.set(collection, key, undefined);
    },
    message(id) {
      check();
      const staged = own.messageAt(id) ?? group.messageAt(id);
      return staged ? (staged.message ?? undefined) : target.find(id);
    },
    putMessage(message) {
      check();
      const copy = parseMessage(message.extra === undefined ? message : structuredClone(message));
      if (!copy) throw new TypeError('not a message, or its id is not that of its author and sent time');
      own.setMessage(copy.id, copy.conversation, copy);
    },
    deleteMessage(id) {
      check();
      const staged = own.messageAt(id) ?? group.messageAt(id);
      const conversation = staged ? staged.conversation : target.find(id)?.conversation;
      if (conversation !== undefined) own.setMessage(id, conversation, null);
    },
  };
  return {
    tx,
    end: () => {
      ended = true;
    },
  };
}
