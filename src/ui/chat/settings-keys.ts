/** The dialogs of settings and keys: opening them, and what keys do in them. */
import { safe } from '../../text/sanitize.ts';
import { type Action, actions } from '../actions.ts';
import { dialogRoom } from '../dialogs/dialog-view.ts';
import { actionsFound } from '../dialogs/own-keys.ts';
import { settingsFound } from '../dialogs/settings.ts';
import type {
  KeyPressDialog,
  KeysDialog,
  Note,
  SettingChoiceDialog,
  SettingsDialog,
  SettingsDialogs,
  SettingTextDialog,
} from '../dialogs/settings-state.ts';
import { insertLine, type TextBuffer, textBuffer } from '../input/text-buffer.ts';
import { actionNamed, actionsHolding, keyLabels } from '../keymap.ts';
import type { OwnKeyFile } from '../keys/key-file.ts';
import { keymapNotes } from '../keys/notes.ts';
import { ownPlaceOf } from '../keys/own-file.ts';
import type { Binding } from '../keys/types.ts';
import type { Dialog } from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';
import type { Environment } from './environment.ts';
import { errorWords } from './words.ts';

/** What actions can ask of settings and keys. */
export type SettingsCommands = Readonly<{
  /** with these words in its search field */
  open(words?: string): void;
  openKeys(words?: string): void;
}>;

export class SettingsKeys implements SettingsCommands {
  readonly #env: Environment;
  readonly #own: OwnKeyFile;
  /** makes the keymap anew after own keys changed */
  readonly #refresh: () => void;

  constructor(env: Environment, own: OwnKeyFile, refresh: () => void) {
    this.#env = env;
    this.#own = own;
    this.#refresh = refresh;
  }

  open(words = ''): void {
    const field = insertLine(textBuffer(), words);
    this.#env.dialog({
      kind: 'settings',
      field,
      index: 0,
      settings: this.#env.session.settings(),
      note: null,
    });
  }

  openKeys(words = ''): void {
    const field = insertLine(textBuffer(), words);
    this.#env.dialog({ kind: 'keys', field, index: 0, ...this.#ownState(), note: null });
  }

  #ownState(): Pick<KeysDialog, 'path' | 'problems'> {
    return { path: this.#own.path, problems: this.#own.own.problems };
  }

  /** Keys that only these dialogs know; false for all others. */
  press(dialog: SettingsDialogs, chord: Chord): boolean {
    switch (dialog.kind) {
      case 'settings':
        return this.#inSettings(dialog, chord);
      case 'setting-choice':
        return this.#inChoice(dialog, chord);
      case 'setting-text':
        return this.#inText(dialog, chord);
      case 'keys':
        return this.#inKeys(dialog, chord);
      case 'key-press':
        void this.#pressed(dialog, chord);
        return true;
    }
  }

  /** The field of a dialog that has one, changed. */
  change(dialog: SettingsDialogs, change: (field: TextBuffer) => TextBuffer): void {
    if (dialog.kind === 'setting-text')
      this.#env.dialog({ ...dialog, field: change(dialog.field), error: null });
    else if (dialog.kind === 'settings' || dialog.kind === 'keys') {
      const field = change(dialog.field);
      const index = field.text === dialog.field.text ? dialog.index : 0;
      this.#env.dialog({ ...dialog, field, index, note: null });
    }
  }

  // --- settings

  #inSettings(dialog: SettingsDialog, chord: Chord): boolean {
    const settings = this.#env.session.settings();
    const found = settingsFound(settings, dialog.field.text);
    const index = this.#moved(dialog.index, found.length, chord);
    if (index !== null) {
      this.#env.dialog({ ...dialog, settings, index, note: null });
      return true;
    }
    const setting = found[dialog.index];
    if (!['enter', 'tab', 'shift-tab', 'ctrl-r'].includes(chord)) return false;
    if (setting === undefined) return true;
    const { choices, value } = setting;
    if (chord === 'ctrl-r') void this.#set(dialog, setting.key, String(setting.default));
    else if (choices === null) {
      const field = insertLine(textBuffer(), String(value));
      this.#env.dialog({ kind: 'setting-text', setting, field, error: null, from: dialog });
    } else {
      const at = choices.indexOf(String(value));
      if (chord === 'enter')
        this.#env.dialog({ kind: 'setting-choice', setting, choices, index: Math.max(0, at), from: dialog });
      else {
        const step = chord === 'tab' ? 1 : choices.length - 1;
        const next = choices[(at + step) % choices.length];
        if (next !== undefined) void this.#set(dialog, setting.key, next);
      }
    }
    return true;
  }

  #inChoice(dialog: SettingChoiceDialog, chord: Chord): boolean {
    const { choices, setting, from } = dialog;
    const index = this.#moved(
      dialog.index,
      choices.length,
      chord === 'tab' ? 'down' : chord === 'shift-tab' ? 'up' : chord,
    );
    if (index !== null) this.#env.dialog({ ...dialog, index });
    else if (chord === 'enter') void this.#set(from, setting.key, choices[dialog.index] ?? '');
    else if (chord === 'escape') this.#env.dialog(from);
    else return false;
    return true;
  }

  #inText(dialog: SettingTextDialog, chord: Chord): boolean {
    const { setting, field, from } = dialog;
    if (chord === 'escape') this.#env.dialog(from);
    else if (chord === 'enter') void this.#set(from, setting.key, field.text.trim(), dialog);
    else return false;
    return true;
  }

  /** Stores a value and goes back to the list; one that is refused is said where it was typed. */
  async #set(list: SettingsDialog, key: string, text: string, typed?: SettingTextDialog): Promise<void> {
    const { session } = this.#env;
    const before = this.#env.ui.dialog;
    let note: Note;
    try {
      await session.setSetting(key, text);
      const set = key === 'keymap' ? keymapNotes(this.#env.ui.keymap) : null;
      note = { text: set ?? safe('Changed.'), tone: 'info' };
    } catch (error) {
      const words = errorWords(error);
      if (typed !== undefined) {
        this.#replace(before, { ...typed, error: words });
        return;
      }
      note = { text: words, tone: 'error' };
    }
    this.#replace(before, { ...list, settings: session.settings(), note });
  }

  /** Unless another dialog, or none, stands there by now. */
  #replace(before: Dialog | null, next: Dialog): void {
    if (this.#env.ui.dialog === before) this.#env.dialog(next);
  }

  // --- keys

  #inKeys(dialog: KeysDialog, chord: Chord): boolean {
    const found = actionsFound(this.#env.ui.keymap, dialog.field.text);
    const index = this.#moved(dialog.index, found.length, chord);
    if (index !== null) {
      this.#env.dialog({ ...dialog, index, note: null });
      return true;
    }
    const action = found[dialog.index];
    if (!['enter', 'tab', 'delete', 'ctrl-r'].includes(chord)) return false;
    if (action === undefined) return true;
    if (chord === 'delete') void this.#setKeys(dialog, action, []);
    else if (chord === 'ctrl-r') void this.#setKeys(dialog, action, null);
    else
      this.#env.dialog({
        kind: 'key-press',
        action: action.name,
        adds: chord === 'tab',
        chord: null,
        from: dialog,
      });
    return true;
  }

  async #pressed(dialog: KeyPressDialog, chord: Chord): Promise<void> {
    const { keymap } = this.#env.ui;
    const action = actionNamed(dialog.action);
    if (action === null || chord === 'escape') {
      this.#env.dialog(dialog.from);
      return;
    }
    const isConfirmed = dialog.chord !== null && chord === 'enter';
    const wanted = isConfirmed ? (dialog.chord ?? chord) : chord;
    const where = ownPlaceOf(action);
    const isTaken = actionsHolding(keymap, where, wanted).some(({ name }) => name !== action.name);
    if (isTaken && !isConfirmed) {
      this.#env.dialog({ ...dialog, chord: wanted });
      return;
    }
    const binding: Binding = { where, chord: wanted };
    const others = keymap.keysOf(action.name).filter((one) => one.where !== where || one.chord !== wanted);
    await this.#setKeys(dialog.from, action, dialog.adds ? [...others, binding] : [binding]);
  }

  async #setKeys(list: KeysDialog, action: Action, keys: readonly Binding[] | null): Promise<void> {
    const before = this.#env.ui.dialog;
    let note: Note;
    try {
      if (await this.#own.set(action.name, keys)) {
        this.#refresh();
        note = this.#keysNote(action);
      } else {
        const words = 'The file with your keys has to be mended or removed first: nothing was changed.';
        note = { text: safe(words), tone: 'error' };
      }
    } catch (error) {
      note = { text: errorWords(error), tone: 'error' };
    }
    this.#replace(before, { ...list, ...this.#ownState(), note });
  }

  /** What it has now, and who has no key left. */
  #keysNote(action: Action): Note {
    const { keymap } = this.#env.ui;
    const labels = keyLabels(action, keymap);
    const now = labels.length === 0 ? 'has no key' : `is ${labels.join(', ')}`;
    const bare = actions.filter((one) => one.name !== action.name && keymap.keysOf(one.name).length === 0);
    const words = bare.map(({ title }) => ` "${title}" has no key.`).join('');
    return { text: safe(`"${action.title}" ${now}.${words}`), tone: 'info' };
  }

  /** Where arrows and page keys lead among so many; null: the key is another one. */
  #moved(index: number, count: number, chord: Chord): number | null {
    const { columns, rows } = this.#env.ui.size;
    const page = Math.max(1, dialogRoom(columns, rows).height - 6);
    const steps: Readonly<Record<Chord, number>> = { up: -1, down: 1, pageup: -page, pagedown: page };
    const step = steps[chord];
    return step === undefined ? null : Math.max(0, Math.min(count - 1, index + step));
  }
}
