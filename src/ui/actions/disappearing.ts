/** Messages that vanish by themselves. */
import { type Action, at, whenOpen } from './types.ts';

export const disappearingActions: readonly Action[] = [
  {
    name: 'conversation.timer',
    group: 'Conversations',
    title: 'Let messages disappear here: /timer 12h, /timer 1d send, /timer off',
    slash: 'timer',
    takes: 'TIME',
    keys: at('messages', 't'),
    ...whenOpen,
    run: ({ commands }) => commands.disappearing.tell(),
    runWith: ({ commands }, argument) => commands.disappearing.set(argument),
  },
];
