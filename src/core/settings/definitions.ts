/**
 * All settings, in the order in which they are listed. One more is a file's entry here and its key in
 * `settingKeys` (core/types.ts): commands and settings screen are made from this list.
 */
import { accountSettings } from './account.ts';
import type { Definition } from './definition.ts';
import { keySettings } from './keys.ts';
import { linearSettings } from './linear.ts';
import { privacySettings } from './privacy.ts';
import { screenSettings } from './screen.ts';
import { terminalSettings } from './terminal.ts';
import { toldSettings } from './told.ts';

export const definitions: readonly Definition[] = [
  ...accountSettings,
  ...privacySettings,
  ...screenSettings,
  ...terminalSettings,
  ...linearSettings,
  ...keySettings,
  ...toldSettings,
];
