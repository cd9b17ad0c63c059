/** Starting with a known network, and what it costs to wait for messages that do not come. */
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pauseFor } from '../../src/core/poller.ts';
import { namespaces } from '../../src/protocol/namespaces.ts';
import type { Benchmark } from '../types.ts';
import { client, memoryOf, quantile } from './clients.ts';
import { type BenchDevnet, stop } from './devnet.ts';
import { newAccount } from './throughput.ts';

const starts = 9;
const settleMs = 4_000;
const idleMs = 30_000;
const hourMs = 3_600_000;
const firstPauseMs = pauseFor({ quietForMs: 0, failures: 0, lowBandwidth: false });
const idlePauseMs = pauseFor({ quietForMs: hourMs, failures: 0, lowBandwidth: false });
const ownNamespaces = [
  namespaces.oneToOne,
  namespaces.userProfile,
  namespaces.contacts,
  namespaces.convoInfoVolatile,
  namespaces.userGroups,
];

/** From nothing in memory but what an earlier run learnt, to the answers of the own swarm. */
export async function benchStart(
  devnet: BenchDevnet,
  learnt: unknown,
  report: Parameters<Benchmark>[0],
): Promise<void> {
  const account = newAccount();
  const memory = memoryOf(learnt);
  const times: number[] = [];
  for (let i = -1; i < starts; i++) {
    const start = performance.now();
    const network = client(devnet.definition, memory);
    await network.fetch({
      account,
      namespaces: ownNamespaces,
      cursors: { get: () => undefined },
      onBatch: async () => {},
    });
    // the first one learns the own swarm, as the run before would have
    if (i >= 0) times.push(performance.now() - start);
    await network.close();
  }
  report({
    name: 'network: cached nodes to first poll answered, network layer',
    value: quantile(times, 0.5),
    unit: 'ms',
    ok: true,
  });

  const global = await makeAccount(devnet);
  const whole: number[] = [];
  const bare: number[] = [];
  for (let i = -1; i < starts; i++) {
    const nodeMs = await timeToRun(['-e', '0']);
    const programMs = await timeToRun([devnet.program, 'receive', ...global]);
    if (i < 0) continue;
    bare.push(nodeMs);
    whole.push(programMs);
  }
  report({
    name: 'network: a whole `receive` with cached nodes',
    value: quantile(whole, 0.5),
    unit: 'ms',
    baseline: quantile(bare, 0.5),
    ratio: quantile(whole, 0.5) / quantile(bare, 0.5),
    ok: true,
  });
}

/**
 * `receive --follow` through a proxy that counts, at the pace of the first minutes; by the number of rounds, what it
 * comes to when polling has slowed down.
 */
export async function benchIdle(devnet: BenchDevnet, report: Parameters<Benchmark>[0]): Promise<void> {
  const global = await makeAccount(devnet);
  const proxy = await startCountingProxy();
  const child = spawn(
    process.execPath,
    [devnet.program, 'receive', '--follow', ...global, '--proxy', `socks5h://127.0.0.1:${proxy.port}`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    await sleep(settleMs);
    const before = { cpu: threadsMs(child.pid), bytes: proxy.bytes(), at: performance.now() };
    await sleep(idleMs);
    const tookMs = performance.now() - before.at;
    const cpu = threadsMs(child.pid);
    const bytes = proxy.bytes() - before.bytes;
    for (const [when, share] of [
      ['first two minutes', 1],
      ['after ten quiet minutes, reckoned', firstPauseMs / idlePauseMs],
    ] as const) {
      const tell = (what: string, value: number, unit: string): void =>
        report({ name: `network: idle, ${when}: ${what}`, value, unit, ok: true });
      const perHour = (share * hourMs) / tookMs;
      if (cpu !== null && before.cpu !== null) {
        tell('processor time', ((cpu - before.cpu) * perHour) / 1000, 's/hour');
        tell('share of one processor', (100 * share * (cpu - before.cpu)) / tookMs, '%');
      }
      tell('traffic, both ways', (bytes * perHour) / 1024, 'KiB/hour');
    }
  } finally {
    await stop(child);
    await proxy.close();
  }
}

/** A new profile that has met the network once; gives the global options for it. */
async function makeAccount(devnet: BenchDevnet): Promise<string[]> {
  const name = newAccount().accountId.slice(2, 10);
  const global = ['--data-dir', join(devnet.folder, name), '--network', devnet.networkFile, '--json'];
  const run = promisify(execFile);
  await run(process.execPath, [
    devnet.program,
    'account',
    'create',
    '--no-password',
    '--name',
    'Bench',
    ...global,
  ]);
  await run(process.execPath, [devnet.program, 'receive', ...global]);
  return global;
}

async function timeToRun(args: readonly string[]): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(process.execPath, [...args]);
  return performance.now() - start;
}

/** Processor time of all threads of another process, ms; null where there is no /proc that says so. */
function threadsMs(pid: number | undefined): number | null {
  try {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks)
      .map((task) => Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ', 1)[0]) / 1e6)
      .reduce((sum, ms) => sum + ms, 0);
  } catch {
    return null;
  }
}

type CountingProxy = Readonly<{ port: number; bytes(): number; close(): Promise<void> }>;

/** SOCKS5 for IPv4 addresses without login; counts what passes, both ways. */
async function startCountingProxy(): Promise<CountingProxy> {
  let bytes = 0;
  const sockets = new Set<net.Socket>();
  const keep = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = net.createServer((near) => {
    keep(near);
    near.once('data', () => {
      near.write(Uint8Array.of(5, 0));
      near.once('data', (request) => {
        const far = net.connect(request.readUInt16BE(8), [...request.subarray(4, 8)].join('.'), () => {
          near.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          for (const [from, to] of [
            [near, far],
            [far, near],
          ] as const) {
            from.on('data', (part) => {
              bytes += part.length;
            });
            from.on('close', () => to.destroy());
            from.pipe(to);
          }
        });
        keep(far);
        far.on('error', () => near.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    bytes: () => bytes,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
