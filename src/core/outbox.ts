import { messageOf, NetworkError } from '../errors.ts';
import type { StoreAnswer } from '../net/index.ts';
import { parseAccountId } from '../protocol/ids.ts';
import { namespaces } from '../protocol/namespaces.ts';
import type { OutboxItem, StoredMessage } from '../store/index.ts';
import { fromBase64 } from '../util/bytes.ts';
import type { Context } from './context.ts';
import { startTimer } from './kinds/timers.ts';
import { anythingAnswered, codeOf, groupOf, lastRetryMs, retryAt, seenForMs } from './outbox-rules.ts';
import { SyncCopies } from './sync-copies.ts';
import { toMessage } from './views.ts';

/** How many conversations are served at the same time. */
const parallelConversations = 4;
/** `nextAttemptAt` of a message that only its sender may set going again. */
const never = Number.MAX_SAFE_INTEGER;

/**
 * Delivers what is queued: conversations side by side, within one conversation strictly in order of sent time, and a
 * message is not overtaken by a later one while it can still be delivered. It survives restarts because every
 * step is in the store before the next begins.
 */
export class Outbox {
  readonly #context: Context;
  readonly #busy = new Map<string, Promise<void>>();
  /** conversations that got something new while they were being served */
  readonly #missed = new Set<string>();
  readonly #copies: SyncCopies;
  #wake: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #dueNow = false;

  constructor(context: Context) {
    this.#context = context;
    this.#copies = new SyncCopies(context, () => this.wake());
  }

  /** Delivers in the background until aborted. */
  start(signal: AbortSignal): void {
    this.#running ??= this.#run(signal).finally(() => {
      this.#running = null;
    });
  }

  /** Something is due: a new message, a retry, or the network has come back. */
  wake(): void {
    this.#wake?.();
  }

  /** The network has come back: whatever waits for its time to retry is due now. */
  wakeAll(): void {
    this.#dueNow = true;
    this.wake();
  }

  /** Tries everything queued once, now, whatever its waiting time; resolves when all has been tried. */
  async flush(signal: AbortSignal): Promise<void> {
    await this.#pass(signal, true);
    await this.settled();
    await this.#copies.flush(signal);
    await this.settled();
  }

  /** Resolves when no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#busy.size > 0 || this.#copies.busy) {
      await Promise.allSettled([...this.#busy.values(), this.#copies.settled()]);
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context.platform;
    while (!signal.aborted) {
      const dueNow = this.#dueNow;
      this.#dueNow = false;
      let woken = false;
      const wakened = new Promise<void>((resolve) => {
        this.#wake = () => {
          woken = true;
          resolve();
        };
      });
      const passed = this.#pass(signal, dueNow).catch(() => undefined);
      // A new message must not wait for a slow delivery in another conversation.
      await Promise.race([passed, wakened]);
      if (signal.aborted) break;
      if (woken) continue;
      const wait = this.#nextDueInMs();
      const timer = new AbortController();
      await Promise.race([
        wakened,
        clock.sleep(wait, AbortSignal.any([signal, timer.signal])).catch(() => undefined),
      ]);
      timer.abort();
    }
    this.#wake = null;
  }

  /** Only the first message of a conversation can be due: later ones wait for it. */
  #nextDueInMs(): number {
    let next = this.#copies.nextAt() ?? never;
    const firsts = new Map<string, OutboxItem>();
    for (const [, item] of this.#context.store.entries('outbox')) {
      if (item.data === '' || item.nextAttemptAt === never || this.#busy.has(item.conversation)) continue;
      if ((firsts.get(item.conversation)?.sentAt ?? never) > item.sentAt) firsts.set(item.conversation, item);
    }
    for (const item of firsts.values()) next = Math.min(next, item.nextAttemptAt);
    return Math.min(lastRetryMs, Math.max(20, next - this.#context.platform.clock.now()));
  }

  /** One pass over all conversations that are not being served already. */
  async #pass(signal: AbortSignal, ignoreWaits: boolean): Promise<void> {
    this.#copies.start(signal, ignoreWaits);
    const byConversation = new Map<string, OutboxItem[]>();
    for (const [, item] of this.#context.store.entries('outbox')) {
      if (item.data === '') continue;
      const list = byConversation.get(item.conversation);
      if (list) list.push(item);
      else byConversation.set(item.conversation, [item]);
    }
    const waiting = [...byConversation]
      .map(([conversation, items]) => ({ conversation, items: items.sort((a, b) => a.sentAt - b.sentAt) }))
      .sort((a, b) => (a.items[0]?.sentAt ?? 0) - (b.items[0]?.sentAt ?? 0));
    const lanes = Array.from({ length: parallelConversations }, async () => {
      for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
        await this.#serve(next.conversation, next.items, signal, ignoreWaits);
      }
    });
    await Promise.all(lanes);
  }

  async #serve(
    conversation: string,
    items: readonly OutboxItem[],
    signal: AbortSignal,
    ignoreWaits: boolean,
  ): Promise<void> {
    // Again each time: of several passes that waited for the same one, only one may go on.
    for (let busy = this.#busy.get(conversation); busy; busy = this.#busy.get(conversation)) {
      if (!ignoreWaits) {
        this.#missed.add(conversation);
        return;
      }
      await busy;
      // What the other pass left is tried once more below, with its newest record.
    }
    const work = this.#serveInOrder(items, signal, ignoreWaits);
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#busy.set(conversation, settled);
    try {
      await work;
    } finally {
      if (this.#busy.get(conversation) === settled) this.#busy.delete(conversation);
      if (this.#missed.delete(conversation)) this.wake();
    }
  }

  async #serveInOrder(
    items: readonly OutboxItem[],
    signal: AbortSignal,
    ignoreWaits: boolean,
  ): Promise<void> {
    const { store, platform } = this.#context;
    let blocked = false;
    const ready: OutboxItem[] = [];
    for (const { id } of items) {
      if (signal.aborted) return;
      const item = store.get('outbox', id);
      if (item === undefined || item.data === '' || item.nextAttemptAt === never) continue;
      const due = ignoreWaits || item.nextAttemptAt <= platform.clock.now();
      if (!due) blocked = true;
      else if (!blocked) ready.push(item);
    }
    while (ready.length > 0 && !signal.aborted) {
      const done = await this.#deliver(groupOf(ready, 'data'), signal);
      if (done === 0) return;
      ready.splice(0, done);
    }
  }

  /**
   * Delivers the first ones of these, which are for one recipient, in one request: how many are settled, because the
   * swarm has them or they can never be delivered. The next ones may go then; after 0 they wait.
   */
  async #deliver(group: readonly OutboxItem[], signal: AbortSignal): Promise<number> {
    const { store, network } = this.#context;
    const [first] = group;
    if (first === undefined) return 0;
    const stored = await store.message(first.id);
    const recipient = parseAccountId(first.recipient);
    const payloads = group.map((item) => fromBase64(item.data));
    // what can't be read ends the group before it
    const usable = payloads.indexOf(null);
    const sendable = payloads.slice(0, usable < 0 ? undefined : usable).filter((data) => data !== null);
    if (recipient === null || (stored === undefined && !first.control) || sendable.length === 0) {
      await store.transact((tx) => tx.delete('outbox', first.id));
      this.#context.changed();
      return 1;
    }
    let answers: readonly StoreAnswer[];
    try {
      answers = await network.storeTogether(
        sendable.map((data) => ({
          recipient,
          namespace: namespaces.oneToOne,
          data,
          ttlMs: first.ttlMs,
        })),
        signal,
      );
    } catch (error) {
      if (signal.aborted) return 0;
      return (await this.#failed(first, error)) ? 1 : 0;
    }
    for (const [index, answer] of answers.entries()) {
      const item = group[index];
      if (item !== undefined) await this.#delivered(item, answer);
    }
    this.#copies.start(signal);
    return answers.length;
  }

  async #delivered(item: OutboxItem, answer: StoreAnswer): Promise<void> {
    const { store, keys, platform, traces } = this.#context;
    const { hash, storedAt } = answer;
    if (item.control !== true) traces.sent(item.id, answer);
    const toSelf = item.recipient === keys.accountId;
    const sent = await store.transact((tx) => {
      if (toSelf) tx.put('seen', hash, platform.clock.now() + seenForMs);
      const waiting = tx.get('outbox', item.id);
      const message = tx.message(item.id);
      if (waiting === undefined) {
        // Deleted while it went out, or its conversation was.
        if (toSelf) tx.put('swarmChanges', hash, 0);
        return null;
      }
      const isOver = waiting.syncData === '' || (message === undefined && waiting.control !== true);
      if (isOver) tx.delete('outbox', item.id);
      else tx.put('outbox', item.id, { ...waiting, data: '', attempts: 0, nextAttemptAt: 0 });
      if (message === undefined) return null;
      const { reason: _, ...rest } = message;
      // A receipt can be faster than the answer that says where the message is.
      const status = message.status === 'read' ? 'read' : 'sent';
      const attempts = Math.max(waiting.attempts, traces.of(item.id).failures);
      const trail = {
        ...message.trail,
        ...(attempts > 0 ? { attempts } : {}),
        storedAt,
        keptUntil: storedAt + waiting.ttlMs,
      };
      const running = startTimer(
        { ...rest, status, trail, ...(toSelf ? { hash } : {}) },
        this.#context,
        storedAt,
      );
      tx.putMessage(running);
      return running;
    });
    if (sent !== null) this.#context.delivered.set(item.id, hash);
    this.#context.changed();
    if (sent === null) return;
    this.#context.events.emit({ event: 'sent', message: toMessage(sent, store), hash });
  }

  /** Whether it can never be delivered. A control message that can't is given up: nobody could set it going again. */
  async #failed(item: OutboxItem, error: unknown): Promise<boolean> {
    const { store, platform, network, traces } = this.#context;
    const final = error instanceof NetworkError && error.code === 'refused';
    const answered = anythingAnswered(error);
    const reason = messageOf(error);
    if (item.control !== true)
      traces.failed(item.id, error, platform.clock.now(), network.status().clockOffsetMs);
    const changed = await store.transact((tx) => {
      // It was deleted meanwhile, or a receipt says that it has arrived.
      if ((tx.get('outbox', item.id)?.data ?? '') === '') return null;
      const message = tx.message(item.id);
      if (message === undefined && final) {
        tx.delete('outbox', item.id);
        return null;
      }
      tx.put('outbox', item.id, {
        ...item,
        attempts: item.attempts + 1,
        nextAttemptAt: final ? never : retryAt(item, error, platform),
      });
      if (message === undefined) return null;
      const next: StoredMessage = { ...message, status: final ? 'failed' : 'queued', reason };
      tx.putMessage(next);
      return next;
    });
    platform.logger.info('message not delivered', { code: codeOf(error), attempts: item.attempts + 1 });
    this.#context.changed();
    if (changed === null) return final;
    const message = toMessage(changed, store);
    this.#context.events.emit({ event: 'message-changed', message });
    if (!final) {
      this.#context.events.emit({ event: 'queued', message, reason, anythingAnswered: answered });
    }
    return final;
  }
}
