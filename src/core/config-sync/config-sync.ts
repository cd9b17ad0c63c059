import type { RetrievedBatch } from '../../net/index.ts';
import { type ConfigKind, configKinds, configTtlMs } from '../../protocol/config/kinds.ts';
import type { StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { codeOf, retryAt } from '../outbox-rules.ts';
import { putConfigAt } from '../people/removed.ts';
import { announceApplied } from './announce.ts';
import { kindOf } from './configs.ts';
import { type Pushed, SyncState } from './sync-state.ts';

/** Changes that follow each other closely go together. */
const gatherMs = 50;
/** Read marks move with every message that is read. */
const gatherMarksMs = 1_000;
/** Devices that have merged the same fork do not store the result all at the same moment. */
const mergeSpreadMs = 500;
/** What was fetched so long ago may be out of date by now: look again before changing anything. */
const freshMs = 60_000;
/** How often the lives of stored config messages are extended; they have 30 days. */
const renewEveryMs = 86_400_000;
/** `settings` key: when they were last extended, network time, ms. */
export const renewedAtKey = 'configsRenewedAt';

export type SyncOutcome =
  | Readonly<{ status: 'synced' }>
  /** kept for the next time; `error` is why, null where time ran out */
  | Readonly<{ status: 'pending'; error: unknown }>;

/**
 * Keeps the account's config messages and the local records in step: what other devices have stored is merged and
 * applied, what changes here is stored for them. Whoever changes a record need not know of it.
 */
export class ConfigSync {
  readonly #context: Context;
  readonly #state: SyncState;
  /** one complete round of fetching */
  readonly #fetch: (signal: AbortSignal) => Promise<void>;
  #signal: AbortSignal | null = null;
  #isPolling = false;
  #running: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #attempts = 0;
  /** nothing is stored before, after a failure; local clock, ms */
  #notBefore = 0;
  /** since when only read marks wait; null: none, or more than these */
  #marksSince: number | null = null;
  #fetchedAt: number | null = null;
  #progress = 0;
  #isRestoring = false;
  readonly #rejected = new Set<string>();

  constructor(context: Context, fetch: (signal: AbortSignal) => Promise<void>) {
    this.#context = context;
    this.#fetch = fetch;
    this.#state = new SyncState({ keys: context.keys, store: context.store });
    context.store.onCommit((changes) => {
      if (this.#state.touch(changes)) this.#schedule(gatherMs);
    });
  }

  /** Stores changes in the background from now on. `polling`: what other devices do comes in by itself. */
  start(signal: AbortSignal, polling: boolean): void {
    this.#isPolling ||= polling;
    if (this.#signal !== null) return;
    this.#signal = signal;
    this.#schedule(0);
  }

  /** The network has come back. */
  wake(): void {
    this.#notBefore = 0;
    this.#schedule(0);
  }

  /** What is in the store counts now: it was replaced behind our back. */
  reload(): void {
    this.#state.reset();
  }

  /** Merges a batch of one of the config namespaces; the cursor is stored with it. */
  async take(batch: RetrievedBatch, cursorKey: string): Promise<void> {
    const kind = kindOf(batch.namespace);
    if (kind === null) return;
    const { cursor } = batch;
    const items = batch.items.filter(({ hash }) => !this.#state.isKnown(hash));
    if (items.length === 0 && cursor === null) return;
    this.#isRestoring ||= this.#state.isRestored && !this.#state.isReady;
    const now = this.#context.network.now();
    const { report, applied } = await this.#transact((tx) => {
      const own = new Set(this.#state.hashesOf(kind));
      const merged = this.#state.merge(tx, kind, items, now);
      for (const { hash, timestamp } of items)
        if (merged.report.accepted.includes(hash) && !own.has(hash))
          putConfigAt(tx, kind, Math.min(timestamp, now));
      if (cursor !== null) tx.put('cursors', cursorKey, cursor);
      return merged;
    });
    for (const { hash, code } of report.rejected) this.#reject(hash, code);
    await announceApplied(this.#context, applied);
    if (this.#isRestoring) this.#tell(kind);
    this.#schedule(Math.round((mergeSpreadMs * (this.#context.platform.randomBytes(1)[0] ?? 0)) / 255));
  }

  /** A round of fetching was answered. */
  async fetched(): Promise<void> {
    this.#isRestoring ||= this.#state.isRestored && !this.#state.isReady;
    const now = this.#context.network.now();
    const applied = await this.#transact((tx) => this.#state.settle(tx, now));
    this.#fetchedAt = this.#context.platform.clock.monotonic();
    await announceApplied(this.#context, applied);
    await this.#forgetErased();
    if (this.#isRestoring) this.#tell(null);
    this.#isRestoring = false;
    this.#schedule(gatherMs);
  }

  /**
   * Makes sure that what was changed is in the swarm, or waits for that at most `waitMs`. Nothing goes out where nothing
   * has changed. What remains is kept, and goes out with the next command that is online.
   */
  async waitForSync(waitMs: number, signal: AbortSignal): Promise<SyncOutcome> {
    const { clock } = this.#context.platform;
    const deadline = clock.monotonic() + waitMs;
    const over = new AbortController();
    const cancel = clock.after(waitMs, () =>
      over.abort(new DOMException('the time is over', 'TimeoutError')),
    );
    const stop = AbortSignal.any([signal, over.signal]);
    let error: unknown = null;
    try {
      while (this.#hasWork()) {
        // Not by the signal alone: failures that cost no time would keep its timer from ever being served.
        if (stop.aborted || clock.monotonic() >= deadline) return { status: 'pending', error };
        try {
          await this.#attempt(stop, true);
          continue;
        } catch (failure) {
          if (signal.aborted) throw signal.reason;
          if (!over.signal.aborted) error = failure;
        }
        const pause = Math.min(this.#notBefore - clock.now(), deadline - clock.monotonic());
        if (pause > 0) await clock.sleep(pause, stop).catch(() => undefined);
      }
      return { status: 'synced' };
    } finally {
      cancel();
    }
  }

  /** A round of fetching outside of `start` takes along what waits. Errors are the next time's. */
  async pushAfterRound(signal: AbortSignal): Promise<void> {
    if (this.#signal === null) await this.#attempt(signal, true).catch(() => undefined);
    signal.throwIfAborted();
  }

  /** Stores what waits to be gathered, at once; resolves when nothing is under way. Never throws. */
  async flush(): Promise<void> {
    const signal = this.#signal;
    if (signal !== null && !signal.aborted && this.#mayPush()) {
      this.#marksSince = Number.NEGATIVE_INFINITY;
      await this.#attempt(signal, false).catch(() => undefined);
    }
    await this.settled();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running.catch(() => undefined);
  }

  /** Ends timers; for good. */
  stop(): void {
    this.#cancelTimer?.();
    this.#signal = null;
  }

  #hasWork(): boolean {
    const { edits, kinds } = this.#state.work(this.#context.network.now());
    return edits.length > 0 || kinds.length > 0;
  }

  /** Whether this device knows the newest revisions well enough to add one. */
  #mayPush(): boolean {
    if (this.#state.isNew) return true;
    const { clock } = this.#context.platform;
    return this.#state.isReady && this.#fetchedAt !== null && clock.monotonic() - this.#fetchedAt < freshMs;
  }

  /** A command that sends one message goes no further way for a read mark: that comes with the next round. */
  #isWorthFetching(): boolean {
    if (this.#isPolling) return false;
    const { edits, kinds } = this.#state.work(this.#context.network.now());
    return kinds.length > 0 || edits.some(({ kind }) => kind !== 'mark');
  }

  #schedule(ms: number): void {
    const signal = this.#signal;
    if (signal === null || signal.aborted) return;
    const { clock } = this.#context.platform;
    const at = Math.max(clock.now() + ms, this.#notBefore);
    if (at >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = clock.after(at - clock.now(), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      if (!signal.aborted) void this.#attempt(signal, false).catch(() => undefined);
    });
  }

  /** One attempt at a time; whoever asks meanwhile waits for it, then makes its own. */
  async #attempt(signal: AbortSignal, mayFetch: boolean): Promise<void> {
    while (this.#running !== null) await this.#running.catch(() => undefined);
    signal.throwIfAborted();
    this.#running = this.#push(signal, mayFetch).finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async #push(signal: AbortSignal, mayFetch: boolean): Promise<void> {
    const { platform, network, keys } = this.#context;
    if (!this.#isDue(mayFetch)) return;
    let pushes: readonly Pushed[] = [];
    try {
      if (!this.#mayPush()) {
        if (!mayFetch && !this.#isWorthFetching()) return;
        await this.#fetch(signal);
      }
      const now = network.now();
      pushes = await this.#transact((tx) =>
        this.#state.startPush(tx, now, (kind) => platform.logger.warn('config too large to store', { kind })),
      );
      if (pushes.length > 0) {
        const answers = await network.replace(
          {
            account: keys,
            items: pushes.flatMap(({ namespace, ttlMs, messages }) =>
              messages.map((data) => ({ namespace, ttlMs, data })),
            ),
            obsolete: pushes.flatMap(({ obsolete }) => obsolete),
          },
          signal,
        );
        await this.#confirm(
          pushes,
          answers.map(({ hash }) => hash),
        );
      }
      await this.#forgetErased();
      this.#attempts = 0;
      this.#notBefore = 0;
    } catch (error) {
      if (!signal.aborted) {
        platform.logger.debug('configs not stored', { code: codeOf(error) });
        this.#notBefore = retryAt({ attempts: this.#attempts }, error, platform);
        this.#attempts += 1;
        this.#schedule(0);
      }
      throw error;
    }
  }

  async #confirm(pushes: readonly Pushed[], hashes: readonly string[]): Promise<void> {
    let at = 0;
    const byPush = pushes.map(({ messages }) => {
      const own = hashes.slice(at, at + messages.length);
      at += messages.length;
      return own;
    });
    await this.#transact((tx) => this.#state.confirmPush(tx, pushes, byPush));
  }

  /** Whether there is something to store, now: read marks alone wait a moment for those that follow. */
  #isDue(atOnce: boolean): boolean {
    const { edits, kinds } = this.#state.work(this.#context.network.now());
    if (edits.length === 0 && kinds.length === 0) {
      this.#marksSince = null;
      return false;
    }
    if (atOnce || kinds.length > 0 || edits.some(({ kind }) => kind !== 'mark')) return true;
    const now = this.#context.platform.clock.monotonic();
    this.#marksSince ??= now;
    const left = this.#marksSince + gatherMarksMs - now;
    if (left <= 0) {
      this.#marksSince = null;
      return true;
    }
    this.#schedule(left);
    return false;
  }

  /** Extends the lives of what is stored, once a day; what the swarm has lost is stored again. Errors are the next time's. */
  async renew(signal: AbortSignal): Promise<void> {
    const { network, keys, store, platform } = this.#context;
    const now = network.now();
    const last = store.get('settings', renewedAtKey);
    if (typeof last === 'number' && last <= now && now - last < renewEveryMs) return;
    const hashes = this.#state.activeHashes(now);
    if (hashes.length === 0) return;
    try {
      const kept = await network.extend({ account: keys, hashes, expiresAt: now + configTtlMs }, signal);
      this.#state.kept(kept);
      await store.transact((tx) => tx.put('settings', renewedAtKey, now));
      this.#schedule(gatherMs);
    } catch (error) {
      if (signal.aborted) throw error;
      platform.logger.debug('configs not renewed', { code: codeOf(error) });
    }
  }

  /** Messages of contacts that are deleted follow them; then the mark of the deletion has done its work. */
  async #forgetErased(): Promise<void> {
    const { store } = this.#context;
    for (const id of this.#state.erased()) {
      if (store.get('contacts', id) === undefined && store.get('conversations', id) === undefined) {
        for (;;) {
          const page = await store.messagesBefore(id, { limit: 256 });
          if (page.length === 0) break;
          await store.transact((tx) => {
            for (const message of page) {
              tx.deleteMessage(message.id);
              tx.delete('fresh', message.id);
              tx.delete('outbox', message.id);
            }
          });
        }
      }
      await store.transact((tx) => tx.delete('erased', id));
    }
  }

  /** As the store's; what fails leaves the memory as the store is. */
  async #transact<T>(change: (tx: StoreTransaction) => T): Promise<T> {
    try {
      return await this.#context.store.transact(change);
    } catch (error) {
      this.#state.reset();
      throw error;
    }
  }

  #reject(hash: string, code: string): void {
    if (this.#rejected.has(hash)) return;
    if (this.#rejected.size > 1_000) this.#rejected.clear();
    this.#rejected.add(hash);
    this.#context.skip(`config-${code}`);
  }

  /** How far restoring is: kinds that have come in; `null`: all there is. */
  #tell(kind: ConfigKind | null): void {
    const total = configKinds.length;
    const done = kind === null ? total : Math.max(this.#progress, configKinds.indexOf(kind) + 1);
    if (done === this.#progress) return;
    this.#progress = done;
    this.#context.events.emit({ event: 'progress', task: 'restore', done, total });
  }
}
