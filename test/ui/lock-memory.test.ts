import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const child = fileURLToPath(new URL('../support/lock-child.ts', import.meta.url));

it.each([
  ['on the whole screen', []],
  ['line by line', ['linear']],
])(
  'a locked chat lets go of its session and messages, and the garbage collector takes them, %s',
  async (_, way) => {
    const args = ['--expose-gc', '--import', 'tsx', child, ...way];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, NODE_ENV: 'production' },
      timeout: 30_000,
    });
    expect(stdout).toBe('{"session":false,"message":false}\nunlocked\n');
  },
  40_000,
);
