import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, World } from '../support/program.ts';
import { type RecordingSocksProxy, startRecordingSocksProxy } from '../support/recording-socks-proxy.ts';
import { hasStrace, interrupt, runTraced, type Traced } from '../support/traced.ts';

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

  const traced = (
    args: readonly string[],
    proxyUrl: string,
    meanwhile?: Parameters<typeof runTraced>[2],
  ): Promise<Traced> => {
    const all = world.as('alice', ...args, '--proxy', proxyUrl);
    return runTraced(
      world.folder,
      all.map((arg) => (arg === world.networkFile ? network : arg)),
      meanwhile,
    );
  };

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
      expect(result.opensDatagrams, args[0]).toBe(false);
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
        interrupt(child);
        await seconds(1);
        await second.close();
      },
    );
    expect(followed.targets).toEqual([`127.0.0.1:${port}`]);
    expect(jsonLines(followed.stdout).map((line) => line.body)).toContain('after the proxy came back');
  }, 120_000);
});
