/**
 * Puts screens on a terminal: remembers what it shows and writes the difference in one piece. While the line is busy
 * (the stream asks to wait for `drain`), nothing is queued: the newest screen waits, those in between are dropped.
 */
import { utf8Encode } from '../../util/bytes.ts';
import type { Clock } from '../../util/clock.ts';
import type { OutputStream } from '../terminal/streams.ts';
import type { Grid } from './grid.ts';
import { type CursorPlace, paint } from './paint.ts';
import { type PenState, unknownPen } from './pen.ts';

const beginSync = '\x1b[?2026h';
const endSync = '\x1b[?2026l';
/** A write up to this size is shown at once anyway. */
const worthSync = 64;
/** Node's terminal streams wait inside of the write until the line takes it. From here on the line counts as slow. */
const slowWriteMs = 50;
/** So long at most the next screen is put off after a slow write. */
const longestPauseMs = 200;

/** On a slow line, at least so long between two screens: what is typed meanwhile makes one. */
const leanPaceMs = 100;

/** Hears of each write: bytes, and how long the terminal took for them; with 0 bytes, of a wait until it had drained. */
export type OnWritten = (bytes: number, tookMs: number) => void;

export class Presenter {
  readonly #target: OutputStream;
  readonly #clock: Clock;
  #cancelPause: () => void = () => {};
  #shown: Grid | null = null;
  #pen: PenState = unknownPen;
  #isAtomic = false;
  #isLean = false;
  #isBusy = false;
  #waiting: Readonly<{ grid: Grid; cursor: CursorPlace }> | null = null;

  readonly #onWritten: OnWritten;
  #writtenAt = 0;

  constructor(target: OutputStream, clock: Clock, onWritten: OnWritten = () => {}) {
    this.#target = target;
    this.#clock = clock;
    this.#onWritten = onWritten;
  }

  /** Whether the line is slow: then screens are fewer, and no scroll moves cells that must be written again. */
  setLean(isLean: boolean): void {
    this.#isLean = isLean;
  }

  /** The terminal said whether it knows synchronised output (DEC mode 2026). */
  setAtomic(isKnown: boolean): void {
    this.#isAtomic = isKnown;
  }

  /** Takes nothing for granted any more about what the terminal shows: the next screen is written whole. */
  invalidate(): void {
    this.#shown = null;
    this.#pen = unknownPen;
  }

  /** Shows a screen, which must not be changed afterwards; the cursor is hidden where it is null. */
  present(grid: Grid, cursor: CursorPlace): void {
    if (this.#isBusy) {
      this.#waiting = { grid, cursor };
      return;
    }
    const isSameSize = this.#shown?.columns === grid.columns && this.#shown.rows === grid.rows;
    if (!isSameSize) this.invalidate();
    const { output, pen } = paint(this.#shown, grid, cursor, this.#pen, this.#isAtomic, this.#isLean);
    this.#shown = grid;
    this.#pen = pen;
    if (output === '') return;
    const isWrapped = this.#isAtomic && output.length > worthSync;
    const start = this.#clock.monotonic();
    const bytes = isWrapped ? beginSync + output + endSync : output;
    const isReady = this.#target.write(bytes);
    const took = this.#clock.monotonic() - start;
    this.#writtenAt = start;
    if (!isReady) {
      this.#isBusy = true;
      this.#target.once('drain', this.#onDrained);
    } else if (took >= slowWriteMs) {
      // Keys and messages that came meanwhile are all taken first, and make one screen instead of one each.
      this.#isBusy = true;
      this.#cancelPause = this.#clock.after(Math.min(took, longestPauseMs), this.#goOn);
    } else if (this.#isLean) {
      this.#isBusy = true;
      this.#cancelPause = this.#clock.after(leanPaceMs, this.#goOn);
    }
    this.#onWritten(utf8Encode(bytes).length, took);
  }

  /** Forgets what waits, and what the terminal shows: it is somebody else's for a time. */
  rest(): void {
    this.#waiting = null;
    this.#target.off('drain', this.#onDrained);
    this.#cancelPause();
    this.#isBusy = false;
    this.invalidate();
  }

  /** Writes nothing any more, and forgets what waits. */
  stop(): void {
    this.rest();
    this.#isBusy = true;
  }

  readonly #onDrained = (): void => {
    this.#onWritten(0, this.#clock.monotonic() - this.#writtenAt);
    this.#goOn();
  };

  readonly #goOn = (): void => {
    this.#isBusy = false;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.present(waiting.grid, waiting.cursor);
  };
}
