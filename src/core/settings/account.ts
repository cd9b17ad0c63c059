/** What others see of the account. */
import { checkDisplayName } from '../commands/conversations.ts';
import type { Definition } from './definition.ts';

export const accountSettings: readonly Definition[] = [
  {
    key: 'name',
    group: 'Account',
    default: '',
    description: 'the display name that others see',
    allowed: '1 to 100 bytes of UTF-8',
    choices: null,
    parse: (text) => {
      try {
        const name = checkDisplayName(text);
        return name === '' ? null : name;
      } catch {
        return null;
      }
    },
  },
];
