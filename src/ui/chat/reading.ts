/** The message view's side of the chat: opening, scrolling, selecting, fetching older messages, marking as read. */
import type { ConversationView, Message } from '../../core/types.ts';
import { joinSafe, safe } from '../../text/sanitize.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import { reveal, scrollBy, topAnchor, visibleLines } from '../state/scroll.ts';
import { type Anchor, atEnd, type Notice, type UnreadLine } from '../state/ui-state.ts';
import { dayKey, dayLabel } from '../text/dates.ts';
import type { Environment } from './environment.ts';
import { held, inSight, type Model, modelOf, placeOf, unreadAnchor, unreadPlace } from './message-places.ts';
import { openConversationOf, showsConversation } from './model.ts';
import { ShownMessages } from './shown.ts';

/** Loaded at opening; more comes while scrolling. */
const windowSize = 200;
const olderStep = 200;
/** What takes longer is said to be under way. */
const noticeAfterMs = 500;
const looking = 'Looking for that message…';
/** Loaded on either side of a message that is opened. */
const aroundSize = 100;
/** More is fetched when fewer than this many messages are left beyond the screen. */
const prefetchBelow = 100;

/** What actions ask of the messages pane. */
export type ReadingCommands = Readonly<{
  toNewest(): void;
  toOldest(): void;
  toFirstUnread(): Promise<void>;
  /** from the selected message to the one that it answers */
  toQuoted(): Promise<void>;
  selectMessage(direction: -1 | 1): void;
  /** sends a failed message again */
  retry(): void;
}>;

export class Reading implements ReadingCommands {
  readonly #env: Environment;
  readonly #shown: ShownMessages;
  readonly #markingRead = new Set<string>();
  readonly #undo: (() => void)[] = [];
  #opening = 0;
  #loading = false;
  /** of the conversation that the screen shows; null: none */
  #onView: string | null = null;
  /** where the unread messages begin is being looked for: none of them has been seen */
  #placing: ConversationView | null = null;
  #unsubscribeView: () => void = () => {};

  constructor(env: Environment) {
    this.#env = env;
    this.#shown = new ShownMessages(env.session, env.report);
  }

  start(): void {
    const { session, store } = this.#env;
    this.#undo.push(session.subscribe(this.#markRead), store.subscribe(this.#markRead));
    this.#undo.push(
      session.onEvent((event) => {
        if (event.event === 'message') this.#shown.arrived(event.message.id);
      }),
    );
    void this.#shown.start();
  }

  stop(): void {
    for (const step of this.#undo.splice(0)) step();
    this.#letGo();
  }

  /** Messages that the pane shows now. */
  onScreen(ids: readonly string[]): void {
    this.#shown.onScreen(ids);
  }

  /** Opens a conversation with its draft, the composer focused. */
  open(conversation: string, composer: TextBuffer): void {
    const { open, view } = this.#env.ui;
    const isOther = open !== conversation;
    if (isOther) this.#letGo();
    this.#markingRead.delete(conversation);
    // Asked before anything is marked as read.
    if (!isOther && view !== null) void this.#lookAgain(conversation, view);
    this.#env.store.dispatch({ kind: 'opened', conversation, composer, focus: 'composer' });
    if (isOther || view === null) void this.#load(conversation);
    else if (this.#placing !== view) this.toNewest();
  }

  /** A conversation that was open already is looked at again: where its unread messages begin, if they don't fit. */
  async #lookAgain(conversation: string, view: ConversationView): Promise<void> {
    if (this.#placing === view || !this.#hasUnread(conversation)) return;
    this.#placing = view;
    try {
      const line = await this.#drawUnreadLine(conversation, view);
      const isLoaded = view.getSnapshot().messages.some(({ id }) => id === line?.id);
      if (line !== null && !isLoaded) await view.jumpTo(line.id, aroundSize);
      if (this.#env.ui.view !== view || line === null) return;
      const anchor = unreadAnchor(
        modelOf(this.#env, view, conversation, line),
        line,
        this.#env.layout.messageRows,
      );
      if (anchor !== null) this.#scrollTo(anchor);
    } catch (error) {
      this.#env.report(error);
    } finally {
      if (this.#placing === view) this.#placing = null;
      this.#markRead();
    }
  }

  async #drawUnreadLine(conversation: string, view: ConversationView): Promise<UnreadLine | null> {
    const line = await this.#unreadLineOf(conversation, view).catch(() => null);
    if (line !== null && this.#env.ui.view === view) this.#env.store.dispatch({ kind: 'unread-line', line });
    return line;
  }

  #hasUnread(conversation: string): boolean {
    return (openConversationOf(this.#env.session.getState(), conversation)?.unread ?? 0) > 0;
  }

  async #unreadLineOf(conversation: string, view: ConversationView): Promise<UnreadLine | null> {
    const count = openConversationOf(this.#env.session.getState(), conversation)?.unread ?? 0;
    const id = count > 0 ? await view.firstUnread() : null;
    return id === null ? null : { id, count };
  }

  /** Opens a message's conversation with the message selected and in sight. */
  openAt({ conversation, id }: Message, composer: TextBuffer): void {
    const { open, view } = this.#env.ui;
    if (open === conversation && view !== null) {
      this.#env.dialog(null);
      void this.#jumpTo(id);
      return;
    }
    if (open !== conversation) this.#letGo();
    this.#markingRead.delete(conversation);
    this.#env.store.dispatch({ kind: 'opened', conversation, composer, focus: 'messages' });
    void this.#load(conversation, id);
  }

  /** Opens a conversation where its unread messages begin. */
  openUnread(conversation: string, composer: TextBuffer): void {
    const { open, view } = this.#env.ui;
    const isOpen = open === conversation && view !== null;
    if (isOpen) void this.#drawUnreadLine(conversation, view);
    else this.#letGo();
    this.#markingRead.delete(conversation);
    this.#env.store.dispatch({ kind: 'opened', conversation, composer, focus: 'messages' });
    if (isOpen) void this.toFirstUnread();
    else void this.#load(conversation, 'unread');
  }

  /** Lets go of a conversation that is not there any more. */
  close(): void {
    this.#letGo();
    this.#env.store.dispatch({ kind: 'closed' });
  }

  async toFirstUnread(): Promise<void> {
    const { view } = this.#env.ui;
    if (view !== null) await this.#jumpToFound(view.firstUnread(), 'Nothing here is unread.');
  }

  /** From the selected message to the one that it answers. */
  async toQuoted(): Promise<void> {
    const { view, selected } = this.#env.ui;
    if (view === null) return;
    const quote = view.getSnapshot().messages.find(({ id }) => id === selected)?.quote;
    if (quote === undefined) this.#env.notify(safe('Select a message that quotes another one first.'));
    else
      await this.#jumpToFound(
        view.messageSentAt(quote.author, quote.sentAt),
        'The quoted message is not on this device.',
      );
  }

  /** To the first message sent at a time or later, loaded or not. */
  async toTime(from: number): Promise<void> {
    const { view } = this.#env.ui;
    if (view === null) return;
    const turn = this.#opening;
    const done = this.#sayWhile(looking);
    try {
      const id = await view.firstSince(from);
      if (turn !== this.#opening) return;
      if (id !== null) await this.#jumpTo(id);
      else {
        this.#env.notify(safe('Nothing here is as new as that: this is the newest message.'));
        this.#env.focus('messages');
        this.toNewest();
      }
      const found = view.getSnapshot().messages.find((message) => message.id === id);
      if (from > 0 && found !== undefined && dayKey(found.sentAt) !== dayKey(from))
        this.#env.notify(joinSafe([safe('The first message after'), dayLabel(from)], safe(' ')));
    } catch (error) {
      this.#env.report(error);
    } finally {
      done();
    }
  }

  async #jumpToFound(finding: Promise<string | null>, otherwise: string): Promise<void> {
    const turn = this.#opening;
    const done = this.#sayWhile(looking);
    try {
      const id = await finding;
      if (turn !== this.#opening) return;
      if (id === null) this.#env.notify(safe(otherwise));
      else await this.#jumpTo(id);
    } catch (error) {
      this.#env.report(error);
    } finally {
      done();
    }
  }

  /** To a message of the open conversation, loaded or not. */
  async #jumpTo(id: string): Promise<void> {
    const { view } = this.#env.ui;
    const turn = this.#opening;
    if (view === null) return;
    try {
      if (!view.getSnapshot().messages.some((message) => message.id === id))
        await view.jumpTo(id, aroundSize);
    } catch (error) {
      this.#env.report(error);
      return;
    }
    const model = this.#model;
    if (turn !== this.#opening || model === null) return;
    this.#env.focus('messages');
    const anchor = inSight(model, id, this.#env.layout.messageRows);
    this.#env.store.dispatch({ kind: 'selected', id, anchor });
    void this.#loadMore();
  }

  #letGo(): void {
    this.#opening += 1;
    this.#unsubscribeView();
    this.#unsubscribeView = () => {};
    this.#env.ui.view?.close();
  }

  /** `at`: the ID of a message, or where the unread ones begin; null: the end, or there if they don't fit. */
  async #load(conversation: string, at: string | 'unread' | null = null): Promise<void> {
    this.#opening += 1;
    const turn = this.#opening;
    const done = this.#sayWhile('Opening the conversation…');
    try {
      const view = await this.#env.session.openConversation(conversation, windowSize);
      const unreadLine = await this.#unreadLineOf(conversation, view);
      const message = at === 'unread' || at === null ? (unreadLine?.id ?? null) : at;
      const isLoaded = view.getSnapshot().messages.some(({ id }) => id === message);
      // The message may be gone since it was found: then it is opened at its end.
      if (message !== null && !isLoaded) await view.jumpTo(message, aroundSize).catch(this.#env.report);
      if (turn !== this.#opening) {
        view.close();
        return;
      }
      this.#unsubscribeView = view.subscribe(this.#markRead);
      const model = modelOf(this.#env, view, conversation, unreadLine);
      const place =
        at === null
          ? unreadPlace(model, unreadLine, this.#env.layout.messageRows)
          : placeOf(model, message, this.#env.layout.messageRows);
      this.#onView = conversation;
      this.#env.store.dispatch({ kind: 'loaded', view, unreadLine, ...(place === null ? {} : { place }) });
    } catch (error) {
      this.#env.report(error);
    } finally {
      done();
    }
  }

  /** Says that something is under way, if it takes its time; what comes back ends that. */
  #sayWhile(words: string): () => void {
    const waiting: Notice = { text: safe(words), tone: 'info' };
    const turn = this.#opening;
    const cancel = this.#env.clock.after(noticeAfterMs, () => {
      if (turn === this.#opening) this.#env.store.dispatch({ kind: 'notice', notice: waiting });
    });
    return () => {
      cancel();
      if (this.#env.ui.notice === waiting) this.#env.store.dispatch({ kind: 'notice', notice: null });
    };
  }

  get #model(): Model | null {
    const { view, open, unreadLine } = this.#env.ui;
    return view === null || open === null ? null : modelOf(this.#env, view, open, unreadLine);
  }

  scrollPages(direction: -1 | 1): void {
    // One line of the page before stays, so that the eye finds its place.
    this.scrollRows(direction * Math.max(1, this.#env.layout.messageRows - 1));
  }

  /** By rows, negative: up. */
  scrollRows(delta: number): void {
    const model = this.#model;
    if (model === null) return;
    const rows = this.#env.layout.messageRows;
    this.#scrollTo(held(model, scrollBy(model.blocks, this.#env.ui.anchor, rows, delta)));
    this.#keepSelectionVisible();
  }

  /** What was sent is looked at, and all before it has been read. */
  sent(): void {
    this.#env.store.dispatch({ kind: 'unread-line', line: null });
    this.toNewest();
  }

  toNewest(): void {
    const { view, focus } = this.#env.ui;
    this.#env.store.dispatch({ kind: 'scrolled', anchor: atEnd });
    if (view === null) return;
    const { messages, atEnd: hasNewest } = view.getSnapshot();
    const selectNewest = () => {
      if (focus === 'messages' && this.#env.ui.view === view && this.#env.ui.focus === 'messages')
        this.#select(view.getSnapshot().messages.at(-1)?.id ?? null);
    };
    if (hasNewest && messages.length <= 2 * windowSize) selectNewest();
    else view.jumpToEnd(windowSize).then(selectNewest, this.#env.report);
  }

  /** To the top of what is loaded; what is older is fetched meanwhile. */
  toOldest(): void {
    const model = this.#model;
    if (model === null || model.blocks.count === 0) return;
    this.#scrollTo(topAnchor(model.blocks, this.#env.layout.messageRows));
    if (this.#env.ui.focus === 'messages') this.#select(model.blocks.idOf(0));
  }

  /** Selects the next message in a direction; with 0, the one selected or the lowest on the screen. */
  selectMessage(direction: -1 | 0 | 1): void {
    const model = this.#model;
    if (model === null) return;
    if (model.blocks.count === 0) {
      if (direction !== 0) this.#env.notify(safe('There is no message here yet to select.'));
      return;
    }
    this.#env.focus('messages');
    const { selected, anchor } = this.#env.ui;
    const { blocks } = model;
    const rows = this.#env.layout.messageRows;
    const at = selected === null ? -1 : blocks.indexOf(selected);
    const lowest = visibleLines(blocks, anchor, rows).lines.findLast(({ line }) => line.isBody)?.index;
    const from = at >= 0 ? at + direction : (lowest ?? blocks.count - 1);
    const index = Math.max(0, Math.min(blocks.count - 1, from));
    const next = held(model, reveal(blocks, anchor, rows, index));
    this.#env.store.dispatch({ kind: 'selected', id: blocks.idOf(index), anchor: next });
    void this.#loadMore();
  }

  /** Selects the message that has a row of the pane; no row of any message: the pane gets the focus alone. */
  selectAt(row: number): void {
    const model = this.#model;
    if (model === null) return;
    const { anchor } = this.#env.ui;
    const { messageRows } = this.#env.layout;
    const { lines } = visibleLines(model.blocks, anchor, messageRows);
    // A short conversation stands at the bottom of the pane.
    const index = lines[row - (messageRows - lines.length)]?.index;
    if (index === undefined) return;
    this.#env.focus('messages');
    this.#env.store.dispatch({ kind: 'selected', id: model.blocks.idOf(index), anchor });
  }

  /** The selected message; null, and a word to the person, while none is. */
  chosen(): Message | null {
    const { view, selected } = this.#env.ui;
    const message = view?.getSnapshot().messages.find(({ id }) => id === selected);
    if (message === undefined)
      this.#env.notify(safe('Select a message first: Tab to the messages, then Up.'));
    return message ?? null;
  }

  /** Sends the selected message again if it failed; without a selection the newest one that did. */
  retry(): void {
    const model = this.#model;
    if (model === null) return;
    const { selected } = this.#env.ui;
    const { messages } = model.window;
    const chosen =
      selected === null
        ? messages.findLast(({ status }) => status === 'failed')
        : messages.find(({ id }) => id === selected);
    if (chosen?.status === 'failed') this.#env.session.retryMessage(chosen.id).catch(this.#env.report);
    else
      this.#env.notify(
        safe('Only a message that failed can be sent again. Queued ones go out by themselves.'),
      );
  }

  #select(id: string | null): void {
    this.#env.store.dispatch({ kind: 'selected', id, anchor: this.#env.ui.anchor });
  }

  #scrollTo(anchor: Anchor): void {
    this.#env.store.dispatch({ kind: 'scrolled', anchor });
    void this.#loadMore();
  }

  /** After scrolling by pages the selection is at the edge that it would have left by. */
  #keepSelectionVisible(): void {
    const { selected, anchor, focus } = this.#env.ui;
    const model = this.#model;
    if (focus !== 'messages' || model === null) return;
    const { lines } = visibleLines(model.blocks, anchor, this.#env.layout.messageRows);
    const index = selected === null ? -1 : model.blocks.indexOf(selected);
    const bodies = lines.filter(({ line }) => line.isBody);
    const first = bodies[0];
    const last = bodies.at(-1);
    if (first === undefined || last === undefined || (index >= first.index && index <= last.index)) return;
    this.#select(model.blocks.idOf(index < 0 || index > last.index ? last.index : first.index));
  }

  /** Fetches what lies beyond the loaded part, where the screen comes near its edge. */
  async #loadMore(): Promise<void> {
    const model = this.#model;
    if (model === null || this.#loading) return;
    const { view, window, blocks } = model;
    const { lines, below } = visibleLines(blocks, this.#env.ui.anchor, this.#env.layout.messageRows);
    const above = lines[0]?.index ?? 0;
    this.#loading = true;
    try {
      if (above < prefetchBelow && !window.atStart) await view.loadOlder(olderStep);
      else if (below < prefetchBelow && !window.atEnd) await view.loadNewer(olderStep);
    } catch (error) {
      this.#env.report(error);
    } finally {
      this.#loading = false;
    }
  }

  /** An open conversation that shows its newest message has been read. */
  readonly #markRead = (): void => {
    const { ui, layout, session } = this.#env;
    const { open, view, anchor } = ui;
    const wasShown = this.#onView;
    this.#onView = showsConversation(layout, ui) ? open : null;
    if (open === null || view === null || this.#onView === null || this.#placing === view) return;
    // Whoever goes through the unread ones says of each whether it is read.
    if (anchor.kind !== 'end' || ui.triage !== null || !view.getSnapshot().atEnd) return;
    // What came in while the list stood in its place has not been on the screen.
    if (wasShown === null) {
      void this.#lookAgain(open, view);
      if (this.#placing === view) return;
    }
    const conversation = openConversationOf(session.getState(), open);
    if (conversation === undefined || conversation.unread === 0 || this.#markingRead.has(open)) return;
    this.#markingRead.add(open);
    // A failure is reported once, not at each change of the state.
    session.markRead(open).then(() => this.#markingRead.delete(open), this.#env.report);
  };
}
