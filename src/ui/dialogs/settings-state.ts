/** The dialogs of settings and keys, as state. A leaf of `ui-state.ts`. */
import type { Setting } from '../../core/types.ts';
import type { SafeText } from '../../text/sanitize.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import type { Chord } from '../terminal/keys.ts';

/** What was done last, or why it was not. */
export type Note = Readonly<{ text: SafeText; tone: 'info' | 'error' }>;

export type SettingsDialog = Readonly<{
  kind: 'settings';
  /** what is looked for */
  field: TextBuffer;
  /** of the chosen one among those found */
  index: number;
  settings: readonly Setting[];
  note: Note | null;
}>;

/** One of a few values is chosen. */
export type SettingChoiceDialog = Readonly<{
  kind: 'setting-choice';
  setting: Setting;
  choices: readonly string[];
  index: number;
  from: SettingsDialog;
}>;

/** A text or number is typed. */
export type SettingTextDialog = Readonly<{
  kind: 'setting-text';
  setting: Setting;
  field: TextBuffer;
  error: SafeText | null;
  from: SettingsDialog;
}>;

export type KeysDialog = Readonly<{
  kind: 'keys';
  field: TextBuffer;
  index: number;
  /** where the person's own keys are kept, and what is wrong with them */
  path: SafeText;
  problems: readonly string[];
  note: Note | null;
}>;

/** The next key pressed is the action's. */
export type KeyPressDialog = Readonly<{
  kind: 'key-press';
  /** its name */
  action: string;
  /** beside the keys it has; else in place of them */
  adds: boolean;
  /** pressed already, and another action's: whether it is to be taken is asked */
  chord: Chord | null;
  from: KeysDialog;
}>;

export type SettingsDialogs =
  | SettingsDialog
  | SettingChoiceDialog
  | SettingTextDialog
  | KeysDialog
  | KeyPressDialog;
