import { describe, expect, it } from 'vitest';
import { delayAfter } from '../../src/store/back-off.ts';
import {
  changePassword,
  createProfile,
  openProfile,
  type PasswordChange,
  removeProfile,
} from '../../src/store/index.ts';
import { raisedKdf } from '../../src/store/kdf-cost.ts';
import type { Platform } from '../../src/util/platform.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { account, putAll, storedMessage, testPlatform, weakKdf } from '../support/stored.ts';

const folder = '/p';
const keysPath = `${folder}/keys.json`;

/** A clock that stands still, and notes what it was asked to wait. */
function standingClock(): { platform: Platform; waits: number[]; advance(ms: number): void } {
  let now = 1_800_000_000_000;
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
    now += ms;
  };
  const clock = { ...testPlatform.clock, now: () => now, sleep };
  return { platform: { ...testPlatform, clock }, waits, advance: (ms) => (now += ms) };
}

async function make(password: string | null): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  const store = await createProfile({
    folder,
    password,
    account,
    platform: testPlatform,
    kdf: weakKdf,
    files,
  });
  await putAll(store, [storedMessage(1)]);
  await store.close();
  return files.kill();
}

function change(
  files: MemoryFiles,
  what: PasswordChange,
  password: string | null,
  next = 'next',
): Promise<void> {
  return changePassword({
    folder,
    change: what,
    password,
    newPassword: async () => next,
    platform: testPlatform,
    kdf: weakKdf,
    files,
  });
}

async function opens(files: MemoryFiles, password: string | null): Promise<boolean> {
  try {
    const store = await openProfile({ folder, password, platform: testPlatform, files });
    expect(store.damage).toEqual([]);
    expect(await store.message(storedMessage(1).id)).toEqual(storedMessage(1));
    await store.close();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(wrong-password|password-needed)$/) });
    return false;
  }
}

describe('the password', () => {
  it('is set, changed and removed, and nothing but keys.json is written', async () => {
    const files = await make(null);
    const others = (): [string, Uint8Array][] =>
      [...files.dump()].filter(([path]) => /\/[0-9a-f]{32}$/.test(path)).sort();
    const before = others();
    await change(files, 'set', null, 'first');
    expect([await opens(files, null), await opens(files, 'first')]).toEqual([false, true]);
    await change(files, 'change', 'first', 'second');
    expect([await opens(files, 'first'), await opens(files, 'second')]).toEqual([false, true]);
    await change(files, 'remove', 'second');
    expect(await opens(files, null)).toBe(true);
    expect(others()).toEqual(before);
    expect([...files.dump().keys()].filter((path) => path.includes('.tmp'))).toEqual([]);
  });

  it('is changed only with the old one, and only where the change fits', async () => {
    const files = await make('old');
    const before = files.dump().get(keysPath);
    await expect(change(files, 'change', 'wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(change(files, 'remove', 'wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(change(files, 'change', null)).rejects.toMatchObject({ code: 'password-needed' });
    await expect(change(files, 'set', null)).rejects.toMatchObject({ code: 'has-password' });
    const open = await make(null);
    await expect(change(open, 'change', null)).rejects.toMatchObject({ code: 'no-password' });
    await expect(change(open, 'remove', null)).rejects.toMatchObject({ code: 'no-password' });
    expect(files.dump().get(keysPath)).toEqual(before);
  });

  it('can’t be changed while a process holds the profile', async () => {
    const files = await make('old');
    const store = await openProfile({ folder, password: 'old', platform: testPlatform, files });
    await expect(change(files, 'change', 'old')).rejects.toMatchObject({ code: 'locked' });
    await store.close();
    await change(files, 'change', 'old');
    expect(await opens(files, 'next')).toBe(true);
  });

  it('is the old or the new one after a crash, power cut or failure at any change to the disk', async () => {
    const counting = await make('old');
    const first = counting.changes;
    await change(counting, 'change', 'old');
    const total = counting.changes - first;
    expect(total).toBeGreaterThan(7);
    for (let at = 0; at < total; at++) {
      for (const kind of ['crash', 'ENOSPC', 'EIO'] as const) {
        const files = await make('old');
        const n = files.changes + at;
        files.fault = kind === 'crash' ? { kind, at: n } : { kind: 'error', at: n, errno: kind };
        const failed = await change(files, 'change', 'old').then(
          () => null,
          (error: unknown) => error,
        );
        for (const disk of [
          files.kill(),
          files.cutPower('none', 'none'),
          files.cutPower('all', 'none'),
          files.cutPower('last', 'zeros'),
        ]) {
          const [old, next] = [await opens(disk, 'old'), await opens(disk, 'next')];
          expect([old, next].filter(Boolean), `${kind} at ${at}`).toHaveLength(1);
          // Whoever was told that it worked has the new one.
          if (failed === null) expect(next, `${kind} at ${at}`).toBe(true);
        }
      }
    }
  });

  it('leaves no readable data key on the disk once it is set', async () => {
    const files = await make(null);
    const text = Buffer.from(files.dump().get(keysPath) ?? []).toString();
    const { dataKey } = JSON.parse(text);
    const overwritten: string[] = [];
    const openAppend = files.openAppend.bind(files);
    files.openAppend = async (path) => {
      const file = await openAppend(path);
      return {
        ...file,
        append: async (data, offset) => {
          overwritten.push(`${path} ${offset} ${data.length}`);
          await file.append(data, offset);
        },
      };
    };
    await change(files, 'set', null, 'first');
    for (const data of files.dump().values()) expect(Buffer.from(data).includes(dataKey)).toBe(false);
    expect(overwritten).toEqual([`${keysPath} 0 ${text.length}`]);
  });
});

describe('removing a profile', () => {
  it('destroys the keys before anything else, whenever it is cut short', async () => {
    const counting = await make('old');
    const first = counting.changes;
    await removeProfile(folder, { files: counting });
    const total = counting.changes - first;
    expect([...counting.dump().keys()]).toEqual([]);
    let cutShort = 0;
    for (let at = 0; at < total; at++) {
      const files = await make('old');
      const before = files.dump();
      files.fault = { kind: 'crash', at: files.changes + at };
      await removeProfile(folder, { files }).catch(() => undefined);
      for (const disk of [files.kill(), files.cutPower('none', 'none'), files.cutPower('all', 'none')]) {
        const after = disk.dump();
        const complete = [...before.keys()].every((path) => path.includes('/lock') || after.has(path));
        if (complete) continue;
        cutShort += 1;
        const keys = Buffer.from(before.get(keysPath) ?? []);
        for (const data of after.values())
          expect(Buffer.from(data).includes(keys.subarray(0, 64))).toBe(false);
      }
    }
    expect(cutShort).toBeGreaterThan(5);
  });

  it('overwrites the keys where they lie', async () => {
    const files = await make('old');
    files.log.length = 0;
    await removeProfile(folder, { files });
    expect(files.log.slice(0, 5)).toEqual(['renameNow', 'append', 'fdatasync', 'remove', 'syncFolder']);
  });
});

describe('the cost of a password', () => {
  it('is raised to about a quarter of a second where it was far less, within bounds, and never lowered', () => {
    const least = { memoryKib: 65_536, passes: 2 };
    expect(raisedKdf(least, 240)).toBe(least);
    expect(raisedKdf(least, 2000)).toBe(least);
    expect(raisedKdf(least, 130)).toBe(least);
    expect(raisedKdf(least, 60)).toEqual({ memoryKib: 262_144, passes: 2 });
    expect(raisedKdf(least, 20)).toEqual({ memoryKib: 262_144, passes: 6 });
    expect(raisedKdf(least, 0)).toEqual({ memoryKib: 262_144, passes: 8 });
    expect(raisedKdf({ memoryKib: 1_048_576, passes: 12 }, 1)).toEqual({ memoryKib: 1_048_576, passes: 12 });
  });

  it('is raised when the profile is opened, and the same password still opens it', async () => {
    const files = new MemoryFiles();
    const platform = (tookMs: number): Platform => {
      let time = 0;
      const clock = { ...testPlatform.clock, monotonic: () => (time += tookMs) };
      return { ...testPlatform, clock };
    };
    const password = 'secret';
    const store = await createProfile({ folder, password, account, platform: testPlatform, files });
    await store.close();
    const cost = (): { memoryKib: number; passes: number } =>
      JSON.parse(Buffer.from(files.dump().get(keysPath) ?? []).toString()).kdf;
    const slow = await openProfile({ folder, password, platform: platform(300), files });
    await slow.close();
    expect(cost()).toMatchObject({ memoryKib: 65_536, passes: 2 });
    const quick = await openProfile({ folder, password, platform: platform(110), files });
    await quick.close();
    expect(cost()).toMatchObject({ memoryKib: 131_072, passes: 2 });
    const again = await openProfile({ folder, password, platform: platform(300), files });
    await again.close();
  });
});

describe('a wrong password that was typed', () => {
  it('makes the next try wait longer each time, never more than 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 999].map(delayAfter)).toEqual([
      0, 0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('is counted across processes, in the name of an empty file, and forgotten by the right one', async () => {
    let files = await make('right');
    const { platform, waits, advance } = standingClock();
    const attempt = (password: string, typed: object | null = {}) =>
      openProfile({ folder, password, platform, files, ...(typed ? { typed } : {}) });
    for (let n = 0; n < 5; n++) {
      await expect(attempt('wrong')).rejects.toMatchObject({ code: 'wrong-password' });
      files = files.kill();
    }
    expect(waits).toEqual([1000, 2000]);
    const names = [...files.dump()].filter(([path]) => path.includes('tries'));
    expect(names.map(([path, data]) => [path, data.length])).toEqual([
      [expect.stringMatching(/^\/p\/tries-5-\d+$/), 0],
    ]);
    // Time that has passed counts, and a clock set back does not make it longer.
    advance(3500);
    await expect(attempt('wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    expect(waits).toEqual([1000, 2000, 500]);
    advance(-1_000_000_000);
    // A script has to wait for nothing, and a typed one for a bounded time.
    await expect(attempt('wrong', null)).rejects.toMatchObject({ code: 'wrong-password' });
    expect(waits).toHaveLength(3);
    const store = await attempt('right');
    expect(waits.slice(3)).toEqual([8000]);
    await store.close();
    expect([...files.dump().keys()].some((path) => path.includes('tries'))).toBe(false);
  });
});
