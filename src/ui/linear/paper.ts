/**
 * What the terminal shows, seen as paper: lines are added at its end and never change. Only the row of the line being
 * typed does, and nothing tears it: what is to be said meanwhile waits, or goes before it.
 */
import type { SafeText } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { blankLine, bytesTo, type ShownLine, widthOf } from './input-line.ts';

/** A half-typed line that is left alone holds nothing up for longer. */
const holdMs = 30_000;

export type PaperOptions = Readonly<{
  /** a line feed begins a new row: terminals do so in raw mode too, as Node sets it (ONLCR) */
  write: (bytes: string) => void;
  clock: Clock;
  /** what is to be said while a line is typed waits */
  holds: () => boolean;
}>;

type Said = Readonly<{ lines: readonly SafeText[]; done: () => void }>;

export class Paper {
  readonly #options: PaperOptions;
  #shown: ShownLine = blankLine;
  #waiting: Said[] = [];
  #isAsked = false;
  #cancel: () => void = () => {};

  constructor(options: PaperOptions) {
    this.#options = options;
  }

  /**
   * Adds lines, now or when the line being typed is done; `done` is called once they are there. What is `urgent` goes
   * before the line being typed in any case.
   */
  say(
    text: SafeText | readonly SafeText[],
    { urgent = false, done = () => {} }: Readonly<{ urgent?: boolean; done?: () => void }> = {},
  ): void {
    const lines = typeof text === 'string' ? [text] : text;
    if (lines.length === 0) return;
    if (this.isTyping && this.#options.holds() && !urgent && !this.#isAsked) {
      if (this.#waiting.length === 0) this.#holdOn();
      this.#waiting.push({ lines, done });
    } else this.#put([{ lines, done }]);
  }

  /** Something stands on the row of the line being typed. */
  get isTyping(): boolean {
    return this.#shown !== blankLine;
  }

  /** A key asked for what is said next: it goes before the line being typed, until the line changes. */
  asked(): void {
    this.#isAsked = true;
  }

  /** The row of the line being typed becomes this. With nothing on it, what waited is said. */
  show(line: ShownLine): void {
    const next = line.graphemes.length === 0 ? blankLine : line;
    const bytes = bytesTo(this.#shown, next);
    this.#shown = next;
    this.#isAsked = false;
    if (bytes !== '') this.#options.write(bytes);
    if (next === blankLine) this.#release();
    else if (this.#waiting.length > 0) this.#holdOn();
  }

  /** The line is done: it stays on the paper, as `whole` if not all of it was in sight. What waited is said. */
  end(whole: SafeText): void {
    if (this.#shown !== blankLine) {
      const shown = this.#shown.graphemes.map(({ text }) => text).join('');
      const rest = bytesTo(this.#shown, { ...this.#shown, cursor: this.#shown.graphemes.length });
      this.#options.write(`${shown === whole ? rest : `\r${whole}`}\n`);
      this.#shown = blankLine;
    }
    this.#release();
  }

  /** The line is done, and nothing of it stays. */
  wipe(): void {
    this.show(blankLine);
  }

  /** Another program may have written: the row is begun anew, and shows what it showed. */
  redraw(): void {
    if (this.#shown !== blankLine) this.#options.write(`\r${bytesTo(blankLine, this.#shown)}`);
  }

  /** The cursor to a new row, for whoever writes next. */
  leave(): void {
    if (this.#shown !== blankLine) this.#options.write('\n');
  }

  /** What waits is not said any more: it is nobody's business now. */
  forget(): void {
    this.#waiting = [];
    this.#cancel();
  }

  #holdOn(): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(holdMs, () => this.#release());
  }

  #release(): void {
    this.#cancel();
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.#put(waiting);
  }

  #put(said: readonly Said[]): void {
    const width = widthOf(this.#shown.graphemes);
    const lines = said.flatMap((one) => one.lines.flatMap((line) => line.split('\n')));
    const wiped = width === 0 ? '' : `\r${' '.repeat(width)}\r`;
    this.#options.write(`${wiped}${lines.join('\n')}\n${bytesTo(blankLine, this.#shown)}`);
    for (const { done } of said) done();
  }
}
