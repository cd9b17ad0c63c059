/** What a dialog looks like: a frame of lines over the panes, and where the cursor stands in it. Pure. */
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import { twoColumnsFrom } from '../state/layout.ts';
import { cellWidth, truncateCells } from '../text/cells.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';

/**
 * A line of a dialog's body with the cells it takes, so that it can be filled up to the border. `entry`: the `index` of
 * what it shows, in a dialog that has one: a click on the line chooses it.
 */
export type DialogLine = Readonly<{ text: Styled; width: number; entry?: number }>;

export type DialogView = Readonly<{
  title: SafeText;
  lines: readonly DialogLine[];
  /** how to go on, in the bottom border */
  footer: SafeText;
  /** cell of the cursor within the body, or null */
  cursor: Readonly<{ row: number; column: number }> | null;
}>;

/** Cells inside a frame, and rows; a dialog's lines must fit. */
export type DialogRoom = Readonly<{ width: number; height: number }>;

/** One line in one role, cut to the room. */
export function dialogLine(text: SafeText, room: DialogRoom, paint: (text: SafeText) => Styled): DialogLine {
  const cut = truncateCells(text, room.width);
  return { text: paint(cut), width: cellWidth(cut) };
}

/** Pieces next to each other on one line; their widths must fit the room already. */
export function dialogRow(
  pieces: readonly Readonly<{ text: SafeText; paint: (text: SafeText) => Styled }>[],
): DialogLine {
  return {
    text: row(...pieces.map(({ text, paint }) => paint(text))),
    width: pieces.reduce((sum, { text }) => sum + cellWidth(text), 0),
  };
}

/** A window of lines that scroll, from line `top`; its place stands in the title where not all of them fit. */
export function windowOf(
  title: SafeText,
  lines: readonly DialogLine[],
  top: number,
  room: DialogRoom,
): DialogView {
  const last = Math.max(0, lines.length - room.height);
  const from = Math.min(top, last);
  const until = Math.min(lines.length, from + room.height);
  const place = safe(last > 0 ? ` ${from + 1}-${until}/${lines.length}` : '');
  return {
    title: joinSafe([title, place], safe('')),
    lines: lines.slice(from, until),
    footer: safe(last > 0 ? 'Up/Down, PgUp/PgDn scroll · Esc closes' : 'Esc closes'),
    cursor: null,
  };
}

export type PlacedDialog = Readonly<{
  left: number;
  top: number;
  lines: readonly Styled[];
  cursor: Readonly<{ x: number; y: number }> | null;
}>;

const sideBorder = 2;

/** The room a dialog has on a screen of this size. */
export function dialogRoom(columns: number, rows: number): DialogRoom {
  // In one column there is nothing beside it worth seeing.
  const outer = columns < twoColumnsFrom ? columns : Math.min(76, columns - 6);
  return { width: outer - 2 * sideBorder, height: Math.max(1, rows - 3) };
}

/**
 * Frames the view and centres it on the screen (the last row stays free for the status line). Lean, nothing is drawn of
 * the frame, and what stands in it stays where it is.
 */
export function placeDialog(
  view: DialogView,
  columns: number,
  rows: number,
  theme: Theme,
  isLean = false,
): PlacedDialog {
  const { width, height } = dialogRoom(columns, rows);
  const body = view.lines.slice(0, height);
  const outer = width + 2 * sideBorder;
  const left = Math.floor((columns - outer) / 2);
  const top = Math.max(0, Math.floor((rows - 1 - body.length - 2) / 3));
  const border = isLean ? blankBorder : lineBorder;
  const side = theme.dim(safe(border.side));
  const lines: Styled[] = [edge(border.top, border.line, view.title, outer, theme, theme.strong)];
  for (const line of body) {
    const fill = safe(' '.repeat(Math.max(0, width - line.width) + 1));
    lines.push(row(side, theme.plain(safe(' ')), line.text, theme.plain(fill), side));
  }
  lines.push(edge(border.bottom, border.line, view.footer, outer, theme, theme.dim));
  const cursor =
    view.cursor === null || view.cursor.row >= body.length
      ? null
      : { x: left + sideBorder + view.cursor.column, y: top + 1 + view.cursor.row };
  return { left, top, lines, cursor };
}

type Border = Readonly<{ top: string; side: string; bottom: string; line: string }>;

const lineBorder: Border = { top: '┌┐', side: '│', bottom: '└┘', line: '─' };
const blankBorder: Border = { top: '  ', side: ' ', bottom: '  ', line: ' ' };

function edge(
  [start = '', end = '']: string,
  line: string,
  label: SafeText,
  outer: number,
  theme: Theme,
  paint: (text: SafeText) => Styled,
): Styled {
  const cut = truncateCells(label, outer - 6);
  const words = cut === '' ? safe('') : joinSafe([safe(' '), cut, safe(' ')], safe(''));
  const rest = Math.max(0, outer - 3 - cellWidth(words));
  return row(theme.dim(safe(start + line)), paint(words), theme.dim(safe(line.repeat(rest) + end)));
}
