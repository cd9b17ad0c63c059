/** The built chat UI is locked in a pseudo-terminal: what is left on the screen, and what comes back. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../support/program.ts';
import { PtyScreen } from '../support/pty-screen.ts';
import { keys } from '../support/screen.ts';

const password = 'correct horse';
const lockKey = '\x1bl';
const secrets = /bob|alice|05[0-9a-f]{2}|said before|on its way|half a thought|127\.|online|queued/i;

let world: World;
let bob: string;
const open: PtyScreen[] = [];

beforeAll(async () => {
  world = await World.create();
  await world.account('alice');
  bob = await world.account('bob');
});
afterAll(() => world.end());
afterEach(async () => {
  for (const screen of open.splice(0)) {
    screen.kill();
    await screen.exited;
  }
});

function start(size: readonly [number, number]): PtyScreen {
  const args = ['--data-dir', join(world.folder, 'alice'), '--network', world.networkFile];
  const screen = new PtyScreen([...args, '--password-file', join(world.folder, 'password')], size);
  open.push(screen);
  return screen;
}

describe('a locked chat in a terminal', () => {
  it('shows nothing of what was there, sends what waited once unlocked, and has the draft again', async () => {
    const screen = start([80, 24]);
    await screen.waitFor('Ctrl-N starts one');
    screen.send(keys.ctrl('n'));
    await screen.waitFor('New conversation');
    screen.send(keys.paste(bob), keys.enter);
    await screen.waitFor('No messages yet');
    screen.send('said before', keys.enter);
    await screen.waitFor(/said before {2}sent/);
    screen.send(`on its way${keys.enter}half a thought${lockKey}`);
    await screen.waitFor('Unlock profile default');
    expect(screen.text()).not.toMatch(secrets);
    screen.send('not it', keys.enter);
    await screen.waitFor(/not the password/);
    expect(screen.text()).not.toMatch(secrets);
    expect(screen.text()).not.toContain('not it');
    screen.send(password, keys.enter);
    await screen.waitFor(/said before[\s\S]*on its way {2}sent[\s\S]*half a thought/);
    screen.send(keys.ctrl('q'));
    expect(await screen.exited).toBe(0);
    expect(screen.text()).not.toMatch(secrets);
  });

  it('keeps other processes out, and gives terminal and profile back when it is told to end', async () => {
    const screen = start([40, 10]);
    await screen.waitFor(/> bob|> 05/);
    screen.send(lockKey);
    await screen.waitFor('Unlock profile');
    expect(screen.text()).not.toMatch(secrets);
    const meanwhile = await world.run('alice', ['conversations']);
    expect([5, 7]).toContain(meanwhile.code);
    expect(meanwhile.stdout).not.toContain('conversation"');
    process.kill(screen.pid, 'SIGTERM');
    expect(await screen.exited).toBe(143);
    expect(screen.isAlternate).toBe(false);
    expect((await world.run('alice', ['conversations'])).code).toBe(0);
  });
});
