import type { StoreAnswer } from '../net/index.ts';
import { namespaces } from '../protocol/namespaces.ts';
import type { OutboxItem } from '../store/index.ts';
import { fromBase64 } from '../util/bytes.ts';
import type { Context } from './context.ts';
import { codeOf, groupOf, retryAt, seenForMs } from './outbox-rules.ts';

/** Requests at the same time; what comes meanwhile goes together in the next one. */
const parallelRequests = 2;

/**
 * Stores copies of what was delivered in one's own swarm, for one's other devices: an outbox item whose `data` is
 * empty is one that waits for this. They hold up no message, and go many to a request, because the own swarm is the
 * same for all.
 */
export class SyncCopies {
  readonly #context: Context;
  readonly #onFree: () => void;
  /** message IDs under way */
  readonly #ids = new Set<string>();
  readonly #requests = new Set<Promise<void>>();

  /** `onFree` is called when another request may begin. */
  constructor(context: Context, onFree: () => void) {
    this.#context = context;
    this.#onFree = onFree;
  }

  get busy(): boolean {
    return this.#requests.size > 0;
  }

  /** Begins with what is due and not under way, as far as there is a place for a request. */
  start(signal: AbortSignal, ignoreWaits = false): void {
    if (signal.aborted || this.#requests.size >= parallelRequests) return;
    const due = this.#waiting().filter(
      (item) => ignoreWaits || item.nextAttemptAt <= this.#context.platform.clock.now(),
    );
    while (due.length > 0 && this.#requests.size < parallelRequests) {
      const group = groupOf(due, 'syncData');
      due.splice(0, group.length);
      this.#begin(group, signal);
    }
  }

  /** When the next one is due, local clock, ms; null while every place is taken, or none waits. */
  nextAt(): number | null {
    if (this.#requests.size >= parallelRequests) return null;
    const times = this.#waiting().map((item) => item.nextAttemptAt);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Tries all that are due; those that fail meanwhile wait for their time. */
  async flush(signal: AbortSignal): Promise<void> {
    for (this.start(signal); this.busy; this.start(signal)) await this.settled();
  }

  /** Resolves when no request is under way. */
  async settled(): Promise<void> {
    while (this.busy) await Promise.allSettled(this.#requests);
  }

  #waiting(): OutboxItem[] {
    return this.#context.store
      .entries('outbox')
      .map(([, item]) => item)
      .filter((item) => item.data === '' && !this.#ids.has(item.id))
      .sort((a, b) => a.sentAt - b.sentAt);
  }

  #begin(group: readonly OutboxItem[], signal: AbortSignal): void {
    for (const { id } of group) this.#ids.add(id);
    const request = this.#store(group, signal)
      .catch((error: unknown) => {
        this.#context.platform.logger.warn('sync copy not recorded', { code: codeOf(error) });
      })
      .finally(() => {
        for (const { id } of group) this.#ids.delete(id);
        this.#requests.delete(request);
        this.#onFree();
      });
    this.#requests.add(request);
  }

  async #store(group: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const { store, network, keys, platform } = this.#context;
    const copies = group.map((item) => ({ item, data: fromBase64(item.syncData) }));
    const usable = copies.flatMap(({ item, data }) =>
      data === null || data.length === 0 ? [] : [{ item, data }],
    );
    if (usable.length < copies.length) {
      const kept = new Set(usable.map(({ item }) => item.id));
      await store.transact((tx) => {
        for (const { id } of group) if (!kept.has(id)) tx.delete('outbox', id);
      });
    }
    if (usable.length === 0) return;
    try {
      const answers = await network.storeTogether(
        usable.map(({ item, data }) => ({
          recipient: keys.accountId,
          namespace: namespaces.oneToOne,
          data,
          ttlMs: item.syncTtlMs ?? item.ttlMs,
        })),
        signal,
      );
      await this.#record(
        usable.slice(0, answers.length).flatMap(({ item }, index) => {
          const answer = answers[index];
          return answer === undefined ? [] : [{ item, answer }];
        }),
      );
    } catch (error) {
      if (signal.aborted) return;
      platform.logger.debug('sync copy not stored', { code: codeOf(error) });
      // a refusal is of the first one; everything else befalls all of them alike
      const failed = codeOf(error) === 'refused' ? usable.slice(0, 1) : usable;
      await store.transact((tx) => {
        for (const { item } of failed) {
          if (tx.get('outbox', item.id) === undefined) continue;
          const nextAttemptAt = retryAt(item, error, platform);
          tx.put('outbox', item.id, { ...item, attempts: item.attempts + 1, nextAttemptAt });
        }
      });
    }
    this.#context.changed();
  }

  async #record(copies: readonly Readonly<{ item: OutboxItem; answer: StoreAnswer }>[]): Promise<void> {
    const { store, platform, traces } = this.#context;
    for (const { item, answer } of copies) if (item.control !== true) traces.copied(item.id, answer);
    await store.transact((tx) => {
      for (const {
        item: { id },
        answer: { hash, storedAt },
      } of copies) {
        const message = tx.message(id);
        const isDeleted = tx.get('outbox', id) === undefined;
        tx.delete('outbox', id);
        tx.put('seen', hash, platform.clock.now() + seenForMs);
        // The copy in one's own swarm is the one that can later be deleted there (messages.md section 5).
        if (message !== undefined && !isDeleted)
          tx.putMessage({ ...message, hash, trail: { ...message.trail, copiedAt: storedAt } });
        // Deleted while the copy was under way: it must not stay where other devices find it.
        else if (isDeleted) tx.put('swarmChanges', hash, 0);
      }
    });
  }
}
