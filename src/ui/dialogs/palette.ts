/** Palette and switcher in one: conversations and actions, narrowed by what is typed. */
import { go, prepare } from 'fuzzysort';
import type { Conversation } from '../../core/types.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { type Action, type ActionState, actions } from '../actions.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import { type Keymap, keyLabels } from '../keymap.ts';
import { conversationTitle, shortId } from '../panes/names.ts';
import { slashWord } from '../slash.ts';
import { cellWidth, fitCells, truncateCells } from '../text/cells.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogRow } from './dialog-view.ts';
import { fieldLine } from './field.ts';

export type PaletteEntry =
  | Readonly<{ kind: 'conversation'; conversation: Conversation; title: SafeText }>
  | Readonly<{ kind: 'new'; accountId: string; title: SafeText }>
  | Readonly<{ kind: 'action'; action: Action; title: SafeText; enabled: boolean; words?: string }>;

/** Enough to find what one looks for; more typing narrows further. */
const maxResults = 200;

/** All entries without a query (what makes no sense now comes last); else those that match it, the best first. */
export function paletteEntries(context: ActionState, query: string): readonly PaletteEntry[] {
  const all: PaletteEntry[] = context.session.conversations.map((conversation) => ({
    kind: 'conversation',
    conversation,
    title: conversationTitle(conversation),
  }));
  const possible = (action: Action) => action.when?.(context) ?? true;
  for (const enabled of [true, false])
    for (const action of actions)
      if (possible(action) === enabled)
        all.push({ kind: 'action', action, title: safe(action.title), enabled });
  const wanted = query.trim();
  if (wanted === '') return all;
  const accountId = parseAccountId(wanted);
  if (accountId !== null) return accountEntries(accountId, all);
  const found = go(
    wanted,
    all.map((entry) => ({ entry, target: prepare(searchText(entry, context.ui.keymap)) })),
    { key: 'target', limit: maxResults, threshold: 0.2 },
  );
  const named = withNamed(
    found.map(({ obj }) => obj.entry),
    all,
    wanted.toLowerCase(),
  );
  // Where nothing is called that, and only letters match, a name is likelier meant than all but the best of it.
  const isCalled = named.some(({ title }) => beginsWord(title, wanted));
  const at = isCalled ? named.length : named.filter(({ kind }) => kind === 'conversation').length + 1;
  return [...named.slice(0, at), ...byName(wanted), ...named.slice(at)];
}

function beginsWord(title: string, wanted: string): boolean {
  return ` ${title.toLowerCase()}`.includes(` ${wanted.toLowerCase()}`);
}

/** Whoever is not in the list, hidden or not written with yet, is there by name. */
function byName(wanted: string): readonly PaletteEntry[] {
  const action = actions.find(({ name }) => name === 'conversation.new');
  if (action === undefined) return [];
  const title = joinSafe([safe('Look for a person called'), sanitizeName(wanted)], safe(' '));
  return [{ kind: 'action', action, title, enabled: true, words: wanted }];
}

/** Shorter words begin too many. */
const minNamed = 3;

/** What is found by a word of its own (`finds`) comes before all that merely has the letters, behind the people. */
function withNamed(
  found: readonly PaletteEntry[],
  all: readonly PaletteEntry[],
  wanted: string,
): readonly PaletteEntry[] {
  if (wanted.length < minNamed) return found;
  const named = all.flatMap((entry) =>
    entry.kind === 'action' && entry.action.finds?.some((word) => word.startsWith(wanted))
      ? [{ ...entry, words: wanted }]
      : [],
  );
  if (named.length === 0) return found;
  const people = found.filter(({ kind }) => kind === 'conversation');
  const rest = found.filter(
    (entry) => entry.kind === 'action' && !named.some(({ action }) => action === entry.action),
  );
  return [...people, ...named, ...rest];
}

function accountEntries(accountId: string, all: readonly PaletteEntry[]): readonly PaletteEntry[] {
  const known = all.find((entry) => entry.kind === 'conversation' && entry.conversation.id === accountId);
  if (known !== undefined) return [known];
  const title = joinSafe([safe('Start a conversation with'), shortId(accountId)], safe(' '));
  return [{ kind: 'new', accountId, title }];
}

/** What a query is compared with: an action is found by its key and its slash command too, a conversation by its ID. */
function searchText(entry: PaletteEntry, keymap: Keymap): string {
  if (entry.kind === 'conversation') return `${entry.title} ${entry.conversation.id}`;
  if (entry.kind === 'action')
    return `${entry.title} ${keyLabels(entry.action, keymap).join(' ')} /${slashWord(entry.action)}`;
  return entry.title;
}

export function paletteView(
  entries: readonly PaletteEntry[],
  field: TextBuffer,
  index: number,
  room: DialogRoom,
  theme: Theme,
  keymap: Keymap,
): DialogView {
  const input = fieldLine(field, room.width, theme, safe('Name, account ID or action'));
  const lines: DialogLine[] = [input.line];
  const rows = Math.max(1, room.height - 1);
  const top = Math.max(0, Math.min(index - Math.floor(rows / 2), entries.length - rows));
  for (const [offset, entry] of entries.slice(top, top + rows).entries())
    lines.push({ ...entryLine(entry, top + offset === index, room, theme, keymap), entry: top + offset });
  return {
    title: safe('Go to'),
    lines,
    footer: safe('Enter opens · Up/Down choose · Esc closes'),
    cursor: { row: 0, column: input.cursor },
  };
}

function entryLine(
  entry: PaletteEntry,
  chosen: boolean,
  room: DialogRoom,
  theme: Theme,
  keymap: Keymap,
): DialogLine {
  const right = rightOf(entry, room.width, keymap);
  const rightWidth = Math.min(cellWidth(right), Math.floor(room.width / 2));
  const leftWidth = room.width - rightWidth - 1;
  // A mark and the end of an ID stay, however long the name.
  const title =
    entry.kind === 'conversation' ? conversationTitle(entry.conversation, leftWidth - 2) : entry.title;
  const left = fitCells(joinSafe([safe(chosen ? '> ' : '  '), title], safe('')), leftWidth);
  const tail = joinSafe([safe(' '), truncateCells(right, rightWidth)], safe(''));
  if (chosen) return dialogRow([{ text: joinSafe([left, tail], safe('')), paint: theme.selected }]);
  const enabled = entry.kind !== 'action' || entry.enabled;
  return dialogRow([
    { text: left, paint: enabled ? theme.plain : theme.dim },
    { text: tail, paint: entry.kind === 'action' && enabled ? theme.key : theme.dim },
  ]);
}

/** From this width on there is room for the slash command beside the key. */
const slashFrom = 60;

function rightOf(entry: PaletteEntry, width: number, keymap: Keymap): SafeText {
  if (entry.kind === 'action') {
    const words = width < slashFrom ? [] : [`/${slashWord(entry.action)}`];
    return safe([...words, keyLabels(entry.action, keymap)[0] ?? ''].join('  '));
  }
  if (entry.kind === 'new') return safe('new');
  const { unread } = entry.conversation;
  return unread > 0 ? safe(`${unread} new`) : shortId(entry.conversation.id);
}
