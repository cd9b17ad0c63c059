/**
 * Resident memory of the built program with its first screen up, 200 conversations and 100 000 messages, above that of
 * Ink saying hello, bundled in the same way; and how it grows in a simulated day.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import { build } from 'esbuild';
import { makeHistory } from '../store/history.ts';
import type { Figure } from '../types.ts';
import { atMost, quantile } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin', 'session-tui.js');
const dayChild = fileURLToPath(new URL('./day-child.ts', import.meta.url));
const turns = 5;

export async function memoryFigures(report: (figure: Figure) => void): Promise<void> {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the build failed');
  const folder = await mkdtemp(join(tmpdir(), 'session-tui-bench-'));
  try {
    await makeHistory(join(folder, 'profiles', 'default'), 200, 500);
    const network = join(folder, 'network.json');
    // Nobody listens there: what is stored is shown all the same.
    await writeFile(
      network,
      JSON.stringify({
        name: 'nowhere',
        seedNodes: [{ url: 'http://127.0.0.1:9/json_rpc' }],
        minimumNodes: 6,
      }),
    );
    const hello = join(folder, 'hello.mjs');
    await buildHello(hello);
    const ours: number[] = [];
    const inks: number[] = [];
    for (let i = 0; i < turns; i++) {
      inks.push(await residentMemory([hello], 'hello'));
      ours.push(await residentMemory([program, '--data-dir', folder, '--network', network], 'Person '));
    }
    const above = quantile(ours, 0.5) - quantile(inks, 0.5);
    report(atMost('memory after the start above that of Ink saying hello', above, 'MB', 100));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const day = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', dayChild], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (day.status !== 0) throw new Error('the simulated day failed');
  const { first, last, messages } = JSON.parse(day.stdout);
  report({
    ...atMost(`growth in a simulated day with ${messages} messages`, (last / first - 1) * 100, '%', 10),
  });
}

async function buildHello(outfile: string): Promise<void> {
  await build({
    stdin: {
      contents: `import { createElement } from 'react';
        import { render, Text } from 'ink';
        render(createElement(Text, null, 'hello'));
        setInterval(() => {}, 1000);`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.19',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { 'react-devtools-core': join(root, 'scripts', 'empty-module.js') },
    banner: { js: 'const require = (id) => process.getBuiltinModule(id);' },
    logLevel: 'warning',
  });
}

/** MB resident two seconds after `marker` was shown on a terminal of 120×40. */
async function residentMemory(args: readonly string[], marker: string): Promise<number> {
  const terminal = pty.spawn(process.execPath, [...args], { cols: 120, rows: 40, name: 'xterm-256color' });
  const shown = Promise.withResolvers<void>();
  let output = '';
  terminal.onData((data) => {
    output += data;
    if (output.includes(marker)) shown.resolve();
  });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  void ended.then(() => shown.reject(new Error(`ended before it showed "${marker}": ${output}`)));
  try {
    await shown.promise;
    await sleep(2000);
    const status = await readFile(`/proc/${terminal.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1000;
  } finally {
    terminal.kill('SIGTERM');
    await ended;
  }
}
