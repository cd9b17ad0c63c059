import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { notificationCommand } from '../../src/cli/notification-command.ts';
import { oscPayload } from '../../src/text/osc-payload.ts';
import { splitCommand } from '../../src/util/command-line.ts';

const title = oscPayload('session-tui');

describe('the program for notifications', () => {
  it('gets the words as arguments, whatever they are, no shell, no terminal, and no secrets of ours', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'notify-'));
    const file = join(folder, 'told.json');
    const script =
      'require("node:fs").writeFileSync(process.argv[1], JSON.stringify({ args: process.argv.slice(2), env: Object.keys(process.env), tty: process.stdin.isTTY ?? false }))';
    const run = notificationCommand({
      ...process.env,
      SESSION_TUI_PROXY: 'socks5://me:secret@host:1',
      KEPT: 'yes',
    });
    const body = oscPayload('$(touch /tmp/x) `id` {title} "quoted" | cat');
    const command = `'${process.execPath}' -e '${script}' '${file}' {title} 'a {body}'`;
    expect(await run(command, { title, body })).toBeNull();
    const told = JSON.parse(await readFile(file, 'utf8'));
    expect(told.args).toEqual(['session-tui', `a ${body}`]);
    expect(told.env).toContain('KEPT');
    expect(told.env.filter((name: string) => name.startsWith('SESSION_TUI'))).toEqual([]);
    expect(told.tty).toBe(false);
    await rm(folder, { recursive: true });
  });

  it('says so when it can not be started', async () => {
    const run = notificationCommand({ PATH: '/nowhere' });
    expect(await run('no-such-program {body}', { title, body: title })).toContain('could not be started');
  });
});

describe('a command', () => {
  it.each([
    ['notify-send {title} {body}', ['notify-send', '{title}', '{body}']],
    ['  a   b ', ['a', 'b']],
    [`'/my tools/tell' -a "it's me" x'y z'`, ['/my tools/tell', '-a', `it's me`, 'xy z']],
    [`tell ''`, ['tell', '']],
    ['$HOME/tell;rm | x', ['$HOME/tell;rm', '|', 'x']],
  ])('%j is taken apart by white space and quotes alone', (text, words) => {
    expect(splitCommand(text)).toEqual(words);
  });

  it.each(['', '   ', `tell 'me`, 'tell "me', `''`, 'tell\0me', 'tell\nme'])('%j is none', (text) => {
    expect(splitCommand(text)).toBeNull();
  });
});
