/** The bytes that turn one screen into another. Pure. */
import { Grid } from './grid.ts';
import { Pen, type PenState } from './pen.ts';
import { findScroll } from './scroll.ts';
import { plainStyle } from './style.ts';
import { isSameClass, symbolOf } from './symbols.ts';

/** Where the terminal's cursor stands after a frame; null: it is hidden. */
export type CursorPlace = Readonly<{ x: number; y: number }> | null;

export type Painted = Readonly<{ output: string; pen: PenState }>;

/** Blanks that are cheaper written than erased. */
const fewBlanks = 3;
/** Unchanged cells that are cheaper written again than stepped over. */
const shortGap = 3;
/** A frame up to so many bytes neither needs the cursor hidden nor a scroll looked for. */
const smallFrame = 64;
const worthScrolling = 200;

/**
 * Turns what the terminal shows (null: unknown) into the next screen. `isAtomic` says that the terminal will show the
 * frame all at once: then a scroll may also move cells that are put right again afterwards, unless each byte counts (`isLean`).
 */
export function paint(
  shown: Grid | null,
  next: Grid,
  cursor: CursorPlace,
  before: PenState,
  isAtomic: boolean,
  isLean = false,
): Painted {
  const plain = shown === null ? paintAll(next, before) : paintRows(shown, next, before);
  let best = plain;
  if (shown !== null && plain.output.length > worthScrolling) {
    const scroll = findScroll(shown, next, isAtomic && !isLean);
    if (scroll !== null) {
      const pen = new Pen(next.columns, before);
      pen.scroll(scroll.top, scroll.bottom, scroll.count);
      const moved = shown.copy();
      moved.scroll(scroll.top, scroll.bottom, scroll.count);
      const scrolled = paintRows(moved, next, pen.state);
      const output = pen.output + scrolled.output;
      if (output.length < plain.output.length) best = { output, pen: scrolled.pen };
    }
  }
  return placeCursor(best, next, cursor, before, isAtomic);
}

/** Puts the cursor where it belongs; hidden while a larger frame is under way that everybody can watch. */
function placeCursor(
  { output, pen: after }: Painted,
  { columns }: Grid,
  cursor: CursorPlace,
  before: PenState,
  isAtomic: boolean,
): Painted {
  const hides =
    before.isCursorShown !== false && (cursor === null || (!isAtomic && output.length > smallFrame));
  const head = new Pen(columns, before);
  if (hides) head.showCursor(false);
  const pen = new Pen(columns, { ...after, isCursorShown: head.state.isCursorShown });
  if (cursor !== null) {
    pen.moveTo(cursor.x, cursor.y);
    pen.showCursor(true);
  }
  return { output: head.output + output + pen.output, pen: pen.state };
}

/** Takes nothing for granted: after a change of size some terminals even keep cells beyond their edge. */
function paintAll(next: Grid, before: PenState): Painted {
  const pen = new Pen(next.columns, before);
  pen.clear();
  const painted = paintRows(new Grid(next.columns, next.rows), next, pen.state);
  return { output: pen.output + painted.output, pen: painted.pen };
}

function paintRows(shown: Grid, next: Grid, before: PenState): Painted {
  const pen = new Pen(next.columns, before);
  for (let y = 0; y < next.rows; y++) paintRow(shown, next, y, pen);
  return { output: pen.output, pen: pen.state };
}

function paintRow(shown: Grid, next: Grid, y: number, pen: Pen): void {
  const { columns, texts, styles } = next;
  const start = y * columns;
  const differs = (x: number): boolean =>
    shown === null ||
    shown.texts[start + x] !== texts[start + x] ||
    shown.styles[start + x] !== styles[start + x];
  let first = 0;
  while (first < columns && !differs(first)) first++;
  if (first === columns) return;
  const tail = blankTail(next, start);
  const isErased = worthErasing(tail, columns, differs);
  const end = isErased ? tail : columns;
  /** columns before this one may have been written over by a grapheme that a terminal takes for wider */
  let reach = 0;
  /** the column up to which a run of steady graphemes reaches without an absolute move, and where it may really be */
  let run: Readonly<{ text: string; x: number; most: number }> | null = null;
  for (let x = 0; x < end; ) {
    const text = texts[start + x] ?? ' ';
    const style = styles[start + x] ?? plainStyle;
    const width = widthAt(next, start, x);
    let isDue = x < reach;
    for (let i = 0; i < width && !isDue; i++) isDue = differs(x + i);
    if (!isDue) {
      x += width;
      continue;
    }
    const { trust, most } = symbolOf(text);
    const follows: boolean = run !== null && run.x === x && trust === 'steady' && isSameClass(run.text, text);
    if (!follows) go(next, x, y, start, pen);
    pen.setStyle(style);
    if (trust === 'sure') pen.write(text);
    else {
      if (trust === 'loose' && width > 1) {
        // Where the terminal takes it for narrower, what was in the further cells must not stay.
        pen.write(' '.repeat(width));
        pen.moveTo(x, y);
      }
      pen.writeUnsure(text);
    }
    const from: number = follows && run !== null ? run.most : x;
    reach = Math.max(reach, from + most);
    run = trust === 'steady' ? { text, x: x + width, most: from + most } : null;
    x += width;
  }
  if (isErased) {
    go(next, tail, y, start, pen);
    pen.eraseLine();
  }
}

/** Moves on to a column; over a short gap by writing what stands there anyway. */
function go(next: Grid, x: number, y: number, start: number, pen: Pen): void {
  const at = pen.columnIn(y);
  if (at !== null && at < x && x - at <= shortGap) {
    let gap = '';
    for (let i = at; i < x; i++) {
      const text = next.texts[start + i] ?? '';
      if (next.styles[start + i] !== pen.style || text === '' || symbolOf(text).trust !== 'sure') break;
      gap += text;
    }
    if (gap.length === x - at) {
      pen.write(gap);
      return;
    }
  }
  pen.moveTo(x, y);
}

/** The first column from which on the row is blank. */
function blankTail({ columns, texts, styles }: Grid, start: number): number {
  let tail = columns;
  while (tail > 0 && texts[start + tail - 1] === ' ' && styles[start + tail - 1] === plainStyle) tail--;
  return tail;
}

function worthErasing(tail: number, columns: number, differs: (x: number) => boolean): boolean {
  let blanks = 0;
  for (let x = tail; x < columns && blanks <= fewBlanks; x++) if (differs(x)) blanks++;
  return blanks > fewBlanks;
}

function widthAt({ columns, texts }: Grid, start: number, x: number): number {
  let width = 1;
  while (x + width < columns && texts[start + x + width] === '') width++;
  return width;
}
