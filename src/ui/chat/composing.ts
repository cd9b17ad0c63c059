/** The composer's side of the chat: typing, editing, sending, drafts. */
import { maxBodyCodePoints } from '../../core/index.ts';
import type { Message } from '../../core/types.ts';
import { safe } from '../../text/sanitize.ts';
import { offsetByRow } from '../input/composer-layout.ts';
import {
  codePointCount,
  type EditCommand,
  edit,
  insertText,
  moveTo,
  replaceText,
  type TextBuffer,
  textBuffer,
} from '../input/text-buffer.ts';
import { composerTextWidth } from '../state/layout.ts';
import { answeredBy } from '../state/ui-state.ts';
import { Drafts } from './drafts.ts';
import type { Environment } from './environment.ts';
import { History } from './history.ts';

/** Far above what can be sent: a pasted book is there to be cut, not lost. */
const maxComposerLength = 256 * 1024;

/** What actions ask of the composer beyond typing and editing. */
export type WritingCommands = Readonly<{
  recall(direction: -1 | 1): Promise<void>;
}>;

export class Composing implements WritingCommands {
  readonly #env: Environment;
  readonly #drafts: Drafts;
  readonly #history: History;
  readonly #sending = new Set<Promise<void>>();

  constructor(env: Environment) {
    this.#env = env;
    this.#drafts = new Drafts(env.session, env.clock, env.report);
    this.#history = new History(env.session);
  }

  /** The text left in a conversation; what was cut elsewhere can be put back here. */
  draftOf(conversation: string): TextBuffer {
    const { kills } = this.#env.ui.composer;
    const draft = this.#drafts.get(conversation);
    return kills.length === 0 ? draft : { ...draft, kills };
  }

  saveDrafts(): Promise<void> {
    return this.#drafts.save();
  }

  /** Resolves once the session has what was sent, and all drafts. */
  async settle(): Promise<void> {
    await Promise.all(this.#sending);
    await this.#drafts.save();
  }

  /** Puts typed or pasted text at the cursor, and the focus where it went. */
  insert(text: string): void {
    const { composer, open } = this.#env.ui;
    if (open === null) return;
    this.#change(insertText(composer, this.#fitting(text, maxComposerLength - composer.text.length)));
    this.#env.focus('composer');
  }

  /** Puts a text that was edited elsewhere in place of what stands there. */
  replace(text: string): void {
    this.#change(replaceText(this.#env.ui.composer, this.#fitting(text, maxComposerLength)));
    this.#env.focus('composer');
  }

  #fitting(text: string, room: number): string {
    if (text.length <= room) return text;
    this.#env.notify(safe('Only a part was taken: that is far more than a message can hold.'), 'error');
    // A cut must not leave half of a surrogate pair.
    return text.slice(0, Math.max(0, room)).replace(/[\ud800-\udbff]$/, '');
  }

  edit(command: EditCommand): void {
    this.#change(edit(this.#env.ui.composer, command));
  }

  /** A row up or down; beyond the first and last row of what was recalled, or of nothing, to what was sent before. */
  moveRow(direction: -1 | 1): void {
    const { composer, open } = this.#env.ui;
    if (open === null) return;
    const width = composerTextWidth(this.#env.layout.conversationWidth);
    const offset = offsetByRow(composer.text, composer.cursor, width, direction);
    if (offset !== null) this.#change(moveTo(composer, offset));
    else if (composer.text === '' || this.#history.isAt(open, composer.text)) void this.recall(direction);
    else this.edit(direction < 0 ? 'text-start' : 'text-end');
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
      // Something may have been typed meanwhile.
      if (text === null || this.#env.ui.open !== open || this.#env.ui.composer !== composer) return;
      this.#change(replaceText(composer, text));
    } catch (error) {
      this.#env.report(error);
    }
  }

  /** Sends the text; true if it was taken. It is refused while it is blank or too long, and stays then. */
  send(): boolean {
    const { open, composer } = this.#env.ui;
    if (open === null || composer.text.trim() === '') return false;
    const count = codePointCount(composer.text);
    if (count > maxBodyCodePoints) {
      const words = `Too long to send by ${count - maxBodyCodePoints}: it has ${count} characters, a message holds ${maxBodyCodePoints}. Shorten it or send it in parts.`;
      this.#env.notify(safe(words), 'error');
      return false;
    }
    this.#change({ ...textBuffer(), kills: composer.kills });
    const answered = answeredBy(this.#env.ui);
    this.#answer(open, null);
    const sending = this.#queue(open, composer, answered).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
    return true;
  }

  #answer(conversation: string, message: Message | null): void {
    this.#env.store.dispatch({ kind: 'answering', conversation, message });
  }

  async #queue(conversation: string, composer: TextBuffer, answered: Message | null): Promise<void> {
    try {
      const options = answered === null ? {} : { replyTo: answered.id };
      await this.#env.session.queueMessage(conversation, composer.text, options);
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

  #change(composer: TextBuffer): void {
    const { open, composer: before } = this.#env.ui;
    if (open === null || composer === before) return;
    this.#env.store.dispatch({ kind: 'edited', composer });
    this.#drafts.set(open, composer);
  }
}
