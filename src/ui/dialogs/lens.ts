/** The lens: which characters of a message nobody sees, and the message with all of them written out. Pure. */
import type { Conversation, Message } from '../../core/types.ts';
import { escapeHidden, escapeOf, hiddenIn } from '../../text/hidden.ts';
import { type SafeText, safe } from '../../text/sanitize.ts';
import { cellWidth, part, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, dialogLine } from './dialog-view.ts';

/** All lines; the dialog shows a window of them. */
export function lensLines(
  message: Message,
  conversation: Conversation | undefined,
  room: DialogRoom,
  theme: Theme,
): DialogLine[] {
  const lines: DialogLine[] = [];
  const say = (text: SafeText, paint: (text: SafeText) => Styled = theme.plain) => {
    for (const line of wrapCells(text, room.width)) lines.push(dialogLine(line, room, paint));
  };
  const name = message.direction === 'in' ? (conversation?.name ?? '') : '';
  const parts: readonly (readonly [string, string])[] = [
    ['Name', name],
    ['Text', message.body],
    ...message.attachments.map((file) => ['File', file.name] as const),
  ];
  const found = hiddenIn(parts.map(([, text]) => text).join('\n'));
  if (found.length === 0) say(safe('No hidden characters: all of it is seen as it was sent.'), theme.good);
  for (const { code, count, name: what } of found)
    say(safe(`${count} × ${escapeOf(code)}  ${what}`), theme.warning);
  for (const [label, text] of parts) {
    if (text === '' || (label !== 'Text' && hiddenIn(text).length === 0)) continue;
    say(safe(''));
    say(safe(`${label}, everything invisible written out:`), theme.dim);
    for (const wrapped of wrapCells(escapeHidden(text), room.width)) {
      // A grapheme can be wider than a row.
      const line = truncateCells(wrapped, room.width);
      lines.push({ text: markEscapes(line, theme), width: cellWidth(line) });
    }
  }
  return lines;
}

/** Escapes stand out from the text around them. One that is cut by a line end does not. */
function markEscapes(line: SafeText, theme: Theme): Styled {
  const pieces: Styled[] = [];
  let done = 0;
  for (const match of line.matchAll(/\\\\|\\n$|\\u(?:\{[0-9a-f]+\}|[0-9a-f]{4})/g)) {
    pieces.push(theme.plain(part(line.slice(done, match.index))), theme.warning(part(match[0])));
    done = match.index + match[0].length;
  }
  pieces.push(theme.plain(part(line.slice(done))));
  return row(...pieces);
}
