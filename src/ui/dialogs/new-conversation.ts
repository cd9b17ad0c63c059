/** New conversation by account ID or name: what is wrong with an ID is said before anything is sent. */
import { parseAccountId } from '../../protocol/ids.ts';
import { type SafeText, safe } from '../../text/sanitize.ts';
import { codePointCount, type TextBuffer } from '../input/text-buffer.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';
import { fieldLine } from './field.ts';

const digits = 66;

/** True for nothing, and for what was meant as an ID, right or wrong; everything else may be somebody's name. */
export function meansAccountId(text: string): boolean {
  return /^(05.*|[0-9a-f]{20,})?$/i.test(text.trim());
}

/** Why a text is no account ID, in words for the person who typed it; null if it is one. */
export function accountIdProblem(text: string): SafeText | null {
  const id = text.trim();
  if (parseAccountId(id) !== null) return null;
  if (id === '') return safe('Type or paste an Account ID: 66 characters that begin with 05.');
  const wrong = [...id].findIndex((character) => !/^[0-9a-fA-F]$/.test(character));
  if (wrong >= 0)
    return safe(
      `Not an Account ID: character ${wrong + 1} is none of the digits 0-9 and a-f. An Account ID has 66 of these.`,
    );
  if (id.startsWith('03') && id.length === digits)
    return safe('This is the ID of a group; an Account ID begins with 05.');
  if (/^[12]5/.test(id) && id.length === digits)
    return safe('This is a blinded ID that only one community knows; an Account ID begins with 05.');
  if (!id.startsWith('05')) return safe('Not an Account ID: it must begin with 05.');
  const count = codePointCount(id);
  const how = count < digits ? `${digits - count} are missing` : `${count - digits} are too many`;
  return safe(`Not an Account ID: it has ${digits} characters, this has ${count} (${how}).`);
}

export function newConversationView(
  field: TextBuffer,
  error: SafeText | null,
  busy: boolean,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  const input = fieldLine(field, room.width, theme, safe('05…'));
  const lines: DialogLine[] = [];
  const words = safe(
    'The Account ID or Session name of the person to write to. Nothing is sent to them before you write.',
  );
  if (room.height >= 6)
    for (const line of wrapCells(words, room.width)) lines.push(dialogLine(line, room, theme.dim));
  const row = lines.length;
  lines.push(input.line);
  if (busy) lines.push(dialogLine(safe('Looking that up…'), room, theme.dim));
  if (error !== null)
    for (const line of wrapCells(error, room.width)) lines.push(dialogLine(line, room, theme.error));
  return {
    title: safe('New conversation'),
    lines,
    footer: safe('Enter opens it · Esc closes'),
    cursor: { row, column: input.cursor },
  };
}
