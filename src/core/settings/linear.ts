/** Whether the chat UI takes the whole screen or goes on line by line. */
import { choice, type Definition } from './definition.ts';

export const linearSettings: readonly Definition[] = [
  choice({
    key: 'screen',
    group: 'Screen',
    choices: ['full', 'linear'],
    default: 'full',
    description: 'full: the whole screen; linear: line by line, for screen readers, braille and slow lines',
  }),
  choice({
    key: 'linear-input',
    group: 'Screen',
    choices: ['hold', 'redraw'],
    default: 'hold',
    description:
      'line by line, what comes while a line is typed waits for its end (hold) or is put before it (redraw)',
  }),
];
