import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const child = fileURLToPath(new URL('../support/lock-child.ts', import.meta.url));

it('a locked chat lets go of its session and messages, and the garbage collector takes them', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', child], {
    env: { ...process.env, NODE_ENV: 'production' },
    timeout: 30_000,
  });
  expect(stdout).toBe('{"session":false,"message":false}\nunlocked\n');
}, 40_000);
