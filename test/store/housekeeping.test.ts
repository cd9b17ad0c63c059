import { describe, expect, it } from 'vitest';
import {
  createProfile,
  openProfile,
  type ProfileStore,
  parseWords,
  type StoreTransaction,
} from '../../src/store/index.ts';
import type { Platform } from '../../src/util/platform.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import {
  account,
  bob,
  putAll,
  storedConversation,
  storedMessage,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

const folder = '/p';
const dayMs = 86_400_000;
/** Every close folds. */
const limits = { closeBytes: 0 };

type Timer = { at: number; run: () => void };

/** A clock that tests move. */
function movableClock(): { platform: Platform; advance(ms: number): void } {
  let now = 1_800_000_000_000;
  let timers: Timer[] = [];
  const platform: Platform = {
    ...testPlatform,
    clock: {
      ...testPlatform.clock,
      now: () => now,
      after(ms, run) {
        const timer = { at: now + ms, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
  };
  return {
    platform,
    advance(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
  };
}

function make(files: MemoryFiles, platform: Platform): Promise<ProfileStore> {
  return createProfile({ folder, password: null, account, platform, kdf: weakKdf, files, limits });
}

function holders(files: MemoryFiles, content: Uint8Array): number {
  return [...files.dump().values()].filter((data) => Buffer.compare(data, content) === 0).length;
}

describe('the store', () => {
  it('shares one write among transactions that wait together', async () => {
    const files = new MemoryFiles();
    const store = await make(files, testPlatform);
    const before = files.log.length;
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => store.transact((tx) => tx.putMessage(storedMessage(n)))),
    );
    expect(files.log.slice(before).filter((what) => what === 'fdatasync')).toHaveLength(1);
    await store.close();
  });

  it('writes only the journal for a commit, whatever the history', async () => {
    const files = new MemoryFiles();
    const store = await make(files, testPlatform);
    await putAll(
      store,
      Array.from({ length: 3000 }, (_, n) => storedMessage(n)),
    );
    await store.close();
    const again = await openProfile({ folder, password: null, platform: testPlatform, files, limits });
    const before = files.log.length;
    await putAll(again, [storedMessage(5000)]);
    expect(files.log.slice(before)).toEqual(['append', 'fdatasync']);
    await again.close();
    // And the fold leaves full shards alone: tail shard, its filter, journal and index are new, each written once.
    const writes = files.log.slice(before).filter((what) => what === 'create');
    expect(writes).toHaveLength(4);
  });

  it('removes a deleted message’s bytes from all files within a minute, or at close', async () => {
    const { platform, advance } = movableClock();
    const files = new MemoryFiles();
    const store = await make(files, platform);
    await putAll(store, [storedMessage(1), storedMessage(2)]);
    await store.close();
    const again = await openProfile({ folder, password: null, platform, files, limits });
    const old = [...files.dump()].filter(([path]) => /[0-9a-f]{32}$/.test(path)).map(([, data]) => data);
    await again.transact((tx) => tx.deleteMessage(storedMessage(1).id));
    expect(old.filter((data) => holders(files, data) > 0).length).toBeGreaterThan(3);
    advance(60_000);
    await again.transact(() => undefined);
    // The account's two files are all that stays.
    expect(old.filter((data) => holders(files, data) > 0)).toHaveLength(2);
    expect(await again.message(storedMessage(2).id)).toEqual(storedMessage(2));

    await again.transact((tx) => tx.deleteMessage(storedMessage(2).id));
    await again.close();
    const third = await openProfile({ folder, password: null, platform, files, limits });
    expect(third.countMessages(bob)).toBe(0);
    expect(files.dump().size).toBe(6);
    await third.close();
  });

  it('forgets seen hashes a day after the day they expire, and writes none of the other days again', async () => {
    const { platform, advance } = movableClock();
    const files = new MemoryFiles();
    const store = await make(files, platform);
    const now = platform.clock.now();
    await store.transact((tx) => {
      for (let day = 1; day <= 14; day++) {
        for (let n = 0; n < 5; n++) tx.put('seen', `${day} ${n}`, now + day * dayMs);
      }
    });
    await store.close();
    const again = await openProfile({ folder, password: null, platform, files, limits });
    expect(again.entries('seen')).toHaveLength(70);
    let before = files.log.length;
    await again.transact((tx) => tx.put('seen', 'new', now + 14 * dayMs));
    await again.close();
    // One bucket, journal, index.
    expect(files.log.slice(before).filter((what) => what === 'create')).toHaveLength(3);
    advance(5 * dayMs);
    const third = await openProfile({ folder, password: null, platform, files, limits });
    before = files.log.length;
    await third.transact((tx) => tx.put('settings', 'x', 1));
    await third.close();
    expect(files.log.slice(before).filter((what) => what === 'create')).toHaveLength(3);
    const fourth = await openProfile({ folder, password: null, platform, files, limits });
    expect(fourth.entries('seen').every(([, expiresAt]) => expiresAt > now + 3 * dayMs)).toBe(true);
    expect(fourth.get('seen', 'new')).toBe(now + 14 * dayMs);
    await fourth.close();
  });

  it('bounds its shards and keeps messages of one sent time together', async () => {
    const files = new MemoryFiles();
    const store = await make(files, testPlatform);
    const crowd = Array.from({ length: 300 }, (_, n) =>
      storedMessage(0, { from: `05${n.toString(16).padStart(64, '0')}`, sentAt: 5000 }),
    );
    await putAll(store, crowd);
    await putAll(
      store,
      Array.from({ length: 50 }, (_, n) => storedMessage(n, { sentAt: 6000 + n, body: 'x'.repeat(20_000) })),
    );
    await store.close();
    const again = await openProfile({ folder, password: null, platform: testPlatform, files, limits });
    expect(again.countMessages(bob)).toBe(350);
    expect(await again.messagesBefore(bob, { limit: 1000 })).toHaveLength(350);
    for (const data of files.dump().values()) expect(data.length).toBeLessThan(300_000);
    await again.close();
  });

  it('does not take a file for damaged because the keys are gone', async () => {
    const files = new MemoryFiles();
    const store = await make(files, testPlatform);
    await putAll(
      store,
      Array.from({ length: 1000 }, (_, n) => storedMessage(n)),
    );
    await store.close();
    const again = await openProfile({ folder, password: null, platform: testPlatform, files, limits });
    const names = [...files.dump().keys()];
    const reading = again.messagesSince(0)[Symbol.asyncIterator]();
    await reading.next();
    const search = again.messagesBefore(bob, { limit: 1000, words: parseWords('message') ?? expect.fail() });
    await again.close();
    for (let step = await reading.next(); !step.done; step = await reading.next());
    await search;
    expect(again.damage).toEqual([]);
    expect([...files.dump().keys()].filter((name) => !names.includes(name))).toEqual(['/p/lock']);
    await expect(again.message(storedMessage(1).id)).rejects.toThrow('closed');
  });
});

describe('what is forgotten', () => {
  /** Every sealed file, by content. */
  const sealed = (files: MemoryFiles): Uint8Array[] =>
    [...files.dump()].filter(([path]) => /[0-9a-f]{32}$/.test(path)).map(([, data]) => data);

  it('an expired message: deleted when its time comes, its words gone from list and disk two seconds later', async () => {
    const { platform, advance } = movableClock();
    const files = new MemoryFiles();
    const store = await make(files, platform);
    const now = platform.clock.now();
    const kept = storedMessage(1, { sentAt: now });
    const expiring = storedMessage(2, { sentAt: now + 1, expiresAt: now + 5 * dayMs });
    await store.transact((tx) => {
      tx.putMessage(kept);
      tx.putMessage(expiring);
      const line = { preview: 'message number 2', lastMessageAt: expiring.sentAt, unread: 2 };
      tx.put('conversations', bob, storedConversation(bob, line));
    });
    await store.close();
    const old = sealed(files);
    // A process of its own, days later, with the timer's hourly looks in between.
    const again = await openProfile({ folder, password: null, platform, files, limits });
    const gone: unknown[] = [];
    again.onExpired((expired) => gone.push(expired));
    for (let hour = 0; hour < 119; hour++) advance(3_600_000);
    await again.transact(() => undefined);
    expect(await again.message(expiring.id)).toEqual(expiring);
    advance(3_600_000);
    await again.transact(() => undefined);
    expect(await again.message(expiring.id)).toBeUndefined();
    expect(await again.message(kept.id)).toEqual(kept);
    expect(again.get('conversations', bob)).toMatchObject({ preview: '', unread: 1 });
    expect(gone).toEqual([[{ conversation: bob, id: expiring.id }]]);
    advance(2_000);
    await again.transact(() => undefined);
    expect(old.filter((data) => holders(files, data) > 0)).toHaveLength(2);
    expect(again.entries('expiring')).toEqual([]);
    await again.close();
  });

  it('a message that expired while nobody ran: gone at once at the next start, its words from the disk too', async () => {
    const { platform, advance } = movableClock();
    const files = new MemoryFiles();
    const store = await make(files, platform);
    const expiring = storedMessage(2, { expiresAt: platform.clock.now() + 1000 });
    await putAll(store, [storedMessage(1), expiring]);
    await store.close();
    const old = sealed(files);
    advance(dayMs);
    const again = await openProfile({ folder, password: null, platform, files, limits });
    expect(await again.message(expiring.id)).toBeUndefined();
    expect(old.filter((data) => holders(files, data) > 0)).toHaveLength(2);
    await again.close();
  });

  it.each([
    ['a deleted message', (tx: StoreTransaction) => tx.deleteMessage(storedMessage(1).id)],
    [
      'the words of a message that was replaced',
      (tx: StoreTransaction) => tx.putMessage(storedMessage(1, { body: 'gone' })),
    ],
    ['a deleted conversation', (tx: StoreTransaction) => tx.delete('conversations', bob)],
  ])('%s: no file that held it is left, also after a crash before the fold', async (_, change) => {
    const { platform, advance } = movableClock();
    const disk = new MemoryFiles();
    // The real limits: nothing else would fold.
    const first = await createProfile({
      folder,
      password: null,
      account,
      platform,
      kdf: weakKdf,
      files: disk,
    });
    await putAll(first, [storedMessage(1), storedMessage(2)]);
    await first.transact((tx) => tx.put('conversations', bob, storedConversation(bob)));
    await first.close();
    const killed = disk.kill();
    const second = await openProfile({ folder, password: null, platform, files: killed });
    const old = sealed(killed);
    await second.transact(change);
    const files = killed.kill();
    const third = await openProfile({ folder, password: null, platform, files });
    expect(old.filter((data) => holders(files, data) > 0).length).toBeGreaterThan(2);
    advance(60_000);
    await third.transact(() => undefined);
    expect(old.filter((data) => holders(files, data) > 0)).toHaveLength(2);
    await third.close();
  });

  it('is tried again when the disk refused', async () => {
    const { platform, advance } = movableClock();
    const files = new MemoryFiles();
    const store = await make(files, platform);
    await putAll(store, [storedMessage(1), storedMessage(2)]);
    await store.transact((tx) => tx.deleteMessage(storedMessage(1).id));
    const old = sealed(files);
    files.fault = { kind: 'error', at: files.changes, errno: 'ENOSPC', until: Number.POSITIVE_INFINITY };
    advance(60_000);
    await store.transact(() => undefined);
    files.fault = null;
    advance(60_000);
    await store.transact(() => undefined);
    expect(old.filter((data) => holders(files, data) > 0)).toHaveLength(2);
    await store.close();
  });
});

describe('closing', () => {
  it('leaves a short journal alone, so that one stored message writes little', async () => {
    const files = new MemoryFiles();
    const options = { folder, password: null, account, platform: testPlatform, kdf: weakKdf, files };
    await (await createProfile(options)).close();
    const again = await openProfile({ folder, password: null, platform: testPlatform, files });
    const before = files.log.length;
    await putAll(again, [storedMessage(1)]);
    await again.close();
    expect(files.log.slice(before)).toEqual(['append', 'fdatasync', 'renameNow']);
    const third = await openProfile({ folder, password: null, platform: testPlatform, files });
    expect(await third.message(storedMessage(1).id)).toEqual(storedMessage(1));
    await third.close();
  });
});

describe('folds', () => {
  it('write a message again a few times only, however many conversations get one each', async () => {
    const files = new MemoryFiles();
    let written = 0;
    const write = files.write.bind(files);
    files.write = async (path, data) => {
      written += data.length;
      await write(path, data);
    };
    const store = await createProfile({
      folder,
      password: null,
      account,
      platform: testPlatform,
      kdf: weakKdf,
      files,
      limits: { journalBytes: 100_000 },
    });
    const people = Array.from({ length: 100 }, (_, n) => `05${n.toString(16).padStart(64, '0')}`);
    const all: ReturnType<typeof storedMessage>[] = [];
    for (let n = 0; n < 60; n++) {
      for (const id of people) {
        const message = storedMessage(n, { conversation: id, from: id, body: 'x'.repeat(400) });
        all.push(message);
        await putAll(store, [message]);
      }
    }
    const size = all.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
    expect(written).toBeLessThan(3 * size + 4096 * all.length);
    for (const id of people) {
      const expected = all.filter(({ conversation }) => conversation === id);
      expect(await store.messagesBefore(id, { limit: 1000 })).toEqual(expected);
    }
    await store.close();
  });
});
