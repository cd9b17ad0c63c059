/** The pictures of the README: size, and what is pressed until the screen shows what it is about. */
import type { PtyScreen } from '../../test/support/pty-screen.ts';

export type Scene = Readonly<{
  name: string;
  /** what one sees, for those who do not */
  title: string;
  size: readonly [columns: number, rows: number];
  options?: readonly string[];
  play(screen: PtyScreen): Promise<void>;
}>;

const toAna = async (screen: PtyScreen): Promise<void> => {
  screen.send('\x0b');
  await screen.waitFor('Go to');
  screen.send('Ana');
  await screen.waitFor('> Ana');
  screen.send('\r');
  await screen.waitFor('Ten minutes!');
  await screen.waitFor(/online/);
};

export const scenes: readonly Scene[] = [
  {
    name: 'chat',
    title:
      'The chat UI: conversations on the left, messages with a reaction, a link and an answer being written',
    size: [100, 30],
    async play(screen) {
      await toAna(screen);
      screen.send('See you at the clock 🕰');
    },
  },
  {
    name: 'palette',
    title: 'Ctrl-K finds conversations and everything one can do, with its key',
    size: [100, 30],
    async play(screen) {
      await toAna(screen);
      screen.send('\x0b');
      await screen.waitFor('Go to');
      screen.send('sea');
      await screen.waitFor('Search all');
    },
  },
  {
    name: 'network',
    title: 'F3 shows the onion path in use: guard, middle and exit node',
    size: [100, 30],
    async play(screen) {
      await toAna(screen);
      screen.send('\x1bOR');
      await screen.waitFor(/guard/i);
    },
  },
  {
    name: 'settings',
    title: 'F4 opens the settings, with a search',
    size: [100, 30],
    async play(screen) {
      await toAna(screen);
      screen.send('\x1bOS');
      await screen.waitFor('auto-lock');
    },
  },
  {
    name: 'narrow',
    title: 'Under 70 columns there is one column: the messages here, in 48 columns and 20 rows',
    size: [48, 20],
    play: toAna,
  },
];
