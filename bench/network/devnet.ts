/** A devnet in a process of its own, from a copy of the built program: a build elsewhere must not change it midway. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type NetworkDefinition, parseNetworkFile } from '../../src/net/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nodes = 9;

export type BenchDevnet = Readonly<{
  /** for whatever belongs to this run; removed with it */
  folder: string;
  /** of the copied program: what `node` is started with */
  program: string;
  networkFile: string;
  definition: NetworkDefinition;
  /** sets the faults of contracts.md section 5 */
  faults(line: string): Promise<void>;
  close(): Promise<void>;
}>;

/** Builds the program, copies it, and starts `devnet` from the copy. */
export async function startBenchDevnet(): Promise<BenchDevnet> {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the build failed');
  const folder = mkdtempSync(join(tmpdir(), 'session-tui-bench-'));
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(folder, 'program', part), { recursive: true });
  const program = join(folder, 'program', 'bin', 'session-tui.js');
  const networkFile = join(folder, 'network.json');
  const control = join(folder, 'control');
  const child = spawn(
    process.execPath,
    [
      program,
      'devnet',
      ...['--nodes', String(nodes), '--subnets', process.platform === 'linux' ? 'on' : 'off'],
      ...['--state-dir', join(folder, 'devnet'), '--network-file', networkFile, '--control', control],
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const close = async (): Promise<void> => {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(child);
  } catch (error) {
    await close();
    throw error;
  }
  const definition = parseNetworkFile(JSON.parse(readFileSync(networkFile, 'utf8')));
  return { folder, program, networkFile, definition, faults: (line) => tell(control, line), close };
}

/** Ends a child process that may have ended already. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilReady(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('the devnet has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"ready"')) return;
  }
  throw new Error('the devnet ended before it was ready');
}

async function tell(control: string, line: string): Promise<void> {
  const socket = net.connect(control);
  socket.end(`${line}\n`);
  let answer = '';
  for await (const part of socket) answer += String(part);
  if (answer.trim() !== 'ok') throw new Error(`the devnet does not take the faults: ${answer}`);
}
