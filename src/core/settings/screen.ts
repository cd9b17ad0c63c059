/** How the chat UI looks, tells of things, and is worked with. */
import { choice, type Definition } from './definition.ts';

export const screenSettings: readonly Definition[] = [
  choice({
    key: 'notifications',
    group: 'Notifications',
    choices: ['bell', 'osc9', 'osc777', 'osc99', 'off'],
    default: 'bell',
    description: 'how the chat UI tells of a message that is not looked at; never whose it is, nor its text',
  }),
  choice({
    key: 'theme',
    group: 'Screen',
    choices: ['auto', 'dark', 'light', 'contrast', 'terminal', 'none'],
    default: 'auto',
    description: 'the colours of the chat UI; auto goes by what the terminal says of itself',
  }),
];
