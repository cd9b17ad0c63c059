import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, World } from '../support/program.ts';

type JournalLine = { server: string; id: string; peer: string; saw: { role?: string; next?: string } };
type Hop = { ip: string; ed25519: string };

describe('guards and paths over many restarts', () => {
  let world: World;
  let journal: JournalLine[];
  const paths: Hop[][] = [];
  /** address of each node, as the seed tells it */
  const addresses = new Map<string, string>();

  beforeAll(async () => {
    world = await World.create(['--nodes', '12', '--subnets', 'on']);
    await world.account('alice');
    const bob = await world.account('bob');
    for (let i = 0; i < 6; i++) {
      const sent = await world.run('alice', ['send', bob, `${i}`]);
      expect(sent.code, sent.stderr).toBe(0);
      const path = await world.run('alice', ['network', 'path']);
      expect(path.code, path.stderr).toBe(0);
      for (const line of jsonLines(path.stdout)) {
        // `paths` is part of the contract's network object
        for (const { hops } of line.paths as { hops: Hop[] }[]) paths.push(hops);
      }
    }
    journal = (await readFile(world.journal, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalLine);
    const file = JSON.parse(await readFile(world.networkFile, 'utf8')) as { seedNodes: { url: string }[] };
    const asked = await fetch(file.seedNodes[0]?.url ?? '', {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', method: 'get_n_service_nodes', params: {} }),
    });
    const told = (await asked.json()) as {
      result: { service_node_states: { public_ip?: string; pubkey_ed25519: string }[] };
    };
    for (const { public_ip, pubkey_ed25519 } of told.result.service_node_states)
      if (public_ip !== undefined) addresses.set(pubkey_ed25519, public_ip);
  }, 120_000);
  afterAll(() => world.end());

  it('the same two guards see the client, however often it starts', () => {
    const guards = new Set(journal.filter((line) => line.saw.role === 'guard').map((line) => line.id));
    expect(guards.size).toBeGreaterThan(0);
    expect(guards.size).toBeLessThanOrEqual(2);
  });

  it('no path has two hops in one /24, and none holds a node twice', () => {
    expect(paths.length).toBeGreaterThan(0);
    for (const hops of paths) {
      expect(hops).toHaveLength(3);
      expect(new Set(hops.map((hop) => hop.ip.slice(0, hop.ip.lastIndexOf('.')))).size).toBe(3);
      expect(new Set(hops.map((hop) => hop.ed25519)).size).toBe(3);
    }
  });

  it('as the nodes saw them too, a hop and the next one never share a /24', () => {
    const subnetOf = (key: string): string => {
      const ip = addresses.get(key) ?? '';
      return ip.slice(0, ip.lastIndexOf('.'));
    };
    const relayed = journal.filter(({ saw }) => saw.role === 'guard' || saw.role === 'middle');
    expect(new Set(relayed.map(({ saw }) => saw.role)).size).toBe(2);
    for (const { id, saw } of relayed) {
      expect(subnetOf(id)).toMatch(/^127\.0\./);
      expect(subnetOf(saw.next ?? '')).toMatch(/^127\.0\./);
      expect(subnetOf(id)).not.toBe(subnetOf(saw.next ?? ''));
    }
  });

  it('nothing but onion requests reaches a node, and no node but a guard hears from the client', () => {
    expect(journal.filter((line) => line.saw.role === 'direct')).toEqual([]);
    const fromClient = journal.filter((line) => line.server === 'node' && line.peer.startsWith('127.0.0.1:'));
    expect(fromClient.every((line) => line.saw.role === 'guard')).toBe(true);
  });

  it('standing paths are kept over restarts: a script does not draw fresh hops for each message', () => {
    const exits = new Set(paths.map((hops) => hops.map((hop) => hop.ed25519).join(' ')));
    expect(exits.size).toBeLessThan(6);
  });
});
