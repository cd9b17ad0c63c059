/**
 * The chat screen's hands: key presses become actions, actions become commands to the session and changes of the
 * screen's state. Knows nothing of React or Ink.
 */
import type { CoreEvent, Message } from '../../core/types.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import type { OscPayload } from '../../text/osc-payload.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { noneOpen } from '../actions/types.ts';
import type { Action, ActionContext, ActionState, ChatCommands } from '../actions.ts';
import { type EditCommand, insertLine, textBuffer } from '../input/text-buffer.ts';
import { placesOf } from '../keymap.ts';
import { keyWords } from '../keys/hints.ts';
import { OwnKeyFile } from '../keys/key-file.ts';
import { listRows } from '../panes/list-pane.ts';
import { meaningOf } from '../slash.ts';
import { answeredBy, type Focus, searchFor } from '../state/ui-state.ts';
import type { CommandRunner } from '../terminal/command-runner.ts';
import type { FileSaver } from '../terminal/file-saver.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { type Chord, chordOf, type Key, key } from '../terminal/keys.ts';
import type { LinkMeasure } from '../terminal/link-meter.ts';
import type { LinkOpener } from '../terminal/link-opener.ts';
import type { MouseInput } from '../terminal/mouse.ts';
import type { NotificationCommand, NotificationWay } from '../terminal/notification.ts';
import type { Size } from '../terminal/streams.ts';
import type { TextEditor } from '../terminal/text-editor.ts';
import { graphemesOf } from '../text/cells.ts';
import { MessageActions } from './acting.ts';
import { Composing } from './composing.ts';
import { DialogKeys } from './dialog-keys.ts';
import { Disappearing } from './disappearing.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import { IdleLock } from './idle-lock.ts';
import { KeyPresses } from './key-presses.ts';
import { LeanLink, type LeanLinkOptions } from './lean-link.ts';
import { ListMoves } from './list-moves.ts';
import { Looking } from './looking.ts';
import { showsConversation } from './model.ts';
import { Notifier } from './notifier.ts';
import { People } from './people.ts';
import { Piping } from './piping.ts';
import { Pointing } from './pointing.ts';
import { Reading } from './reading.ts';
import { restoreWords } from './restore-words.ts';
import { Searching } from './searching.ts';
import { SettingsKeys } from './settings-keys.ts';
import { Triaging } from './triage.ts';
import { UnreadTitle } from './unread-title.ts';

export type ControllerOptions = EnvironmentOptions &
  Readonly<{
    /** draws the whole screen anew */
    redraw: () => void;
    /** gives the terminal to the shell until it is asked back; false: no shell waits for it */
    suspend: () => Promise<boolean>;
    /** lends the terminal to another program */
    lend: (work: (signal: AbortSignal) => Promise<void>) => Promise<boolean>;
    /** the line to the terminal */
    link: LeanLinkOptions;
    /** the terminal's window has the keyboard, as far as it says */
    hasFocus: () => boolean;
    /** tells a person who is not looking that a message came */
    notifyAway: (way: NotificationWay, words: OscPayload) => void;
    /** runs the person's own program for it; null: none can be run */
    notificationCommand: NotificationCommand | null;
    /** of the window; null: it is left alone */
    setTitle: (title: string | null) => void;
    /** puts a text on the clipboard of the terminal's machine, if the terminal lets it */
    copy: (text: string) => void;
    /** what edits a message on a lent terminal; null: there is none */
    editor: TextEditor | null;
    /** what opens links; null: nothing does */
    opener: LinkOpener | null;
    /** the file with the person's own keys, read already; without it there are none */
    ownKeys?: OwnKeyFile;
    /** what runs commands of the person's own; null: none can be run */
    runner: CommandRunner | null;
    /** what writes files of the person's own; null: none can be written */
    saver: FileSaver | null;
    /** puts the unlock screen in place of the chat, for good */
    lock: () => void;
    /** ends the chat with this exit code */
    exit: (code: number) => void;
  }>;

const focusOrder: readonly Focus[] = ['list', 'messages', 'composer'];

/** All that works on a terminal too small to show anything. */
const alwaysPossible: readonly string[] = ['quit', 'composer.clear', 'lock', 'suspend'];

export class ChatController implements ChatCommands {
  readonly #env: Environment;
  readonly #composing: Composing;
  readonly #reading: Reading;
  readonly #searching: Searching;
  readonly #piping: Piping;
  readonly #dialogs: DialogKeys;
  readonly link: LeanLink;
  readonly disappearing: Disappearing;
  readonly #people: People;
  readonly #pointing: Pointing;
  readonly #keys: KeyPresses;
  readonly settings: SettingsKeys;
  readonly looking: Looking;
  readonly onMessage: MessageActions;
  readonly triage: Triaging;
  readonly list: ListMoves;
  readonly #idle: IdleLock;
  readonly #notifier: Notifier;
  readonly #title: UnreadTitle;
  readonly #redraw: () => void;
  readonly #suspend: () => Promise<boolean>;
  readonly #lend: ControllerOptions['lend'];
  readonly #copy: (text: string) => void;
  readonly #editor: TextEditor | null;
  #isEditingOutside = false;
  readonly #lock: () => void;
  readonly #exit: (code: number) => void;
  #unsubscribe: () => void = () => {};

  constructor(options: ControllerOptions) {
    const {
      redraw,
      suspend,
      lend,
      link,
      editor,
      runner,
      saver,
      opener,
      ownKeys,
      hasFocus,
      notifyAway,
      notificationCommand,
      setTitle,
      copy,
      lock,
      exit,
      ...environment
    } = options;
    this.#env = new Environment(environment);
    this.#composing = new Composing(this.#env, (action) => this.#runTyped(action, ''));
    this.#reading = new Reading(this.#env);
    this.#searching = new Searching(this.#env);
    const own = ownKeys ?? new OwnKeyFile(null);
    this.#keys = new KeyPresses(this.#env, own, {
      set: (buffer) => this.#composing.set(buffer),
      moveRow: (direction) => this.#composing.moveRow(direction, true),
    });
    this.settings = new SettingsKeys(this.#env, own, () => this.#keys.refresh());
    this.#piping = new Piping(this.#env, {
      runner,
      chosen: () => this.#reading.chosen(),
      copy,
      insert: (text) => this.#composing.insert(text),
      replace: (text) => this.#composing.replace(text),
      sendAsText: (text) => this.#sendText(text),
    });
    this.looking = new Looking(this.#env, {
      chosen: () => this.#reading.chosen(),
      toTime: (from) => void this.#reading.toTime(from),
      copy,
      opener,
    });
    this.onMessage = new MessageActions(this.#env, { chosen: () => this.#reading.chosen(), saver });
    this.#dialogs = new DialogKeys(this.#env, {
      open: (conversation) => this.#open(conversation),
      openById: (id) => void this.#openById(id),
      openAt: (message) => void this.#openById(message.conversation, message),
      run: (action, words) => this.#run(action, words, true),
      aboutContact: (dialog, chord) => this.#people.press(dialog, chord),
      quit: () => exit(0),
      command: (dialog, chord) => this.#piping.press(dialog, chord),
      settings: this.settings,
      onMessage: this.onMessage,
      inReading: (dialog, chord) => this.looking.press(dialog, chord),
    });
    this.link = new LeanLink(this.#env, link);
    this.disappearing = new Disappearing(this.#env);
    this.#people = new People(this.#env, {
      copy: (text) => copy(text),
      showInList: (conversation) => this.list.show(conversation),
      close: () => this.#reading.close(),
    });
    this.list = new ListMoves(this.#env, (conversation) => this.#open(conversation));
    this.triage = new Triaging(this.#env, {
      openUnread: (conversation) => this.#openUnread(conversation),
      open: (conversation) => this.#open(conversation),
      close: () => this.#reading.close(),
      selectMessage: () => this.#reading.selectMessage(0),
    });
    this.#pointing = new Pointing(this.#env, {
      press: (chord) => this.#pressChord(chord),
      choose: (place) => this.list.choose(place),
      moveListCursor: (by) => this.list.moveCursor(by),
      scrollRows: (delta) => this.#reading.scrollRows(delta),
      selectAt: (row) => this.#reading.selectAt(row),
      toNewest: () => this.#reading.toNewest(),
    });
    this.#idle = new IdleLock({
      clock: environment.clock,
      minutes: () => this.#idleMinutes(),
      warn: () => this.#env.notify(safe('Locks in 10 seconds; any key keeps it open.')),
      lock,
    });
    const isSeen = (conversation: string) =>
      hasFocus() && conversation === this.#env.ui.open && showsConversation(this.#env.layout, this.#env.ui);
    this.#notifier = new Notifier({
      session: environment.session,
      clock: environment.clock,
      isSeen,
      notify: notifyAway,
      run: notificationCommand,
      complain: (words) => this.#env.notify(words, 'error'),
    });
    this.#title = new UnreadTitle(this.#env, { isSeen, setTitle });
    this.#redraw = redraw;
    this.#suspend = suspend;
    this.#lend = lend;
    this.#copy = copy;
    this.#editor = editor;
    this.#lock = lock;
    this.#exit = exit;
  }

  /** Listens to the session and, if asked, opens a conversation with the composer focused. */
  async start(options: Readonly<{ conversation?: string; welcome?: SafeText }> = {}): Promise<void> {
    this.#unsubscribe = this.#env.session.onEvent(this.#onEvent);
    this.#keys.start();
    this.#reading.start();
    this.#people.start();
    this.#searching.start();
    this.list.start();
    this.triage.start();
    this.#idle.start();
    this.link.start();
    this.#title.start();
    const damaged = this.#env.session.damage();
    if (damaged.length > 0)
      this.#env.notify(damageWords(damaged.map(({ file, keptAs }) => keptAs || file)), 'error');
    else if (options.welcome !== undefined) this.#env.notify(options.welcome);
    if (options.conversation !== undefined) await this.#openById(options.conversation);
  }

  /** account ID of the open conversation */
  get openConversation(): string | null {
    return this.#env.ui.open;
  }

  /** Saves what was written, and lets go of the conversation. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#idle.stop();
    this.link.stop();
    this.#keys.stop();
    this.#notifier.stop();
    this.#title.stop();
    this.#searching.stop();
    this.list.stop();
    this.triage.stopFollowing();
    this.#people.stop();
    this.#piping.stop();
    this.#reading.stop();
    await this.#composing.settle();
  }

  /** the local clock */
  get now(): number {
    return this.#env.clock.now();
  }

  handleResize(size: Size): void {
    this.#env.store.dispatch({ kind: 'resized', size });
  }

  /** Messages that the pane shows now. */
  onScreen(ids: readonly string[]): void {
    this.#reading.onScreen(ids);
  }

  handleToken(token: InputToken): void {
    if (this.#idle.pressed()) return;
    const isClearing = token.kind === 'key' && this.#keys.meaning(chordOf(token.key)) === 'composer.clear';
    if (!isClearing) {
      this.#env.store.dispatch({ kind: 'quit-armed', armed: false });
      this.#env.store.dispatch({ kind: 'notice', notice: null });
    }
    if (token.kind === 'key') this.#press(token.key);
    else if (token.kind === 'text') this.#type(token.text);
    else this.#insertText(token.text, false);
  }

  handleLink(measure: LinkMeasure): void {
    this.link.measured(measure);
  }

  handleMouse(mouse: MouseInput): void {
    if (!this.#idle.pressed()) this.#pointing.handle(mouse);
  }

  #press(pressed: Key): void {
    this.#pressChord(chordOf(pressed));
  }

  #pressChord(chord: Chord): void {
    const { ui, layout } = this.#env;
    const canShow = layout.mode !== 'too-small';
    if (ui.dialog !== null && canShow && !this.#keys.isWaiting) {
      const plain = this.#keys.inDialog(ui.dialog, chord);
      if (this.#dialogs.press(ui.dialog, chord)) return;
      if (plain !== chord && this.#dialogs.press(ui.dialog, plain)) return;
    }
    if (ui.dialog === null && canShow && !this.#keys.isWaiting && this.#composing.pressCompleting(chord))
      return;
    const action = this.#keys.press(chord, canShow);
    if (action === null) return;
    if (!canShow && !alwaysPossible.includes(action.name)) return;
    if (ui.dialog !== null && action.inDialogs === undefined && action.edit === undefined) return;
    this.#run(action);
  }

  /** Typed characters: text where text is being typed, else keys one by one (each may move the focus). */
  #type(text: string): void {
    let rest = text;
    while (rest !== '') {
      if (this.#isTyping()) {
        this.#insertText(rest, true);
        return;
      }
      const character = graphemesOf(rest)[0]?.text ?? rest;
      rest = rest.slice(character.length);
      this.#press(key(character === ' ' ? 'space' : character));
    }
  }

  #isTyping(): boolean {
    return !this.#keys.isWaiting && placesOf(this.#env.ui).includes('text');
  }

  #insertText(text: string, isTyped: boolean): void {
    const { ui, layout } = this.#env;
    if (layout.mode === 'too-small') return;
    if (ui.dialog !== null) this.#dialogs.insert(ui.dialog, text);
    else if (ui.focus !== 'list') this.#composing.insert(text, isTyped);
  }

  /** Where it makes no sense now, nothing is done, and why is said. `isChosen`: by its name, so that something has to be said. */
  #run(action: Action, argument = '', isChosen = false): void {
    const { ui, session } = this.#env;
    const context: ActionContext = { ui, session: session.getState(), commands: this };
    // In a dialog's field the composer's state says nothing about whether an edit makes sense.
    const isForField = action.edit !== undefined && ui.dialog !== null;
    if (!isForField && action.when !== undefined && !action.when(context)) {
      const words = whyNot(action, context) ?? (isChosen ? 'That is not possible right now.' : null);
      if (words !== null) this.#env.notify(keyWords(ui.keymap, words));
    } else if (argument === '') action.run(context);
    else action.runWith?.(context, argument);
  }

  // --- dialogs

  openPalette(words = ''): void {
    this.#env.dialog({ kind: 'palette', field: insertLine(textBuffer(), words), index: 0 });
  }

  openNewConversation(recipient = ''): void {
    const field = insertLine(textBuffer(), recipient);
    const dialog = { kind: 'new-conversation', field, error: null, busy: false } as const;
    this.#env.dialog(dialog);
    if (recipient !== '') this.#dialogs.press(dialog, 'enter');
  }

  openHelp(): void {
    this.#env.dialog({ kind: 'help', top: 0 });
  }

  openNetwork(): void {
    this.#env.dialog({ kind: 'network' });
  }

  copyAccountId(): void {
    this.#copy(this.#env.session.getState().account.accountId);
    this.#env.notify(safe('Your Account ID is on the clipboard, if the terminal allows that.'));
  }

  openAccount(): void {
    this.#env.dialog({ kind: 'account' });
  }

  openSearch(where: 'here' | 'everywhere', words = ''): void {
    const scope = where === 'here' ? this.#env.ui.open : null;
    this.#env.dialog(searchFor(scope, insertLine(textBuffer(), words)));
  }

  // --- writing

  insert(text: string): void {
    this.#composing.insert(text);
  }

  edit(command: EditCommand): void {
    const { dialog } = this.#env.ui;
    if (dialog !== null) this.#dialogs.edit(dialog, command);
    else this.#composing.edit(command);
  }

  moveRow(direction: -1 | 1): void {
    this.#composing.moveRow(direction);
  }

  get people(): People {
    return this.#people;
  }

  get pipes(): Piping {
    return this.#piping;
  }

  get writing(): Composing {
    return this.#composing;
  }

  /** Sends the text, or does what it commands. */
  send(): void {
    if (this.#piping.ask(this.#env.ui.composer.text)) return;
    const meant = meaningOf(this.#env.ui.composer.text);
    if (meant.kind === 'problem') this.#env.notify(meant.words, 'error');
    else if (meant.kind === 'command') this.#runTyped(meant.action, meant.argument);
    else this.#sendText(meant.text);
  }

  #sendText(text: string): void {
    if (!this.#composing.send(text)) return;
    this.#reading.sent();
    this.triage.sent();
  }

  /** An action by its slash command; the command goes from the composer first, and undo brings it back. */
  #runTyped(action: Action, argument: string): void {
    this.#composing.edit('clear');
    this.#run(action, argument, true);
  }

  /**
   * The message in the person's own editor. It does not lock meanwhile, which would lose the text; if the time is up
   * when the editor ends, the text is kept as a draft and the lock comes at once, before the chat is seen again.
   */
  async editOutside(): Promise<void> {
    const { ui } = this.#env;
    const editor = this.#editor;
    if (ui.open === null || this.#isEditingOutside) return;
    if (editor === null) {
      this.#env.notify(safe('No editor can be started from here.'));
      return;
    }
    this.#isEditingOutside = true;
    try {
      await this.#lend(async (signal) => {
        const result = await editor(ui.composer.text, signal);
        if (result.kind === 'edited') this.#composing.replace(result.text);
        else this.#env.notify(safe(result.reason), 'error');
        await this.#composing.saveDrafts();
        this.#isEditingOutside = false;
        this.#idle.pressed();
      });
    } catch (error) {
      this.#env.report(error);
    } finally {
      this.#isEditingOutside = false;
    }
  }

  clearOrQuit(): void {
    const { dialog, composer, open, quitArmed } = this.#env.ui;
    if (dialog !== null) this.#dialogs.clear(dialog);
    else if (open !== null && composer.text !== '') this.#composing.edit('clear');
    else if (quitArmed) this.#exit(0);
    else {
      const { queued } = this.#env.session.getState();
      const waiting = queued === 0 ? '' : ` ${queued} still queued: kept, and sent the next time.`;
      const again = keyWords(this.#env.ui.keymap, 'Press {composer.clear} again to quit.');
      this.#env.notify(joinSafe([again, safe(waiting)], safe('')));
      this.#env.store.dispatch({ kind: 'quit-armed', armed: true });
    }
  }

  quit(): void {
    if (this.#env.session.getState().queued > 0) this.#env.dialog({ kind: 'quit' });
    else this.#exit(0);
  }

  redraw(): void {
    this.#redraw();
  }

  async suspend(): Promise<void> {
    if (await this.#suspend()) return;
    this.#env.notify(safe('There is no shell to bring it back (fg), so it was not suspended.'));
  }

  lock(): void {
    if (!this.#env.session.getState().unprotected) this.#lock();
    else {
      this.#env.dialog(null);
      this.#env.notify(
        safe('Without a password there is nothing to lock with. Quit, then: session-tui lock-password set'),
      );
    }
  }

  /** After how long it locks by itself; null: never. */
  #idleMinutes(): number | null {
    const { session } = this.#env;
    if (this.#isEditingOutside || session.getState().unprotected) return null;
    const value = session.settings().find(({ key }) => key === 'auto-lock')?.value;
    return typeof value === 'number' ? value : null;
  }

  // --- getting around

  cycleFocus(direction: -1 | 1): void {
    const { focus, open } = this.#env.ui;
    if (open === null) {
      const words = noneOpen({ session: this.#env.session.getState() });
      this.#env.notify(keyWords(this.#env.ui.keymap, words));
      return;
    }
    const at = focusOrder.indexOf(focus);
    const next = focusOrder[(at + direction + focusOrder.length) % focusOrder.length] ?? 'list';
    this.#env.focus(next);
    if (next === 'messages') this.#reading.selectMessage(0);
  }

  back(): void {
    const { dialog, focus, anchor, open } = this.#env.ui;
    if (dialog !== null) this.#env.dialog(null);
    else if (this.triage.back()) return;
    else if (focus === 'messages') {
      this.#env.focus('composer');
      this.#reading.toNewest();
    } else if (focus === 'composer') {
      if (open !== null && answeredBy(this.#env.ui) !== null)
        this.#env.store.dispatch({ kind: 'answering', conversation: open, message: null });
      else if (anchor.kind !== 'end') this.#reading.toNewest();
      else this.#env.focus('list');
    }
  }

  scrollPages(direction: -1 | 1): void {
    const { ui, layout } = this.#env;
    if (ui.focus === 'list') this.list.moveCursor(direction * Math.max(1, listRows(layout.mainRows) - 1));
    else this.#reading.scrollPages(direction);
  }

  toNewest(): void {
    this.#reading.toNewest();
  }

  toOldest(): void {
    this.#reading.toOldest();
  }

  toFirstUnread(): void {
    void this.#reading.toFirstUnread();
  }

  toQuoted(): void {
    void this.#reading.toQuoted();
  }

  selectMessage(direction: -1 | 1): void {
    this.#reading.selectMessage(direction);
  }

  retrySelected(): void {
    this.#reading.retry();
  }

  answerSelected(): void {
    const message = this.#reading.chosen();
    if (message === null) return;
    this.#env.store.dispatch({ kind: 'answering', conversation: message.conversation, message });
    this.#env.focus('composer');
  }

  /** As it is shown: what a paste would do somewhere else is seen before. */
  copySelected(): void {
    const message = this.#reading.chosen();
    if (message === null) return;
    if (message.body === '') this.#env.notify(safe('That message has no text.'));
    else {
      this.#copy(sanitizeText(message.body));
      this.#env.notify(safe('The text is on the clipboard, if the terminal allows that.'));
    }
  }

  #openUnread(conversation: string): void {
    const { open, composer } = this.#env.ui;
    const draft = open === conversation ? composer : this.#composing.draftOf(conversation);
    void this.#composing.saveDrafts();
    this.#reading.openUnread(conversation, draft);
    void this.#composing.restoreAnswer(conversation);
  }

  /** Opens a conversation at its end, or at one of its messages. */
  #open(conversation: string, message: Message | null = null): void {
    const { open, composer } = this.#env.ui;
    const draft = open === conversation ? composer : this.#composing.draftOf(conversation);
    void this.#composing.saveDrafts();
    if (message === null) this.#reading.open(conversation, draft);
    else this.#reading.openAt(message, draft);
    void this.#composing.restoreAnswer(conversation);
  }

  async #openById(id: string, message: Message | null = null): Promise<void> {
    try {
      const { conversations } = this.#env.session.getState();
      const accountId = parseAccountId(id);
      const isKnown = conversations.some((conversation) => conversation.id === id);
      if (!isKnown && accountId !== null) await this.#env.session.startConversation(accountId);
      this.#open(id, message);
    } catch (error) {
      this.#env.report(error);
    }
  }

  readonly #onEvent = (event: CoreEvent): void => {
    this.#notifier.onEvent(event);
    this.disappearing.onEvent(event);
    if (event.event === 'progress') this.#env.notify(restoreWords(event));
    if (event.event !== 'notice') return;
    if (event.conversation === null || event.conversation === this.#env.ui.open)
      this.#env.notify(sanitizeText(event.text));
  };
}

function whyNot({ otherwise }: Action, state: ActionState): string | null {
  return typeof otherwise === 'function' ? otherwise(state) : (otherwise ?? null);
}

function damageWords(keptAs: readonly string[]): SafeText {
  const names = keptAs.map((name) => sanitizeName(name)).join(', ');
  return sanitizeText(`A part of the store is damaged and was set aside (${names}); the rest is here.`);
}
