/** Moving between panes, conversations and what is open. */
import { type Action, at } from './types.ts';

export const gettingAroundActions: readonly Action[] = [
  {
    name: 'palette.open',
    group: 'Getting around',
    title: 'Find a conversation or an action',
    keys: at('anywhere', 'ctrl-k'),
    takes: 'WORDS',
    run: ({ commands }) => commands.dialogs.palette(),
    runWith: ({ commands }, words) => commands.dialogs.palette(words),
  },
  {
    name: 'search.all',
    group: 'Getting around',
    title: 'Search all conversations',
    keys: [...at('anywhere', 'ctrl-r'), ...at('list', '/')],
    takes: 'WORDS',
    run: ({ commands }) => commands.dialogs.search('everywhere'),
    runWith: ({ commands }, words) => commands.dialogs.search('everywhere', words),
  },
  {
    name: 'help.open',
    group: 'Getting around',
    title: 'Help: every key',
    keys: [...at('anywhere', 'f1'), ...at('not-typing', '?')],
    inDialogs: true,
    run: ({ commands }) => commands.dialogs.help(),
  },
  {
    name: 'focus.next',
    group: 'Getting around',
    title: 'Next pane: list, messages, composer',
    keys: at('anywhere', 'tab'),
    run: ({ commands }) => commands.cycleFocus(1),
  },
  {
    name: 'focus.previous',
    group: 'Getting around',
    title: 'Previous pane',
    keys: at('anywhere', 'shift-tab'),
    run: ({ commands }) => commands.cycleFocus(-1),
  },
  {
    name: 'back',
    group: 'Getting around',
    title: 'Back out of whatever is open',
    keys: at('anywhere', 'escape'),
    inDialogs: true,
    run: ({ commands }) => commands.back(),
  },
];
