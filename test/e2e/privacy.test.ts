import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../support/program.ts';

type JournalLine = {
  server: string;
  id: string;
  peer: string;
  saw: {
    role?: string;
    next?: string;
    method?: string;
    params?: unknown;
    headers?: Record<string, string>;
  };
};

const client = '127.0.0.1';
const body = 'the owl flies at midnight';

describe('what each server could see of a conversation', () => {
  let world: World;
  let alice: string;
  let bob: string;
  let journal: JournalLine[];

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
    for (const [person, args] of [
      ['alice', ['send', bob, body]],
      ['bob', ['receive']],
      ['bob', ['send', alice, `${body}, indeed`]],
      ['alice', ['receive']],
    ] as const) {
      const result = await world.run(person, [...args]);
      expect(result.code, result.stderr).toBe(0);
    }
    journal = (await readFile(world.journal, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as JournalLine);
  });
  afterAll(() => world.end());

  const role = (name: string): JournalLine[] => journal.filter((line) => line.saw.role === name);
  const address = (line: JournalLine): string => line.peer.slice(0, line.peer.lastIndexOf(':'));

  it('the seed saw only the request for the node list', () => {
    const lines = journal.filter((line) => line.server === 'seed');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line.saw.method).toBe('get_n_service_nodes');
      expect(JSON.stringify(line)).not.toContain(alice.slice(2));
      expect(JSON.stringify(line)).not.toContain(bob.slice(2));
    }
  });

  it('guards saw the client’s address, but neither an account nor a method', () => {
    const lines = role('guard');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(address(line)).toBe(client);
      expect(line.saw.method).toBeUndefined();
      expect(line.saw.params).toBeUndefined();
      const text = JSON.stringify(line);
      for (const secret of [alice.slice(2), bob.slice(2), body]) expect(text).not.toContain(secret);
    }
  });

  it('nobody but guards and the seed saw the client’s address', () => {
    for (const line of journal) {
      if (line.server === 'seed' || line.saw.role === 'guard') continue;
      expect(address(line), `${line.saw.role}`).not.toBe(client);
    }
    expect(role('direct')).toEqual([]);
  });

  it('destinations saw the recipient’s swarm address, not the client, and no text', () => {
    const stores = role('destination').filter((line) =>
      JSON.stringify(line.saw.params ?? '').includes('"store"'),
    );
    expect(stores.some((line) => JSON.stringify(line.saw.params).includes(bob))).toBe(true);
    for (const line of stores) {
      expect(address(line)).not.toBe(client);
      expect(JSON.stringify(line)).not.toContain(body);
    }
  });

  it('hops between saw neither', () => {
    for (const line of [...role('middle'), ...role('exit')]) {
      expect(address(line)).not.toBe(client);
      const text = JSON.stringify(line);
      for (const secret of [alice.slice(2), bob.slice(2)]) expect(text).not.toContain(secret);
    }
  });

  it('no header names the program, and the seed’s are the official clients’', () => {
    for (const line of journal) {
      const headers = line.saw.headers ?? {};
      expect(JSON.stringify(headers).toLowerCase()).not.toMatch(/session-?tui|undici|node/);
      if (line.saw.role === 'guard') {
        expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'host']);
      }
      if (line.server === 'seed') {
        expect(headers['user-agent']).toBe('WhatsApp');
        expect(headers['accept-language']).toBe('en-us');
        expect(Object.keys(headers).sort()).toEqual([
          'accept-language',
          'connection',
          'content-length',
          'host',
          'user-agent',
        ]);
      }
    }
  });

  it('the profile folder tells a thief nothing: no text, ID or name in files or file names, 0600 and 0700', async () => {
    const folder = join(world.folder, 'alice');
    const secrets = [body, alice, alice.slice(2), bob.slice(2), 'alice', 'bob', 'echo'].map((s) =>
      s.toLowerCase(),
    );
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const inside = path.slice(folder.length);
      for (const secret of secrets) expect(inside.toLowerCase()).not.toContain(secret);
      if (entry.isSymbolicLink()) continue;
      const mode = (await stat(path)).mode & 0o777;
      expect(mode.toString(8), inside).toBe(entry.isDirectory() ? '700' : '600');
      if (entry.isDirectory()) continue;
      const bytes = await readFile(path);
      for (const text of [bytes.toString('latin1').toLowerCase(), bytes.toString('utf16le').toLowerCase()]) {
        for (const secret of secrets) expect(text).not.toContain(secret);
      }
      for (const id of [alice, bob]) expect(bytes.includes(Buffer.from(id.slice(2), 'hex'))).toBe(false);
    }
  });
});
