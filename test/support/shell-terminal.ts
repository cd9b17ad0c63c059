/** An interactive shell in a real terminal: a pseudo-terminal with an emulator behind it, or a pane of tmux. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

export type ShellSize = readonly [columns: number, rows: number];

export interface ShellTerminal {
  send(...keys: readonly string[]): Promise<void>;
  resize(size: ShellSize): Promise<void>;
  /** the rows shown now, without trailing blanks */
  text(): Promise<string>;
  end(): Promise<void>;
}

/** The prompt of these shells. */
export const prompt = 'prompt>';
const shell = ['/bin/bash', '--norc', '--noprofile', '-i'] as const;
const environment = {
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '/',
  LANG: 'C.UTF-8',
  PS1: `${prompt} `,
};

export function ptyTerminal([cols, rows]: ShellSize): ShellTerminal {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const child = pty.spawn(shell[0], shell.slice(1), {
    cols,
    rows,
    name: 'xterm-256color',
    env: environment,
  });
  // What the emulator answers to questions is what a terminal would answer.
  terminal.onData((data) => child.write(data));
  child.onData((data) => terminal.write(data));
  const exited = new Promise<void>((resolve) => child.onExit(() => resolve()));
  return {
    async send(...keys) {
      for (const data of keys) child.write(data);
    },
    async resize([columns, lines]) {
      terminal.resize(columns, lines);
      child.resize(columns, lines);
    },
    async text() {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      return Array.from({ length: terminal.rows }, (_, y) =>
        (active.getLine(active.baseY + y)?.translateToString(true) ?? '').trimEnd(),
      )
        .join('\n')
        .trimEnd();
    },
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const run = promisify(execFile);

/** Whether tmux is installed, as `.ci/run` sees to. */
export async function hasTmux(): Promise<boolean> {
  return run('tmux', ['-V']).then(
    () => true,
    () => false,
  );
}

export async function tmuxTerminal([columns, rows]: ShellSize): Promise<ShellTerminal> {
  const name = `session-tui-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run('tmux', ['-L', name, '-f', '/dev/null', ...args], { env: environment })).stdout;
  // A shell that is not interactive stands in between and drops the prompt of its environment.
  await tmux(
    'new-session',
    '-d',
    '-x',
    String(columns),
    '-y',
    String(rows),
    `env PS1='${prompt} ' ${shell.join(' ')}`,
  );
  await tmux('set-option', '-g', 'status', 'off');
  await tmux('set-option', '-g', 'window-size', 'manual');
  await tmux('resize-window', '-x', String(columns), '-y', String(rows));
  return {
    async send(...keys) {
      for (const data of keys) {
        // In parts: a command line has its limit.
        const bytes = Buffer.from(data);
        for (let at = 0; at < bytes.length; at += 4000) {
          const hex = [...bytes.subarray(at, at + 4000)].map((byte) => byte.toString(16).padStart(2, '0'));
          await tmux('send-keys', '-H', ...hex);
        }
      }
    },
    async resize([wide, high]) {
      await tmux('resize-window', '-x', String(wide), '-y', String(high));
    },
    async text() {
      return (await tmux('capture-pane', '-p'))
        .split('\n')
        .map((row) => row.trimEnd())
        .join('\n')
        .trimEnd();
    },
    async end() {
      await tmux('kill-server').catch(() => '');
    },
  };
}

/** Waits until the terminal shows it; the error tells what it showed instead. */
export async function shown(
  terminal: ShellTerminal,
  wanted: string | RegExp | ((text: string) => boolean),
  timeoutMs = 30_000,
): Promise<string> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const text = await terminal.text();
    const isThere =
      typeof wanted === 'string'
        ? text.includes(wanted)
        : typeof wanted === 'function'
          ? wanted(text)
          : wanted.test(text);
    if (isThere) return text;
    if (performance.now() > until) throw new Error(`not shown: ${wanted}\n${text}`);
    await sleep(50);
  }
}

/** The screen once it has stood still for a third of a second. */
export async function settled(terminal: ShellTerminal): Promise<string> {
  let before = await terminal.text();
  for (;;) {
    await sleep(350);
    const now = await terminal.text();
    if (now === before) return now;
    before = now;
  }
}

/** The process of the program whose arguments contain a text; throws if there is not exactly one. */
export function processWith(argument: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return words[1]?.endsWith('session-tui.js') === true && words.includes(argument);
      } catch {
        return false;
      }
    });
  if (found.length !== 1) throw new Error(`${found.length} processes with ${argument}`);
  return Number(found[0]);
}
