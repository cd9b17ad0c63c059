/** The conversation list as lines: title, conversations with unread counts, requests under a heading. Pure. */
import type { Conversation, SessionState } from '../../core/types.ts';
import { joinSafe, safe, sanitizeName } from '../../text/sanitize.ts';
import { keyWords } from '../keys/hints.ts';
import type { Keymap } from '../keys/types.ts';
import {
  cursorPlace,
  heldChanges,
  type ListContent,
  type ListEntry,
  listEntries,
  requestsRow,
} from '../state/list-order.ts';
import { cellWidth, fitCells, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { blank, row, type Styled, type Theme } from '../theme/theme.ts';
import { conversationTitle } from './names.ts';

export type ListInput = ListContent &
  Readonly<{
    account: SessionState['account'];
    cursor: string | null;
    open: string | null;
    top: number;
    focused: boolean;
    /** the local clock, for mutes that are over */
    now: number;
    /** the keys in force, for what is said of them */
    keymap: Keymap;
  }>;

/** Rows of the list below its title. */
export function listRows(height: number): number {
  return Math.max(1, height - 1);
}

/** The first visible row, moved from `top` no further than needed for the cursor to be visible. */
export function listTop(content: ListContent, cursor: string | null, top: number, rows: number): number {
  return topOf(listEntries(content), cursor, top, rows);
}

function topOf(entries: readonly ListEntry[], cursor: string | null, top: number, rows: number): number {
  const at = entries.findIndex((entry) => cursorPlace(entry) === cursor);
  const last = Math.max(0, entries.length - rows);
  // A heading right above the cursor is worth a row.
  const before = entries[at - 1];
  const highest = rows > 1 && before !== undefined && before.kind !== 'conversation' ? at - 1 : at;
  const wanted = at < 0 ? top : Math.min(Math.max(top, at - rows + 1), highest);
  return Math.max(0, Math.min(wanted, last));
}

/** What the cursor can stand on in a row of the list, counted below its title; null for headings and for no row at all. */
export function listEntryAt(
  content: ListContent,
  cursor: string | null,
  top: number,
  rows: number,
  row: number,
): string | null {
  if (row < 0 || row >= rows) return null;
  const entries = listEntries(content);
  const entry = entries[topOf(entries, cursor, top, rows) + row];
  return entry === undefined ? null : cursorPlace(entry);
}

/** Exactly `height` lines of at most `width` cells. */
export function listPane(input: ListInput, width: number, height: number, theme: Theme): Styled[] {
  const { conversations } = input;
  const lines: Styled[] = [titleLine(input, width, theme)];
  const rows = listRows(height);
  if (conversations.length === 0) {
    const words = keyWords(
      input.keymap,
      'No conversations yet.\n{conversation.new} starts one with an Account ID.\n{account.show} shows your own ID, to give to a friend.',
    );
    for (const line of wrapCells(words, width - 2))
      lines.push(theme.dim(joinSafe([safe(' '), line], safe(''))));
  } else {
    const entries = listEntries(input);
    const top = topOf(entries, input.cursor, input.top, rows);
    for (const entry of entries.slice(top, top + rows)) lines.push(entryLine(entry, input, width, theme));
  }
  while (lines.length < height) lines.push(blank);
  return lines.slice(0, height);
}

function titleLine(input: ListInput, width: number, theme: Theme): Styled {
  const { account, conversations } = input;
  const unread = conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
  const held = heldChanges(input);
  const words = input.focused ? ` ${held} moved: {list.update} ` : ` ${held} moved `;
  const moved = held === 0 ? safe('') : keyWords(input.keymap, words);
  const count = unread > 0 ? safe(`${held === 0 ? ' ' : ''}${unread} new `) : safe('');
  const name = account.name === '' ? safe('Conversations') : sanitizeName(account.name);
  const room = Math.max(0, width - 1 - cellWidth(count) - cellWidth(moved));
  return row(
    theme.strong(joinSafe([safe(' '), fitCells(name, room)], safe(''))),
    theme.dim(moved),
    theme.unread(count),
  );
}

function entryLine(entry: ListEntry, input: ListInput, width: number, theme: Theme): Styled {
  switch (entry.kind) {
    case 'others':
      return theme.dim(truncateCells(safe(' Conversations'), width));
    case 'requests':
      return requestsLine(entry, input, width, theme);
    case 'conversation':
      return conversationLine(entry.conversation, input, width, theme);
  }
}

function requestsLine(
  { count, unread, isShown }: ListEntry & Readonly<{ kind: 'requests' }>,
  { cursor, focused }: ListInput,
  width: number,
  theme: Theme,
): Styled {
  const isCursor = focused && cursor === requestsRow;
  const words = safe(`${isCursor ? '>' : isShown ? '-' : '+'} Message requests (${count})`);
  const number = safe(isShown || unread === 0 ? ' ' : ` ${Math.min(unread, 9999)} `);
  // How many there are is worth more than how many messages of theirs.
  const right = cellWidth(words) + cellWidth(number) <= width ? number : safe('');
  const name = fitCells(words, Math.max(1, width - cellWidth(right)));
  if (isCursor) return theme.selected(joinSafe([name, right], safe('')));
  return row(theme.dim(name), theme.unread(right));
}

function conversationLine(
  conversation: Conversation,
  { cursor, open, focused, now }: ListInput,
  width: number,
  theme: Theme,
): Styled {
  const isCursor = conversation.id === cursor && focused;
  const isOpen = conversation.id === open;
  const mark = isCursor ? safe('>') : isOpen ? safe('-') : safe(' ');
  const flags = [
    conversation.pinned ? '*' : '',
    (conversation.mutedUntil ?? 0) > now ? 'z' : '',
    conversation.draft !== '' && !isOpen ? '+' : '',
  ].join('');
  const unread = conversation.unread > 0 ? String(Math.min(conversation.unread, 9999)) : '';
  const right = safe([flags, unread].filter((piece) => piece !== '').join(' '));
  const room = Math.max(1, width - 3 - (right === '' ? 0 : cellWidth(right) + 1));
  const title = fitCells(conversationTitle(conversation, room), room);
  const tail = right === '' ? safe(' ') : joinSafe([safe(' '), right, safe(' ')], safe(''));
  const name = joinSafe([mark, safe(' '), title], safe(''));
  if (isCursor) return theme.selected(joinSafe([name, tail], safe('')));
  const paint = conversation.unread > 0 || isOpen ? theme.strong : theme.plain;
  return row(paint(name), conversation.unread > 0 ? theme.unread(tail) : theme.dim(tail));
}
