import type { StoredMessage, StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { putNewMessage } from '../records.ts';
import type { CoreEvent } from '../types.ts';
import { toMessage } from '../views.ts';

/**
 * One batch being stored: the transaction, and what is to be told of it once it is durable. A handler changes records
 * through `tx` alone, because it runs within the transaction.
 */
export class Round {
  readonly tx: StoreTransaction;
  readonly context: Context;
  #messages: StoredMessage[] = [];
  readonly #events: (() => CoreEvent | readonly CoreEvent[])[] = [];
  readonly #recount = new Set<string>();
  readonly #wrote = new Set<string>();

  constructor(tx: StoreTransaction, context: Context) {
    this.tx = tx;
    this.context = context;
  }

  /** Messages that are new with this batch. */
  get messages(): readonly StoredMessage[] {
    return this.#messages;
  }

  /** Conversations whose unread messages are to be counted anew. */
  get recounts(): ReadonlySet<string> {
    return this.#recount;
  }

  /** An item turned out to change nothing. */
  skip(code: string): void {
    this.context.skip(code);
  }

  /** Stores a message that is not there yet, and has it announced; nobody has seen it so far. */
  add(message: StoredMessage): void {
    putNewMessage(this.tx, message, this.context.keys.accountId);
    this.tx.put('fresh', message.id, message.sentAt);
    if (message.direction === 'out') this.recount(message.conversation);
    this.#messages.push(message);
    if (message.direction === 'in') this.#wrote.add(message.from);
  }

  /** Takes a message out again, one of this batch too: it is neither stored nor announced. */
  drop(id: string): void {
    const conversation = this.tx.message(id)?.conversation;
    this.tx.deleteMessage(id);
    this.tx.delete('fresh', id);
    this.tx.delete('readTimers', id);
    this.#messages = this.#messages.filter((message) => message.id !== id);
    if (conversation !== undefined) this.recount(conversation);
  }

  /** One's own message from another device moves the read mark, and a deleted one is unread no more. */
  recount(conversation: string): void {
    this.#recount.add(conversation);
  }

  /** Tells of something once it is stored; `event` is asked for then. */
  announce(event: () => CoreEvent | readonly CoreEvent[]): void {
    this.#events.push(event);
  }

  /** What is to be told: new messages by sent time, then the rest in its order. */
  events(): CoreEvent[] {
    const { store, typing } = this.context;
    for (const from of this.#wrote) typing.wrote(from);
    const messages = [...this.#messages].sort((a, b) => a.sentAt - b.sentAt);
    return [
      ...messages.map((stored): CoreEvent => ({ event: 'message', message: toMessage(stored, store) })),
      ...this.#events.flatMap((event) => event()),
    ];
  }
}
