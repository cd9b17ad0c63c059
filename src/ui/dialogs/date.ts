/** Asks for a day, and says what is understood while it is typed. Pure. */
import { joinSafe, safe } from '../../text/sanitize.ts';
import type { ReadingDialog } from '../state/reading-dialogs.ts';
import { clockTime, dayLabel } from '../text/dates.ts';
import { parseTime } from '../text/parse-time.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';
import { fieldLine } from './field.ts';

export function dateView(
  { field, now, error }: ReadingDialog & Readonly<{ kind: 'date' }>,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  const input = fieldLine(field, room.width, theme, safe('yesterday, last tuesday, 24 Nov, 2026-11-24'));
  const at = parseTime(field.text, now);
  const understood =
    at === null
      ? safe(
          field.text.trim() === '' ? 'A day, a month, a year, or how long ago; with 15:30 if you like.' : '…',
        )
      : at === 0
        ? safe('The very beginning')
        : joinSafe([dayLabel(at), clockTime(at)], safe(' '));
  const words = error ?? understood;
  const paint = error !== null ? theme.error : at === null ? theme.dim : theme.plain;
  return {
    title: safe('Go to a date'),
    lines: [input.line, ...wrapCells(words, room.width).map((line) => dialogLine(line, room, paint))],
    footer: safe('Enter goes there · Esc back'),
    cursor: { row: 0, column: input.cursor },
  };
}
