/**
 * The settings of a profile: each with its default, what it does, and a parser of what a person types
 * (settings/definitions.ts). The own display name is kept with the account, the others in the store's `settings`
 * collection, where only what differs from the default stands.
 */
import { UsageError } from '../errors.ts';
import type { ProfileStore } from '../store/index.ts';
import { setCommunityRequests, setDisplayName } from './commands/conversations.ts';
import type { Context } from './context.ts';
import type { Definition } from './settings/definition.ts';
import { definitions } from './settings/definitions.ts';
import type { Setting, SettingKey, SettingValue } from './types.ts';

/** Whether linked devices follow a change of the setting. */
export function isShared(key: string): boolean {
  return key === 'name' || key === 'community-requests';
}

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

/** All settings as they stand, given what is stored of each. What means nothing (of a later version) counts as unset. */
export function describeSettings(stored: (key: SettingKey) => unknown): readonly Setting[] {
  return definitions.map(({ parse, ...described }) => {
    const found = stored(described.key);
    const isText = typeof found === 'string' || typeof found === 'number';
    const value = isText ? parse(String(found)) : null;
    return { ...described, value: value ?? described.default };
  });
}

/** All settings of a profile as they stand. */
export function settingsOf(store: ProfileStore): readonly Setting[] {
  return describeSettings((key) => {
    if (!isShared(key)) return store.get('settings', key);
    const account = store.get('account', 'account');
    if (key === 'name') return account?.name;
    return account?.blindedRequests === true ? 'on' : undefined;
  });
}

/** Stores one setting; a display name as `setDisplayName` does. Throws as `parseSetting`. */
export async function setSetting(context: Context, key: string, text: string): Promise<void> {
  const value = parseSetting(key, text);
  const { default: standard } = definitionOf(key);
  if (key === 'name') return setDisplayName(context, String(value));
  if (key === 'community-requests') return setCommunityRequests(context, value === 'on');
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
