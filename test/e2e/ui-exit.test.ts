/** Every way out of the chat UI in a real pseudo-terminal: what the terminal is left like. */
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';

const child = fileURLToPath(new URL('../support/chat-child.ts', import.meta.url));

type End = Readonly<{
  code: number;
  /** what is on the screen at the end, the shell's report of the terminal's settings included */
  text: string;
  alternate: boolean;
  modes: Readonly<{ paste: boolean; wrap: boolean; mouse: string; focus: boolean }>;
  /** everything that was shown while the UI ran */
  seen: string;
  output: string;
}>;

/** Runs the UI under a shell that says the exit code and the terminal's settings afterwards. */
async function run(way: string, keys: readonly string[] = []): Promise<End> {
  const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const script = `"$NODE" --import tsx "$CHILD" ${way}; echo "code $?"; stty -a | tr ';' '\\n' | tr ' ' '\\n' | grep -x -e '-*icanon' -e '-*echo' -e '-*isig'`;
  const shell = pty.spawn('/bin/sh', ['-c', script], {
    cols: 80,
    rows: 24,
    name: 'xterm-256color',
    env: { ...process.env, NODE: process.execPath, CHILD: child, NODE_ENV: 'production' },
  });
  let output = '';
  let seen = '';
  let parsing = Promise.resolve();
  const left = [...keys];
  const text = () =>
    Array.from(
      { length: 24 },
      (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '',
    ).join('\n');
  shell.onData((data) => {
    output += data;
    parsing = new Promise((resolve) => {
      terminal.write(data, () => {
        seen += text();
        if (seen.includes('a secret message')) for (const key of left.splice(0)) shell.write(key);
        resolve();
      });
    });
  });
  const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => shell.onExit(resolve));
  await parsing;
  const { bracketedPasteMode, wraparoundMode, mouseTrackingMode, sendFocusMode } = terminal.modes;
  return {
    code: Number(/code (\d+)/.exec(text())?.[1] ?? exitCode),
    text: text(),
    alternate: terminal.buffer.active.type === 'alternate',
    modes: {
      paste: bracketedPasteMode,
      wrap: wraparoundMode,
      mouse: mouseTrackingMode,
      focus: sendFocusMode,
    },
    seen,
    output,
  };
}

function expectRestored(end: End): void {
  expect(end.seen).toContain('a secret message');
  expect(end.alternate).toBe(false);
  expect(end.output).toContain('\x1b[?1000h');
  expect(end.modes).toEqual({ paste: false, wrap: true, mouse: 'none', focus: false });
  expect(end.output.lastIndexOf('\x1b[23;2t')).toBeGreaterThan(end.output.lastIndexOf('\x1b]2;session-tui'));
  for (const setting of ['icanon', 'echo', 'isig']) expect(end.text).toMatch(new RegExp(`^${setting}$`, 'm'));
  // The cursor was shown last, and nothing of the chat stays on the screen.
  expect(end.output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(end.output.lastIndexOf('\x1b[?25l'));
  expect(end.text).not.toContain('a secret message');
}

describe('the terminal is as it was', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('after %s, with exit code %i and the session closed', async (way, code) => {
    const end = await run(way);
    expectRestored(end);
    expect(end.code).toBe(code);
    expect(end.text).toContain('closed true');
  });

  it.each([
    ['crash', 'crashed on purpose'],
    ['rejection', 'rejected on purpose'],
    ['render', 'failed while rendering'],
  ])('after a %s, and the error is passed on', async (way, message) => {
    const end = await run(way);
    expectRestored(end);
    expect(end.text).toContain(`threw ${message}`);
  });

  it('after process.exit from anywhere', async () => {
    const end = await run('exit');
    expectRestored(end);
    expect(end.code).toBe(9);
  });

  it('after quitting', async () => {
    const end = await run('quit', ['\x11']);
    expectRestored(end);
    expect(end.code).toBe(0);
    expect(end.text).toContain('closed true');
  });

  it('and warnings or console output of libraries never reach the screen meanwhile', async () => {
    const end = await run('warning');
    expectRestored(end);
    expect(end.output).not.toMatch(/not for the screen|nor this/);
  });
});
