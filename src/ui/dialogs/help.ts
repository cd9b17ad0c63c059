/** Help: every action with its keys and its slash command, by group, from `actions.ts`. */
import { joinSafe, safe } from '../../text/sanitize.ts';
import { type Action, actions, type Group } from '../actions.ts';
import { keyLabels } from '../keymap.ts';
import { slashLabel } from '../slash.ts';
import { fitCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';

const groups: readonly Group[] = ['Getting around', 'Writing', 'Messages', 'Conversations', 'Program'];

/** All help lines; the dialog shows a window of them. */
export function helpLines(room: DialogRoom, theme: Theme): DialogLine[] {
  const lines: DialogLine[] = [];
  for (const group of groups) {
    if (lines.length > 0) lines.push(dialogLine(safe(''), room, theme.plain));
    lines.push(dialogLine(safe(group), room, theme.strong));
    for (const action of actions) if (action.group === group) lines.push(...actionLines(action, room, theme));
  }
  return lines;
}

/** The keys in a column of their own, the title beside it, wrapped. */
function actionLines(action: Action, room: DialogRoom, theme: Theme): DialogLine[] {
  const column = Math.min(22, Math.max(11, Math.floor(room.width * 0.3)));
  const keys = wrapCells(safe(keyLabels(action).slice(0, 3).join(', ')), column - 1);
  const titles = wrapCells(safe(`${action.title} (${slashLabel(action)})`), Math.max(8, room.width - column));
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
export function lastHelpTop(room: DialogRoom, theme: Theme): number {
  return Math.max(0, helpLines(room, theme).length - room.height);
}

export function helpView(top: number, room: DialogRoom, theme: Theme): DialogView {
  const lines = helpLines(room, theme);
  const last = Math.max(0, lines.length - room.height);
  const from = Math.min(top, last);
  const more = last > 0 ? safe('Up/Down, PgUp/PgDn scroll · Esc closes') : safe('Esc closes');
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
