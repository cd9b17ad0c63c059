import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProfile, openProfile, parseWords } from '../../src/store/index.ts';
import {
  account,
  alice,
  bob,
  collect,
  putAll,
  storedConversation,
  storedMessage,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

const carol = `05${'c3'.repeat(32)}`;
const body = 'the eagle lands at midnight behind the warehouse';
const secrets = [
  'eagle',
  'midnight',
  'warehouse',
  'Roberta Nickname',
  'settings secret',
  account.name,
  bob,
  account.seedHex,
];

/** A profile with a history of 60 messages with `peer`, folded and in the journal, that has been searched. */
async function makeFolder(base: string, peer: string): Promise<string> {
  const folder = join(base, peer.slice(2, 6));
  const common = { folder, password: 'correct horse', platform: testPlatform };
  const store = await createProfile({ ...common, account, kdf: weakKdf, limits: { closeBytes: 0 } });
  const messages = Array.from({ length: 60 }, (_, n) =>
    storedMessage(n, { conversation: peer, from: peer, body }),
  );
  await putAll(store, messages);
  await store.transact((tx) => {
    tx.put('conversations', peer, storedConversation(peer, { preview: body, draft: body }));
    tx.put('settings', 'note', 'settings secret');
    tx.put('contacts', peer, {
      id: peer,
      name: 'Roberta Nickname',
      nickname: null,
      profileUpdatedAtSec: 0,
      approved: true,
      approvedMe: true,
      blocked: false,
    });
  });
  await store.close();
  const again = await openProfile(common);
  expect(await collect(again.search(parseWords('eagle') ?? expect.fail()))).toHaveLength(60);
  await putAll(again, [storedMessage(100, { conversation: peer, from: peer, body })]);
  await again.close();
  return folder;
}

/** Bits of information in a byte. */
function entropy(data: Uint8Array): number {
  const counts = new Array<number>(256).fill(0);
  for (const byte of data) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts.reduce((sum, n) => (n === 0 ? sum : sum - (n / data.length) * Math.log2(n / data.length)), 0);
}

describe('the folder of a profile', () => {
  const base = mkdtempSync(join(tmpdir(), 'session-tui-secrecy-'));
  let folder: string;
  let files: Map<string, Buffer>;
  beforeAll(async () => {
    folder = await makeFolder(base, bob);
    files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  });

  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('holds no word, name, ID or key in any spelling, nor in a file name', () => {
    for (const secret of secrets) {
      const spellings = [
        Buffer.from(secret),
        Buffer.from(secret.toUpperCase()),
        Buffer.from(secret, 'utf16le'),
        Buffer.from(Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1)),
        Buffer.from(Buffer.from(secret).toString('hex')),
        ...(/^[0-9a-f]{20,}$/.test(secret) ? [Buffer.from(secret, 'hex')] : []),
      ];
      for (const [name, data] of files) {
        for (const spelling of spellings)
          expect([name, secret, data.includes(spelling)]).toEqual([name, secret, false]);
        expect(name.toLowerCase()).not.toContain(secret.toLowerCase());
      }
    }
  });

  it('looks like noise beyond the headers, without a readable run of 24 characters', () => {
    const sealed = [...files].filter(([name]) => /^[0-9a-f]{32}$/.test(name));
    expect(sealed.length).toBeGreaterThan(5);
    for (const [name, data] of sealed) {
      expect([name, /[\x20-\x7e]{24}/.test(data.toString('latin1'))]).toEqual([name, false]);
      expect(entropy(data.subarray(16))).toBeGreaterThan(7.5);
    }
    expect(entropy(Buffer.concat(sealed.map(([, data]) => data.subarray(16))))).toBeGreaterThan(7.98);
    const readable = [...files.keys()].filter((name) => !/^[0-9a-f]{32}$/.test(name));
    expect(readable.sort()).toEqual(['keys.json', 'lock']);
    expect(files.get('lock')).toHaveLength(0);
  });

  it('does not show with whom one writes: another person gives the same sizes, and no name twice', async () => {
    const sizes = (of: string): number[] =>
      readdirSync(of)
        .filter((name) => /^[0-9a-f]{32}$/.test(name))
        .map((name) => statSync(join(of, name)).size)
        .sort((a, b) => a - b);
    for (const other of [carol, alice]) {
      const theirs = await makeFolder(base, other);
      expect(sizes(theirs)).toEqual(sizes(folder));
      const names = new Set(readdirSync(theirs));
      expect([...files.keys()].filter((name) => names.has(name)).sort()).toEqual(['keys.json', 'lock']);
    }
  });
});
