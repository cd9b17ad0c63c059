/**
 * The terminal while the UI has it: alternate screen, raw mode, bracketed paste, key presses in, frames out, and
 * everything put back on `close`, which may be called at any time and from any way out.
 */
import type { Clock } from '../../util/clock.ts';
import { Surface } from '../present/surface.ts';
import type { Rgb } from '../theme/detect.ts';
import { type InputToken, InputTokenizer, stalledPasteMs, type TerminalToken } from './input-tokenizer.ts';
import { type LinkMeasure, LinkMeter, statusQuestion } from './link-meter.ts';
import { type MouseInput, mouseOff, mouseOn } from './mouse.ts';
import type { Multiplexer } from './notification.ts';
import { type InputStream, type OutputStream, type Size, sizeOf } from './streams.ts';
import { keepTitleBytes, restoreTitleBytes, titleBytes } from './title.ts';

/** So long a lone ESC may still be the beginning of a sequence (a slow link splits them). */
const escapeWaitMs = 30;
/** So long the rest of a terminal's reply may be under way. */
const replyWaitMs = 1000;

/** Within this time a terminal answers, or never. */
const answersWithinMs = 1000;
/** So long an ending waits for answers. */
const longestSettleMs = 100;

// Alternate screen; bracketed paste; reports of focus; no automatic wrap: where a terminal takes a grapheme for wider than we do, the
// row is cut at the edge instead of pushing all rows below it down; and the question whether it knows synchronised
// output (DECRQM), and after its background (OSC 11); asked before the first frame, which paints over whatever a
// terminal that does not know them shows. No frame waits for the answers.
const enter = '\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?7l\x1b[?2026$p\x1b]11;?\x1b\\';
// End of synchronised output, attributes and margins off, screen cleared (the alternate buffer keeps nothing of the
// chat), alternate screen left, bracketed paste and reports off, automatic wrap on, cursor shown.
const leave = '\x1b[?2026l\x1b[0m\x1b[r\x1b[H\x1b[2J\x1b[?1049l\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[?25h';
const synchronisedOutput = 2026;

export type TerminalHandlers = Readonly<{
  onToken(token: InputToken): void;
  /** only while it is asked for (`setMouse`) */
  onMouse(mouse: MouseInput): void;
  onResize(size: Size): void;
  /** what the terminal says of its background */
  onBackground(color: Rgb): void;
  /** something new is known of how slow the line is */
  onLink(measure: LinkMeasure): void;
  /** the terminal is gone (link closed, window closed) */
  onHangup(): void;
}>;

export class Terminal {
  /** where the frames go */
  readonly surface: Surface;
  readonly #stdin: InputStream;
  readonly #stdout: OutputStream;
  readonly #clock: Clock;
  readonly #handlers: TerminalHandlers;
  readonly #tokenizer: InputTokenizer;
  readonly #meter: LinkMeter;
  readonly #decoder = new TextDecoder('utf-8');
  #cancelFlush: () => void = () => {};
  /** when something came last */
  #heardAt = 0;
  /** questions of `enter` that are not answered yet */
  readonly #asked = new Set<'mode' | 'background'>();
  /** it is about to be given back: nothing is asked any more */
  #isLeaving = false;
  #takenAt = Number.NEGATIVE_INFINITY;
  /** called when the last answer that was waited for has come */
  #onAnswered: () => void = () => {};
  /** from `open` to `close` */
  #open = false;
  /** the terminal is ours now; not while it is lent */
  #held = false;
  #failed = false;
  #hasFocus = true;
  /** the mouse is reported, whenever the terminal is ours */
  #hasMouse = false;

  /** of the window, whenever the terminal is ours; null: not our business */
  #title: string | null = null;
  readonly #multiplexer: Multiplexer;

  constructor(
    stdin: InputStream,
    stdout: OutputStream,
    clock: Clock,
    handlers: TerminalHandlers,
    multiplexer: Multiplexer = null,
  ) {
    this.#multiplexer = multiplexer;
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.#clock = clock;
    this.#handlers = handlers;
    this.#meter = new LinkMeter(clock, () => this.signal(statusQuestion), handlers.onLink);
    this.surface = new Surface(stdout, clock, (bytes, tookMs) => this.#meter.wrote(bytes, tookMs));
    this.#tokenizer = new InputTokenizer({
      onMode: ({ mode, state }) => {
        if (mode !== synchronisedOutput) return;
        this.#answered('mode');
        this.surface.setAtomic(state === 'on' || state === 'off');
      },
      onFocus: (hasFocus) => {
        this.#hasFocus = hasFocus;
      },
      onStatus: () => {
        this.#meter.answered();
        this.#onAnswered();
      },
      onBackground: (color) => {
        this.#answered('background');
        handlers.onBackground(color);
      },
    });
  }

  /** As far as the terminal says; one that says nothing counts as looked at. */
  get hasFocus(): boolean {
    return this.#hasFocus;
  }

  /** Writes a sequence that is no part of a frame and moves nothing: a notification. Not while it is lent. */
  signal(sequence: string): void {
    if (this.#held && !this.#failed && sequence !== '') this.#stdout.write(sequence);
  }

  /** Asks for reports of the mouse, or for none; the terminal's own selection then needs Shift. */
  setMouse(isWanted: boolean): void {
    if (this.#hasMouse === isWanted) return;
    this.#hasMouse = isWanted;
    this.signal(isWanted ? mouseOn : mouseOff);
  }

  /** Names the window; null: it gets back the title it had before. */
  setTitle(title: string | null): void {
    const restored = this.#leaveTitle();
    const isFirst = this.#title === null;
    this.#title = title;
    if (title === null) this.signal(restored);
    else this.signal(isFirst ? this.#takeTitle() : titleBytes(title));
  }

  #takeTitle(): string {
    return this.#title === null ? '' : keepTitleBytes(this.#multiplexer) + titleBytes(this.#title);
  }

  #leaveTitle(): string {
    return this.#title === null ? '' : restoreTitleBytes(this.#multiplexer);
  }

  /** The first frame is on its way: a good time to find out how slow the line is. */
  measureLink(): void {
    this.#meter.started();
  }

  /** What is known of the line. */
  get link(): LinkMeasure {
    return this.#meter.measure;
  }

  get size(): Size {
    return sizeOf(this.#stdout);
  }

  /** Takes the terminal. */
  open(): void {
    this.#open = true;
    this.#stdout.on('error', this.#onGone);
    this.#stdout.on('resize', this.#onResize);
    this.take();
  }

  /** Takes the terminal again after `lend`, or when somebody else may have changed it; the next frame is whole. */
  take(): void {
    if (!this.#open || this.#failed) return;
    if (this.#held) this.#letGo();
    this.#held = true;
    this.#hasFocus = true;
    // Raw mode first: a program in the background is stopped here, before it writes anything.
    this.#setRawMode(true);
    this.#stdin.ref?.();
    this.#stdout.write(enter + (this.#hasMouse ? mouseOn : '') + this.#takeTitle());
    this.#stdin.on('data', this.#onData);
    this.#stdin.on('end', this.#onGone);
    this.#stdin.on('error', this.#onGone);
    this.#stdin.resume();
    this.#asked.add('mode').add('background');
    this.#isLeaving = false;
    this.#takenAt = this.#clock.monotonic();
    this.surface.resume();
  }

  #answered(question: 'mode' | 'background'): void {
    this.#asked.delete(question);
    this.#onAnswered();
  }

  /** An answer is on its way, or was to be expected so shortly ago that it may be. */
  get #isAnswerDue(): boolean {
    const isFresh = this.#clock.monotonic() - this.#takenAt < answersWithinMs;
    return this.#held && !this.#failed && ((isFresh && this.#asked.size > 0) || this.#meter.isWaiting);
  }

  /**
   * Before `close` and `lend`: waits for a moment for answers of the terminal that are on their way. They would stand on the shell's
   * line, as if somebody had typed them.
   */
  async settleAnswers(): Promise<void> {
    this.#isLeaving = true;
    if (!this.#isAnswerDue) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    // Not the clock's timer, which lets a program end: the terminal would not be given back.
    const timer = setTimeout(resolve, longestSettleMs);
    this.#onAnswered = () => {
      if (!this.#isAnswerDue) resolve();
    };
    await promise;
    clearTimeout(timer);
    this.#onAnswered = () => {};
  }

  /** Gives the terminal back as it was, until `take`. */
  lend(): void {
    if (!this.#held) return;
    this.surface.pause();
    if (!this.#failed) this.#stdout.write(this.#leaveTitle() + (this.#hasMouse ? mouseOff : '') + leave);
    this.#letGo();
  }

  /** Gives the terminal back as it was. Idempotent, synchronous. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stdout.off('resize', this.#onResize);
    this.lend();
    this.surface.stop();
    // `error` stays heard: a write may fail after a hang-up, and must not become a crash.
  }

  /** No key is heard any more, and the terminal reads lines as before. */
  #letGo(): void {
    this.#held = false;
    this.#meter.forget();
    this.#cancelFlush();
    this.#stdin.off('data', this.#onData);
    this.#stdin.off('end', this.#onGone);
    this.#stdin.off('error', this.#onGone);
    this.#setRawMode(false);
    this.#stdin.pause();
    this.#stdin.unref?.();
  }

  #setRawMode(on: boolean): void {
    try {
      this.#stdin.setRawMode?.(on);
    } catch {
      // The terminal is gone: there is nothing to take or to restore.
    }
  }

  readonly #onData = (chunk: Buffer | string): void => {
    this.#cancelFlush();
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    const silence = this.#clock.monotonic() - this.#heardAt;
    this.#heardAt += silence;
    const stops = silence >= stalledPasteMs && this.#tokenizer.stopsPaste(text);
    this.#give(stops ? this.#tokenizer.flush() : this.#tokenizer.push(text));
    const { pending } = this.#tokenizer;
    // A paste is never cut short: what came after the cut would be read as key presses.
    if (!this.#held || pending === 'none' || pending === 'paste') return;
    this.#cancelFlush = this.#clock.after(pending === 'escape' ? escapeWaitMs : replyWaitMs, () =>
      this.#give(this.#tokenizer.flush()),
    );
  };

  #give(tokens: readonly TerminalToken[]): void {
    const keys = tokens.reduce((sum, token) => sum + keyPresses(token), 0);
    // Other keys may end or suspend the program, and the answer would come to the shell.
    const isTyping = tokens.every(({ kind }) => kind === 'text') && !this.#isLeaving;
    if (keys > 0) this.#meter.pressed(keys, isTyping);
    for (const token of tokens) {
      if (!this.#held) return;
      if (token.kind !== 'mouse') this.#handlers.onToken(token);
      else if (this.#hasMouse) this.#handlers.onMouse(token.mouse);
    }
  }

  readonly #onResize = (): void => {
    this.#handlers.onResize(this.size);
  };

  readonly #onGone = (): void => {
    this.#failed = true;
    if (this.#open) this.#handlers.onHangup();
  };
}

/** A paste is none: nobody waits for each of its characters. */
function keyPresses(token: TerminalToken): number {
  if (token.kind === 'key') return 1;
  return token.kind === 'text' ? [...token.text].length : 0;
}
