/**
 * How long the built program takes to start, as multiples of a bare `node -e 0`: `--help`, and the first painted chat
 * screen of a profile without a password whose node list is cached. Subject and baseline are run in turn.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as pty from '@lydell/node-pty';
import type { Benchmark } from './types.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin', 'session-tui.js');
const rounds = 15;
/** Stands in the first conversation list row of the profile below. */
const marker = 'Note to Self';

const startup: Benchmark = async (report) => {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the build failed');

  const help = measureInTurn(
    () => runToEnd([program, '--help']),
    () => runToEnd(['-e', '0']),
  );
  const [helpMs, bareMs] = await help;
  report(figure('startup: --help', helpMs, bareMs, 2));

  const folder = await mkdtemp(join(tmpdir(), 'session-tui-bench-'));
  const { startDevnet } = await import('../src/devnet/index.ts');
  const { createPlatform } = await import('../src/cli/platform.ts');
  const { readSettings } = await import('../src/cli/settings.ts');
  const platform = createPlatform(readSettings({ dataDir: folder }, {}), null);
  const networkFile = join(folder, 'network.json');
  const devnet = await startDevnet({
    nodes: 9,
    port: 0,
    subnets: process.platform === 'linux',
    stateDir: join(folder, 'devnet'),
    networkFile,
    platform,
  });
  try {
    await readFile(networkFile);
    const global = ['--data-dir', join(folder, 'data'), '--network', networkFile];
    // The devnet lives in this process, so these must not block it.
    await runAsync([program, 'account', 'create', '--no-password', '--name', 'Bench', ...global]);
    await runAsync([program, 'send', 'me', 'hello', ...global]);
    const [chatMs, nodeMs] = await measureInTurn(
      () => timeToPaint([program, ...global]),
      () => runToEnd(['-e', '0']),
    );
    report(figure('startup: first chat screen', chatMs, nodeMs, 9));
  } finally {
    await devnet.close();
    await rm(folder, { recursive: true, force: true });
  }
};

export default startup;

function figure(name: string, value: number, baseline: number, limit: number) {
  const ratio = value / baseline;
  return { name, value, unit: 'ms', baseline, ratio, limit, ok: ratio <= limit };
}

/** Medians of both, run one after the other `rounds` times, after one round that only warms caches. */
async function measureInTurn(
  subject: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<[number, number]> {
  await subject();
  await baseline();
  const subjects: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds; round++) {
    baselines.push(await baseline());
    subjects.push(await subject());
  }
  return [median(subjects), median(baselines)];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function runToEnd(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - start;
}

async function runAsync(args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [...args]);
}

/** From the start of the process to the first output that shows the conversation list. */
async function timeToPaint(args: readonly string[]): Promise<number> {
  const painted = Promise.withResolvers<number>();
  const start = performance.now();
  const terminal = pty.spawn(process.execPath, [...args], { cols: 120, rows: 40, name: 'xterm-256color' });
  let output = '';
  terminal.onData((data) => {
    output += data;
    if (output.includes(marker)) painted.resolve(performance.now() - start);
  });
  const ended = new Promise<void>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      painted.reject(
        new Error(`the chat UI ended with ${exitCode} before it showed "${marker}":\n${output}`),
      );
      resolve();
    });
  });
  try {
    return await painted.promise;
  } finally {
    terminal.kill('SIGTERM');
    await ended;
  }
}
