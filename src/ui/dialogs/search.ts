/** Search: a field, how far it is, and what was found: whose, when, and the place in the text. */
import type { Message, SessionState } from '../../core/types.ts';
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import { peopleOf } from '../chat/model.ts';
import { foreignWithNames } from '../panes/mentions.ts';
import { senderName } from '../panes/messages-pane.ts';
import { conversationTitle, shortId } from '../panes/names.ts';
import type { SearchDialog } from '../state/ui-state.ts';
import { cellWidth, fitCells } from '../text/cells.ts';
import { clockTime, shortDay } from '../text/dates.ts';
import { excerptOf } from '../text/excerpt.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';
import { fieldLine } from './field.ts';

/** The field and the line that says how far the search is. */
const headRows = 2;
const rowsPerResult = 2;

/** How many results stand on the screen at a time. */
export function searchPage(room: DialogRoom): number {
  return Math.max(1, Math.floor((room.height - headRows) / rowsPerResult));
}

/** No more than this of a text is looked at. */
const maxBody = 20_000;

/** `canSwitch`: Tab leads from the open conversation to all, or back. */
export function searchView(
  dialog: SearchDialog,
  session: Pick<SessionState, 'account' | 'conversations'>,
  canSwitch: boolean,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  const { scope, field, found, index } = dialog;
  const input = fieldLine(field, room.width, theme, safe('Words of a message'));
  const paint = dialog.error === null ? theme.dim : theme.error;
  const lines: DialogLine[] = [input.line, dialogLine(progress(dialog), room, paint)];
  const page = searchPage(room);
  const top = Math.max(0, Math.min(index - Math.floor(page / 2), found.length - page));
  for (const [offset, message] of found.slice(top, top + page).entries())
    for (const line of resultLines(message, top + offset === index, dialog, session, room, theme))
      lines.push({ ...line, entry: top + offset });
  const other = scope === null ? safe('Tab this') : safe('Tab all');
  const keys = [safe('Enter opens'), ...(canSwitch ? [other] : []), safe('Esc back')];
  return {
    title:
      scope === null ? safe('Search all') : joinSafe([safe('Search'), titleOf(scope, session)], safe(' ')),
    lines,
    footer: joinSafe(keys, safe(' · ')),
    cursor: { row: 0, column: input.cursor },
  };
}

function progress({ phase, found, more, error, scope }: SearchDialog): SafeText {
  if (error !== null) return error;
  const count = found.length;
  if (phase === 'idle') return scope === null ? safe('In all conversations') : safe('In this conversation');
  if (phase === 'searching') return count === 0 ? safe('Searching…') : safe(`Searching… ${count} so far`);
  if (more) return safe(`The first ${count}; more words find less`);
  return count === 0 ? safe('No message has these words: try less') : safe(`${count} found`);
}

function titleOf(
  id: string,
  { conversations }: Pick<SessionState, 'conversations'>,
  room = Number.POSITIVE_INFINITY,
): SafeText {
  const conversation = conversations.find((one) => one.id === id);
  return conversation === undefined ? shortId(id) : conversationTitle(conversation, room);
}

/** In one conversation who wrote it, in all of them in which one it is. */
function resultLines(
  message: Message,
  chosen: boolean,
  { scope, field }: SearchDialog,
  session: Pick<SessionState, 'account' | 'conversations'>,
  room: DialogRoom,
  theme: Theme,
): DialogLine[] {
  const conversation = session.conversations.find(({ id }) => id === message.conversation);
  const date = joinSafe(
    [safe(' '), shortDay(message.sentAt), safe(' '), clockTime(message.sentAt)],
    safe(''),
  );
  const nameWidth = Math.max(1, room.width - cellWidth(date) - 2);
  const name =
    scope === null
      ? titleOf(message.conversation, session, nameWidth)
      : senderName(message, conversation, nameWidth);
  const left = joinSafe([safe(chosen ? '> ' : '  '), name], safe(''));
  const head = fitCells(left, Math.max(1, room.width - cellWidth(date)));
  const indent = safe('    ');
  const { before, hit, after } = excerptOf(
    foreignWithNames(message.body.slice(0, maxBody), peopleOf(session)),
    field.text,
    Math.max(1, room.width - 4),
  );
  return [
    chosen
      ? dialogRow([{ text: joinSafe([head, date], safe('')), paint: theme.selected }])
      : dialogRow([
          { text: head, paint: theme.name },
          { text: date, paint: theme.dim },
        ]),
    dialogRow([
      { text: joinSafe([indent, before], safe('')), paint: theme.plain },
      { text: hit, paint: theme.strong },
      { text: after, paint: theme.plain },
    ]),
  ];
}
