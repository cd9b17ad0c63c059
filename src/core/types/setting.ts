/** Settings as front ends see them. */

export const settingKeys = [
  'name',
  'auto-lock',
  'notifications',
  'theme',
  'notification-content',
  'notification-command',
  'title',
  'mouse',
  'link',
  'open-links',
  'screen',
  'linear-input',
  'keymap',
  'pipes',
  'read-receipts',
  'typing-indicators',
  'community-requests',
] as const;

export type SettingKey = (typeof settingKeys)[number];

export type SettingValue = string | number;

/** The headings under which settings stand. */
export const settingGroups = ['Account', 'Privacy', 'Notifications', 'Screen', 'Keys', 'Network'] as const;

export type SettingGroup = (typeof settingGroups)[number];

/** One setting as it stands, and what it can be (settings/definitions.ts). `name` is the own display name. */
export type Setting = Readonly<{
  key: SettingKey;
  group: SettingGroup;
  value: SettingValue;
  default: SettingValue;
  description: string;
  /** what it can be, for a person */
  allowed: string;
  /** all it can be, where that is a short list */
  choices: readonly string[] | null;
}>;
