/**
 * Puts screens on a terminal: remembers what it shows and writes the difference in one piece. While the line is busy
 * (the stream asks to wait for `drain`), nothing is queued: the newest screen waits, those in between are dropped.
 */
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

export class Presenter {
  readonly #target: OutputStream;
  readonly #clock: Clock;
  #cancelPause: () => void = () => {};
  #shown: Grid | null = null;
  #pen: PenState = unknownPen;
  #isAtomic = false;
  #isBusy = false;
  #waiting: Readonly<{ grid: Grid; cursor: CursorPlace }> | null = null;

  constructor(target: OutputStream, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
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
    const { output, pen } = paint(this.#shown, grid, cursor, this.#pen, this.#isAtomic);
    this.#shown = grid;
    this.#pen = pen;
    if (output === '') return;
    const isWrapped = this.#isAtomic && output.length > worthSync;
    const start = this.#clock.monotonic();
    const isReady = this.#target.write(isWrapped ? beginSync + output + endSync : output);
    const took = this.#clock.monotonic() - start;
    if (!isReady) {
      this.#isBusy = true;
      this.#target.once('drain', this.#onDrain);
    } else if (took >= slowWriteMs) {
      // Keys and messages that came meanwhile are all taken first, and make one screen instead of one each.
      this.#isBusy = true;
      this.#cancelPause = this.#clock.after(Math.min(took, longestPauseMs), this.#onDrain);
    }
  }

  /** Forgets what waits, and what the terminal shows: it is somebody else's for a time. */
  rest(): void {
    this.#waiting = null;
    this.#target.off('drain', this.#onDrain);
    this.#cancelPause();
    this.#isBusy = false;
    this.invalidate();
  }

  /** Writes nothing any more, and forgets what waits. */
  stop(): void {
    this.rest();
    this.#isBusy = true;
  }

  readonly #onDrain = (): void => {
    this.#isBusy = false;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) this.present(waiting.grid, waiting.cursor);
  };
}
