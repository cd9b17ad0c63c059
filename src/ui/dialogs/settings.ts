/** The settings screen: a search field, every setting with its value by group, and all about the chosen one. Pure. */
import { go, prepare } from 'fuzzysort';
import type { Setting } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { fitCells, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine, dialogRow } from './dialog-view.ts';
import { fieldLine } from './field.ts';
import type { Note, SettingChoiceDialog, SettingsDialog, SettingTextDialog } from './settings-state.ts';

/** All settings, by group; with words to look for, those that match them, the best first. */
export function settingsFound(settings: readonly Setting[], query: string): readonly Setting[] {
  const wanted = query.trim();
  if (wanted === '') {
    const groups = [...new Set(settings.map(({ group }) => group))];
    return groups.flatMap((group) => settings.filter((setting) => setting.group === group));
  }
  const targets = settings.map((setting) => ({
    setting,
    key: prepare(setting.key),
    words: prepare(`${setting.group} ${setting.description} ${setting.allowed}`),
  }));
  const found = go(wanted, targets, { keys: ['key', 'words'], threshold: 0.2 }).map(({ obj }) => obj);
  // Scattered letters count only where nobody writes the word itself.
  const exact = found.filter(({ key, words }) =>
    `${key.target} ${words.target}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  return (exact.length > 0 ? exact : found).map(({ setting }) => setting);
}

export function settingsView(dialog: SettingsDialog, room: DialogRoom, theme: Theme): DialogView {
  const { field, settings, note } = dialog;
  const found = settingsFound(settings, field.text);
  const index = Math.min(dialog.index, Math.max(0, found.length - 1));
  const chosen = found[index];
  const input = fieldLine(field, room.width, theme, safe('Search the settings'));
  const about = chosen === undefined ? [] : aboutLines(chosen, note, room, theme);
  const rows: DialogLine[] = [];
  let at = 0;
  const longest = Math.max(...settings.map(({ key }) => key.length));
  const width = Math.min(longest + 4, room.width - 8);
  for (const [number, setting] of found.entries()) {
    const isHeaded = field.text.trim() === '' && setting.group !== found[number - 1]?.group;
    if (isHeaded) rows.push(dialogLine(safe(setting.group), room, theme.strong));
    if (number === index) at = rows.length;
    rows.push({ ...settingRow(setting, number === index, width, room, theme), entry: number });
  }
  if (found.length === 0) rows.push(dialogLine(safe('No setting is about that: try less.'), room, theme.dim));
  const height = Math.max(1, room.height - 1 - about.length);
  // The chosen one a third down, its heading with it.
  const top = Math.max(0, Math.min(at - Math.floor(height / 3), rows.length - height));
  const keys =
    room.width < 50
      ? 'Enter · Tab · Ctrl-R resets · Esc'
      : 'Enter changes · Tab next value · Ctrl-R resets · Esc closes';
  return {
    title: safe('Settings'),
    lines: [input.line, ...rows.slice(top, top + height), ...about],
    footer: safe(keys),
    cursor: { row: 0, column: input.cursor },
  };
}

function settingRow(
  setting: Setting,
  chosen: boolean,
  width: number,
  room: DialogRoom,
  theme: Theme,
): DialogLine {
  const isSet = setting.value !== setting.default;
  const name = fitCells(joinSafe([safe(chosen ? '> ' : '  '), sanitizeName(setting.key)], safe('')), width);
  const value = truncateCells(
    joinSafe([shownValue(setting.value), safe(isSet ? ' *' : '')], safe('')),
    room.width - width,
  );
  if (chosen) return dialogRow([{ text: joinSafe([name, value], safe('')), paint: theme.selected }]);
  return dialogRow([
    { text: name, paint: theme.plain },
    { text: value, paint: isSet ? theme.key : theme.dim },
  ]);
}

function shownValue(value: Setting['value']): SafeText {
  return value === '' ? safe('(none)') : sanitizeName(String(value));
}

/** Below the list: what it does, what it can be, what it is by itself; or what just happened. */
function aboutLines(setting: Setting, note: Note | null, room: DialogRoom, theme: Theme): DialogLine[] {
  const isLow = room.height < 12;
  const blank = dialogLine(safe(''), room, theme.plain);
  if (note !== null) {
    const words = wrapCells(note.text, room.width).slice(0, isLow ? 3 : 5);
    const paint = note.tone === 'error' ? theme.error : theme.warning;
    return [...(isLow ? [] : [blank]), ...words.map((line) => dialogLine(line, room, paint))];
  }
  const what = wrapCells(sentence(setting.description), room.width).slice(0, isLow ? 2 : 3);
  const allowed = joinSafe([safe('Can be: '), sanitizeName(setting.allowed)], safe(''));
  const standard = joinSafe(
    [
      safe('Default: '),
      shownValue(setting.default),
      safe(setting.value === setting.default ? '' : ' (* is another value)'),
    ],
    safe(''),
  );
  const facts = [...wrapCells(allowed, room.width).slice(0, isLow ? 1 : 3), ...(isLow ? [] : [standard])];
  return [
    ...(isLow ? [] : [blank]),
    ...what.map((line) => dialogLine(line, room, theme.plain)),
    ...facts.map((line) => dialogLine(line, room, theme.dim)),
  ];
}

function sentence(text: string): SafeText {
  return sanitizeName(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);
}

export function settingChoiceView(dialog: SettingChoiceDialog, room: DialogRoom, theme: Theme): DialogView {
  const { setting, choices, index } = dialog;
  const lines = wrapCells(sentence(setting.description), room.width)
    .slice(0, 3)
    .map((line) => dialogLine(line, room, theme.dim));
  const height = Math.max(1, room.height - lines.length);
  const top = Math.max(0, Math.min(index - Math.floor(height / 2), choices.length - height));
  for (const [offset, value] of choices.slice(top, top + height).entries()) {
    const number = top + offset;
    const chosen = number === index;
    const marks = [
      ...(value === String(setting.value) ? ['as it is'] : []),
      ...(value === String(setting.default) ? ['default'] : []),
    ].join(', ');
    const words = joinSafe(
      [safe(chosen ? '> ' : '  '), sanitizeName(value), safe(marks === '' ? '' : `  (${marks})`)],
      safe(''),
    );
    lines.push({ ...dialogLine(words, room, chosen ? theme.selected : theme.plain), entry: number });
  }
  return {
    title: sanitizeName(setting.key),
    lines,
    footer: safe('Enter takes it · Esc back'),
    cursor: null,
  };
}

export function settingTextView(dialog: SettingTextDialog, room: DialogRoom, theme: Theme): DialogView {
  const { setting, field, error } = dialog;
  const about = wrapCells(sentence(setting.description), room.width).map((line) =>
    dialogLine(line, room, theme.dim),
  );
  const input = fieldLine(field, room.width, theme, sanitizeName(setting.allowed));
  const allowed = wrapCells(
    joinSafe([safe('Can be: '), sanitizeName(setting.allowed)], safe('')),
    room.width,
  );
  const below = error === null ? allowed : wrapCells(error, room.width);
  const head = about.slice(0, Math.max(0, room.height - 3));
  return {
    title: sanitizeName(setting.key),
    lines: [
      ...head,
      input.line,
      ...below.map((line) => dialogLine(line, room, error === null ? theme.dim : theme.error)),
    ],
    footer: safe('Enter keeps it · Esc back'),
    cursor: { row: head.length, column: input.cursor },
  };
}
