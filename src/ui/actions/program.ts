/** The program and its terminal. */
import { settingKeys } from '../../core/index.ts';
import { type Action, at } from './types.ts';

export const programActions: readonly Action[] = [
  {
    name: 'settings.open',
    group: 'Program',
    title: 'Settings: all of them, with search',
    keys: at('anywhere', 'f4'),
    takes: 'WORDS',
    finds: [...settingKeys, 'colours', 'colors', 'dark', 'light', 'bell'],
    run: ({ commands }) => commands.settings.open(),
    runWith: ({ commands }, words) => commands.settings.open(words),
  },
  {
    name: 'keys.open',
    group: 'Program',
    title: 'Keys: give any action other ones',
    keys: at('anywhere', 'f5'),
    takes: 'WORDS',
    run: ({ commands }) => commands.settings.openKeys(),
    runWith: ({ commands }, words) => commands.settings.openKeys(words),
  },
  {
    name: 'network.show',
    group: 'Program',
    title: 'Show the network: path, proxy, nodes',
    keys: at('anywhere', 'f3'),
    run: ({ commands }) => commands.dialogs.network(),
  },
  {
    name: 'lock',
    group: 'Program',
    title: 'Lock now; after idle time (setting auto-lock) it locks itself',
    keys: at('anywhere', 'alt-l'),
    inDialogs: true,
    run: ({ commands }) => commands.leaving.lock(),
  },
  {
    name: 'suspend',
    group: 'Program',
    title: 'Suspend: back to the shell, until its fg',
    keys: at('anywhere', 'ctrl-z'),
    inDialogs: true,
    run: ({ commands }) => commands.leaving.suspend(),
  },
  {
    name: 'screen.redraw',
    group: 'Program',
    title: 'Draw the screen anew',
    keys: at('anywhere', 'ctrl-l'),
    inDialogs: true,
    run: ({ commands }) => commands.redraw(),
  },
  {
    name: 'link.toggle',
    group: 'Program',
    title: 'Lean or not: one column and few bytes for a slow line',
    keys: at('anywhere', 'f6'),
    inDialogs: true,
    run: ({ commands }) => commands.link.toggle(),
  },
  {
    name: 'quit',
    group: 'Program',
    title: 'Quit',
    keys: at('anywhere', 'ctrl-q'),
    inDialogs: true,
    run: ({ commands }) => commands.leaving.quit(),
  },
];
