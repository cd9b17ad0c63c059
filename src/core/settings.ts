/**
 * The settings of a profile: each with its default, what it does, and a parser of what a person types. The own
 * display name is kept with the account, the others in the store's `settings` collection, where only what differs
 * from the default stands.
 */
import { UsageError } from '../errors.ts';
import type { ProfileStore } from '../store/index.ts';
import { checkDisplayName, setDisplayName } from './commands/conversations.ts';
import type { Context } from './context.ts';
import type { Setting, SettingKey, SettingValue } from './types.ts';

type Definition = Readonly<{
  key: SettingKey;
  default: SettingValue;
  description: string;
  /** what it can be, for a person */
  allowed: string;
  /** the value that a text means, or null */
  parse(text: string): SettingValue | null;
}>;

const maxLockMinutes = 1440;
const themes: readonly string[] = ['auto', 'dark', 'light', 'contrast', 'terminal', 'none'];
const notificationWays: readonly string[] = ['bell', 'osc9', 'osc777', 'osc99', 'off'];

const definitions: readonly Definition[] = [
  {
    key: 'name',
    default: '',
    description: 'the display name that others see',
    allowed: '1 to 100 bytes of UTF-8',
    parse: (text) => {
      try {
        const name = checkDisplayName(text);
        return name === '' ? null : name;
      } catch {
        return null;
      }
    },
  },
  {
    key: 'auto-lock',
    default: 15,
    description: 'minutes without a key press after which the chat UI of a profile with a password locks',
    allowed: `1 to ${maxLockMinutes} (minutes), or off`,
    parse: (text) => {
      if (text === 'off') return 'off';
      if (!/^[1-9][0-9]{0,3}$/.test(text)) return null;
      const minutes = Number(text);
      return minutes <= maxLockMinutes ? minutes : null;
    },
  },
  {
    key: 'notifications',
    default: 'bell',
    description: 'how the chat UI tells of a message that is not looked at; never whose it is, nor its text',
    allowed: notificationWays.join(', '),
    parse: (text) => (notificationWays.includes(text) ? text : null),
  },
  {
    key: 'theme',
    default: 'auto',
    description: 'the colours of the chat UI; auto goes by what the terminal says of itself',
    allowed: themes.join(', '),
    parse: (text) => (themes.includes(text) ? text : null),
  },
];

/** UsageError `no-setting`, which names those there are. */
export function checkSettingKey(key: string): SettingKey {
  return definitionOf(key).key;
}

/** What a text means for a setting. UsageError `no-setting`, or `bad-setting`, which names what is allowed. */
export function parseSetting(key: string, text: string): SettingValue {
  const { allowed, parse } = definitionOf(key);
  const value = parse(text);
  if (value === null) throw new UsageError('bad-setting', `${key} is ${allowed}. Nothing was changed.`);
  return value;
}

/** All settings as they stand. What the store has that means nothing (of a later version) counts as the default. */
export function settingsOf(store: ProfileStore): readonly Setting[] {
  return definitions.map(({ key, default: standard, description, parse }) => {
    const stored = key === 'name' ? store.get('account', 'account')?.name : store.get('settings', key);
    const isText = typeof stored === 'string' || typeof stored === 'number';
    const value = isText ? parse(String(stored)) : null;
    return { key, value: value ?? standard, default: standard, description };
  });
}

/** Stores one setting; a display name as `setDisplayName` does. Throws as `parseSetting`. */
export async function setSetting(context: Context, key: string, text: string): Promise<void> {
  const value = parseSetting(key, text);
  const { default: standard } = definitionOf(key);
  if (key === 'name') return setDisplayName(context, String(value));
  await context.store.transact((tx) => {
    if (value === standard) tx.delete('settings', key);
    else tx.put('settings', key, value);
  });
  context.changed();
}

function definitionOf(key: string): Definition {
  const found = definitions.find((definition) => definition.key === key);
  if (found !== undefined) return found;
  const keys = definitions.map((definition) => definition.key).join(', ');
  throw new UsageError('no-setting', `There is no setting of that name. There are: ${keys}.`);
}
