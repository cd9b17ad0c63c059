/** Without a proxy: what the system calls show of the first start, sending, refreshing, polling and doctor. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, World } from '../support/program.ts';
import { hasStrace, interrupt, runTraced, type Traced } from '../support/traced.ts';

type Journal = { server: string; id: string; peer: string; saw: { role?: string } };
type Hop = { ip: string; port: number; ed25519: string };

describe.runIf(hasStrace)('without a proxy, as the system calls show', () => {
  let world: World;
  let seed: string;
  const runs = new Map<string, Traced>();
  let guards: Hop[];
  let journal: Journal[];

  beforeAll(async () => {
    world = await World.create(['--subnets', 'on']);
    const network = JSON.parse(await readFile(world.networkFile, 'utf8')) as { seedNodes: { url: string }[] };
    seed = new URL(network.seedNodes[0]?.url ?? '').host;
    const alice = await world.account('alice');
    const bob = await world.account('bob');
    const traced = (args: readonly string[], meanwhile?: Parameters<typeof runTraced>[2]) =>
      runTraced(world.folder, world.as('alice', ...args), meanwhile);
    runs.set('first start', await traced(['send', bob, 'one']));
    runs.set('sending', await traced(['send', bob, 'two']));
    runs.set('refresh', await traced(['network', 'refresh']));
    runs.set(
      'polling',
      await traced(['receive', '--follow'], async (child, printed) => {
        for (const text of ['first call', 'second call']) {
          const sent = await world.run('bob', ['send', alice, text]);
          expect(sent.code, sent.stderr).toBe(0);
          for (let i = 0; i < 100 && !printed().includes(text); i++) await sleep(200);
        }
        interrupt(child);
      }),
    );
    runs.set('doctor', await traced(['doctor']));
    const path = await world.run('alice', ['network', 'path']);
    expect(path.code, path.stderr).toBe(0);
    // `paths` is part of the contract's network object
    guards = jsonLines(path.stdout).flatMap((line) =>
      (line.paths as { hops: Hop[] }[]).flatMap(({ hops }) => hops.slice(0, 1)),
    );
    journal = (await readFile(world.journal, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Journal);
  }, 120_000);
  afterAll(() => world.end());

  it('all of it works', () => {
    for (const [name, { code, stderr }] of runs) expect([0, 130], `${name}: ${stderr}`).toContain(code);
    expect(jsonLines(runs.get('polling')?.stdout ?? '').map((line) => line.body)).toEqual([
      'first call',
      'second call',
    ]);
  });

  it('connections go to the seed and to guards only, and to the seed only at the first start', () => {
    const allowed = new Set(guards.map(({ ip, port }) => `${ip}:${port}`));
    expect(allowed.size).toBeGreaterThan(0);
    expect(allowed.size).toBeLessThanOrEqual(2);
    for (const [name, { targets }] of runs) {
      const others = targets.filter((target) => !allowed.has(target));
      expect(targets.length, name).toBeGreaterThan(others.length);
      expect(others, name).toEqual(name === 'first start' ? [seed] : []);
    }
  });

  it('names are never looked up, and no datagram is sent', () => {
    for (const [name, { targets, opensDatagrams }] of runs) {
      expect(opensDatagrams, name).toBe(false);
      expect(
        targets.filter((target) => target.endsWith(':53')),
        name,
      ).toEqual([]);
    }
  });

  it('the nodes saw the same: from the client, nothing but onion requests to its guards', () => {
    const fromClient = journal.filter(
      ({ server, peer }) => server === 'node' && peer.startsWith('127.0.0.1:'),
    );
    expect(fromClient.length).toBeGreaterThan(0);
    expect(new Set(fromClient.map(({ saw }) => saw.role))).toEqual(new Set(['guard']));
    const seen = new Set(fromClient.map(({ id }) => id));
    // bob's guards are among them
    for (const { ed25519 } of guards) expect(seen).toContain(ed25519);
  });
});
