/** A closer look at a message, and the way to a date. */
import { type Action, at, whenOpen } from './types.ts';

export const lookingActions: readonly Action[] = [
  {
    name: 'jump.date',
    group: 'Messages',
    title: 'Go to a date: yesterday, last tuesday, 24 Nov, 2026-11-24',
    keys: [...at('anywhere', 'alt-j'), ...at('messages', 'g')],
    slash: 'date',
    takes: 'DATE',
    ...whenOpen,
    run: ({ commands }) => commands.looking.toDate(),
    runWith: ({ commands }, text) => commands.looking.toDate(text),
  },
  {
    name: 'message.links',
    group: 'Messages',
    title: 'Show the links of the selected message whole: copy, QR code, open',
    keys: at('messages', 'o'),
    ...whenOpen,
    run: ({ commands }) => commands.looking.showLinks(),
  },
  {
    name: 'message.hidden',
    group: 'Messages',
    title: 'Show the hidden characters of the selected message',
    keys: at('anywhere', 'alt-h'),
    ...whenOpen,
    run: ({ commands }) => commands.looking.showHidden(),
  },
  {
    name: 'message.whole',
    group: 'Messages',
    title: 'Show all lines of the selected message',
    keys: at('messages', 'v'),
    ...whenOpen,
    run: ({ commands }) => commands.looking.showWhole(),
  },
];
