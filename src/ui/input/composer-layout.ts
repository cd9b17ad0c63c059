/** How the text of a field lies on the screen: wrapped rows, the cursor's cell, moves by row, the visible part. */
import { type SafeText, sanitizeText } from '../../text/sanitize.ts';
import { cellWidth, graphemesOf, part } from '../text/cells.ts';

/** One screen row: what is shown, and which part of the text (UTF-16 offsets) it shows. */
export type FieldRow = Readonly<{ shown: SafeText; start: number; end: number }>;

export type FieldLayout = Readonly<{
  rows: readonly FieldRow[];
  /** row and cell of the cursor */
  cursorRow: number;
  cursorColumn: number;
}>;

/**
 * Wraps by cells at grapheme borders (a field that one types in breaks anywhere, so that nothing jumps while
 * typing). Control characters and tabs are shown as the sanitiser shows them.
 */
export function layOutField(text: string, cursor: number, width: number): FieldLayout {
  const rows: FieldRow[] = [];
  const wrap = wrapperOf(text, Math.max(1, width));
  let lineStart = 0;
  for (const line of text.split('\n')) {
    for (const { shown, start, end } of wrap(line))
      rows.push({ shown, start: lineStart + start, end: lineStart + end });
    lineStart += line.length + 1;
  }
  const cursorRow = rows.findLastIndex((row) => cursor >= row.start);
  const cursorColumn = columnOf(text, rows[cursorRow]?.start ?? 0, cursor);
  return { rows, cursorRow, cursorColumn };
}

/** The offset one row up or down from the cursor, near the same column; null at the first or last row. */
export function offsetByRow(text: string, cursor: number, width: number, direction: -1 | 1): number | null {
  const layout = layOutField(text, cursor, width);
  const row = layout.cursorRow + direction;
  return layout.rows[row] === undefined ? null : offsetAt(text, layout, row, layout.cursorColumn);
}

/** The offset at a cell of a row, or at the end of what stands there; below the last row that is the text's end. */
export function offsetAt(text: string, { rows }: FieldLayout, row: number, column: number): number {
  const target = rows[row];
  if (target === undefined) return text.length;
  let reached = 0;
  for (const grapheme of graphemesOf(text.slice(target.start, target.end))) {
    reached += cellWidth(shownAs(grapheme.text));
    if (reached > column) return target.start + grapheme.offset;
  }
  // The offset after a wrapped row is the start of the next one: stay on the row.
  const isWrapped = rows[row + 1]?.start === target.end;
  const last = graphemesOf(text.slice(target.start, target.end)).at(-1);
  return isWrapped && last !== undefined ? target.start + last.offset : target.end;
}

/** Which rows are visible in `height` rows, so that the cursor is among them: index of the first. */
export function firstVisibleRow(layout: FieldLayout, height: number): number {
  const last = Math.max(0, layout.rows.length - height);
  return Math.max(0, Math.min(last, layout.cursorRow - height + 1 + Math.floor(height / 3)));
}

/** Texts longer than this are wrapped with what is known of the last one: only the line that changed is new. */
const longText = 1000;
let known: Readonly<{ width: number; lines: Map<string, readonly FieldRow[]> }> = {
  width: 0,
  lines: new Map(),
};

function wrapperOf(text: string, width: number): (line: string) => readonly FieldRow[] {
  const before = known.width === width ? known.lines : new Map<string, readonly FieldRow[]>();
  const lines = new Map<string, readonly FieldRow[]>();
  // What is no part of the text any more is let go of.
  known = { width, lines };
  if (text.length < longText) return (line) => wrapRows(line, width);
  return (line) => {
    const rows = lines.get(line) ?? before.get(line) ?? wrapRows(line, width);
    lines.set(line, rows);
    return rows;
  };
}

const printableAscii = /^[\x20-\x7e]*$/;

/** The rows of one line, with offsets in it. */
function wrapRows(line: string, width: number): FieldRow[] {
  const rows: FieldRow[] = [];
  if (printableAscii.test(line)) {
    for (let start = 0; start === 0 || start < line.length; start += width) {
      const end = Math.min(line.length, start + width);
      rows.push({ shown: shownAs(line.slice(start, end)), start, end });
    }
    return rows;
  }
  let shown = '';
  let used = 0;
  let start = 0;
  const isAsItIs = showsAsItIs(line);
  for (const { text, offset, width: own } of graphemesOf(line)) {
    const visible = isAsItIs ? text : shownAs(text);
    const cells = isAsItIs ? own : cellWidth(visible);
    if (used + cells > width && used > 0) {
      rows.push({ shown: part(shown), start, end: offset });
      shown = '';
      used = 0;
      start = offset;
    }
    shown += visible;
    used += cells;
  }
  rows.push({ shown: part(shown), start, end: line.length });
  return rows;
}

/** Nothing in a line is shown as anything else: its graphemes need not be looked at one by one. */
function showsAsItIs(line: string): boolean {
  // Isolates are balanced within a line, but a row may end between two of them.
  return !/[\t\u2066-\u2069]/.test(line) && shownAs(line) === line;
}

function columnOf(text: string, rowStart: number, cursor: number): number {
  let column = 0;
  for (const grapheme of graphemesOf(text.slice(rowStart, cursor)))
    column += cellWidth(shownAs(grapheme.text));
  return column;
}

function shownAs(grapheme: string): SafeText {
  return sanitizeText(grapheme);
}
