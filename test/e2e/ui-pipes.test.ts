/** A command of the person's own from the chat UI, in a real pseudo-terminal, with a real shell. */
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { expect, it } from 'vitest';

const child = fileURLToPath(new URL('../support/chat-child.ts', import.meta.url));

it('!command runs with a real shell; its escape sequences reach no terminal, and Esc ends one that hangs', async () => {
  const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const text = () =>
    Array.from(
      { length: 24 },
      (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '',
    ).join('\n');
  const titles: string[] = [];
  terminal.onTitleChange((title) => titles.push(title));
  let check = () => {};
  const program = pty.spawn(process.execPath, ['--import', 'tsx', child, 'quit'], {
    cols: 80,
    rows: 24,
    name: 'xterm-256color',
    env: { ...process.env, SHELL: '/bin/sh', SESSION_TUI_SECRET: 'leaked', NODE_ENV: 'production' },
  });
  program.onData((data) => terminal.write(data, () => check()));
  const exited = new Promise<number>((resolve) => program.onExit(({ exitCode }) => resolve(exitCode)));
  const until = (what: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`never ${what}:\n${text()}`)), 20_000);
      check = () => {
        if (!what.test(text())) return;
        clearTimeout(timer);
        resolve();
      };
      check();
    });
  try {
    await until(/a secret message/);
    program.write(
      '!printf \'\\033]0;evil\\007x%sy\\n\' "$SESSION_TUI_SECRET"; (echo no > /dev/tty) 2>/dev/null',
    );
    await until(/dev\/null/);
    program.write('\r');
    await until(/Run this on your machine\?/);
    expect(text()).toContain("/bin/sh -c '");
    program.write('\r');
    await until(/> \]0;evilxy/);
    expect(titles).not.toContain('evil');
    program.write('\x15!sleep 1000\r');
    await until(/sleep 1000'/);
    program.write('\r');
    await until(/Running…/);
    program.write('\x1b');
    await until(/The command was stopped/);
    expect(text()).toContain('> !sleep 1000');
    program.write('\x11');
    expect(await exited).toBe(0);
  } finally {
    program.kill('SIGKILL');
  }
}, 60_000);
