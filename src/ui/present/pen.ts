/**
 * Writes at places, in styles, with the fewest bytes, and remembers what the terminal's cursor and SGR state are then.
 * The whole grammar of the output stands here: printable characters, BS, CR, CUU/CUD/CUF/CUB, CHA, CUP, SGR, EL,
 * ED 2 before a whole frame, IL/DL inside of DECSTBM margins, and the private modes 25 (cursor) and 2026 (synchronised output).
 */
import { plainStyle, type Style, sgrBetween } from './style.ts';

/** What the terminal is in between two frames; null is unknown. */
export type PenState = Readonly<{
  x: number | null;
  y: number | null;
  style: Style | null;
  isCursorShown: boolean | null;
}>;

export const unknownPen: PenState = { x: null, y: null, style: null, isCursorShown: null };

const nothing = '';

export class Pen {
  readonly #columns: number;
  readonly #parts: string[] = [];
  #x: number | null;
  #y: number | null;
  #style: Style | null;
  #isCursorShown: boolean | null;

  constructor(columns: number, state: PenState) {
    this.#columns = columns;
    this.#x = state.x;
    this.#y = state.y;
    this.#style = state.style;
    this.#isCursorShown = state.isCursorShown;
  }

  get output(): string {
    return this.#parts.join('');
  }

  get state(): PenState {
    return { x: this.#x, y: this.#y, style: this.#style, isCursorShown: this.#isCursorShown };
  }

  get style(): Style | null {
    return this.#style;
  }

  /** Whether the cursor is known to be in this row, and at which column; null: it is not, or the column is unknown. */
  columnIn(y: number): number | null {
    return this.#y === y ? this.#x : null;
  }

  moveTo(x: number, y: number): void {
    this.#parts.push(this.#shortestMove(x, y));
    this.#x = x;
    this.#y = y;
  }

  setStyle(style: Style): void {
    if (this.#style === null) this.#parts.push('\x1b[m', sgrBetween(plainStyle, style));
    else this.#parts.push(sgrBetween(this.#style, style));
    this.#style = style;
  }

  /** Characters that every terminal gives one cell each. */
  write(text: string): void {
    this.#parts.push(text);
    const x = (this.#x ?? this.#columns) + text.length;
    // Behind the last column terminals differ in where the cursor stands.
    this.#x = x < this.#columns ? x : null;
  }

  /** A grapheme after which the column is unknown. */
  writeUnsure(text: string): void {
    this.#parts.push(text);
    this.#x = null;
  }

  /** Blanks the row from the cursor on. */
  eraseLine(): void {
    this.setStyle(plainStyle);
    this.#parts.push('\x1b[K');
  }

  /** Blanks the screen. */
  clear(): void {
    this.#parts.push('\x1b[m\x1b[2J');
    this.#style = plainStyle;
  }

  /** Moves rows `top` to `bottom` up by `count`, or down if it is negative; blank rows come in. */
  scroll(top: number, bottom: number, count: number): void {
    this.setStyle(plainStyle);
    this.#parts.push(`\x1b[${top + 1};${bottom + 1}r`);
    // Setting margins moves the cursor home.
    this.#x = 0;
    this.#y = 0;
    if (top > 0) this.moveTo(0, top);
    const rows = Math.abs(count);
    this.#parts.push(`\x1b[${rows === 1 ? nothing : rows}${count > 0 ? 'M' : 'L'}`, '\x1b[r');
    this.#x = 0;
    this.#y = 0;
  }

  showCursor(shown: boolean): void {
    if (this.#isCursorShown === shown) return;
    this.#parts.push(shown ? '\x1b[?25h' : '\x1b[?25l');
    this.#isCursorShown = shown;
  }

  #shortestMove(x: number, y: number): string {
    if (this.#y === y) return this.#inRow(x);
    const absolute = x === 0 ? (y === 0 ? '\x1b[H' : `\x1b[${y + 1}H`) : `\x1b[${y + 1};${x + 1}H`;
    if (this.#y === null) return absolute;
    const distance = y - this.#y;
    const vertical = relative(Math.abs(distance), distance > 0 ? 'B' : 'A');
    const both = vertical + this.#inRow(x);
    return both.length < absolute.length ? both : absolute;
  }

  #inRow(x: number): string {
    if (this.#x === x) return nothing;
    if (x === 0) return '\r';
    const absolute = `\x1b[${x + 1}G`;
    if (this.#x === null) return absolute;
    const distance = x - this.#x;
    if (distance < 0 && distance >= -3) return '\b'.repeat(-distance);
    const step = relative(Math.abs(distance), distance > 0 ? 'C' : 'D');
    return step.length <= absolute.length ? step : absolute;
  }
}

function relative(count: number, final: string): string {
  return `\x1b[${count === 1 ? nothing : count}${final}`;
}
