import { NotFoundError } from '../errors.ts';
import { type ProfileStore, type StoredMessage, startOf } from '../store/index.ts';
import type { Emitter } from '../util/emitter.ts';
import type { ConversationView, CoreEvent, Message, MessageWindow } from './types.ts';
import { toMessage } from './views.ts';

/** Opens a window on the newest `count` messages of a conversation that follows what happens to it. */
export async function openConversationView(
  store: ProfileStore,
  events: Emitter<CoreEvent>,
  conversation: string,
  count: number,
): Promise<ConversationView> {
  const view = new View(store, events, conversation);
  await view.jumpToEnd(count);
  return view;
}

/** Messages read from the disk at a time on the way to the first unread one. */
const unreadPage = 200;

class View implements ConversationView {
  readonly #store: ProfileStore;
  readonly #conversation: string;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  readonly #readUpTo: number;
  #window: MessageWindow;
  /** Loads run one after the other: each starts from the window that the one before it left. */
  #tail: Promise<void> = Promise.resolve();

  constructor(store: ProfileStore, events: Emitter<CoreEvent>, conversation: string) {
    this.#store = store;
    this.#conversation = conversation;
    this.#readUpTo = store.get('conversations', conversation)?.readUpTo ?? 0;
    this.#window = { conversation, messages: [], atStart: false, atEnd: true };
    this.#unsubscribe = events.on((event) => this.#follow(event));
  }

  getSnapshot(): MessageWindow {
    return this.#window;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  loadOlder(count: number): Promise<void> {
    return this.#next(async () => {
      const first = this.#window.messages[0];
      if (first === undefined || this.#window.atStart) return;
      const older = await this.#store.messagesBefore(this.#conversation, {
        limit: count,
        beforeId: first.id,
      });
      const messages = older.map((stored) => toMessage(stored, this.#store));
      this.#set({
        ...this.#window,
        messages: merge(messages, this.#window.messages),
        atStart: older.length < count,
      });
    });
  }

  loadNewer(count: number): Promise<void> {
    return this.#next(async () => {
      const last = this.#window.messages.at(-1);
      if (last === undefined || this.#window.atEnd) return;
      const newer = await this.#store.messagesAfter(this.#conversation, { limit: count, afterId: last.id });
      const messages = newer.map((stored) => toMessage(stored, this.#store));
      this.#set({
        ...this.#window,
        messages: merge(this.#window.messages, messages),
        atEnd: newer.length < count,
      });
    });
  }

  jumpToEnd(count: number): Promise<void> {
    return this.#next(async () => {
      const newest = await this.#store.messagesBefore(this.#conversation, { limit: count });
      this.#replace(newest, { atStart: newest.length < count, atEnd: true });
    });
  }

  jumpTo(messageId: string, count: number): Promise<void> {
    return this.#next(async () => {
      const conversation = this.#conversation;
      const message = await this.#store.message(messageId);
      if (message?.conversation !== conversation)
        throw new NotFoundError('no-message', 'That message is not there any more.');
      const older = await this.#store.messagesBefore(conversation, { limit: count, beforeId: messageId });
      const newer = await this.#store.messagesAfter(conversation, { limit: count, afterId: messageId });
      this.#replace([...older, message, ...newer], {
        atStart: older.length < count,
        atEnd: newer.length < count,
      });
    });
  }

  async firstUnread(): Promise<string | null> {
    const conversation = this.#conversation;
    const record = this.#store.get('conversations', conversation);
    const readUpTo = record !== undefined && record.unread > 0 ? record.readUpTo : this.#readUpTo;
    let afterId = startOf(conversation, readUpTo + 1);
    for (;;) {
      const page = await this.#store.messagesAfter(conversation, { limit: unreadPage, afterId });
      const first = page.find(({ direction }) => direction === 'in');
      if (first !== undefined) return first.id;
      const last = page.at(-1);
      if (last === undefined || page.length < unreadPage) return null;
      afterId = last.id;
    }
  }

  async firstSince(time: number): Promise<string | null> {
    const from = Math.min(Math.max(0, Math.ceil(time)), Number.MAX_SAFE_INTEGER);
    const afterId = startOf(this.#conversation, from);
    const [first] = await this.#store.messagesAfter(this.#conversation, { limit: 1, afterId });
    return first?.id ?? null;
  }

  async messageSentAt(from: string, sentAt: number): Promise<string | null> {
    return (await this.#store.findMessage(this.#conversation, from, sentAt))?.id ?? null;
  }

  /** What was read takes the place of what was loaded; what was announced while the disk was read is newer. */
  #replace(read: readonly StoredMessage[], ends: Pick<MessageWindow, 'atStart' | 'atEnd'>): void {
    const loaded = read.map((stored) => toMessage(stored, this.#store));
    const since = loaded.at(-1)?.sentAt ?? 0;
    const isFurther = this.#window.atEnd && ends.atEnd;
    const meanwhile = isFurther ? this.#window.messages.filter((m) => m.sentAt > since) : [];
    this.#set({ conversation: this.#conversation, messages: merge(loaded, meanwhile), ...ends });
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  #follow(event: CoreEvent): void {
    if (event.event === 'deleted') {
      if (event.conversation === this.#conversation && event.left === null) this.#drop(event.id);
      return;
    }
    if (event.event === 'message' || event.event === 'message-changed' || event.event === 'sent') {
      if (event.message.conversation === this.#conversation)
        this.#place(event.message, event.event === 'message');
    }
  }

  #place(message: Message, isNew: boolean): void {
    const { messages, atStart, atEnd } = this.#window;
    const known = messages.findIndex((other) => other.id === message.id);
    if (known >= 0) {
      const next = [...messages];
      next[known] = message;
      this.#set({ ...this.#window, messages: next });
      return;
    }
    if (!isNew) return;
    const first = messages[0];
    const last = messages.at(-1);
    // Outside the loaded window it will be loaded when one scrolls there.
    if (first !== undefined && message.sentAt < first.sentAt && !atStart) return;
    if (last !== undefined && message.sentAt > last.sentAt && !atEnd) return;
    this.#set({ ...this.#window, messages: merge(messages, [message]) });
  }

  #drop(id: string): void {
    const messages = this.#window.messages.filter((message) => message.id !== id);
    if (messages.length < this.#window.messages.length) this.#set({ ...this.#window, messages });
  }

  #set(window: MessageWindow): void {
    this.#window = window;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Both in order; the later list wins for the same message. Ordered by sent time, then ID. */
function merge(a: readonly Message[], b: readonly Message[]): Message[] {
  const last = a.at(-1);
  const first = b[0];
  if (last === undefined) return [...b];
  if (first === undefined) return [...a];
  if (compare(last, first) < 0) return [...a, ...b];
  const byId = new Map<string, Message>();
  for (const message of [...a, ...b]) byId.set(message.id, message);
  return [...byId.values()].sort(compare);
}

function compare(a: Message, b: Message): number {
  return a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
