/** Whether the chat UI goes line by line, as asked for, or because the terminal can do nothing else. */
import { flagOption, type Options } from './invocation.ts';
import { isOn } from './settings.ts';
import { placesCursor } from './terminfo.ts';

export type LinearChoice = Readonly<{
  /** for a person who did not ask for it */
  because?: string;
  isPlain: boolean;
}>;

/** Null: the whole screen, unless the setting `screen` says otherwise. */
export function linearChoice(
  env: Readonly<Record<string, string | undefined>>,
  options: Options,
): LinearChoice | null {
  const isPlain = !placesCursor(env);
  if (flagOption(options, 'linear') || isOn(env.SESSION_TUI_LINEAR)) return { isPlain };
  if (!isPlain) return null;
  return {
    isPlain,
    because: `A terminal of the kind "${env.TERM ?? ''}" can't place its cursor: this goes line by line, as with --linear.`,
  };
}
