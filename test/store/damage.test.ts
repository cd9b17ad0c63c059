import { beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import {
  createProfile,
  openProfile,
  type ProfileStore,
  parseWords,
  type StoredMessage,
} from '../../src/store/index.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { seededRandom } from '../support/seeded-random.ts';
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

/** The issue asks for 10 000: SESSION_TUI_FLIPS=10000. */
const flips = Number(process.env.SESSION_TUI_FLIPS ?? 200);

const folder = '/p';
const limits = { journalBytes: 1e9, closeBytes: 0, shard: { messages: 10, bytes: 100_000 } };
const password = 'correct horse';

function open(files: MemoryFiles, given: string | null = password): Promise<ProfileStore> {
  return openProfile({ folder, password: given, platform: testPlatform, files, limits });
}

const folded = Array.from({ length: 50 }, (_, n) =>
  storedMessage(n, n % 5 === 0 ? { conversation: alice, from: alice } : {}),
);
const journalled = Array.from({ length: 5 }, (_, n) => storedMessage(100 + n));
const all = new Map([...folded, ...journalled].map((message) => [message.id, message]));

/** A profile with collections, two conversations in several shards, and a journal with five commits. */
async function makeDisk(): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  const first = await createProfile({
    folder,
    password,
    account,
    platform: testPlatform,
    kdf: weakKdf,
    files,
    limits,
  });
  await putAll(first, folded);
  await first.transact((tx) => {
    tx.put('conversations', bob, storedConversation(bob));
    tx.put('settings', 'theme', 'dark');
    tx.put('seen', 'hash', Date.now() + 1e9);
  });
  await first.close();
  const second = await open(files.kill());
  await second.close();
  const disk = files.kill();
  const third = await open(disk);
  for (const message of journalled) await putAll(third, [message]);
  // Not closed: the journal stays.
  return disk.kill();
}

let template: Map<string, Uint8Array>;
beforeAll(async () => {
  template = (await makeDisk()).dump();
});

function diskOf(content: ReadonlyMap<string, Uint8Array>): MemoryFiles {
  const files = new MemoryFiles();
  files.makeFolder(folder);
  for (const [path, data] of content) if (!path.includes('/lock')) files.poke(path, data);
  return files;
}

function sealedPaths(): string[] {
  return [...template.keys()].filter((path) => /\/[0-9a-f]{32}$/.test(path));
}

/** All messages, checked to be none but those that were stored, and all of them found by a word that all have. */
async function read(store: ProfileStore): Promise<StoredMessage[]> {
  const messages = await collect(store.messagesSince(0));
  const found = await collect(store.search(parseWords('message') ?? expect.fail()));
  expect(found.map(({ id }) => id).sort()).toEqual(messages.map(({ id }) => id).sort());
  for (const message of messages) expect(message).toEqual(all.get(message.id));
  return messages;
}

function flip(data: Uint8Array, at: number, bit = 1): Uint8Array {
  const out = Uint8Array.from(data);
  out[at] = (out[at] ?? 0) ^ bit;
  return out;
}

/** Opens a spoilt disk twice: what was damaged is named and kept the first time, and nothing is wrong the second time. */
async function survive(
  files: MemoryFiles,
  spoilt: string,
): Promise<{ lost: number; damage: readonly string[] }> {
  const before = files.dump().get(spoilt);
  const store = await open(files);
  const messages = await read(store);
  const damage = store.damage.map(({ file }) => `${folder}/${file}`);
  for (const { keptAs } of store.damage) {
    if (keptAs !== '') expect(files.dump().has(`${folder}/${keptAs}`)).toBe(true);
  }
  if (before && damage.includes(spoilt)) {
    const kept = store.damage.find(({ file }) => spoilt.endsWith(file))?.keptAs ?? '';
    expect(files.dump().get(`${folder}/${kept}`)).toEqual(before);
  }
  await putAll(store, [storedMessage(999, { conversation: alice, from: alice })]);
  await store.close();
  const again = await open(files.kill());
  expect(again.damage).toEqual([]);
  const later = await collect(again.messagesSince(0));
  expect(later.length).toBe(messages.length + 1);
  await again.close();
  return { lost: all.size - messages.length, damage };
}

describe('a damaged profile', () => {
  it('is whole to begin with', async () => {
    const store = await open(diskOf(template));
    expect(await read(store)).toHaveLength(all.size);
    expect(store.damage).toEqual([]);
    await store.close();
  });

  it(
    'names the file in which any byte was flipped, keeps it aside, and opens with the rest',
    async () => {
      const bytes = seededRandom(3);
      const random = (): number => Buffer.from(bytes(4)).readUInt32LE() / 2 ** 32;
      for (const path of sealedPaths()) {
        const data = template.get(path) ?? new Uint8Array(0);
        const places = new Set([0, 4, 8, 16, 17, 24, 40, data.length - 1, data.length >> 1]);
        const sampled = Math.min(data.length, Math.ceil(flips / sealedPaths().length));
        while (places.size < sampled) places.add(Math.floor(random() * data.length));
        for (const at of places) {
          const files = diskOf(template);
          files.poke(path, flip(data, at, 1 << (at % 8)));
          const { lost, damage } = await survive(files, path);
          expect(damage).toEqual([path]);
          // At most one shard, or one commit.
          expect(lost).toBeLessThanOrEqual(10);
        }
      }
    },
    30_000 + flips * 50,
  );

  it('names a file that is missing, and opens with the rest', async () => {
    for (const path of sealedPaths()) {
      const files = diskOf(template);
      files.poke(path, null);
      const { lost, damage } = await survive(files, path);
      expect(damage).toEqual([path]);
      expect(lost).toBeLessThanOrEqual(10);
    }
  });

  it('opens when a file was cut short or overwritten with garbage or zeros', async () => {
    for (const path of sealedPaths()) {
      const data = template.get(path) ?? new Uint8Array(0);
      for (const spoilt of [
        data.slice(0, 0),
        data.slice(0, 300),
        new Uint8Array(data.length),
        data.slice(1),
      ]) {
        const files = diskOf(template);
        files.poke(path, spoilt);
        const { damage } = await survive(files, path);
        expect(damage).toEqual([path]);
      }
    }
  });

  it('keeps the account when either of its two copies is lost', async () => {
    for (const path of sealedPaths()) {
      const files = diskOf(template);
      files.poke(path, null);
      const store = await open(files);
      expect(store.get('account', 'account')).toEqual(account);
      await store.close();
    }
  });

  it('takes none of two files that were swapped', async () => {
    const paths = sealedPaths();
    for (const [i, a] of paths.entries()) {
      const b = paths[(i + 1) % paths.length] ?? a;
      const files = diskOf(template);
      files.poke(a, template.get(b) ?? null);
      files.poke(b, template.get(a) ?? null);
      const store = await open(files);
      await read(store);
      expect(store.damage.map(({ file }) => `${folder}/${file}`).sort()).toEqual([a, b].sort());
      await store.close();
    }
  });

  it('detects an older copy of a file put back under the current name, or the old one', async () => {
    // A shard is written again: another number, another name.
    const files = diskOf(template);
    const store = await open(files);
    await store.transact((tx) => tx.deleteMessage(folded[1]?.id ?? ''));
    await store.close();
    const later = files.dump();
    const gone = sealedPaths().filter((path) => !later.has(path));
    const made = [...later.keys()].filter((path) => /\/[0-9a-f]{32}$/.test(path) && !template.has(path));
    expect(gone.length).toBeGreaterThan(1);
    for (const old of gone) {
      for (const current of made) {
        const spoilt = diskOf(later);
        spoilt.poke(current, template.get(old) ?? null);
        const opened = await open(spoilt);
        await read(opened);
        expect(opened.damage.map(({ file }) => `${folder}/${file}`)).toContain(current);
        expect(await opened.message(folded[1]?.id ?? '')).toBeUndefined();
        await opened.close();
      }
      // Under its old name it is not part of the profile, and is cleared away.
      const spoilt = diskOf(later);
      spoilt.poke(old, template.get(old) ?? null);
      const opened = await open(spoilt);
      expect(await opened.message(folded[1]?.id ?? '')).toBeUndefined();
      expect(opened.damage).toEqual([]);
      await opened.close();
      expect(spoilt.dump().has(old)).toBe(false);
    }
  });

  it('detects an older index put back, and opens with the newer files', async () => {
    const files = diskOf(template);
    const store = await open(files);
    await putAll(store, [storedMessage(200, { body: 'newest' })]);
    await store.close();
    const later = files.dump();
    const index = sealedPaths().find(
      (path) =>
        later.has(path) && Buffer.compare(later.get(path) ?? Buffer.of(), template.get(path) ?? Buffer.of()),
    );
    const spoilt = diskOf(later);
    spoilt.poke(index ?? '', template.get(index ?? '') ?? null);
    const opened = await open(spoilt);
    expect(opened.damage).toHaveLength(1);
    expect((await opened.message(storedMessage(200).id))?.body).toBe('newest');
    expect(await collect(opened.messagesSince(0))).toHaveLength(all.size + 1);
    await opened.close();
  });

  it('drops a torn tail of the journal without a word, and only that', async () => {
    const { path, data } = await journalOf();
    for (const length of [data.length - 1, data.length - 100, data.length - 511]) {
      const files = diskOf(template);
      files.poke(path, data.slice(0, length));
      const store = await open(files);
      expect(store.damage).toEqual([]);
      expect(await read(store)).toHaveLength(all.size - 1);
      await store.close();
    }
    const longer = diskOf(template);
    longer.poke(path, Uint8Array.from([...data, ...data.slice(-512, -200)]));
    const store = await open(longer);
    expect(await read(store)).toHaveLength(all.size);
    await store.close();
  });

  it('leaves alone files that are not its own', async () => {
    const files = diskOf(template);
    files.poke(`${folder}/notes.txt`, Uint8Array.of(1));
    files.poke(`${folder}/${'0'.repeat(32)}`, Uint8Array.of(1, 2, 3));
    const store = await open(files);
    await putAll(store, [storedMessage(300)]);
    await store.close();
    expect(files.dump().get(`${folder}/notes.txt`)).toEqual(Uint8Array.of(1));
    expect(files.dump().get(`${folder}/${'0'.repeat(32)}`)).toEqual(Uint8Array.of(1, 2, 3));
  });
});

/** The journal is the file whose cut end costs one message and is no damage. */
async function journalOf(): Promise<{ path: string; data: Uint8Array }> {
  for (const path of sealedPaths()) {
    const data = template.get(path) ?? new Uint8Array(0);
    const files = diskOf(template);
    files.poke(path, data.slice(0, -1));
    const store = await open(files);
    await read(store);
    const isJournal = store.damage.length === 0;
    await store.close();
    if (isJournal) return { path, data };
  }
  throw new Error('no journal found');
}

describe('keys.json', () => {
  const path = `${folder}/keys.json`;

  it('is called damaged, and left as it is, whichever byte was flipped', async () => {
    const data = template.get(path) ?? new Uint8Array(0);
    for (let at = 0; at < data.length; at++) {
      const files = diskOf(template);
      const spoilt = flip(data, at);
      files.poke(path, spoilt);
      const before = files.dump();
      await expect(open(files)).rejects.toMatchObject({ code: 'damaged', fields: { file: 'keys.json' } });
      const after = files.dump();
      for (const [name, content] of before) expect(after.get(name)).toEqual(content);
    }
  });

  it('is refused before any work when its parameters are out of bounds, even with a right checksum', async () => {
    const { blake2b } = await import('../../src/crypto/hash.ts');
    const keys = JSON.parse(Buffer.from(template.get(path) ?? []).toString());
    for (const kdf of [
      { ...keys.kdf, memoryKib: 4 * 2 ** 30 },
      { ...keys.kdf, passes: 1e6 },
      { ...keys.kdf, passes: -1 },
      { ...keys.kdf, salt: '00' },
      { ...keys.kdf, name: 'none' },
    ]) {
      const { check: _, ...rest } = { ...keys, kdf };
      const check = Buffer.from(blake2b(16, Buffer.from(JSON.stringify(rest)))).toString('hex');
      const files = diskOf(template);
      files.poke(path, Buffer.from(JSON.stringify({ ...rest, check })));
      await expect(open(files)).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  it('of a later version is refused as too new', async () => {
    const { blake2b } = await import('../../src/crypto/hash.ts');
    const rest = { format: 'session-tui profile', version: 2, anything: true };
    const check = Buffer.from(blake2b(16, Buffer.from(JSON.stringify(rest)))).toString('hex');
    const files = diskOf(template);
    files.poke(path, Buffer.from(JSON.stringify({ ...rest, check })));
    await expect(open(files)).rejects.toMatchObject({ code: 'too-new' });
  });

  it('with a wrong password leaves every byte of the profile as it was', async () => {
    const files = diskOf(template);
    const before = files.dump();
    await expect(open(files, 'wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(open(files, null)).rejects.toMatchObject({ code: 'password-needed' });
    await expect(open(files, `${password} `)).rejects.toBeInstanceOf(StoreError);
    const after = files.dump();
    expect(after.delete(`${folder}/lock`)).toBe(true);
    expect(after).toEqual(
      before.size === after.size ? before : new Map([...before].filter(([p]) => !p.includes('/lock'))),
    );
  });
});
