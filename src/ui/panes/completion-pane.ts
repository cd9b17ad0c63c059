/** The completion's list above the composer: a few rows around the chosen entry, or one row where room is short. Pure. */
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import type { Completion, CompletionEntry } from '../input/completion.ts';
import { cellWidth, fitCells, truncateCells } from '../text/cells.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';

const maxRows = 6;
/** Below this many rows of messages one row has to do. */
const oneRowBelow = 10;

/** Rows that the list takes of the rows for messages. */
export function completionRows({ entries }: Completion, messageRows: number): number {
  if (messageRows < oneRowBelow) return Math.min(1, messageRows);
  return Math.min(maxRows, entries.length);
}

export function completionLines(
  { entries, index }: Completion,
  rows: number,
  width: number,
  theme: Theme,
): Styled[] {
  const top = Math.max(0, Math.min(index - Math.floor(rows / 2), entries.length - rows));
  return entries.slice(top, top + rows).map((entry, offset) => {
    const at = top + offset;
    const isEdge = offset === rows - 1 && entries.length > rows;
    const count = isEdge ? safe(` ${Math.max(0, index) + 1}/${entries.length} `) : safe(' ');
    return entryLine(entry, at === index, count, width, theme);
  });
}

function entryLine(
  { label, detail }: CompletionEntry,
  chosen: boolean,
  count: SafeText,
  width: number,
  theme: Theme,
): Styled {
  const mark = safe(chosen ? '> ' : '  ');
  const room = Math.max(1, width - cellWidth(mark) - cellWidth(count));
  const name = truncateCells(label, Math.max(1, Math.floor(room * 0.7)));
  const rest = fitCells(joinSafe([safe('  '), detail], safe('')), Math.max(0, room - cellWidth(name)));
  if (chosen) return theme.selected(joinSafe([mark, name, rest, count], safe('')));
  return row(theme.plain(joinSafe([mark, name], safe(''))), theme.dim(joinSafe([rest, count], safe(''))));
}
