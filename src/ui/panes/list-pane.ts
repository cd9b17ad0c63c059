/** The conversation list as lines: title, conversations with unread counts, requests under a heading. Pure. */
import type { Conversation, SessionState } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { keyWords } from '../keys/hints.ts';
import type { Keymap } from '../keys/types.ts';
import { cellWidth, fitCells, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { blank, row, type Styled, type Theme } from '../theme/theme.ts';
import { conversationTitle } from './names.ts';

export type ListInput = Readonly<{
  account: SessionState['account'];
  conversations: readonly Conversation[];
  cursor: string | null;
  open: string | null;
  top: number;
  focused: boolean;
  /** the keys in force, for what is said of them */
  keymap: Keymap;
}>;

type Entry =
  | Readonly<{ kind: 'conversation'; conversation: Conversation }>
  | Readonly<{ kind: 'heading'; text: SafeText }>;

/** Rows of the list below its title. */
export function listRows(height: number): number {
  return Math.max(1, height - 1);
}

function entriesOf(conversations: readonly Conversation[]): Entry[] {
  const entries: Entry[] = [];
  let requests = false;
  for (const conversation of conversations) {
    if (conversation.request && !requests) {
      requests = true;
      entries.push({ kind: 'heading', text: safe('Message requests') });
    }
    entries.push({ kind: 'conversation', conversation });
  }
  return entries;
}

/** The first visible row, moved from `top` no further than needed for the cursor to be visible. */
export function listTop(
  conversations: readonly Conversation[],
  cursor: string | null,
  top: number,
  rows: number,
): number {
  const entries = entriesOf(conversations);
  const at = entries.findIndex((entry) => entry.kind === 'conversation' && entry.conversation.id === cursor);
  const last = Math.max(0, entries.length - rows);
  // A heading right above the cursor is worth a row.
  const highest = rows > 1 && entries[at - 1]?.kind === 'heading' ? at - 1 : at;
  const wanted = at < 0 ? top : Math.min(Math.max(top, at - rows + 1), highest);
  return Math.max(0, Math.min(wanted, last));
}

/** The conversation in a row of the list, counted below its title; null for headings and for no row at all. */
export function listEntryAt(
  conversations: readonly Conversation[],
  cursor: string | null,
  top: number,
  rows: number,
  row: number,
): string | null {
  if (row < 0 || row >= rows) return null;
  const entry = entriesOf(conversations)[listTop(conversations, cursor, top, rows) + row];
  return entry?.kind === 'conversation' ? entry.conversation.id : null;
}

/** Exactly `height` lines of at most `width` cells. */
export function listPane(input: ListInput, width: number, height: number, theme: Theme): Styled[] {
  const { conversations, focused } = input;
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
    const entries = entriesOf(conversations);
    const top = listTop(conversations, input.cursor, input.top, rows);
    for (const entry of entries.slice(top, top + rows)) {
      if (entry.kind === 'heading')
        lines.push(theme.dim(truncateCells(joinSafe([safe(' '), entry.text], safe('')), width)));
      else {
        const { conversation } = entry;
        const isCursor = conversation.id === input.cursor && focused;
        lines.push(entryLine(conversation, width, isCursor, conversation.id === input.open, theme));
      }
    }
  }
  while (lines.length < height) lines.push(blank);
  return lines.slice(0, height);
}

function titleLine({ account, conversations }: ListInput, width: number, theme: Theme): Styled {
  const unread = conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
  const count = unread > 0 ? safe(` ${unread} new `) : safe('');
  const name = account.name === '' ? safe('Conversations') : sanitizeName(account.name);
  const room = Math.max(0, width - 1 - cellWidth(count));
  return row(theme.strong(joinSafe([safe(' '), fitCells(name, room)], safe(''))), theme.unread(count));
}

function entryLine(
  conversation: Conversation,
  width: number,
  isCursor: boolean,
  isOpen: boolean,
  theme: Theme,
): Styled {
  const mark = isCursor ? safe('>') : isOpen ? safe('-') : safe(' ');
  const flags = `${conversation.pinned ? '*' : ''}${conversation.draft !== '' && !isOpen ? '+' : ''}`;
  const unread = conversation.unread > 0 ? String(Math.min(conversation.unread, 9999)) : '';
  const right = safe([flags, unread].filter((piece) => piece !== '').join(' '));
  const room = Math.max(1, width - 3 - (right === '' ? 0 : cellWidth(right) + 1));
  const title = fitCells(conversationTitle(conversation), room);
  const tail = right === '' ? safe(' ') : joinSafe([safe(' '), right, safe(' ')], safe(''));
  const name = joinSafe([mark, safe(' '), title], safe(''));
  if (isCursor) return theme.selected(joinSafe([name, tail], safe('')));
  const paint = conversation.unread > 0 || isOpen ? theme.strong : theme.plain;
  return row(paint(name), conversation.unread > 0 ? theme.unread(tail) : theme.dim(tail));
}
