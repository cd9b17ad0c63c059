/**
 * The open conversation, read aloud: its newest messages when it is opened, then what comes, and older and newer ones
 * when they are asked for. What was said counts as shown, and as read.
 */
import type { Conversation, ConversationView, Message, Session } from '../../core/types.ts';
import { type SafeText, safe } from '../../text/sanitize.ts';
import { peopleOf } from '../chat/model.ts';
import { ShownMessages } from '../chat/shown.ts';
import { dayKey, dayLabel } from '../text/dates.ts';
import type { MessageNumbers } from './numbers.ts';
import type { Paper } from './paper.ts';
import { messageLines } from './words.ts';

/** Said at opening; unread ones more, up to `maxUnread`. */
const recent = 5;
const maxUnread = 20;
const page = 10;
/** Said before a message that is gone to, so that it is understood. */
const lead = 2;
const windowSize = 60;
/** More than this is let go of while the newest messages are read. */
const maxWindow = 600;

export type ReaderOptions = Readonly<{
  session: Session;
  paper: Paper;
  numbers: MessageNumbers;
  report: (error: unknown) => void;
}>;

export class Reader {
  readonly #options: ReaderOptions;
  readonly #shown: ShownMessages;
  #open: string | null = null;
  #view: ConversationView | null = null;
  #turn = 0;
  /** ids of the oldest and the newest message said of the part being read */
  #from: string | null = null;
  #to: string | null = null;
  #day: number | null = null;
  /** said since the conversation was opened */
  readonly #said = new Set<string>();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#shown = new ShownMessages(options.session, options.report);
  }

  get open(): string | null {
    return this.#open;
  }

  start(): void {
    void this.#shown.start();
  }

  stop(): void {
    this.#letGo();
  }

  conversation(id: string | null = this.#open): Conversation | undefined {
    return this.#options.session.getState().conversations.find((one) => one.id === id);
  }

  /** Opens a conversation at its end, or at a message, and says what is there. False: it can't be, or another came first. */
  async openAt(conversation: string, message: string | null): Promise<boolean> {
    const { session, report } = this.#options;
    this.#letGo();
    const turn = this.#turn;
    this.#open = conversation;
    try {
      const unread = this.conversation()?.unread ?? 0;
      const view = await session.openConversation(conversation, windowSize);
      if (turn !== this.#turn) {
        view.close();
        return false;
      }
      this.#view = view;
      if (message === null) this.#sayNewest(Math.max(recent, Math.min(unread, maxUnread)), unread);
      else await this.goTo(message);
      return true;
    } catch (error) {
      if (turn === this.#turn) this.#letGo();
      report(error);
      return false;
    }
  }

  close(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#turn += 1;
    this.#view?.close();
    this.#view = null;
    this.#open = null;
    this.#from = null;
    this.#to = null;
    this.#day = null;
    this.#said.clear();
  }

  #sayNewest(count: number, unread: number): void {
    const window = this.#view?.getSnapshot();
    if (window === undefined) return;
    const messages = window.messages.slice(-count);
    if (messages.length === 0) {
      this.#options.paper.say(safe('No messages yet. What you type and end with Enter is sent.'));
      return;
    }
    if (unread > messages.length)
      this.#options.paper.say(safe(`${unread - messages.length} more are unread: /first, or /older.`));
    this.#begin(messages);
    this.#say(messages, unread);
    this.#markRead();
  }

  /** A message came in or went out in the open conversation. */
  arrived(message: Message): void {
    this.#shown.arrived(message.id);
    if (message.conversation !== this.#open || this.#view === null || this.#said.has(message.id)) return;
    // Whoever reads further back goes on from there.
    const window = this.#view.getSnapshot();
    const last = window.messages.at(-1)?.id ?? null;
    const before = last === message.id ? (window.messages.at(-2)?.id ?? null) : last;
    if (this.#to === null || this.#to === before || this.#to === message.id) this.#to = message.id;
    this.#from ??= message.id;
    this.#said.add(message.id);
    const lines = this.#linesOf(message);
    this.#options.paper.say(lines, {
      done: () => {
        this.#shown.onScreen([message.id]);
        this.#markRead();
      },
    });
    if (window.atEnd && window.messages.length > maxWindow)
      this.#view.jumpToEnd(windowSize).catch(this.#options.report);
  }

  /** A message of one's own, typed here: it needs no repeating. */
  wrote(message: Message): void {
    this.#said.add(message.id);
    if (message.conversation === this.#open) {
      this.#to = message.id;
      this.#from ??= message.id;
    }
    this.#options.numbers.give(message);
  }

  async older(): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    if (this.#indexOf(this.#from) < page && !view.getSnapshot().atStart) await view.loadOlder(page * 5);
    if (view !== this.#view) return;
    const index = this.#indexOf(this.#from);
    const messages = view.getSnapshot().messages.slice(Math.max(0, index - page), Math.max(0, index));
    if (messages.length === 0) {
      this.#options.paper.say(safe('This is the beginning of the conversation.'));
      return;
    }
    this.#from = messages[0]?.id ?? null;
    this.#say(messages);
    this.#options.paper.say(safe(`${messages.length} older. /older goes on, /newest goes back to the end.`));
  }

  async newer(): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    const left = () => view.getSnapshot().messages.length - 1 - this.#indexOf(this.#to);
    if (left() < page && !view.getSnapshot().atEnd) await view.loadNewer(page * 5);
    if (view !== this.#view) return;
    const index = this.#indexOf(this.#to);
    const messages = view.getSnapshot().messages.slice(index + 1, index + 1 + page);
    if (messages.length === 0) {
      this.#options.paper.say(safe('Nothing newer: this is the end of the conversation.'));
      return;
    }
    this.#to = messages.at(-1)?.id ?? null;
    this.#say(messages);
    if (left() > 0) this.#options.paper.say(safe(`${left()} or more newer. /newer goes on.`));
    else this.#markRead();
  }

  async newest(): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    await view.jumpToEnd(windowSize);
    if (view === this.#view) this.#sayNewest(recent, 0);
  }

  /** The first messages of all. */
  async oldest(): Promise<void> {
    const { session, report } = this.#options;
    if (this.#open === null) return;
    for await (const first of session.history(this.#open, {})) {
      await this.goTo(first.id).catch(report);
      return;
    }
    this.#options.paper.say(safe('There are no messages yet.'));
  }

  async firstUnread(): Promise<void> {
    const id = (await this.#view?.firstUnread()) ?? null;
    if (id === null) this.#options.paper.say(safe('Nothing here is unread.'));
    else await this.goTo(id);
  }

  /** The first message since a time, and what follows. */
  async goToTime(time: number): Promise<void> {
    const id = (await this.#view?.firstSince(time)) ?? null;
    if (id === null) this.#options.paper.say(safe('Nothing here is as new as that.'));
    else await this.goTo(id);
  }

  /** The message that one of the open conversation answers. */
  async quotedBy({ quote }: Message): Promise<void> {
    if (quote === undefined) {
      this.#options.paper.say(safe('That message answers no other one.'));
      return;
    }
    const id = (await this.#view?.messageSentAt(quote.author, quote.sentAt)) ?? null;
    if (id === null) this.#options.paper.say(safe('The quoted message is not on this device.'));
    else await this.goTo(id);
  }

  /** Says a message with those around it, and goes on reading from there. */
  async goTo(id: string): Promise<void> {
    const view = this.#view;
    if (view === null) return;
    if (this.#indexOf(id) < 0) await view.jumpTo(id, windowSize / 2);
    if (view !== this.#view) return;
    const index = this.#indexOf(id);
    const messages = view.getSnapshot().messages.slice(Math.max(0, index - lead), index - lead + page);
    this.#begin(messages);
    this.#say(messages);
    const { atEnd, messages: all } = view.getSnapshot();
    if (atEnd && this.#to === all.at(-1)?.id) this.#markRead();
    else this.#options.paper.say(safe('/older and /newer go on from here.'));
  }

  #begin(messages: readonly Message[]): void {
    this.#from = messages[0]?.id ?? null;
    this.#to = messages.at(-1)?.id ?? null;
    this.#day = null;
  }

  /** `unread`: so many of the last ones are new, which is said before them. */
  #say(messages: readonly Message[], unread = 0): void {
    const firstNew = unread > 0 ? Math.max(0, messages.length - unread) : -1;
    for (const [index, message] of messages.entries()) {
      this.#said.add(message.id);
      const lines = this.#linesOf(message);
      if (index === firstNew && index > 0) lines.unshift(safe('Unread:'));
      this.#options.paper.say(lines, { done: () => this.#shown.onScreen([message.id]) });
    }
  }

  #linesOf(message: Message): SafeText[] {
    const { numbers } = this.#options;
    const number = numbers.give(message);
    const { quote } = message;
    const quoted =
      quote === undefined
        ? null
        : (this.#view
            ?.getSnapshot()
            .messages.find(({ from, sentAt }) => from === quote.author && sentAt === quote.sentAt) ?? null);
    const lines = messageLines(message, {
      people: peopleOf(this.#options.session.getState()),
      number,
      conversation: this.conversation(message.conversation),
      quoted,
      quotedNumber: quoted === null ? null : numbers.of(quoted.id),
    });
    const day = dayKey(message.sentAt);
    if (day !== this.#day) lines.unshift(dayLabel(message.sentAt));
    this.#day = day;
    return lines;
  }

  #markRead(): void {
    const { session, report } = this.#options;
    const conversation = this.conversation();
    if (conversation !== undefined && conversation.unread > 0)
      session.markRead(conversation.id).catch(report);
  }

  #indexOf(id: string | null): number {
    return this.#view?.getSnapshot().messages.findIndex((message) => message.id === id) ?? -1;
  }
}
