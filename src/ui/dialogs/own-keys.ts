/** Giving actions other keys: the actions with their keys, and the question for a key. Pure. */
import { go, prepare } from 'fuzzysort';
import { joinSafe, type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import { type Action, actions } from '../actions.ts';
import { actionNamed, actionsHolding, type Keymap, keyLabels } from '../keymap.ts';
import { chordsLabel } from '../keys/chord.ts';
import { ownPlaceOf } from '../keys/own-file.ts';
import type { Where } from '../keys/types.ts';
import { cellWidth, fitCells, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';
import { fieldLine } from './field.ts';
import type { KeyPressDialog, KeysDialog } from './settings-state.ts';

/** The actions that match what is typed, by title, name or key; all of them if nothing is. */
export function actionsFound(keymap: Keymap, query: string): readonly Action[] {
  const wanted = query.trim();
  if (wanted === '') return actions;
  const targets = actions.map((action) => ({
    action,
    title: prepare(action.title),
    words: prepare(`${action.name} ${keyLabels(action, keymap).join(' ')}`),
  }));
  return go(wanted, targets, { keys: ['title', 'words'], threshold: 0.2 }).map(({ obj }) => obj.action);
}

export function keysView(dialog: KeysDialog, keymap: Keymap, room: DialogRoom, theme: Theme): DialogView {
  const { field, path, problems, note } = dialog;
  const found = actionsFound(keymap, field.text);
  const index = Math.min(dialog.index, Math.max(0, found.length - 1));
  const input = fieldLine(field, room.width, theme, safe('Action or key'));
  const below: DialogLine[] = [];
  const isLow = room.height < 12;
  const say = (text: SafeText, paint: Theme['dim'], most: number): void => {
    for (const line of wrapCells(text, room.width).slice(0, most)) below.push(dialogLine(line, room, paint));
  };
  if (note !== null) say(note.text, note.tone === 'error' ? theme.error : theme.warning, isLow ? 3 : 5);
  else if (problems.length > 0)
    say(sanitizeText(problems.join('\n')), theme.error, isLow ? 3 : Math.floor(room.height / 2));
  if (!isLow) say(joinSafe([safe('Kept in '), path], safe('')), theme.dim, 2);
  const rows = Math.max(1, room.height - 1 - below.length);
  const top = Math.max(0, Math.min(index - Math.floor(rows / 2), found.length - rows));
  const lines: DialogLine[] = [input.line];
  for (const [offset, action] of found.slice(top, top + rows).entries()) {
    const number = top + offset;
    lines.push({ ...actionRow(action, number === index, keymap, room, theme), entry: number });
  }
  if (found.length === 0)
    lines.push(dialogLine(safe('No action is called that: try less.'), room, theme.dim));
  const keys =
    room.width < 50
      ? 'Enter · Tab · Del · Ctrl-R · Esc'
      : 'Enter sets · Tab adds · Del takes away · Ctrl-R resets · Esc closes';
  return {
    title: safe(`Keys: ${keymap.name}`),
    lines: [...lines, ...below],
    footer: safe(keys),
    cursor: { row: 0, column: input.cursor },
  };
}

function actionRow(
  action: Action,
  chosen: boolean,
  keymap: Keymap,
  room: DialogRoom,
  theme: Theme,
): DialogLine {
  const labels = keyLabels(action, keymap);
  const keys = truncateCells(
    safe(labels.length === 0 ? '(no key)' : labels.join(', ')),
    Math.floor(room.width * 0.4),
  );
  const left = fitCells(
    joinSafe([safe(chosen ? '> ' : '  '), safe(action.title)], safe('')),
    room.width - cellWidth(keys) - 1,
  );
  const right = joinSafe([safe(' '), keys], safe(''));
  if (chosen) return dialogRow([{ text: joinSafe([left, right], safe('')), paint: theme.selected }]);
  return dialogRow([
    { text: left, paint: theme.plain },
    { text: right, paint: theme.key },
  ]);
}

const placeWords: Readonly<Record<Where, string>> = {
  list: 'in the list',
  messages: 'in the messages',
  composer: 'in the composer',
  normal: "in the composer's normal mode",
  text: 'where text is typed',
  'not-typing': 'where no text is typed',
  anywhere: 'everywhere',
};

export function keyPressView(
  { action: name, adds, chord }: KeyPressDialog,
  keymap: Keymap,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  const action = actionNamed(name);
  const lines: DialogLine[] = [];
  const say = (words: SafeText, paint: Theme['dim']): void => {
    for (const line of wrapCells(words, room.width)) lines.push(dialogLine(line, room, paint));
  };
  if (action !== null) {
    say(safe(action.title), theme.strong);
    say(safe(`It will work ${placeWords[ownPlaceOf(action)]}.`), theme.dim);
    if (chord === null)
      say(safe(adds ? 'Press one more key for it.' : 'Press the key that it is to have.'), theme.plain);
    else {
      const holders = actionsHolding(keymap, ownPlaceOf(action), chord).filter((one) => one.name !== name);
      for (const holder of holders)
        say(safe(`${chordsLabel(chord)} is "${holder.title}" now.`), theme.warning);
      say(safe('Enter takes it away from there; another key is tried instead.'), theme.plain);
    }
  }
  return { title: safe('A new key'), lines, footer: safe('Esc leaves it as it is'), cursor: null };
}
