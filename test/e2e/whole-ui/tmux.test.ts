/** The whole program in tmux, at four sizes: see story.ts. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { World } from '../../support/program.ts';
import { hasTmux, tmuxTerminal } from '../../support/shell-terminal.ts';
import { Story, sizes } from './story.ts';

let world: World;
const friend = { name: 'Friend', id: '' };

beforeAll(async () => {
  world = await World.create();
  friend.id = await world.account(friend.name);
});
afterAll(() => world.end());

describe.skipIf(!(await hasTmux()))('the chat UI in tmux', () => {
  it.each(sizes)(
    'at %i×%i: first minutes, chat, search, palette, selection, draft, Ctrl-Z, a long paste, resizes, hang-up',
    async (...size) => {
      const terminal = await tmuxTerminal(size);
      try {
        await new Story(terminal, size, world, `ada-${size.join('x')}`, friend).tell();
      } finally {
        await terminal.end();
      }
    },
    240_000,
  );
});
