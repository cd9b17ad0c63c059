/** A screenful of cells. */
import { cellsOf } from './line.ts';
import { plainStyle, type Style } from './style.ts';

export class Grid {
  readonly columns: number;
  readonly rows: number;
  /** row by row; '' continues the wide grapheme on the left */
  readonly texts: string[];
  readonly styles: Style[];

  /** Blank. */
  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.texts = new Array<string>(columns * rows).fill(' ');
    this.styles = new Array<Style>(columns * rows).fill(plainStyle);
  }

  copy(): Grid {
    const grid = new Grid(this.columns, this.rows);
    copyInto(this.texts, grid.texts);
    copyInto(this.styles, grid.styles);
    return grid;
  }

  /** Sets one cell of width 1, or the cells of a grapheme that is `width` wide; blanks what it cuts in half. */
  set(x: number, y: number, text: string, style: Style, width = 1): void {
    const start = y * this.columns;
    this.#heal(start, x);
    this.#heal(start, x + width);
    this.texts[start + x] = text;
    this.styles[start + x] = style;
    for (let i = 1; i < width; i++) {
      this.texts[start + x + i] = '';
      this.styles[start + x + i] = style;
    }
  }

  /**
   * Writes one line into a box: cut with `…` at the box's width, blank up to it where the line is shorter. What lies
   * outside the grid is left out, with the whole of a wide grapheme that the edge would cut.
   */
  writeLine(x: number, y: number, line: string, width: number): void {
    if (y < 0 || y >= this.rows) return;
    const { texts, styles } = cellsOf(line);
    const room = Math.min(width, this.columns - x);
    if (room <= 0 || x < 0) return;
    const isCut = texts.length > width;
    let end = Math.min(texts.length, isCut ? Math.min(width - 1, room) : room);
    // Never half of a wide grapheme at the end.
    if (end < texts.length && texts[end] === '')
      do end--;
      while (end > 0 && texts[end] === '');
    const start = y * this.columns;
    this.#heal(start, x);
    this.#heal(start, x + room);
    for (let i = 0; i < room; i++) {
      const inside = i < end;
      const ellipsis = isCut && i === end;
      this.texts[start + x + i] = inside ? (texts[i] ?? ' ') : ellipsis ? '…' : ' ';
      this.styles[start + x + i] = inside || ellipsis ? (styles[i] ?? plainStyle) : plainStyle;
    }
  }

  /** Moves rows `top` to `bottom` up by `count` (down if it is negative); blank rows come in. */
  scroll(top: number, bottom: number, count: number): void {
    const from = top * this.columns;
    const to = (bottom + 1) * this.columns;
    const moved = Math.abs(count) * this.columns;
    if (count > 0) {
      this.texts.copyWithin(from, from + moved, to);
      this.styles.copyWithin(from, from + moved, to);
      this.texts.fill(' ', to - moved, to);
      this.styles.fill(plainStyle, to - moved, to);
    } else {
      this.texts.copyWithin(from + moved, from, to - moved);
      this.styles.copyWithin(from + moved, from, to - moved);
      this.texts.fill(' ', from, from + moved);
      this.styles.fill(plainStyle, from, from + moved);
    }
  }

  /** Turns every cell's style into another one. */
  restyle(looks: (style: Style) => Style): void {
    const { styles } = this;
    for (let i = 0; i < styles.length; i++) {
      const style = styles[i];
      if (style !== undefined && style !== plainStyle) styles[i] = looks(style);
    }
  }

  /** If the border before column `x` goes through a wide grapheme, that becomes blank. */
  #heal(start: number, x: number): void {
    if (x <= 0 || x >= this.columns || this.texts[start + x] !== '') return;
    let first = x;
    while (first > 0 && this.texts[start + first] === '') first--;
    let last = x;
    while (last + 1 < this.columns && this.texts[start + last + 1] === '') last++;
    for (let i = first; i <= last; i++) {
      this.texts[start + i] = ' ';
      this.styles[start + i] = plainStyle;
    }
  }
}

function copyInto<T>(from: readonly T[], to: T[]): void {
  for (let i = 0; i < from.length; i++) {
    const value = from[i];
    if (value !== undefined) to[i] = value;
  }
}
