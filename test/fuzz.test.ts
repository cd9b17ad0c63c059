import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** The long form is `npm run fuzz -- NAME --seconds 600`, for each decoder that faces the network. */
it('no decoder crashes, hangs or swells on mutated input (the short form of npm run fuzz)', async () => {
  const script = fileURLToPath(new URL('../scripts/fuzz.ts', import.meta.url));
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', script, '--seconds', '12', '--seed', '20261124'],
      { cwd: fileURLToPath(new URL('..', import.meta.url)) },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : 1, output: stdout + stderr }),
    );
  });
  expect(code, output).toBe(0);
  expect(output).toMatch(/one-to-one: \d+ inputs/);
});
