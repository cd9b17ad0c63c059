/**
 * Runs a command line that the person typed in the chat UI and has seen as it will be run: by their own shell, away
 * from the terminal, with a time limit. What it writes is collected, never shown directly.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import type { CommandResult, CommandRunner } from '../ui/index.ts';

export type RunnerLimits = Readonly<{
  timeoutMs: number;
  /** of standard output; of standard error a sixteenth */
  maxBytes: number;
}>;

const defaults: RunnerLimits = { timeoutMs: 60_000, maxBytes: 256 * 1024 };
/** What is left in the pipes when a program ends, while others that it started still hold them. */
const drainMs = 200;

type Ended = CommandResult & Readonly<{ kind: 'ended' }>;

/** Commands by the shell that the environment names, else by `/bin/sh`, in the folder the program was started in. */
export function commandRunner(
  env: Readonly<Record<string, string | undefined>>,
  limits: RunnerLimits = defaults,
): CommandRunner {
  const shell = env.SHELL !== undefined && isAbsolute(env.SHELL) ? env.SHELL : '/bin/sh';
  return {
    shell: [shell, '-c'],
    run: (command, input, signal) => run([shell, '-c', command], environment(env), input, signal, limits),
  };
}

/** Without what is meant for this program (it names password files); told that no terminal will show the output. */
function environment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !name.startsWith('SESSION_TUI_')) kept[name] = value;
  return { ...kept, TERM: 'dumb', NO_COLOR: '1', PAGER: 'cat' };
}

async function run(
  [program = '', ...args]: readonly string[],
  env: Record<string, string>,
  input: string | null,
  signal: AbortSignal,
  { timeoutMs, maxBytes }: RunnerLimits,
): Promise<CommandResult> {
  if (signal.aborted) return { kind: 'ended', stdout: '', stderr: '', code: null, how: 'cancelled' };
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  let child: ChildProcess;
  try {
    // A session of its own: it has no terminal to read from or to write to, and ends as one group.
    child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch {
    return failed(program);
  }
  let how: Ended['how'] = 'exited';
  const kill = () => killGroup(child);
  const stop = (why: Ended['how']) => {
    if (how === 'exited') how = why;
    kill();
  };
  const onAbort = () => stop('cancelled');
  signal.addEventListener('abort', onAbort);
  process.on('exit', kill);
  const timer = setTimeout(() => stop('timed-out'), timeoutMs);
  const stdout = collect(child.stdout, maxBytes, () => stop('too-much'));
  const stderr = collect(child.stderr, maxBytes / 16, () => {});
  let drain: NodeJS.Timeout | undefined;
  const end = (result: CommandResult) => {
    clearTimeout(timer);
    clearTimeout(drain);
    signal.removeEventListener('abort', onAbort);
    process.off('exit', kill);
    // Whatever it left running in the background.
    kill();
    child.stdout?.destroy();
    child.stderr?.destroy();
    resolve(result);
  };
  child.on('error', () => end(failed(program)));
  child.on('exit', (code, by) => {
    if (how === 'exited' && by !== null) how = 'killed';
    const ended = () => end({ kind: 'ended', stdout: stdout(), stderr: stderr(), code, how });
    child.once('close', ended);
    drain = setTimeout(ended, drainMs);
  });
  // A program that does not read what it is given is in its right.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input ?? '');
  return promise;
}

/** Gives the text so far. Beyond the limit nothing is kept, and `onTooMuch` is told. */
function collect(stream: ChildProcess['stdout'], maxBytes: number, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, Math.max(0, maxBytes - length));
    if (kept.length > 0) chunks.push(kept);
    length += chunk.length;
    if (length > maxBytes) onTooMuch();
  });
  return () => new TextDecoder().decode(Buffer.concat(chunks));
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

function failed(program: string): CommandResult {
  return { kind: 'failed', reason: `${program} could not be started.` };
}
