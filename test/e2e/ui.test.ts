/** The built chat UI in pseudo-terminals against a devnet of its own: what two people see. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, World } from '../support/program.ts';
import { PtyScreen } from '../support/pty-screen.ts';
import { keys } from '../support/screen.ts';

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

type Options = Readonly<{
  size?: readonly [number, number];
  ask?: boolean;
  passwordFile?: string;
  more?: readonly string[];
}>;

function ui(
  person: string,
  { size = [80, 24], ask = false, passwordFile = 'password', more = [] }: Options = {},
): PtyScreen {
  const args = ['--data-dir', join(world.folder, person), '--network', world.networkFile, ...more];
  if (!ask) args.push('--password-file', join(world.folder, passwordFile));
  const screen = new PtyScreen(args, size);
  open.push(screen);
  return screen;
}

async function quit(screen: PtyScreen): Promise<void> {
  screen.send(keys.ctrl('q'));
  expect(await screen.exited).toBe(0);
  expect(screen.isAlternate).toBe(false);
}

describe('two people in the chat UI', () => {
  it('write to each other, close, reopen and see the same; scripts are not told again', async () => {
    const left = ui('alice');
    const right = ui('bob', { size: [40, 10] });
    await left.waitFor('Ctrl-N starts one');
    await right.waitFor('Ctrl-N starts one');
    left.send(keys.ctrl('n'));
    await left.waitFor('New conversation');
    left.send(keys.paste(bob), keys.enter);
    await left.waitFor('No messages yet');
    left.send('hello Bob', keys.enter);
    await left.waitFor(/hello Bob {2}sent/);
    expect(left.text()).toMatch(/127\.0\.\d+\.1 → 127\.0\.\d+\.1 → 127\.0\.\d+\.1/);

    await right.waitFor('Message requests');
    right.send(keys.enter);
    await right.waitFor('hello Bob');
    right.send('hello Alice', keys.enter);
    await right.waitFor(/hello Alice {2}sent/);
    await left.waitFor('hello Alice');
    await quit(left);
    await quit(right);

    const again = [ui('alice'), ui('bob')] as const;
    for (const screen of again) {
      await screen.waitFor(/alice|bob/);
      // The first key press may come before the list is there to be opened.
      await screen.waitFor(/> (?:alice|bob)/);
      screen.send(keys.enter);
      await screen.waitFor(/hello Bob[\s\S]*hello Alice/);
      await quit(screen);
    }
    for (const person of ['alice', 'bob']) {
      const received = await world.run(person, ['receive']);
      expect(received.code, received.stderr).toBe(0);
      expect(jsonLines(received.stdout).filter(({ event }) => event === 'message')).toEqual([]);
    }
  });

  it('see drafts again after a restart, and resize while they read', async () => {
    const first = ui('alice');
    await first.waitFor(/> bob/);
    first.send(keys.enter);
    await first.waitFor('hello Alice');
    first.send('not finished');
    await first.waitFor('> not finished');
    first.resize(200, 60);
    await first.waitFor(/^ alice.*│/m);
    first.resize(40, 10);
    await first.waitFor(/^> not finished$/m);
    await quit(first);
    const second = ui('alice', { size: [40, 10] });
    await second.waitFor(/> bob/);
    second.send(keys.enter);
    await second.waitFor('> not finished');
    second.send(keys.ctrl('c'));
    await second.waitFor('Write a message');
    await quit(second);
  });
});

describe('opening a profile', () => {
  it('asks for the password, says when it is wrong, and opens with the right one', async () => {
    const screen = ui('alice', { ask: true });
    await screen.waitFor('Unlock profile default');
    screen.send('wrong', keys.enter);
    await screen.waitFor('That is not the password');
    screen.send('correct horse', keys.enter);
    await screen.waitFor(/> bob/);
    await quit(screen);
  });

  it('ends with 5 for a password file that does not fit, with 7 while another process has the profile', async () => {
    const wrong = ui('alice', { passwordFile: 'network.json' });
    expect(await wrong.exited).toBe(5);
    expect(wrong.text()).toMatch(/password/i);
    const holder = ui('alice');
    await holder.waitFor(/> bob/);
    const second = ui('alice', { ask: true });
    expect(await second.exited).toBe(7);
    expect(second.isAlternate).toBe(false);
    expect(second.text()).not.toBe('');
    await quit(holder);
  });
});

describe('without a network', () => {
  it('a message is shown as queued, quitting asks, and the message goes out the next time', async () => {
    const offline = ['--proxy', 'socks5h://127.0.0.1:1'];
    const screen = ui('alice', { more: offline });
    await screen.waitFor(/> bob/);
    screen.send(keys.enter);
    await screen.waitFor('hello Alice');
    screen.send('when you can', keys.enter);
    await screen.waitFor(/when you can[\s\S]*queued/);
    screen.send(keys.ctrl('q'));
    await screen.waitFor('1 message is still waiting');
    screen.send('y');
    expect(await screen.exited).toBe(0);
    const next = ui('alice');
    await next.waitFor(/> bob/);
    next.send(keys.enter);
    await next.waitFor(/when you can {2}sent/);
    await quit(next);
  });
});

describe('the demo', () => {
  it('opens on the conversation with Echo, which answers', async () => {
    const screen = new PtyScreen(['--demo'], [100, 30]);
    open.push(screen);
    await screen.waitFor('Write a message');
    screen.send('anybody there?', keys.enter);
    await screen.waitFor('echo: anybody there?', 60_000);
    await quit(screen);
  });
});
