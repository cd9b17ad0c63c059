import { describe, expect, it } from 'vitest';
import { createProfile, openProfile, type ProfileStore } from '../../src/store/index.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { account, bob, storedMessage, testPlatform, weakKdf } from '../support/stored.ts';

const folder = '/data/profiles/p';
const limits = { journalBytes: 3_000, closeBytes: 0, shard: { messages: 6, bytes: 100_000 } };

function create(files: MemoryFiles): Promise<ProfileStore> {
  return createProfile({
    folder,
    password: null,
    account,
    platform: testPlatform,
    kdf: weakKdf,
    files,
    limits,
  });
}

function open(files: MemoryFiles): Promise<ProfileStore> {
  return openProfile({ folder, password: null, platform: testPlatform, files, limits });
}

/** Everything a reader can see. */
async function stateOf(store: ProfileStore): Promise<string> {
  return JSON.stringify([
    store.get('account', 'account'),
    store.entries('settings'),
    store.countMessages(bob),
    await store.messagesBefore(bob, { limit: 1000 }),
  ]);
}

/** The steps of a small life: new messages, changed ones, deleted ones, several folds. */
const steps = Array.from({ length: 16 }, (_, n) => async (store: ProfileStore): Promise<void> => {
  await store.transact((tx) => {
    tx.put('settings', 'step', n);
    // Frames of all sizes, so that a short one never quite covers what is left of a long one.
    tx.putMessage(storedMessage(n, { body: `step ${n} ${'x'.repeat((n * 997) % 1500)}` }));
    if (n % 3 === 0) tx.putMessage(storedMessage(n >> 1, { body: `changed in step ${n}` }));
    if (n % 5 === 4) tx.deleteMessage(storedMessage(n - 3).id);
  });
});

/** Runs the life on a disk with a fault; gives the state before and after the step at which it ended. */
async function live(files: MemoryFiles): Promise<{ possible: string[]; finished: boolean }> {
  const store = await open(files);
  let before = await stateOf(store);
  for (const step of steps) {
    const reached = steps.indexOf(step);
    try {
      await step(store);
    } catch {
      return { possible: [before, await expected(reached + 1)], finished: false };
    }
    before = await stateOf(store);
    expect(before).toBe(await expected(reached + 1));
  }
  await store.close();
  return { possible: [before], finished: true };
}

const expectedStates: string[] = [];
async function expected(stepsDone: number): Promise<string> {
  if (expectedStates.length === 0) {
    const store = await create(new MemoryFiles());
    expectedStates.push(await stateOf(store));
    for (const step of steps) {
      await step(store);
      expectedStates.push(await stateOf(store));
    }
    await store.close();
  }
  return expectedStates[stepsDone] ?? '';
}

async function freshDisk(): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  await (await create(files)).close();
  return files.kill();
}

async function changesOfALife(): Promise<number> {
  const files = await freshDisk();
  await live(files);
  return files.changes;
}

/** Opens what a crash left, checks it, crashes again at two later moments, and checks that it works on. */
async function checkAfter(files: MemoryFiles, possible: readonly string[], where: string): Promise<void> {
  const store = await open(files);
  expect(store.damage, where).toEqual([]);
  const state = await stateOf(store);
  expect(possible, where).toContain(state);
  const second = await open(files.cutPower('last', 'none'));
  expect(second.damage, where).toEqual([]);
  expect(possible, where).toContain(await stateOf(second));
  await store.transact((tx) => tx.put('settings', 'works', true));
  const third = await open(files.kill());
  expect(third.damage, where).toEqual([]);
  expect(third.get('settings', 'works'), where).toBe(true);
  await third.close();
}

describe('a crash', () => {
  it('at any change to the disk leaves the state before or after, whatever the power cut takes', async () => {
    const total = await changesOfALife();
    expect(total).toBeGreaterThan(100);
    for (let at = 0; at < total; at++) {
      const files = await freshDisk();
      files.fault = { kind: 'crash', at };
      let possible: string[];
      try {
        ({ possible } = await live(files));
      } catch (error) {
        // It died while opening.
        expect(error).not.toMatchObject({ name: 'AssertionError' });
        possible = [await expected(0)];
      }
      const where = `change ${at} (${files.log[at]})`;
      const remains = [
        files.kill(),
        files.cutPower('none', 'none'),
        files.cutPower('all', 'none'),
        files.cutPower('last', 'half'),
        files.cutPower('all', 'zeros'),
      ];
      // One of the five in turn, and all of them where names are at stake: the loop is long enough.
      const all = ['rename', 'syncFolder', 'remove'].includes(files.log[at] ?? '') || at % 7 === 0;
      for (const [i, disk] of remains.entries()) {
        if (all || i === at % 5) await checkAfter(disk, possible, where);
      }
    }
  });

  it('while a profile is made leaves none or a whole one', async () => {
    const counting = new MemoryFiles();
    await (await create(counting)).close();
    for (let at = 0; at < counting.changes; at++) {
      const files = new MemoryFiles();
      files.fault = { kind: 'crash', at };
      await create(files)
        .then((store) => store.close())
        .catch(() => undefined);
      for (const disk of [files.kill(), files.cutPower('none', 'none'), files.cutPower('last', 'zeros')]) {
        const store = await open(disk).catch(() => create(disk));
        expect(store.get('account', 'account')).toEqual(account);
        expect(store.damage).toEqual([]);
        await store.close();
      }
    }
  });
});

describe('a disk that refuses a change', () => {
  it('at any point: the transaction fails whole or succeeds whole, and the next ones work', async () => {
    const total = await changesOfALife();
    for (let at = 2; at < total; at++) {
      const errno = at % 2 === 0 ? 'ENOSPC' : 'EIO';
      const files = await freshDisk();
      const store = await open(files);
      files.changes = 2;
      files.fault = { kind: 'error', at, errno, until: at + (at % 4) };
      let refused = 0;
      let checks = 0;
      const where = `change ${at} ${errno}`;
      for (const [n, step] of steps.entries()) {
        const before = await stateOf(store);
        for (let attempt = 0; ; attempt++) {
          try {
            await step(store);
            break;
          } catch (error) {
            refused += 1;
            expect(error, where).toMatchObject({ code: 'write-failed', fields: { errno } });
            expect(await stateOf(store), where).toBe(before);
            expect(attempt, where).toBeLessThan(10);
          }
        }
        expect(await stateOf(store), where).toBe(await expected(n + 1));
        // A crash soon after the trouble finds what was acknowledged.
        if (files.changes <= at || checks++ > 1) continue;
        for (const disk of [files.kill(), files.cutPower(n % 2 === 0 ? 'none' : 'last', 'none')]) {
          const after = await open(disk);
          expect(after.damage, where).toEqual([]);
          expect(await stateOf(after), where).toBe(await expected(n + 1));
        }
      }
      expect(refused).toBeLessThan(8);
      // What was acknowledged is there after a power cut at once, and after a proper close.
      const cut = await open(files.cutPower(at % 2 === 0 ? 'all' : 'none', at % 3 === 0 ? 'zeros' : 'none'));
      expect(cut.damage, where).toEqual([]);
      expect(await stateOf(cut), where).toBe(await expected(steps.length));
      await cut.close();
      await store.close();
      const again = await open(files.kill());
      expect(again.damage, where).toEqual([]);
      expect(await stateOf(again), where).toBe(await expected(steps.length));
      await again.close();
    }
  });

  it('for good: the profile closes, frees its lock, and nothing acknowledged is lost', async () => {
    const files = await freshDisk();
    const store = await open(files);
    await steps[0]?.(store);
    files.fault = { kind: 'error', at: files.changes, errno: 'ENOSPC', until: Number.POSITIVE_INFINITY };
    await expect(steps[1]?.(store)).rejects.toMatchObject({ code: 'write-failed' });
    await store.close().catch(() => undefined);
    const again = await open(files.kill());
    expect(await stateOf(again)).toBe(await expected(1));
    await again.close();
  });
});
