import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, programPath, Running, run, World } from '../support/program.ts';
import { PtyScreen } from '../support/pty-screen.ts';
import { keys } from '../support/screen.ts';

describe('commands beside a process that holds the profile', () => {
  let world: World;
  let alice: string;
  let bob: string;

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
  });
  afterAll(() => world.end());

  /** `receive --follow` that has printed a message, so that it serves. */
  async function follower(greeting: string): Promise<Running> {
    const follow = new Running(world.as('bob', 'receive', '--follow'));
    expect((await world.run('alice', ['send', bob, greeting])).code).toBe(0);
    await follow.waitFor((line) => line.body === greeting);
    return follow;
  }

  it('print and end as they would alone', async () => {
    const follow = await follower('hello');
    const sent = await world.run('bob', ['send', alice, 'through the holder']);
    expect(sent.code, sent.stderr).toBe(0);
    expect(jsonLines(sent.stdout)[0]).toMatchObject({ event: 'sent', conversation: alice });
    const unknown = await world.run('bob', ['messages', 'nobody we know']);
    const commands = [['messages', alice], ['conversations'], ['contact', 'list'], ['account', 'show']];
    const read = await world.run('bob', ['read', 'alice']);
    const pinned = await world.run('bob', ['contact', 'pin', 'alice']);
    const served = await Promise.all(commands.map((command) => world.run('bob', command)));
    const round = await world.run('bob', ['receive']);
    expect([round.code, round.stdout]).toEqual([0, '']);
    expect((await follow.stop('SIGINT')).code).toBe(130);
    expect(unknown.code).toBe(8);
    const alone = [
      ['messages', 'nobody we know'],
      ['read', 'alice'],
      ['contact', 'pin', 'alice'],
      ...commands,
    ];
    expect(await Promise.all(alone.map((command) => world.run('bob', command)))).toEqual([
      unknown,
      read,
      pinned,
      ...served,
    ]);
    expect(served[0]?.stdout).toContain('through the holder');
  });

  it('end with 7 where they need the profile alone, and go on when the holder is killed', async () => {
    const follow = await follower('before the end');
    const second = new Running(world.as('bob', 'receive', '--follow'));
    for (const command of [
      ['profile', 'remove', 'default', '--yes'],
      ['account', 'phrase', '--yes'],
    ])
      expect((await world.run('bob', command)).code).toBe(7);
    // A holder that is stopped answers nobody: no command hangs on it.
    follow.child.kill('SIGSTOP');
    const stopped = await world.run('bob', ['messages', alice]);
    expect([stopped.code, jsonLines(stopped.stdout)[0]?.code]).toEqual([7, 'locked']);
    await follow.stop('SIGKILL');
    // The one that was served holds the profile now, and serves.
    expect((await world.run('alice', ['send', bob, 'after the end'])).code).toBe(0);
    await second.waitFor((line) => line.body === 'after the end');
    expect((await world.run('bob', ['messages', alice])).stdout).toContain('after the end');
    await second.stop('SIGKILL');
    expect((await world.run('bob', ['messages', alice])).code).toBe(0);
  });

  it('send from cron while the chat UI is open, and end with 5 while it is locked', async () => {
    const args = ['--data-dir', join(world.folder, 'alice'), '--network', world.networkFile];
    const screen = new PtyScreen([...args, '--password-file', join(world.folder, 'password')], [80, 24]);
    try {
      await screen.waitFor(/> (bob|05)/);
      screen.send(keys.enter);
      await screen.waitFor('before the end');
      // Without a password: the chat UI has it.
      const asCron = (...command: readonly string[]) => run([...command, ...args, '--json']);
      const sent = await asCron('send', bob, 'good morning from cron');
      expect(sent.code, sent.stderr).toBe(0);
      await screen.waitFor('good morning from cron');
      screen.send('\x1bl');
      await screen.waitFor('Unlock profile default');
      const locked = await asCron('send', bob, 'too late');
      expect([locked.code, jsonLines(locked.stdout)[0]?.code]).toEqual([5, 'password-needed']);
      screen.send('correct horse', keys.enter);
      await screen.waitFor('good morning from cron');
      const unlocked = await asCron('messages', bob);
      expect(unlocked.code, unlocked.stderr).toBe(0);
      expect(unlocked.stdout).toContain('good morning from cron');
    } finally {
      screen.kill();
      await screen.exited;
    }
  });

  it('wait for one another where none of them stays', async () => {
    const texts = ['one', 'two', 'three'];
    const all = await Promise.all(texts.map((text) => world.run('bob', ['send', alice, text])));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    const received = await world.run('alice', ['receive']);
    const bodies = jsonLines(received.stdout).map(({ body }) => body);
    expect(bodies).toEqual(expect.arrayContaining(texts));
  });

  it('make a bot of the script in docs/scripting.md', async () => {
    const bin = join(world.folder, 'bin');
    await mkdir(bin);
    const guide = await readFile(fileURLToPath(new URL('../../docs/scripting.md', import.meta.url)), 'utf8');
    const script = /```sh\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
    await writeFile(join(bin, 'bot.sh'), script);
    await writeFile(
      join(bin, 'session-tui'),
      `#!/bin/sh\nexec '${process.execPath}' '${programPath}' "$@"\n`,
    );
    await chmod(join(bin, 'session-tui'), 0o755);
    const options = world.as('bob').filter((option) => option !== '--json');
    const bot = spawn('sh', [join(bin, 'bot.sh'), ...options], {
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: world.folder, LANG: 'C.UTF-8' },
      stdio: 'ignore',
      detached: true,
    });
    const ended = new Promise((resolve) => bot.once('close', resolve));
    try {
      const follow = new Running(world.as('alice', 'receive', '--follow'));
      const asked = await world.run('alice', [
        'send',
        bob,
        'What time is it? "event":"message","conversation":"05',
      ]);
      expect(asked.code, asked.stderr).toBe(0);
      const answer = await follow.waitFor((line) => String(line.body).startsWith('It is '));
      expect(answer).toMatchObject({ from: bob, direction: 'in' });
      expect(answer.body).toMatch(/^It is \d\d:\d\d UTC here\.$/);
      await follow.stop();
    } finally {
      // The shell and the program it started are one group.
      if (bot.pid !== undefined) process.kill(-bot.pid, 'SIGTERM');
      await ended;
    }
  });
});
