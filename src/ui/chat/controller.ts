/**
 * The chat screen's hands: key presses become actions, actions become commands to the session and changes of the
 * screen's state. Knows nothing of React or Ink.
 */
import type { CoreEvent } from '../../core/types.ts';
import type { OscPayload } from '../../text/osc-payload.ts';
import { type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { noneOpen } from '../actions/types.ts';
import type { Action, ActionContext, ActionState, ChatCommands } from '../actions.ts';
import type { EditCommand } from '../input/text-buffer.ts';
import { placesOf } from '../keymap.ts';
import { keyWords } from '../keys/hints.ts';
import { OwnKeyFile } from '../keys/key-file.ts';
import { listRows } from '../panes/list-pane.ts';
import { meaningOf } from '../slash.ts';
import { answeredBy, type Focus } from '../state/ui-state.ts';
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
import { Copying } from './copying.ts';
import { DialogKeys } from './dialog-keys.ts';
import { DialogOpeners } from './dialog-openers.ts';
import { Disappearing } from './disappearing.ts';
import { Environment, type EnvironmentOptions } from './environment.ts';
import { autoLockMinutes, IdleLock } from './idle-lock.ts';
import { KeyPresses } from './key-presses.ts';
import { LeanLink, type LeanLinkOptions } from './lean-link.ts';
import { Leaving } from './leaving.ts';
import { ListMoves } from './list-moves.ts';
import { Looking } from './looking.ts';
import { showsConversation } from './model.ts';
import { Notifier } from './notifier.ts';
import { Opening } from './opening.ts';
import { OutsideEditor } from './outside-editor.ts';
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
  readonly writing: Composing;
  readonly reading: Reading;
  readonly pipes: Piping;
  readonly link: LeanLink;
  readonly disappearing: Disappearing;
  readonly people: People;
  readonly settings: SettingsKeys;
  readonly looking: Looking;
  readonly onMessage: MessageActions;
  readonly triage: Triaging;
  readonly list: ListMoves;
  readonly dialogs: DialogOpeners;
  readonly copying: Copying;
  readonly leaving: Leaving;
  readonly outside: OutsideEditor;
  readonly redraw: () => void;
  readonly #env: Environment;
  readonly #searching: Searching;
  readonly #dialogs: DialogKeys;
  readonly #pointing: Pointing;
  readonly #keys: KeyPresses;
  readonly #idle: IdleLock;
  readonly #notifier: Notifier;
  readonly #title: UnreadTitle;
  readonly #opening: Opening;
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
    this.writing = new Composing(this.#env, (action) => this.#runTyped(action, ''));
    this.reading = new Reading(this.#env);
    this.#searching = new Searching(this.#env);
    const own = ownKeys ?? new OwnKeyFile(null);
    this.#keys = new KeyPresses(this.#env, own, {
      set: (buffer) => this.writing.set(buffer),
      moveRow: (direction) => this.writing.moveRow(direction, true),
    });
    this.settings = new SettingsKeys(this.#env, own, () => this.#keys.refresh());
    this.pipes = new Piping(this.#env, {
      runner,
      chosen: () => this.reading.chosen(),
      copy,
      insert: (text) => this.writing.insert(text),
      replace: (text) => this.writing.replace(text),
      sendAsText: (text) => this.#sendText(text),
    });
    this.looking = new Looking(this.#env, {
      chosen: () => this.reading.chosen(),
      toTime: (from) => void this.reading.toTime(from),
      copy,
      opener,
    });
    this.onMessage = new MessageActions(this.#env, { chosen: () => this.reading.chosen(), saver });
    this.#opening = new Opening(this.#env, this.writing, this.reading);
    this.copying = new Copying(this.#env, { chosen: () => this.reading.chosen(), copy });
    this.#dialogs = new DialogKeys(this.#env, {
      open: (conversation) => this.#opening.open(conversation),
      openById: (id) => void this.#opening.openById(id),
      openAt: (message) => void this.#opening.openById(message.conversation, message),
      run: (action, words) => this.#run(action, words, true),
      aboutContact: (dialog, chord) => this.people.press(dialog, chord),
      quit: () => exit(0),
      command: (dialog, chord) => this.pipes.press(dialog, chord),
      settings: this.settings,
      onMessage: this.onMessage,
      inReading: (dialog, chord) => this.looking.press(dialog, chord),
    });
    this.dialogs = new DialogOpeners(this.#env, (dialog) => this.#dialogs.press(dialog, 'enter'));
    this.link = new LeanLink(this.#env, link);
    this.disappearing = new Disappearing(this.#env);
    this.people = new People(this.#env, {
      copy: (text) => copy(text),
      showInList: (conversation) => this.list.show(conversation),
      close: () => this.reading.close(),
    });
    this.list = new ListMoves(this.#env, (conversation) => this.#opening.open(conversation));
    this.triage = new Triaging(this.#env, {
      openUnread: (conversation) => this.#opening.openUnread(conversation),
      open: (conversation) => this.#opening.open(conversation),
      close: () => this.reading.close(),
      selectMessage: () => this.reading.selectMessage(0),
    });
    this.#pointing = new Pointing(this.#env, {
      press: (chord) => this.#pressChord(chord),
      choose: (place) => this.list.choose(place),
      moveListCursor: (by) => this.list.moveCursor(by),
      scrollRows: (delta) => this.reading.scrollRows(delta),
      selectAt: (row) => this.reading.selectAt(row),
      toNewest: () => this.reading.toNewest(),
    });
    this.outside = new OutsideEditor(this.#env, this.writing, {
      editor,
      lend,
      ended: () => this.#idle.pressed(),
    });
    this.leaving = new Leaving(this.#env, {
      clearDialog: (dialog) => this.#dialogs.clear(dialog),
      clearText: () => this.writing.edit('clear'),
      suspend,
      lock,
      exit,
    });
    this.#idle = new IdleLock({
      clock: environment.clock,
      minutes: () => (this.outside.isEditing ? null : autoLockMinutes(environment.session)),
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
    this.redraw = redraw;
  }

  /** Listens to the session and, if asked, opens a conversation with the composer focused. */
  async start(options: Readonly<{ conversation?: string; welcome?: SafeText }> = {}): Promise<void> {
    this.#unsubscribe = this.#env.session.onEvent(this.#onEvent);
    this.#keys.start();
    this.reading.start();
    this.people.start();
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
    if (options.conversation !== undefined) await this.#opening.openById(options.conversation);
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
    this.people.stop();
    this.pipes.stop();
    this.reading.stop();
    await this.writing.settle();
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
    this.reading.onScreen(ids);
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
    if (ui.dialog === null && canShow && !this.#keys.isWaiting && this.writing.pressCompleting(chord)) return;
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
    else if (ui.focus !== 'list') this.writing.insert(text, isTyped);
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

  // --- writing

  insert(text: string): void {
    this.writing.insert(text);
  }

  edit(command: EditCommand): void {
    const { dialog } = this.#env.ui;
    if (dialog !== null) this.#dialogs.edit(dialog, command);
    else this.writing.edit(command);
  }

  moveRow(direction: -1 | 1): void {
    this.writing.moveRow(direction);
  }

  /** Sends the text, or does what it commands. */
  send(): void {
    if (this.pipes.ask(this.#env.ui.composer.text)) return;
    const meant = meaningOf(this.#env.ui.composer.text);
    if (meant.kind === 'problem') this.#env.notify(meant.words, 'error');
    else if (meant.kind === 'command') this.#runTyped(meant.action, meant.argument);
    else this.#sendText(meant.text);
  }

  #sendText(text: string): void {
    if (!this.writing.send(text)) return;
    this.reading.sent();
    this.triage.sent();
  }

  /** An action by its slash command; the command goes from the composer first, and undo brings it back. */
  #runTyped(action: Action, argument: string): void {
    this.writing.edit('clear');
    this.#run(action, argument, true);
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
    if (next === 'messages') this.reading.selectMessage(0);
  }

  back(): void {
    const { dialog, focus, anchor, open } = this.#env.ui;
    if (dialog !== null) this.#env.dialog(null);
    else if (this.triage.back()) return;
    else if (focus === 'messages') {
      this.#env.focus('composer');
      this.reading.toNewest();
    } else if (focus === 'composer') {
      if (open !== null && answeredBy(this.#env.ui) !== null)
        this.#env.store.dispatch({ kind: 'answering', conversation: open, message: null });
      else if (anchor.kind !== 'end') this.reading.toNewest();
      else this.#env.focus('list');
    }
  }

  scrollPages(direction: -1 | 1): void {
    const { ui, layout } = this.#env;
    if (ui.focus === 'list') this.list.moveCursor(direction * Math.max(1, listRows(layout.mainRows) - 1));
    else this.reading.scrollPages(direction);
  }

  answerSelected(): void {
    const message = this.reading.chosen();
    if (message === null) return;
    this.#env.store.dispatch({ kind: 'answering', conversation: message.conversation, message });
    this.#env.focus('composer');
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
