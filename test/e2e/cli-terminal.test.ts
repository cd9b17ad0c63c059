/** What the command line asks at a terminal: the built program in a pseudo-terminal, without any network. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pty from '@lydell/node-pty';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { programPath, run } from '../support/program.ts';

let folder: string;
let dataDir: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-tui-terminal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  count += 1;
  dataDir = join(folder, String(count));
});

/** Runs a command in a terminal; after each prompt in turn types its answer. */
async function atTerminal(
  args: readonly string[],
  dialogue: readonly (readonly [prompt: string, typed: string])[],
): Promise<{ code: number; screen: string }> {
  const terminal = pty.spawn(process.execPath, [programPath, ...args, '--data-dir', dataDir], {
    cols: 100,
    rows: 30,
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', TERM: 'xterm-256color' },
  });
  const waiting = [...dialogue];
  let screen = '';
  let seen = 0;
  const ended = Promise.withResolvers<number>();
  terminal.onData((data) => {
    screen += data;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const at = screen.indexOf(next[0], seen);
      if (at < 0) break;
      seen = at + next[0].length;
      waiting.shift();
      terminal.write(next[1]);
    }
  });
  terminal.onExit(({ exitCode }) => ended.resolve(exitCode));
  const timer = setTimeout(() => {
    terminal.kill('SIGKILL');
    ended.reject(new Error(`waited in vain for "${waiting[0]?.[0]}":\n${screen}`));
  }, 30_000);
  const code = await ended.promise;
  clearTimeout(timer);
  return { code, screen };
}

describe('at a terminal', () => {
  it('asks twice for a new password, shows none of it, and remarks on a weak one', async () => {
    const { code, screen } = await atTerminal(
      ['account', 'create', '--name', 'Ada'],
      [
        ['New password', 'hunter\x7f2\r'],
        ['same again', 'other\r'],
        ['differ', ''],
        ['New password', 'hunte2\r'],
        ['same again', 'hunte2\r'],
      ],
    );
    expect(code).toBe(0);
    expect(screen).toMatch(/05[0-9a-f]{64}/);
    expect(screen).toContain('easy to guess');
    expect(screen).not.toMatch(/hunte|other/);
    await writeFile(join(folder, 'right'), 'hunte2');
    const options = ['--data-dir', dataDir, '--password-file', join(folder, 'right')];
    expect((await run(['account', 'show', ...options])).code).toBe(0);
  });

  it('asks for the password, again when it was wrong, and ends with 5 after three', async () => {
    await writeFile(join(folder, 'password'), 'correct horse battery staple\n');
    const made = await run([
      'account',
      'create',
      '--data-dir',
      dataDir,
      '--password-file',
      join(folder, 'password'),
    ]);
    expect(made.code).toBe(0);
    const opened = await atTerminal(
      ['account', 'show'],
      [
        ['Password: ', 'wrong\r'],
        ['Try again', ''],
        ['Password: ', 'correct horse battery staple\r'],
      ],
    );
    expect([opened.code, opened.screen.includes('05')]).toEqual([0, true]);
    const refused = await atTerminal(
      ['account', 'show'],
      [
        ['Password: ', 'a\r'],
        ['Password: ', 'b\r'],
        ['Password: ', 'c\r'],
      ],
    );
    expect(refused.code).toBe(5);
  });

  it('ends with 130 on Ctrl-C at a question, and has created nothing', async () => {
    const { code } = await atTerminal(['account', 'create'], [['New password', '\x03']]);
    expect(code).toBe(130);
    expect((await run(['profile', 'list', '--data-dir', dataDir])).stdout).toBe('');
  });

  it('shows the phrase only to somebody who says yes', async () => {
    await run(['account', 'create', '--no-password', '--data-dir', dataDir]);
    const refused = await atTerminal(['account', 'phrase'], [['[y/N]', 'n\r']]);
    expect(refused.code).not.toBe(0);
    const shown = await atTerminal(['account', 'phrase'], [['[y/N]', 'y\r']]);
    expect(shown.code).toBe(0);
    const words = shown.screen.trim().split('\n').at(-1)?.trim().split(' ') ?? [];
    expect(words).toHaveLength(13);
    expect(refused.screen).not.toContain(words.slice(0, 3).join(' '));
  });

  it('asks for the words of a phrase and wipes them from the screen', async () => {
    await run(['account', 'create', '--no-password', '--data-dir', dataDir]);
    const options = ['--data-dir', dataDir];
    const { stdout: phrase } = await run(['account', 'phrase', '--yes', ...options]);
    const { stdout: shown } = await run(['account', 'show', ...options]);
    const restored = await atTerminal(
      ['account', 'restore', '--profile', 'again', '--no-password'],
      [['13 words', `${phrase.trim()}\r`]],
    );
    expect(restored.code).toBe(0);
    expect(restored.screen).toContain(shown.split('\n')[0]);
    // erase to the end of the screen, after the words
    expect(restored.screen.slice(restored.screen.lastIndexOf(phrase.trim().split(' ')[12] ?? ''))).toContain(
      '\x1b[0J',
    );
  });

  it('reads a message until Ctrl-D and still asks for the password', async () => {
    await writeFile(join(folder, 'password'), 'correct horse battery staple\n');
    await run(['account', 'create', '--data-dir', dataDir, '--password-file', join(folder, 'password')]);
    const networkFile = join(folder, 'nowhere.json');
    await writeFile(
      networkFile,
      JSON.stringify({ name: 'n', seedNodes: [{ url: 'http://127.0.0.1:9/json_rpc' }] }),
    );
    const terminal = atTerminal(
      ['send', 'me', '--wait', '0', '--network', networkFile],
      [
        ['Ctrl-D', 'typed here\n\x04'],
        ['Password: ', 'correct horse battery staple\r'],
      ],
    );
    expect((await terminal).code).toBe(3);
    const options = [
      '--data-dir',
      dataDir,
      '--password-file',
      join(folder, 'password'),
      '--network',
      networkFile,
    ];
    expect((await run(['messages', 'me', ...options])).stdout).toContain('typed here');
  });
});
