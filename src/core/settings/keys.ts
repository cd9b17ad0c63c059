/** Which keys do what. */
import { choice, type Definition } from './definition.ts';

export const keySettings: readonly Definition[] = [
  choice({
    key: 'keymap',
    group: 'Keys',
    choices: ['default', 'vi', 'emacs'],
    default: 'default',
    description: 'the keys of the chat UI; own ones stand in a file beside the profiles, and win over these',
  }),
];
