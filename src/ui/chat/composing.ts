/** The composer's side of the chat: typing, editing, sending, drafts. */
import { maxBodyCodePoints } from '../../core/index.ts';
import type { Message } from '../../core/types.ts';
import { safe } from '../../text/sanitize.ts';
import type { Action } from '../actions.ts';
import { type Completion, shortcodesIn } from '../input/completion.ts';
import { offsetByRow } from '../input/composer-layout.ts';
import {
  codePointCount,
  type EditCommand,
  edit,
  insertText,
  moveTo,
  replaceRange,
  replaceText,
  type TextBuffer,
  textBuffer,
} from '../input/text-buffer.ts';
import { composerTextWidth } from '../state/layout.ts';
import { answeredBy } from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';
import { Completing } from './completing.ts';
import { Drafts } from './drafts.ts';
import type { Environment } from './environment.ts';
import { History } from './history.ts';

/** Far above what can be sent: a pasted book is there to be cut, not lost. */
const maxComposerLength = 256 * 1024;

/** What actions ask of the composer beyond typing and editing. */
export type WritingCommands = Readonly<{
  recall(direction: -1 | 1): Promise<void>;
  /** lists what can be put in place of what stands before the cursor */
  complete(): void;
}>;

const noneBefore = 'Nothing else was sent here before.';

export class Composing implements WritingCommands {
  readonly #env: Environment;
  readonly #drafts: Drafts;
  readonly #history: History;
  readonly #completing: Completing;
  readonly #run: (action: Action) => void;
  /** as the drafts have it */
  #answered: ReadonlyMap<string, Message> = new Map();
  readonly #sending = new Set<Promise<void>>();

  /** `run`: what Enter does on a slash command in the list */
  constructor(env: Environment, run: (action: Action) => void) {
    this.#env = env;
    this.#run = run;
    this.#completing = new Completing(env);
    this.#drafts = new Drafts(env.session, env.clock, env.report);
    this.#history = new History(env.session);
    env.store.subscribe(() => this.#noteAnswers());
  }

  /** The text left in a conversation; what was cut elsewhere can be put back here. */
  draftOf(conversation: string): TextBuffer {
    const { kills } = this.#env.ui.composer;
    const draft = this.#drafts.get(conversation);
    return kills.length === 0 ? draft : { ...draft, kills };
  }

  /** What the draft of a conversation that was just opened answers, as it was left in an earlier run. */
  async restoreAnswer(conversation: string): Promise<void> {
    const id = this.#drafts.answeredIn(conversation);
    if (id === null || this.#env.ui.answered.has(conversation)) return;
    try {
      const message = await this.#env.session.message(id);
      const isStill =
        this.#drafts.answeredIn(conversation) === id && !this.#env.ui.answered.has(conversation);
      if (isStill && message?.conversation === conversation) this.#answer(conversation, message);
    } catch (error) {
      this.#env.report(error);
    }
  }

  #noteAnswers(): void {
    const { answered } = this.#env.ui;
    const before = this.#answered;
    if (answered === before) return;
    this.#answered = answered;
    for (const conversation of new Set([...before.keys(), ...answered.keys()]))
      this.#drafts.setAnswered(conversation, answered.get(conversation)?.id ?? null);
  }

  saveDrafts(): Promise<void> {
    return this.#drafts.save();
  }

  /** Resolves once the session has what was sent, and all drafts. */
  async settle(): Promise<void> {
    await Promise.all(this.#sending);
    await this.#drafts.save();
  }

  /** Puts typed or pasted text at the cursor, and the focus where it went. Only what is typed is completed. */
  insert(text: string, isTyped = false): void {
    const { composer, open } = this.#env.ui;
    if (open === null) return;
    this.#env.focus('composer');
    if (!isTyped) this.#sayDropped(text);
    const next = insertText(composer, this.#fitting(text, maxComposerLength - composer.text.length));
    this.#change(next, isTyped ? this.#completing.after(next) : null);
    if (isTyped && text.includes(':')) void this.#replaceShortcodes(composer.cursor, next);
  }

  /** `:smile:` becomes the emoji when its last colon is typed; undo brings the letters back. */
  async #replaceShortcodes(from: number, typed: TextBuffer): Promise<void> {
    const found = shortcodesIn(typed.text, from, typed.cursor);
    if (found.length === 0) return;
    try {
      const emoji = await this.#completing.emoji();
      let next = this.#env.ui.composer;
      // Typed on meanwhile, at the end: what stands before is the same. Anything else was no typing.
      if (!next.text.startsWith(typed.text.slice(0, typed.cursor))) return;
      for (const { from, to, name } of found.toReversed()) {
        const sign = emoji.named(name);
        if (sign === null) continue;
        const behind = next.cursor - to;
        if (behind < 0) return;
        next = replaceRange(next, from, to, sign);
        next = moveTo(next, next.cursor + behind);
      }
      this.#change(next);
    } catch (error) {
      this.#env.report(error);
    }
  }

  complete(): void {
    const { composer, open } = this.#env.ui;
    if (open === null) return;
    const completion = this.#completing.asked(composer);
    if (completion === null)
      this.#env.notify(safe('Nothing to complete: type : for emoji, @ for people, / for commands.'));
    this.#env.store.dispatch({ kind: 'completing', completion });
  }

  /** Keys that the open list takes; false for all others, and while none is open. */
  pressCompleting(chord: Chord): boolean {
    const { completion } = this.#env.ui;
    if (completion === null) return false;
    if (chord === 'escape') this.#completing.close();
    else if (chord === 'up') this.#completing.move(-1);
    else if (chord === 'down') this.#completing.move(1);
    else if (chord === 'tab') this.#take(completion, Math.max(0, completion.index));
    else if (chord === 'enter' && completion.index >= 0) {
      const action = completion.entries[completion.index]?.action ?? null;
      if (action === null) this.#take(completion, completion.index);
      else this.#run(action);
    } else return false;
    return true;
  }

  #take({ start, entries }: Completion, index: number): void {
    const { composer } = this.#env.ui;
    const entry = entries[index];
    if (entry === undefined) return;
    const isFollowed = /^\s/.test(composer.text.slice(composer.cursor));
    const text = entry.spaced && !isFollowed ? `${entry.insert} ` : entry.insert;
    this.#change(replaceRange(composer, start, composer.cursor, text));
  }

  /** Puts a text that was edited elsewhere in place of what stands there. */
  replace(text: string): void {
    this.#sayDropped(text);
    this.#change(replaceText(this.#env.ui.composer, this.#fitting(text, maxComposerLength)));
    this.#env.focus('composer');
  }

  /** What comes in bulk is text, whatever control characters stand in it; that they are left out is said. */
  #sayDropped(text: string): void {
    const count = text.match(/(?![\t\n\r])\p{Cc}/gu)?.length ?? 0;
    if (count === 1) this.#env.notify(safe('A control character was left out.'));
    else if (count > 1) this.#env.notify(safe(`${count} control characters were left out.`));
  }

  #fitting(text: string, room: number): string {
    if (text.length <= room) return text;
    this.#env.notify(safe('Only a part was taken: that is far more than a message can hold.'), 'error');
    // A cut must not leave half of a surrogate pair.
    return text.slice(0, Math.max(0, room)).replace(/[\ud800-\udbff]$/, '');
  }

  /** Takes the text field as a keymap of its own left it. */
  set(buffer: TextBuffer): void {
    this.#change(buffer);
  }

  edit(command: EditCommand): void {
    const { composer, completion } = this.#env.ui;
    const next = edit(composer, command);
    const goesOn = completion !== null && (command === 'backspace' || command === 'kill-word-left');
    this.#change(next, goesOn ? this.#completing.after(next) : null);
  }

  /** A row up or down; beyond the first and last row of what was recalled, or of nothing, to what was sent before. */
  /** `stays`: where there is no further row the cursor stays, and does not go to the end of the text */
  moveRow(direction: -1 | 1, stays = false): void {
    const { composer, open } = this.#env.ui;
    if (open === null) return;
    const width = composerTextWidth(this.#env.layout.conversationWidth);
    const offset = offsetByRow(composer.text, composer.cursor, width, direction);
    if (offset !== null) this.#change(moveTo(composer, offset));
    else if (composer.text === '' || this.#history.isAt(open, composer.text)) void this.recall(direction);
    else if (!stays) this.edit(direction < 0 ? 'text-start' : 'text-end');
  }

  /** Puts what was sent before (-1) or after that (1) in place of the text, which comes back at the end. */
  async recall(direction: -1 | 1): Promise<void> {
    const { open, composer } = this.#env.ui;
    if (open === null) return;
    try {
      const text =
        direction < 0
          ? await this.#history.older(open, composer.text)
          : this.#history.newer(open, composer.text);
      if (text === null && this.#env.ui.composer === composer)
        this.#env.notify(safe(direction < 0 ? noneBefore : 'Nothing sent before stands here.'));
      // Something may have been typed meanwhile.
      if (text === null || this.#env.ui.open !== open || this.#env.ui.composer !== composer) return;
      this.#change(replaceText(composer, text));
    } catch (error) {
      this.#env.report(error);
    }
  }

  /** Sends what the composer's text says; true if it was taken. It is refused while blank or too long, and stays then. */
  send(written: string): boolean {
    const { open, composer } = this.#env.ui;
    // Completion leaves a space behind a name (white space at the end is not sent: messages.md section 8).
    const text = written.trimEnd();
    if (open === null || text === '') return false;
    const count = codePointCount(text);
    if (count > maxBodyCodePoints) {
      const words = `Too long to send by ${count - maxBodyCodePoints}: it has ${count} characters, a message holds ${maxBodyCodePoints}. Shorten it or send it in parts.`;
      this.#env.notify(safe(words), 'error');
      return false;
    }
    this.#change({ ...textBuffer(), kills: composer.kills }, null, true);
    const answered = answeredBy(this.#env.ui);
    this.#answer(open, null);
    const sending = this.#queue(open, text, composer, answered).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
    return true;
  }

  #answer(conversation: string, message: Message | null): void {
    this.#env.store.dispatch({ kind: 'answering', conversation, message });
  }

  async #queue(
    conversation: string,
    text: string,
    composer: TextBuffer,
    answered: Message | null,
  ): Promise<void> {
    try {
      const options = answered === null ? {} : { replyTo: answered.id };
      await this.#env.session.queueMessage(conversation, text, options);
      await this.#drafts.save();
    } catch (error) {
      this.#env.report(error);
      // Nothing was stored: the text goes back to where it came from, unless something new stands there.
      const { open, composer: now } = this.#env.ui;
      if (answered !== null && !this.#env.ui.answered.has(conversation)) this.#answer(conversation, answered);
      if (open === conversation && now.text === '') this.#change(composer);
      else if (this.#drafts.get(conversation).text === '') this.#drafts.set(conversation, composer);
    }
  }

  /** `isSent`: the text goes because it is being sent, which says that it was typed. */
  #change(composer: TextBuffer, completion: Completion | null = null, isSent = false): void {
    const { open, composer: before } = this.#env.ui;
    if (open === null) return;
    if (composer === before) {
      this.#env.store.dispatch({ kind: 'completing', completion });
      return;
    }
    this.#env.store.dispatch({ kind: 'edited', composer, completion });
    this.#drafts.set(open, composer);
    if (!isSent && composer.text !== before.text) this.#env.session.setTyping(open, composer.text !== '');
  }
}
