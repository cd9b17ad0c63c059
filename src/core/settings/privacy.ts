/** Who can look, and what is told to whom. */
import { type Definition, numberOrOff } from './definition.ts';

export const privacySettings: readonly Definition[] = [
  numberOrOff({
    key: 'auto-lock',
    group: 'Privacy',
    default: 15,
    max: 1440,
    unit: 'minutes',
    description: 'minutes without a key press after which the chat UI of a profile with a password locks',
  }),
];
