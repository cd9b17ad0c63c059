/** A message with all of its lines, however many; the message view folds long ones. Pure. */
import type { Message } from '../../core/types.ts';
import { hasVisible, type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import { linkedLines } from '../panes/linked-lines.ts';
import { cellWidth } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Styled, Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, dialogLine } from './dialog-view.ts';

/** Wrapped once for each width: scrolling through a book does not wrap it with each key. */
const remembered = new WeakMap<Message, Readonly<{ width: number; lines: readonly DialogLine[] }>>();

/** All lines, account IDs as they were written; the dialog shows a window of them. */
export function wholeMessageLines(message: Message, room: DialogRoom, theme: Theme): readonly DialogLine[] {
  const known = remembered.get(message);
  if (known?.width === room.width) return known.lines;
  const text = sanitizeText(message.body);
  const wrapped = wrapCells(text, room.width);
  const lines = hasVisible(text)
    ? linkedLines(text, wrapped, [], theme).map((marked, i) =>
        fitted(marked, wrapped[i] ?? safe(''), room, theme),
      )
    : [dialogLine(safe('[no visible characters]'), room, theme.dim)];
  remembered.set(message, { width: room.width, lines });
  return lines;
}

/** A grapheme can be wider than a row: it is cut then. */
function fitted(marked: Styled, line: SafeText, room: DialogRoom, theme: Theme): DialogLine {
  const width = cellWidth(line);
  return width <= room.width ? { text: marked, width } : dialogLine(line, room, theme.plain);
}
