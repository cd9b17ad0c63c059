import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, World } from '../support/program.ts';

type JournalLine = { server: string; id: string; peer: string; saw: { role?: string; next?: string } };
type Hop = { ip: string; ed25519: string };

describe('guards and paths over many restarts', () => {
  let world: World;
  let journal: JournalLine[];
  const paths: Hop[][] = [];

  beforeAll(async () => {
    world = await World.create(['--nodes', '12']);
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
