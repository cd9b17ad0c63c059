/** The program under `strace`: which addresses its system calls name. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { programPath } from './program.ts';

export const hasStrace = spawnSync('strace', ['-V']).status === 0;

export type Traced = Readonly<{
  code: number | null;
  stdout: string;
  stderr: string;
  /** `address:port` of every connection and datagram over IPv4 and IPv6, each once, in order of the first */
  targets: readonly string[];
  /** Internet sockets for datagrams were opened: name lookups need them, nothing else here does */
  opensDatagrams: boolean;
}>;

/** Ends the traced program as Ctrl-C would; strace itself takes no notice of it. */
export function interrupt(child: ChildProcess): void {
  // the whole group
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
}

/** Runs to the end, tracing all network calls of all threads. `meanwhile` runs beside it and has to end what goes on. */
export async function runTraced(
  folder: string,
  args: readonly string[],
  meanwhile?: (child: ChildProcess, printed: () => string) => Promise<void>,
): Promise<Traced> {
  const trace = join(folder, `trace-${process.hrtime.bigint()}`);
  const child = spawn(
    'strace',
    ['-f', '-qq', '-e', 'trace=network', '-o', trace, process.execPath, programPath, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  await meanwhile?.(child, () => stdout);
  const code = await closed;
  const calls = await readFile(trace, 'utf8');
  await rm(trace);
  const named = calls.matchAll(
    /(?:connect|sendto|sendm{1,2}sg)\([^\n]*?sin6?_port=htons\((\d+)\)[^\n]*?"([0-9a-f.:]+)"/g,
  );
  return {
    code,
    stdout,
    stderr,
    targets: [...new Set([...named].map((match) => `${match[2]}:${match[1]}`))],
    opensDatagrams: /socket\(AF_INET6?, SOCK_DGRAM/.test(calls),
  };
}
