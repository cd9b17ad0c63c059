/**
 * The chat screen's hands: key presses become actions, actions become commands to the session and changes of the
 * screen's state. Knows nothing of React or Ink.
 */
import { maxBodyCodePoints } from '../../core/index.ts';
import type { ConversationView, CoreEvent, MessageWindow, Session } from '../../core/types.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import type { Action, ActionContext, ChatCommands } from '../actions.ts';
import { dialogRoom } from '../dialogs/dialog-view.ts';
import { lastHelpTop } from '../dialogs/help.ts';
import { accountIdProblem } from '../dialogs/new-conversation.ts';
import { paletteEntries } from '../dialogs/palette.ts';
import { offsetByRow } from '../input/composer-layout.ts';
import {
  codePointCount,
  type EditCommand,
  edit,
  insertLine,
  insertText,
  moveTo,
  type TextBuffer,
  textBuffer,
} from '../input/text-buffer.ts';
import { defaultKeymap, placesOf } from '../keymap.ts';
import { listRows, listTop } from '../panes/list-pane.ts';
import type { MessageLine } from '../panes/message-block.ts';
import { type ChatLayout, composerTextWidth } from '../state/layout.ts';
import { type Blocks, reveal, scrollBy, topAnchor, visibleLines } from '../state/scroll.ts';
import type { Store } from '../state/store.ts';
import {
  type Anchor,
  atEnd,
  type Dialog,
  type Focus,
  type UiEvent,
  type UiState,
} from '../state/ui-state.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { chordOf, type Key } from '../terminal/keys.ts';
import type { Size } from '../terminal/streams.ts';
import { graphemesOf } from '../text/cells.ts';
import type { Theme } from '../theme/theme.ts';
import { Drafts } from './drafts.ts';
import { blocksOf, listCursorOf, openConversationOf, showsConversation } from './model.ts';
import { ShownMessages } from './shown.ts';
import { errorWords } from './words.ts';

export type ChatStore = Store<UiState, UiEvent>;

export type ControllerOptions = Readonly<{
  session: Session;
  store: ChatStore;
  layoutOf: (state: UiState) => ChatLayout;
  theme: Theme;
  clock: Clock;
  /** draws the whole screen anew */
  redraw: () => void;
  /** ends the chat with this exit code */
  exit: (code: number) => void;
}>;

/** Loaded at opening at least; more comes while scrolling. */
const windowSize = 200;
const olderStep = 200;
/** Older messages are fetched when fewer than this many are left above the screen. */
const prefetchBelow = 100;
/** Far above what can be sent; it keeps a pasted book from being wrapped again with each key. */
const maxComposerLength = 20_000;

const focusOrder: readonly Focus[] = ['list', 'messages', 'composer'];

export class ChatController implements ChatCommands {
  readonly #session: Session;
  readonly #store: ChatStore;
  readonly #layoutOf: (state: UiState) => ChatLayout;
  readonly #theme: Theme;
  readonly #redraw: () => void;
  readonly #exit: (code: number) => void;
  readonly #drafts: Drafts;
  readonly #shown: ShownMessages;
  readonly #undo: (() => void)[] = [];
  readonly #markingRead = new Set<string>();
  #opening = 0;
  #loading = false;
  #unsubscribeView: () => void = () => {};

  constructor({ session, store, layoutOf, theme, clock, redraw, exit }: ControllerOptions) {
    this.#session = session;
    this.#store = store;
    this.#layoutOf = layoutOf;
    this.#theme = theme;
    this.#redraw = redraw;
    this.#exit = exit;
    this.#drafts = new Drafts(session, clock, this.#report);
    this.#shown = new ShownMessages(session, this.#report);
  }

  /** Listens to the session and, if asked, opens a conversation with the composer focused. */
  async start(conversation?: string): Promise<void> {
    this.#undo.push(this.#session.onEvent(this.#onEvent));
    this.#undo.push(this.#session.subscribe(this.#markRead));
    this.#undo.push(this.#store.subscribe(this.#markRead));
    void this.#shown.start();
    if (conversation !== undefined) await this.#openById(conversation);
  }

  /** Words to begin with, until the first key press. */
  welcome(text: SafeText): void {
    this.#notify(text);
  }

  /** Saves drafts and lets go of the window. */
  async stop(): Promise<void> {
    for (const step of this.#undo.splice(0)) step();
    this.#unsubscribeView();
    this.#opening += 1;
    this.#store.getState().view?.close();
    await this.#drafts.save();
  }

  // --- input

  handleToken(token: InputToken): void {
    const isCtrlC = token.kind === 'key' && chordOf(token.key) === 'ctrl-c';
    if (!isCtrlC) {
      this.#store.dispatch({ kind: 'quit-armed', armed: false });
      this.#store.dispatch({ kind: 'notice', notice: null });
    }
    if (token.kind === 'key') this.#handleKey(token.key);
    else if (token.kind === 'text') this.#handleText(token.text);
    else this.#insertInto(token.text);
  }

  handleResize(size: Size): void {
    this.#store.dispatch({ kind: 'resized', size });
  }

  /** Messages that the pane shows now. */
  readonly onScreen = (ids: readonly string[]): void => {
    this.#shown.onScreen(ids);
  };

  #handleKey(pressed: Key): void {
    const state = this.#store.getState();
    const chord = chordOf(pressed);
    if (this.#layout.mode === 'too-small' && chord !== 'ctrl-q' && chord !== 'ctrl-c') return;
    if (state.dialog !== null && this.#handleDialogKey(state.dialog, chord)) return;
    const action = defaultKeymap.find(placesOf(state), chord);
    if (action === null) return;
    if (state.dialog !== null && action.inDialogs === undefined && action.edit === undefined) return;
    this.#run(action);
  }

  /** Typed characters: text where text is being typed, else keys one by one. */
  #handleText(text: string): void {
    if (this.#layout.mode === 'too-small') return;
    let rest = text;
    while (rest !== '') {
      if (this.#fieldHasFocus()) {
        this.#insertInto(rest);
        return;
      }
      const character = graphemesOf(rest)[0]?.text ?? rest;
      rest = rest.slice(character.length);
      this.#handleKey({
        name: character === ' ' ? 'space' : character,
        ctrl: false,
        alt: false,
        shift: false,
      });
    }
  }

  #fieldHasFocus(): boolean {
    const { dialog, focus } = this.#store.getState();
    if (dialog !== null) return dialog.kind === 'palette' || dialog.kind === 'new-conversation';
    return focus === 'composer';
  }

  #run(action: Action): void {
    const context = this.#context;
    // In a dialog's field the composer's state says nothing about whether an edit makes sense.
    const isForField = action.edit !== undefined && context.ui.dialog !== null;
    if (!isForField && action.when !== undefined && !action.when(context)) return;
    action.run(context);
  }

  get #context(): ActionContext {
    return { ui: this.#store.getState(), session: this.#session.getState(), commands: this };
  }

  get #layout(): ChatLayout {
    return this.#layoutOf(this.#store.getState());
  }

  // --- dialogs

  #dialog(dialog: Dialog | null): void {
    this.#store.dispatch({ kind: 'dialog', dialog });
  }

  openPalette(): void {
    this.#dialog({ kind: 'palette', field: textBuffer(), index: 0 });
  }

  openNewConversation(): void {
    this.#dialog({ kind: 'new-conversation', field: textBuffer(), error: null, busy: false });
  }

  openHelp(): void {
    this.#dialog({ kind: 'help', top: 0 });
  }

  openNetwork(): void {
    this.#dialog({ kind: 'network' });
  }

  openAccount(): void {
    this.#dialog({ kind: 'account' });
  }

  /** Keys that only this dialog knows; false for all others. */
  #handleDialogKey(dialog: Dialog, chord: string): boolean {
    switch (dialog.kind) {
      case 'palette':
        return this.#paletteKey(dialog, chord);
      case 'new-conversation':
        if (chord !== 'enter') return false;
        void this.#startConversation(dialog);
        return true;
      case 'help':
        return this.#helpKey(dialog.top, chord);
      case 'quit':
        if (chord === 'enter' || chord === 'y' || chord === 'ctrl-q') this.#exit(0);
        else if (chord === 'n') this.#dialog(null);
        else return false;
        return true;
      case 'network':
      case 'account':
        if (chord !== 'enter') return false;
        this.#dialog(null);
        return true;
    }
  }

  #paletteKey(dialog: Dialog & { kind: 'palette' }, chord: string): boolean {
    const entries = paletteEntries(this.#context, dialog.field.text);
    const steps: Readonly<Record<string, number>> = {
      up: -1,
      down: 1,
      pageup: -10,
      pagedown: 10,
      tab: 1,
      'shift-tab': -1,
    };
    const step = steps[chord];
    if (step !== undefined) {
      const index = Math.max(0, Math.min(entries.length - 1, dialog.index + step));
      this.#dialog({ ...dialog, index });
      return true;
    }
    if (chord !== 'enter') return false;
    const entry = entries[dialog.index];
    if (entry === undefined) return true;
    this.#dialog(null);
    if (entry.kind === 'conversation') this.#open(entry.conversation.id);
    else if (entry.kind === 'new') void this.#openById(entry.accountId);
    else if (entry.enabled) this.#run(entry.action);
    else this.#notify(safe('That is not possible right now.'));
    return true;
  }

  #helpKey(top: number, chord: string): boolean {
    const { columns, rows } = this.#store.getState().size;
    const room = dialogRoom(columns, rows);
    const last = lastHelpTop(room, this.#theme);
    const targets: Readonly<Record<string, number>> = {
      up: top - 1,
      down: top + 1,
      pageup: top - room.height,
      pagedown: top + room.height,
      home: 0,
      end: last,
    };
    const target = targets[chord];
    if (target === undefined) return false;
    this.#dialog({ kind: 'help', top: Math.max(0, Math.min(last, target)) });
    return true;
  }

  async #startConversation(dialog: Dialog & { kind: 'new-conversation' }): Promise<void> {
    if (dialog.busy) return;
    const accountId = parseAccountId(dialog.field.text);
    if (accountId === null) {
      this.#dialog({ ...dialog, error: accountIdProblem(dialog.field.text) });
      return;
    }
    this.#dialog({ ...dialog, error: null, busy: true });
    try {
      const conversation = await this.#session.startConversation(accountId);
      this.#open(conversation.id);
    } catch (error) {
      this.#dialog({ ...dialog, error: errorWords(error), busy: false });
    }
  }

  // --- text

  insert(text: string): void {
    this.#focus('composer');
    this.#insertInto(text);
  }

  #insertInto(text: string): void {
    const { dialog, composer, focus, open } = this.#store.getState();
    if (dialog !== null) {
      this.#changeField(dialog, (field) => insertLine(field, text.slice(0, 1000)));
      return;
    }
    if (open === null || focus === 'list' || this.#layout.mode === 'too-small') return;
    const room = Math.max(0, maxComposerLength - composer.text.length);
    const fitting =
      text.length <= room
        ? text
        : text
            .slice(0, room)
            .toWellFormed()
            .replace(/\ufffd$/, '');
    if (fitting.length < text.length)
      this.#notify(safe('Only a part was taken: that is far more than a message can hold.'), 'error');
    this.#changeComposer(insertText(composer, fitting));
    if (focus !== 'composer') this.#focus('composer');
  }

  edit(command: EditCommand): void {
    const { dialog, composer, open } = this.#store.getState();
    if (dialog !== null) this.#changeField(dialog, (field) => edit(field, command));
    else if (open !== null) this.#changeComposer(edit(composer, command));
  }

  moveRow(direction: -1 | 1): void {
    const { composer } = this.#store.getState();
    const width = composerTextWidth(this.#layout.conversationWidth);
    const offset = offsetByRow(composer.text, composer.cursor, width, direction);
    if (offset !== null) this.#changeComposer(moveTo(composer, offset));
    else this.#changeComposer(edit(composer, direction < 0 ? 'text-start' : 'text-end'));
  }

  #changeField(dialog: Dialog, change: (field: TextBuffer) => TextBuffer): void {
    if (dialog.kind === 'palette') this.#dialog({ ...dialog, field: change(dialog.field), index: 0 });
    else if (dialog.kind === 'new-conversation' && !dialog.busy)
      this.#dialog({ ...dialog, field: change(dialog.field), error: null });
  }

  #changeComposer(composer: TextBuffer): void {
    const { open, composer: before } = this.#store.getState();
    if (open === null || composer === before) return;
    this.#store.dispatch({ kind: 'edited', composer });
    this.#drafts.set(open, composer);
  }

  send(): void {
    const { open, composer } = this.#store.getState();
    if (open === null || composer.text.trim() === '') return;
    const count = codePointCount(composer.text);
    if (count > maxBodyCodePoints) {
      this.#notify(
        safe(
          `Too long to send: ${count} characters, a message holds ${maxBodyCodePoints}. Shorten it or send it in parts.`,
        ),
        'error',
      );
      return;
    }
    this.#changeComposer({ ...textBuffer(), killed: composer.killed });
    this.toNewest();
    void this.#queue(open, composer);
  }

  async #queue(conversation: string, composer: TextBuffer): Promise<void> {
    try {
      await this.#session.queueMessage(conversation, composer.text);
      await this.#drafts.save();
    } catch (error) {
      this.#report(error);
      // Nothing was stored: the text goes back to where it came from, unless something new stands there.
      const state = this.#store.getState();
      if (state.open === conversation && state.composer.text === '') this.#changeComposer(composer);
      else if (this.#drafts.get(conversation).text === '') this.#drafts.set(conversation, composer);
    }
  }

  clearOrQuit(): void {
    const { dialog, composer, open, quitArmed } = this.#store.getState();
    if (dialog !== null) {
      const hasText =
        (dialog.kind === 'palette' || dialog.kind === 'new-conversation') && dialog.field.text !== '';
      if (hasText) this.#changeField(dialog, (field) => edit(field, 'clear'));
      else this.#dialog(null);
      return;
    }
    if (open !== null && composer.text !== '') {
      this.#changeComposer(edit(composer, 'clear'));
      return;
    }
    if (quitArmed) {
      this.#exit(0);
      return;
    }
    const { queued } = this.#session.getState();
    const waiting = queued === 0 ? '' : ` ${queued} still queued; that is kept and sent the next time.`;
    this.#notify(safe(`Press Ctrl-C again to quit.${waiting}`));
    this.#store.dispatch({ kind: 'quit-armed', armed: true });
  }

  quit(): void {
    if (this.#session.getState().queued > 0) this.#dialog({ kind: 'quit' });
    else this.#exit(0);
  }

  // --- getting around

  #focus(focus: Focus): void {
    this.#store.dispatch({ kind: 'focused', focus });
  }

  cycleFocus(direction: -1 | 1): void {
    const { focus, open } = this.#store.getState();
    if (open === null) {
      this.#notify(safe('Open a conversation first: Enter on the list, or Ctrl-N.'));
      return;
    }
    const at = focusOrder.indexOf(focus);
    const next = focusOrder[(at + direction + focusOrder.length) % focusOrder.length] ?? 'list';
    this.#focus(next);
    if (next === 'messages') this.selectMessage(0);
  }

  back(): void {
    const { dialog, focus, anchor } = this.#store.getState();
    if (dialog !== null) this.#dialog(null);
    else if (focus === 'messages') {
      this.#focus('composer');
      this.toNewest();
    } else if (focus === 'composer') {
      if (anchor.kind !== 'end') this.toNewest();
      else this.#focus('list');
    }
  }

  moveListCursor(by: number | 'first' | 'last'): void {
    const state = this.#store.getState();
    const session = this.#session.getState();
    const ids = session.conversations.map(({ id }) => id);
    const at = ids.indexOf(listCursorOf(session, state) ?? '');
    const target = by === 'first' ? 0 : by === 'last' ? ids.length - 1 : at + by;
    const cursor = ids[Math.max(0, Math.min(ids.length - 1, target))];
    if (cursor === undefined) return;
    const rows = listRows(this.#layout.mainRows);
    const top = listTop(session.conversations, cursor, state.listTop, rows);
    this.#store.dispatch({ kind: 'list-moved', cursor, top });
  }

  openUnderCursor(): void {
    const cursor = listCursorOf(this.#session.getState(), this.#store.getState());
    if (cursor !== null) this.#open(cursor);
  }

  async #openById(id: string): Promise<void> {
    try {
      const known = this.#session.getState().conversations.some((conversation) => conversation.id === id);
      const accountId = parseAccountId(id);
      if (!known && accountId !== null) await this.#session.startConversation(accountId);
      this.#open(id);
    } catch (error) {
      this.#report(error);
    }
  }

  #open(conversation: string): void {
    const state = this.#store.getState();
    const composer = state.open === conversation ? state.composer : this.#drafts.get(conversation);
    if (state.open !== null && state.open !== conversation) void this.#drafts.save();
    if (state.open !== conversation) {
      this.#unsubscribeView();
      this.#unsubscribeView = () => {};
      state.view?.close();
    }
    this.#store.dispatch({ kind: 'opened', conversation, composer, focus: 'composer' });
    if (state.open !== conversation || state.view === null) void this.#load(conversation);
  }

  async #load(conversation: string): Promise<void> {
    this.#opening += 1;
    const turn = this.#opening;
    try {
      const view = await this.#session.openConversation(conversation, windowSize);
      if (turn !== this.#opening) {
        view.close();
        return;
      }
      this.#unsubscribeView = view.subscribe(this.#markRead);
      this.#store.dispatch({ kind: 'loaded', view });
    } catch (error) {
      this.#report(error);
    }
  }

  // --- messages

  get #blocks(): Readonly<{
    view: ConversationView;
    window: MessageWindow;
    blocks: Blocks<MessageLine>;
  }> | null {
    const { view, open } = this.#store.getState();
    if (view === null || open === null) return null;
    const window = view.getSnapshot();
    const conversation = openConversationOf(this.#session.getState(), open);
    return { view, window, blocks: blocksOf(window, conversation, this.#layout, this.#theme) };
  }

  scrollPages(direction: -1 | 1): void {
    const { focus, anchor } = this.#store.getState();
    const layout = this.#layout;
    if (focus === 'list') {
      this.moveListCursor(direction * Math.max(1, listRows(layout.mainRows) - 1));
      return;
    }
    const model = this.#blocks;
    if (model === null) return;
    // One line of the page before stays, so that the eye finds its place.
    const delta = direction * Math.max(1, layout.messageRows - 1);
    this.#scrollTo(scrollBy(model.blocks, anchor, layout.messageRows, delta));
  }

  #scrollTo(anchor: Anchor): void {
    this.#store.dispatch({ kind: 'scrolled', anchor });
    if (this.#store.getState().focus === 'messages') this.#keepSelectionVisible();
    void this.#loadMore();
  }

  #keepSelectionVisible(): void {
    const { selected, anchor } = this.#store.getState();
    const model = this.#blocks;
    if (model === null) return;
    const { lines } = visibleLines(model.blocks, anchor, this.#layout.messageRows);
    const index = selected === null ? -1 : model.blocks.indexOf(selected);
    const bodies = lines.filter(({ line }) => line.isBody);
    const first = bodies[0];
    const last = bodies.at(-1);
    if (first === undefined || last === undefined || (index >= first.index && index <= last.index)) return;
    const next = index < 0 || index > last.index ? last.index : first.index;
    this.#store.dispatch({ kind: 'selected', id: model.blocks.idOf(next), anchor });
  }

  /** Fetches what lies beyond the loaded part, where the screen comes near its edge. */
  async #loadMore(): Promise<void> {
    const model = this.#blocks;
    if (model === null || this.#loading) return;
    const { anchor } = this.#store.getState();
    const { lines, below } = visibleLines(model.blocks, anchor, this.#layout.messageRows);
    const above = lines[0]?.index ?? 0;
    this.#loading = true;
    try {
      if (above < prefetchBelow && !model.window.atStart) await model.view.loadOlder(olderStep);
      else if (below < prefetchBelow && !model.window.atEnd) await model.view.loadNewer(olderStep);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#loading = false;
    }
  }

  toNewest(): void {
    const { view, focus } = this.#store.getState();
    this.#store.dispatch({ kind: 'scrolled', anchor: atEnd });
    if (view === null) return;
    const { messages, atEnd: hasNewest } = view.getSnapshot();
    if (!hasNewest || messages.length > 2 * windowSize) view.jumpToEnd(windowSize).catch(this.#report);
    if (focus === 'messages') this.#select(messages.at(-1)?.id ?? null);
  }

  toOldest(): void {
    const model = this.#blocks;
    if (model === null) return;
    this.#scrollTo(topAnchor(model.blocks, this.#layout.messageRows));
    if (this.#store.getState().focus === 'messages') this.#select(model.blocks.idOf(0));
  }

  #select(id: string | null): void {
    this.#store.dispatch({ kind: 'selected', id, anchor: this.#store.getState().anchor });
  }

  selectMessage(direction: -1 | 0 | 1): void {
    const { selected, anchor, focus } = this.#store.getState();
    const model = this.#blocks;
    if (model === null || model.blocks.count === 0) return;
    if (focus !== 'messages') this.#focus('messages');
    const { blocks } = model;
    const rows = this.#layout.messageRows;
    const at = selected === null ? -1 : blocks.indexOf(selected);
    const lastVisible = visibleLines(blocks, anchor, rows).lines.findLast(({ line }) => line.isBody)?.index;
    const from = at >= 0 ? at + direction : (lastVisible ?? blocks.count - 1);
    const index = Math.max(0, Math.min(blocks.count - 1, from));
    const next = reveal(blocks, anchor, rows, index);
    this.#store.dispatch({ kind: 'selected', id: blocks.idOf(index), anchor: next });
    void this.#loadMore();
  }

  retrySelected(): void {
    const model = this.#blocks;
    if (model === null) return;
    const { selected } = this.#store.getState();
    const { messages } = model.window;
    const chosen =
      selected === null
        ? messages.findLast(({ status }) => status === 'failed')
        : messages.find(({ id }) => id === selected);
    if (chosen?.status !== 'failed') {
      this.#notify(safe('Only a message that failed can be sent again. Queued ones go out by themselves.'));
      return;
    }
    this.#session.retryMessage(chosen.id).catch(this.#report);
  }

  redraw(): void {
    this.#redraw();
  }

  // --- what the session says

  readonly #onEvent = (event: CoreEvent): void => {
    if (event.event === 'message') this.#shown.arrived(event.message.id);
    else if (event.event === 'notice') {
      const { open } = this.#store.getState();
      if (event.conversation === null || event.conversation === open) this.#notify(sanitizeText(event.text));
    }
  };

  /** An open conversation that shows its newest message has been read. */
  readonly #markRead = (): void => {
    const state = this.#store.getState();
    const { open, view, anchor } = state;
    if (open === null || view === null || anchor.kind !== 'end') return;
    if (!showsConversation(this.#layout, state) || !view.getSnapshot().atEnd) return;
    const conversation = openConversationOf(this.#session.getState(), open);
    if (conversation === undefined || conversation.unread === 0 || this.#markingRead.has(open)) return;
    this.#markingRead.add(open);
    // A failure is reported once, not at each change of the state.
    this.#session.markRead(open).then(() => this.#markingRead.delete(open), this.#report);
  };

  #notify(text: SafeText, tone: 'info' | 'error' = 'info'): void {
    this.#store.dispatch({ kind: 'notice', notice: { text, tone } });
  }

  readonly #report = (error: unknown): void => {
    this.#notify(errorWords(error), 'error');
  };
}
