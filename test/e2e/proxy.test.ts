import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, programPath, World } from '../support/program.ts';
import { type RecordingSocksProxy, startRecordingSocksProxy } from '../support/recording-socks-proxy.ts';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
const seedName = 'seed.example.invalid';

describe.runIf(hasStrace)('with --proxy, as the system calls show', () => {
  let world: World;
  let proxy: RecordingSocksProxy;
  let network: string;
  let alice: string;
  let bob: string;

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
    proxy = await startRecordingSocksProxy({
      resolve: (host, port) => ({ host: host === seedName ? '127.0.0.1' : host, port }),
    });
    // The seed has a name that only the proxy knows: looking it up here would be a leak, and would fail.
    network = join(world.folder, 'named-seed.json');
    const text = await readFile(world.networkFile, 'utf8');
    await writeFile(network, text.replace('127.0.0.1', seedName));
  });
  afterAll(async () => {
    await proxy.close();
    await world.end();
  });

  type Traced = { code: number | null; stdout: string; stderr: string; targets: string[] };

  async function traced(
    args: readonly string[],
    proxyUrl: string,
    meanwhile?: (child: ChildProcess, printed: () => string) => Promise<void>,
  ): Promise<Traced> {
    const trace = join(world.folder, `trace-${Math.random().toString(36).slice(2)}`);
    const all = [...world.as('alice', ...args, '--proxy', proxyUrl)].map((arg) =>
      arg === world.networkFile ? network : arg,
    );
    const child = spawn(
      'strace',
      ['-f', '-qq', '-e', 'trace=network', '-o', trace, process.execPath, programPath, ...all],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
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
    const targets = [
      ...calls.matchAll(
        /(?:connect|sendto|sendmsg)\([^\n]*?sin6?_port=htons\((\d+)\)[^\n]*?"([0-9a-f.:]+)"/g,
      ),
    ];
    return { code, stdout, stderr, targets: [...new Set(targets.map((match) => `${match[2]}:${match[1]}`))] };
  }

  it('connects to the proxy and nowhere else, and asks no DNS: first start, sending, fetching, refreshing, doctor', async () => {
    const url = `socks5h://127.0.0.1:${proxy.port}`;
    for (const args of [
      ['send', bob, 'through the proxy'],
      ['receive'],
      ['network', 'refresh'],
      ['network', 'path'],
      ['doctor'],
    ]) {
      const result = await traced(args, url);
      expect(result.code, `${args[0]}: ${result.stderr}`).toBe(0);
      expect(result.targets, args[0]).toEqual([`127.0.0.1:${proxy.port}`]);
    }
    expect(proxy.requests.some((request) => request.host === seedName && request.addressType === 3)).toBe(
      true,
    );
    expect(proxy.requests.filter((request) => request.addressType === 1).length).toBeGreaterThan(0);
  }, 120_000);

  it('with the proxy down ends with exit code 3, keeps the message, and connects nowhere else', async () => {
    const down = await startRecordingSocksProxy();
    await down.close();
    const sent = await traced(
      ['send', bob, 'kept for later', '--wait', '3'],
      `socks5://127.0.0.1:${down.port}`,
    );
    expect(sent.code).toBe(3);
    expect(sent.targets).toEqual([`127.0.0.1:${down.port}`]);
    expect(sent.stderr).toContain('proxy');
    expect(jsonLines(sent.stdout).map((line) => line.event)).toContain('queued');
    const received = await traced(['receive'], `socks5h://127.0.0.1:${down.port}`);
    expect(received.code).toBe(3);
    expect(received.targets).toEqual([`127.0.0.1:${down.port}`]);
    const later = await traced(['receive'], `socks5h://127.0.0.1:${proxy.port}`);
    expect(later.code, later.stderr).toBe(0);
    expect(jsonLines((await world.run('bob', ['receive'])).stdout).map((line) => line.body)).toContain(
      'kept for later',
    );
  }, 120_000);

  it('while it polls, a proxy that dies and comes back is the only one it ever talks to', async () => {
    const first = await startRecordingSocksProxy();
    const { port } = first;
    const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1000));
    const followed = await traced(
      ['receive', '--follow'],
      `socks5h://127.0.0.1:${port}`,
      async (child, printed) => {
        await seconds(4);
        await first.close();
        await seconds(4);
        const second = await startRecordingSocksProxy({ port });
        const sent = await world.run('bob', ['send', alice, 'after the proxy came back']);
        expect(sent.code, sent.stderr).toBe(0);
        for (let i = 0; i < 60 && !printed().includes('after the proxy came back'); i++) await seconds(1);
        expect(second.requests.length).toBeGreaterThan(0);
        // the whole group: strace itself takes no notice of it
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
        await seconds(1);
        await second.close();
      },
    );
    expect(followed.targets).toEqual([`127.0.0.1:${port}`]);
    expect(jsonLines(followed.stdout).map((line) => line.body)).toContain('after the proxy came back');
  }, 120_000);
});
