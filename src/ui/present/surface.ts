/**
 * Between Ink and the terminal. Ink lays the boxes out; what stands in them comes from two sides: panes of finished
 * lines are handed in here by their components and drawn at the place that Ink gave their box, and anything else
 * arrives as Ink's own frame, which lies below them. (Ink would cut each visible line into characters several times a
 * frame, which takes longer than everything else together.) See docs/terminal.md for the doors that are used.
 */
import { EventEmitter } from 'node:events';
import type { DOMElement } from 'ink';
import type { Clock } from '../../util/clock.ts';
import { type OutputStream, sizeOf } from '../terminal/streams.ts';
import { Grid } from './grid.ts';
import { forgetLines } from './line.ts';
import type { CursorPlace } from './paint.ts';
import { type OnWritten, Presenter } from './presenter.ts';
import type { Style } from './style.ts';

/** What Ink takes for its terminal: with `debug` each write is one whole frame, and comes with each commit. */
class FrameDoor extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #target: OutputStream;
  readonly #onFrame: (frame: string) => void;

  constructor(target: OutputStream, onFrame: (frame: string) => void) {
    super();
    this.#target = target;
    this.#onFrame = onFrame;
  }

  get columns(): number {
    return sizeOf(this.#target).columns;
  }

  get rows(): number {
    return sizeOf(this.#target).rows;
  }

  write(data: string, callback?: () => void): boolean {
    // An empty write with a callback only asks whether everything before it is written.
    if (callback === undefined) this.#onFrame(data);
    else queueMicrotask(callback);
    return true;
  }
}

export class Surface {
  /** for Ink's `render` */
  readonly door: EventEmitter;
  readonly #target: OutputStream;
  readonly #presenter: Presenter;
  readonly #panes = new WeakMap<DOMElement, readonly string[]>();
  #root: DOMElement | null = null;
  #frame = '';
  #cursor: CursorPlace = null;
  #looks: (style: Style) => Style = (style) => style;
  #isScheduled = false;
  #isStopped = false;
  #isPaused = false;

  /** `onWritten` as the presenter's. */
  constructor(target: OutputStream, clock: Clock, onWritten?: OnWritten) {
    this.#target = target;
    this.#presenter = new Presenter(target, clock, onWritten);
    this.door = new FrameDoor(target, (frame) => {
      this.#frame = frame;
      this.#schedule();
    });
  }

  /** The terminal said whether it shows a frame all at once when asked to. */
  setAtomic(isKnown: boolean): void {
    this.#presenter.setAtomic(isKnown);
  }

  /** The line is slow: fewer frames. */
  setLean(isLean: boolean): void {
    this.#presenter.setLean(isLean);
  }

  /** The lines that fill a box, cut to its size; they count from the next frame on. */
  setPane(box: DOMElement, lines: readonly string[]): void {
    this.#panes.set(box, lines);
    this.#root = rootOf(box);
    this.#schedule();
  }

  /** Where the terminal's cursor stands; null hides it. */
  setCursor(place: CursorPlace): void {
    if (this.#cursor?.x === place?.x && this.#cursor?.y === place?.y) return;
    this.#cursor = place;
    this.#schedule();
  }

  /** How the styles of the lines look on this terminal; where that changes, only the cells that differ are written. */
  setLooks(looks: (style: Style) => Style): void {
    if (this.#looks === looks) return;
    this.#looks = looks;
    this.#schedule();
  }

  /** The next frame is written whole, whatever the terminal is believed to show. */
  invalidate(): void {
    this.#presenter.invalidate();
    this.#schedule();
  }

  /** Shows the present frame at once. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#isStopped || this.#isPaused) return;
    const grid = this.#compose();
    this.#presenter.present(grid, inside(this.#cursor, grid));
  }

  /** Drops what is kept of earlier frames beyond the one that is shown. */
  forget(): void {
    forgetLines();
  }

  /** Nothing is written until `resume`: the terminal is somebody else's. */
  pause(): void {
    this.#isPaused = true;
    this.#presenter.rest();
  }

  /** The next frame is written whole. */
  resume(): void {
    this.#isPaused = false;
    this.invalidate();
  }

  /** Nothing is written any more. */
  stop(): void {
    this.#isStopped = true;
    this.#presenter.stop();
  }

  /** One frame for everything that changes in one turn of the program. */
  #schedule(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      if (this.#isScheduled) this.flush();
    });
  }

  #compose(): Grid {
    const { columns, rows } = sizeOf(this.#target);
    const grid = new Grid(columns, rows);
    for (const [y, line] of this.#frame.split('\n').entries()) {
      if (y >= rows) break;
      if (line !== '') grid.writeLine(0, y, line, columns);
    }
    if (this.#root !== null) this.#draw(grid, this.#root, 0, 0);
    grid.restyle(this.#looks);
    return grid;
  }

  /** Draws the panes in the order of the tree, so that what comes later lies on top. */
  #draw(grid: Grid, node: DOMElement, left: number, top: number): void {
    const { yogaNode } = node;
    if (yogaNode === undefined) return;
    const x = left + Math.round(yogaNode.getComputedLeft());
    const y = top + Math.round(yogaNode.getComputedTop());
    const lines = this.#panes.get(node);
    if (lines !== undefined) {
      const width = Math.round(yogaNode.getComputedWidth());
      const height = Math.round(yogaNode.getComputedHeight());
      for (let i = 0; i < height; i++) grid.writeLine(x, y + i, lines[i] ?? '', width);
    }
    for (const child of node.childNodes) if (isElement(child)) this.#draw(grid, child, x, y);
  }
}

function isElement(node: DOMElement['childNodes'][number]): node is DOMElement {
  return node.nodeName !== '#text';
}

function rootOf(node: DOMElement): DOMElement {
  let root = node;
  while (root.parentNode !== undefined && root.parentNode !== null) root = root.parentNode;
  return root;
}

function inside(cursor: CursorPlace, { columns, rows }: Grid): CursorPlace {
  if (cursor === null) return null;
  const x = Math.min(Math.max(0, cursor.x), columns - 1);
  const y = Math.min(Math.max(0, cursor.y), rows - 1);
  return { x, y };
}
