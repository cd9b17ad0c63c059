/** A text field of one row, for dialogs and forms: scrolls sideways so that the cursor stays visible. */
import { joinSafe, type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import { cellWidth, graphemesOf, part, truncateCells } from '../text/cells.ts';
import { row, type Theme } from '../theme/theme.ts';
import type { DialogLine } from './dialog-view.ts';

const prompt = safe('> ');

/** The row, at most `width` cells, and the cursor's cell in it. A masked field shows `*` for each character. */
export function fieldLine(
  field: TextBuffer,
  width: number,
  theme: Theme,
  placeholder: SafeText,
  masked = false,
): Readonly<{ line: DialogLine; cursor: number }> {
  const room = Math.max(1, width - cellWidth(prompt) - 1);
  if (field.text === '') {
    const words = truncateCells(placeholder, room);
    return {
      line: { text: row(theme.key(prompt), theme.dim(words)), width: cellWidth(prompt) + cellWidth(words) },
      cursor: cellWidth(prompt),
    };
  }
  const shown = (text: string): SafeText => (masked ? safe('*') : sanitizeText(text.replaceAll('\n', ' ')));
  const before = graphemesOf(field.text.slice(0, field.cursor)).map(({ text }) => shown(text));
  const after = graphemesOf(field.text.slice(field.cursor)).map(({ text }) => shown(text));
  let used = 0;
  let start = before.length;
  while (start > 0) {
    const width = cellWidth(before[start - 1] ?? '');
    if (used + width > room) break;
    used += width;
    start -= 1;
  }
  const left = joinSafe(before.slice(start), safe(''));
  let right = part('');
  let cells = used;
  for (const piece of after) {
    cells += cellWidth(piece);
    if (cells > room) break;
    right = joinSafe([right, piece], safe(''));
  }
  const text = joinSafe([left, right], safe(''));
  return {
    line: { text: row(theme.key(prompt), theme.plain(text)), width: cellWidth(prompt) + cellWidth(text) },
    cursor: cellWidth(prompt) + used,
  };
}
