/** What a setting is: its key, what it can be, what a typed text means for it. */
import type { SettingGroup, SettingKey, SettingValue } from '../types.ts';

export type Definition = Readonly<{
  key: SettingKey;
  group: SettingGroup;
  default: SettingValue;
  /** what it does, in one line */
  description: string;
  /** what it can be, for a person */
  allowed: string;
  /** all it can be, where that is a short list */
  choices: readonly string[] | null;
  /** the value that a text means, or null */
  parse(text: string): SettingValue | null;
}>;

type Head = Pick<Definition, 'key' | 'group' | 'description'>;

/** One of a few words. */
export function choice<const T extends string>(
  head: Head & Readonly<{ choices: readonly T[]; default: NoInfer<T> }>,
): Definition {
  const choices: readonly string[] = head.choices;
  return {
    ...head,
    allowed: choices.join(', '),
    choices,
    parse: (text) => (choices.includes(text) ? text : null),
  };
}

/** `on` or `off`. */
export function onOff(head: Head & Readonly<{ default: 'on' | 'off' }>): Definition {
  return choice({ ...head, choices: ['on', 'off'] });
}

/** A whole number from 1 to `max`, or `off`. `unit` is said of the number: `minutes`. */
export function numberOrOff(
  head: Head & Readonly<{ default: number | 'off'; max: number; unit: string }>,
): Definition {
  const { max, unit, ...rest } = head;
  return {
    ...rest,
    allowed: `1 to ${max} (${unit}), or off`,
    choices: null,
    parse(text) {
      if (text === 'off') return 'off';
      if (!/^[1-9][0-9]{0,8}$/.test(text)) return null;
      const number = Number(text);
      return number <= max ? number : null;
    },
  };
}
