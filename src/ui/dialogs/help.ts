/** Help: every action with its keys and its slash command, by group, from `actions.ts`. */
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import { type Action, actions, type Group } from '../actions.ts';
import { viHelp } from '../input/vi.ts';
import { type Keymap, keyLabels } from '../keymap.ts';
import { keyOf } from '../keys/hints.ts';
import { keymapNotes, takenKeys } from '../keys/notes.ts';
import { slashLabel } from '../slash.ts';
import { fitCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';

const groups: readonly Group[] = [
  'Getting around',
  'Writing',
  'Messages',
  'Conversations',
  'People',
  'Program',
];

/** All help lines; the dialog shows a window of them. */
export function helpLines(room: DialogRoom, theme: Theme, keymap: Keymap): DialogLine[] {
  const lines: DialogLine[] = [];
  const heading = (words: SafeText): void => {
    if (lines.length > 0) lines.push(dialogLine(safe(''), room, theme.plain));
    lines.push(dialogLine(words, room, theme.strong));
  };
  if (keymap.name !== 'default' || takenKeys(keymap).length > 0)
    for (const line of wrapCells(keymapNotes(keymap), room.width))
      lines.push(dialogLine(line, room, theme.plain));
  for (const group of groups) {
    heading(safe(group));
    for (const action of actions)
      if (action.group === group) lines.push(...actionRows(action, room, theme, keymap));
  }
  if (keymap.modal) {
    heading(safe('Writing in normal mode'));
    for (const [keys, what] of viHelp) lines.push(...helpRow(keys, what, room, theme));
  }
  return lines;
}

function actionRows(action: Action, room: DialogRoom, theme: Theme, keymap: Keymap): DialogLine[] {
  const keys = keyLabels(action, keymap).slice(0, 3).join(', ');
  return helpRow(keys, `${action.title} (${slashLabel(action)})`, room, theme);
}

/** The keys in a column of their own, the title beside it, wrapped. */
function helpRow(keyText: string, title: string, room: DialogRoom, theme: Theme): DialogLine[] {
  const column = Math.min(22, Math.max(11, Math.floor(room.width * 0.3)));
  const keys = wrapCells(safe(keyText === '' ? '(no key)' : keyText), column - 1);
  const titles = wrapCells(safe(title), Math.max(8, room.width - column));
  const lines: DialogLine[] = [];
  for (let i = 0; i < Math.max(keys.length, titles.length); i++) {
    const key = fitCells(keys[i] ?? safe(''), column - 1);
    lines.push(
      dialogRow([
        { text: joinSafe([key, safe(' ')], safe('')), paint: theme.key },
        { text: titles[i] ?? safe(''), paint: theme.plain },
      ]),
    );
  }
  return lines;
}

/** The highest first line that still fills the room. */
export function lastHelpTop(room: DialogRoom, theme: Theme, keymap: Keymap): number {
  return Math.max(0, helpLines(room, theme, keymap).length - room.height);
}

export function helpView(top: number, room: DialogRoom, theme: Theme, keymap: Keymap): DialogView {
  const lines = helpLines(room, theme, keymap);
  const last = Math.max(0, lines.length - room.height);
  const from = Math.min(top, last);
  const finds = keyOf(keymap, 'palette.open');
  const hints = ['Up/Down, PgUp/PgDn scroll', ...(finds === null ? [] : [`${finds} finds`]), 'Esc closes'];
  const fits = hints.join(' · ').length <= room.width;
  const more = safe(
    (last > 0 ? (fits ? hints : hints.filter((_, at) => at !== 1)) : hints.slice(-1)).join(' · '),
  );
  const position =
    last > 0 ? safe(` ${from + 1}-${Math.min(lines.length, from + room.height)}/${lines.length}`) : safe('');
  const title = safe('Help');
  return {
    title: joinSafe([title, position], safe('')),
    lines: lines.slice(from, from + room.height),
    footer: more,
    cursor: null,
  };
}
