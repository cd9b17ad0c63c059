/** Reading messages in order, over parts that are opened one after the other. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NotFoundError } from '../errors.ts';
import type { History } from './history.ts';
import { compareMessages, parseMessageId } from './message-id.ts';
import type { FilterSet } from './search/filter-set.ts';
import type { MessagesBefore, StoredMessage } from './types.ts';

type Place = Readonly<{ sentAt: number; id: string }>;

/** See ProfileStore.messagesBefore. Throws NotFoundError `no-message` if `beforeId` can't be an ID. */
export async function readBefore(
  history: History,
  filters: FilterSet,
  conversation: string,
  options: MessagesBefore,
): Promise<StoredMessage[]> {
  const { limit, words } = options;
  const wanted = words && (await filters.test(words));
  const place = options.beforeId === undefined ? null : placeOf(options.beforeId);
  const found: StoredMessage[] = [];
  let bound = place ? place.sentAt + 1 : Number.POSITIVE_INFINITY;
  while (found.length < limit) {
    const { messages, from } = history.partBelow(conversation, bound, wanted);
    for (let i = messages.length - 1; i >= 0 && found.length < limit; i--) {
      const message = messages[i];
      if (!message || message.sentAt >= bound) continue;
      if (place && compareMessages(message, place) >= 0) continue;
      if (!words || words.matches(message.body)) found.push(message);
    }
    if (from === Number.NEGATIVE_INFINITY) break;
    bound = from;
    // A search through years of messages leaves room for key presses.
    await nextTurn();
  }
  return found.reverse();
}

/** See ProfileStore.messagesAfter. Throws NotFoundError `no-message` if `afterId` can't be an ID. */
export async function readAfter(
  history: History,
  conversation: string,
  options: Readonly<{ limit: number; afterId: string }>,
): Promise<StoredMessage[]> {
  const place = placeOf(options.afterId);
  const found: StoredMessage[] = [];
  let start = place.sentAt;
  while (found.length < options.limit) {
    const { messages, before } = history.partAt(conversation, start);
    for (const message of messages) {
      if (found.length >= options.limit) break;
      if (message.sentAt >= start && compareMessages(message, place) > 0) found.push(message);
    }
    if (before === Number.POSITIVE_INFINITY) break;
    start = before;
    await nextTurn();
  }
  return found;
}

/** See ProfileStore.messagesSince: merges the conversations, with one part of each in memory at a time. */
export async function* readSince(history: History, since: number): AsyncGenerator<StoredMessage> {
  const runs = history.runsSince(since);
  const heap = new MessageHeap();
  for (let next = 0; ; ) {
    const earliest = heap.peek();
    const run = runs[next];
    if (run && (!earliest || run.from <= earliest.sentAt)) {
      next += 1;
      const messages = history.range(run.conversation, run.from, run.before);
      heap.add(messages.filter(({ sentAt, receivedAt }) => sentAt >= since || receivedAt >= since));
      await nextTurn();
      continue;
    }
    if (!earliest) return;
    heap.shift();
    yield earliest;
  }
}

function placeOf(id: string): Place {
  const parts = parseMessageId(id);
  if (!parts) throw new NotFoundError('no-message', 'There is no message of that ID.');
  return { sentAt: parts.sentAt, id };
}

/** A binary heap of sorted lists, the one with the earliest head on top. */
class MessageHeap {
  readonly #lists: { messages: readonly StoredMessage[]; at: number }[] = [];

  peek(): StoredMessage | undefined {
    return this.#head(0);
  }

  add(messages: readonly StoredMessage[]): void {
    if (messages.length === 0) return;
    this.#lists.push({ messages, at: 0 });
    for (let i = this.#lists.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#isBefore(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  shift(): void {
    const top = this.#lists[0];
    if (!top) return;
    top.at += 1;
    if (top.at >= top.messages.length) {
      const last = this.#lists.pop();
      if (last && last !== top) this.#lists[0] = last;
    }
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (this.#isBefore(child, least)) least = child;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #head(i: number): StoredMessage | undefined {
    const list = this.#lists[i];
    return list?.messages[list.at];
  }

  #isBefore(a: number, b: number): boolean {
    const first = this.#head(a);
    const second = this.#head(b);
    return first !== undefined && second !== undefined && compareMessages(first, second) < 0;
  }

  #swap(a: number, b: number): void {
    const first = this.#lists[a];
    const second = this.#lists[b];
    if (!first || !second) return;
    this.#lists[a] = second;
    this.#lists[b] = first;
  }
}
