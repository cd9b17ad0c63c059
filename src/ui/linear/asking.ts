/** Questions, one after the other, each answered by a line: the password, a name, a word of the phrase. */
import { type SafeText, safe } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { textBuffer } from '../input/text-buffer.ts';
import { defaultKeymap } from '../keymap.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { chordOf } from '../terminal/keys.ts';
import { hiddenLine, shownLine, wholeLine } from './input-line.ts';
import { LineEditor } from './line-editor.ts';
import type { Paper } from './paper.ts';

/** What takes longer than this is said to be under way. */
export const slowMs = 500;
/** So much can be typed ahead of the next question. */
const maxAhead = 1000;

export type Question = Readonly<{
  prompt: SafeText;
  /** `hidden`: nothing shows · `erased`: it shows, and goes when the answer is given · `shown`: it stays */
  typed: 'shown' | 'erased' | 'hidden';
  /** what stands there to begin with */
  initial?: string;
}>;

export type Answer =
  | Readonly<{ kind: 'line'; text: string }>
  /** Esc: one step back */
  | Readonly<{ kind: 'back' }>
  | Readonly<{ kind: 'quit'; code: number }>;

export type AskerOptions = Readonly<{
  paper: Paper;
  clock: Clock;
  columns: () => number;
  suspend: () => Promise<boolean>;
  /** Ctrl-C or Ctrl-Q while nothing is asked */
  quit: (code: number) => void;
}>;

export class Asker {
  readonly #options: AskerOptions;
  #question: Question | null = null;
  #editor = new LineEditor('one', () => defaultKeymap);
  #answer: (answer: Answer) => void = () => {};
  /** typed before anything was asked */
  #ahead: InputToken[] = [];

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  ask(question: Question): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#question = question;
    this.#editor = new LineEditor('one', () => defaultKeymap);
    this.#editor.set(question.initial ?? '');
    this.#answer = resolve;
    this.#show();
    const ahead = this.#ahead;
    this.#ahead = [];
    for (const token of ahead) this.handle(token);
    return promise;
  }

  /** What was typed ahead was meant for another question. */
  dropAhead(): void {
    this.#ahead = [];
  }

  /** What was typed ahead, for whoever hears the keys from now on. */
  takeAhead(): readonly InputToken[] {
    return this.#ahead.splice(0);
  }

  /** Says that something is under way, once it takes so long that a person would wonder. */
  async slow<T>(words: SafeText, work: Promise<T>): Promise<T> {
    const cancel = this.#options.clock.after(slowMs, () => this.#options.paper.say(words));
    try {
      return await work;
    } finally {
      cancel();
    }
  }

  handle(token: InputToken): void {
    const question = this.#question;
    if (question === null) {
      const chord = token.kind === 'key' ? chordOf(token.key) : '';
      if (chord === 'ctrl-c' || chord === 'ctrl-q') this.#options.quit(chord === 'ctrl-c' ? 130 : 0);
      else if (this.#ahead.length < maxAhead) this.#ahead.push(token);
      return;
    }
    const chord = token.kind === 'key' ? chordOf(token.key) : '';
    if (chord === 'ctrl-c') {
      if (this.#editor.isEmpty) this.#end(question, '', { kind: 'quit', code: 130 });
      else {
        this.#editor.set('');
        this.#show();
      }
      return;
    }
    if (chord === 'escape') {
      this.#end(question, '', { kind: 'back' });
      return;
    }
    if (chord === 'up' || chord === 'down') return;
    const event = this.#editor.handle(token);
    if (event.kind === 'changed') this.#show();
    else if (event.kind === 'line') this.#end(question, event.text, { kind: 'line', text: event.text });
    else if (event.chord === 'ctrl-q' || event.chord === 'ctrl-d')
      this.#end(question, '', { kind: 'quit', code: 0 });
    else if (event.chord === 'ctrl-z') void this.#options.suspend();
  }

  #show(): void {
    const { paper, columns } = this.#options;
    const question = this.#question;
    if (question === null) return;
    const { prompt, typed } = question;
    paper.show(
      typed === 'hidden' ? hiddenLine(prompt, columns()) : shownLine(prompt, this.#editor.buffer, columns()),
    );
  }

  #end({ prompt, typed }: Question, text: string, answer: Answer): void {
    const { paper, columns } = this.#options;
    this.#question = null;
    if (typed === 'erased') paper.show(shownLine(prompt, textBuffer(), columns()));
    paper.end(typed === 'shown' ? wholeLine(prompt, text) : prompt);
    this.#answer(answer);
  }
}

/** `[y/n]`: true for yes; Enter alone, Esc and everything else are no. */
export async function confirmed(asker: Asker, words: string): Promise<boolean> {
  const answer = await asker.ask({ prompt: safe(`${words} (y or n): `), typed: 'shown' });
  return answer.kind === 'line' && /^\s*y(?:es)?\s*$/i.test(answer.text);
}
