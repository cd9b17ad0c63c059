import { describe, expect, it } from 'vitest';
import { createProfile, openProfile, type ProfileStore, parseWords } from '../../../src/store/index.ts';
import { MemoryFiles } from '../../support/memory-files.ts';
import {
  account,
  alice,
  bob,
  collect,
  putAll,
  storedMessage,
  testPlatform,
  weakKdf,
} from '../../support/stored.ts';

const folder = '/p';
const limits = { journalBytes: 20_000, closeBytes: 0, shard: { messages: 10, bytes: 100_000 } };

/** A disk that counts which files are read. */
class CountedFiles extends MemoryFiles {
  reads = 0;
  override read(path: string): Uint8Array | null {
    this.reads += 1;
    return super.read(path);
  }
}

const make = (files: MemoryFiles): Promise<ProfileStore> =>
  createProfile({ folder, password: null, account, platform: testPlatform, kdf: weakKdf, files, limits });
const reopen = (files: MemoryFiles): Promise<ProfileStore> =>
  openProfile({ folder, password: null, platform: testPlatform, files, limits });

async function found(store: ProfileStore, search: string): Promise<string[]> {
  const words = parseWords(search) ?? expect.fail('no words');
  return (await collect(store.search(words))).map(({ body }) => body);
}

/** 300 messages in two conversations; each tenth is about the weather, the 42nd has a word of its own. */
const history = Array.from({ length: 300 }, (_, n) =>
  storedMessage(n, {
    conversation: n % 2 === 0 ? bob : alice,
    body: `note ${n}${n % 10 === 0 ? ' on the weather' : ''}${n === 42 ? ' wallflower' : ''}`,
  }),
);

describe('searching all conversations', () => {
  it('finds in shards and in the journal, each message once, newest first within a shard', async () => {
    const files = new MemoryFiles();
    const store = await make(files);
    await putAll(store, history);
    expect(new Set(await found(store, 'weath'))).toEqual(
      new Set(history.filter((_, n) => n % 10 === 0).map(({ body }) => body)),
    );
    await store.close();
    const again = await reopen(files);
    const inShards = await found(again, 'WEATHER note');
    expect(inShards).toHaveLength(30);
    expect(new Set(inShards).size).toBe(30);
    expect(inShards[0]).toBe('note 290 on the weather');
    await putAll(again, [storedMessage(400, { body: 'fine weather' })]);
    expect((await found(again, 'weather'))[0]).toBe('fine weather');
    await again.close();
  });

  it('opens the shards that may have the words, and no others', async () => {
    const files = new CountedFiles();
    const store = await make(files);
    await putAll(store, history);
    await store.close();
    const again = await reopen(files);
    await found(again, 'nothing');
    files.reads = 0;
    expect(await found(again, 'wallflower')).toEqual(['note 42 wallflower']);
    // 30 shards and more; a filter is wrong once in 300.
    expect(files.reads).toBeLessThan(4);
    expect(
      await again.messagesBefore(bob, { limit: 9, words: parseWords('wallfl') ?? expect.fail() }),
    ).toHaveLength(1);
    expect(files.reads).toBeLessThan(8);
    await again.close();
  });

  it('goes on where a fold moves messages in its middle, and gives none twice', async () => {
    const files = new MemoryFiles();
    const store = await make(files);
    await putAll(store, history);
    const words = parseWords('note') ?? expect.fail();
    const bodies: string[] = [];
    let added = 0;
    for await (const { body } of store.search(words)) {
      bodies.push(body);
      if (bodies.length % 20 === 0) {
        const more = Array.from({ length: 40 }, (_, i) =>
          storedMessage(1000 + added + i, { body: 'x'.repeat(500) }),
        );
        added += 40;
        await putAll(store, more);
      }
    }
    expect(added).toBeGreaterThan(400);
    expect(bodies).toHaveLength(300);
    expect(new Set(bodies).size).toBe(300);
    await store.close();
  });

  it('does not find what was deleted or replaced, and no filter of it stays on the disk', async () => {
    const files = new MemoryFiles();
    const store = await make(files);
    await putAll(store, history);
    await store.close();
    const before = new Set([...files.dump().values()].map((data) => Buffer.from(data).toString('base64')));
    const again = await reopen(files);
    const secret = history[42] ?? expect.fail();
    await again.transact((tx) => tx.deleteMessage(secret.id));
    expect(await found(again, 'wallflower')).toEqual([]);
    await again.close();
    const last = await reopen(files);
    expect(await found(last, 'wallflower')).toEqual([]);
    expect(await found(last, 'note')).toHaveLength(299);
    await last.close();
    // The files with the filters of 60 shards: none that was there before is there still.
    const big = [...files.dump()].filter(([, data]) => before.has(Buffer.from(data).toString('base64')));
    const shards = big.filter(([path]) => /[0-9a-f]{32}$/.test(path));
    expect(shards.length).toBeGreaterThan(0);
    for (const [path] of shards) expect(await isFilter(files, path)).toBe(false);
  });

  it('finds all the same where filters are damaged or missing, says so, and has them again after a fold', async () => {
    for (const harm of ['flip', 'remove'] as const) {
      const files = new CountedFiles();
      const store = await make(files);
      await putAll(store, history);
      await store.close();
      for (const [path, data] of files.dump()) {
        if (!/[0-9a-f]{32}$/.test(path) || !(await isFilter(files, path))) continue;
        if (harm === 'remove') await files.remove(path);
        else
          await files.write(
            path,
            Uint8Array.from(data, (byte, i) => (i === 99 ? byte ^ 1 : byte)),
          );
      }
      const again = await reopen(files);
      expect(await found(again, 'wallflower')).toEqual(['note 42 wallflower']);
      expect(again.damage.length).toBeGreaterThan(0);
      await again.close();
      const last = await reopen(files);
      expect(last.damage).toEqual([]);
      await found(last, 'nothing');
      files.reads = 0;
      expect(await found(last, 'wallflower')).toEqual(['note 42 wallflower']);
      expect(files.reads).toBeLessThan(4);
      await last.close();
    }
  });

  it('ends quietly when the profile is closed in its middle', async () => {
    const files = new MemoryFiles();
    const store = await make(files);
    await putAll(store, history);
    const search = store.search(parseWords('note') ?? expect.fail())[Symbol.asyncIterator]();
    await search.next();
    await store.close();
    for (let step = await search.next(); !step.done; step = await search.next());
    expect(store.damage).toEqual([]);
  });
});

/** Whether the profile misses this file as one of its filters. */
async function isFilter(files: MemoryFiles, path: string): Promise<boolean> {
  const copy = new MemoryFiles();
  copy.makeFolder(folder);
  for (const [other, data] of files.dump()) if (other !== path) await copy.write(other, data);
  const store = await reopen(copy);
  await found(store, 'nothing');
  const isOne = store.damage.some(({ what }) => what.includes('looked for anew'));
  await store.close();
  return isOne;
}
