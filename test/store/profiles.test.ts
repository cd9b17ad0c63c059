import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NotFoundError, UsageError } from '../../src/errors.ts';
import {
  createProfile,
  listProfiles,
  openProfile,
  profileState,
  removeProfile,
} from '../../src/store/index.ts';
import {
  account,
  alice,
  bob,
  putAll,
  storedConversation,
  storedMessage,
  temporaryFolder,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

const platform = testPlatform;
const create = (folder: string, password: string | null = 'secret') =>
  createProfile({ folder, password, account, platform, kdf: weakKdf });

describe('a profile folder', () => {
  it('is 0700 with files of 0600, whatever was there before', async () => {
    const folder = join(temporaryFolder(), 'data', 'p');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    const store = await create(folder);
    await putAll(store, [storedMessage(1)]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const check = (): void => {
      for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    };
    check();
    await store.close();
    check();
  });

  it('shows no text, name, ID, key or file name that tells of anybody', async () => {
    const folder = join(temporaryFolder(), 'p');
    const store = await create(folder);
    const message = storedMessage(1, { body: 'a very private remark', hash: 'abcdefHASH' });
    await store.transact((tx) => {
      tx.putMessage(message);
      tx.put(
        'conversations',
        bob,
        storedConversation(bob, { preview: 'a very private remark', draft: 'unsent' }),
      );
      tx.put('settings', 'theme', 'solarized');
      tx.put('network', 'node', { ip: '203.0.113.77' });
    });
    const secrets = [
      message.id,
      message.body,
      bob,
      alice,
      account.name,
      account.seedHex,
      'abcdefHASH',
      'unsent',
      'conversations',
      'solarized',
      '203.0.113.77',
      Buffer.from(bob, 'hex').toString('latin1'),
      Buffer.from(account.seedHex, 'hex').toString('latin1'),
    ];
    const check = (): void => {
      for (const name of readdirSync(folder)) {
        const content = readFileSync(join(folder, name)).toString('latin1');
        for (const secret of secrets) expect(content.includes(secret) || name.includes(secret)).toBe(false);
        expect(name).toMatch(/^([0-9a-f]{32}|keys\.json|lock|lock-[0-9a-z.]+-[0-9a-f]{16})$/);
        if (name.startsWith('lock')) expect(content).toBe('');
      }
    };
    check();
    await store.close();
    check();
  });

  it('has files of a few sizes only: one more word does not show', async () => {
    const sizes = async (body: string): Promise<number[]> => {
      const folder = join(temporaryFolder(), 'p');
      const limits = { closeBytes: 0 };
      const store = await createProfile({ folder, password: null, account, platform, limits });
      await putAll(store, [storedMessage(1, { body })]);
      await store.close();
      const sealed = readdirSync(folder).filter((name) => name.length === 32);
      return sealed.map((name) => statSync(join(folder, name)).size).sort((a, b) => a - b);
    };
    expect(await sizes('no')).toEqual(await sizes('yes, and quite a lot more to say about that'));
    for (const size of await sizes('x')) expect([528, 4096]).toContain(size);
  });

  it('is never made twice', async () => {
    const folder = join(temporaryFolder(), 'p');
    const store = await create(folder);
    await expect(create(folder)).rejects.toBeInstanceOf(UsageError);
    await store.close();
    const keys = readFileSync(join(folder, 'keys.json'));
    await expect(create(folder, null)).rejects.toMatchObject({ code: 'account-exists' });
    expect(readFileSync(join(folder, 'keys.json'))).toEqual(keys);
  });

  it('is opened once at a time, in one process too', async () => {
    const folder = join(temporaryFolder(), 'p');
    const store = await create(folder, null);
    await expect(openProfile({ folder, password: null, platform })).rejects.toMatchObject({ code: 'locked' });
    await expect(removeProfile(folder)).rejects.toMatchObject({ code: 'locked' });
    await store.close();
    await store.close();
    await (await openProfile({ folder, password: null, platform })).close();
  });

  it('says in the order of the contract what is wrong: account, lock, password', async () => {
    const data = temporaryFolder();
    const folder = join(data, 'p');
    await expect(openProfile({ folder, password: 'x', platform })).rejects.toBeInstanceOf(NotFoundError);
    expect(readdirSync(data)).toEqual([]);
    const store = await create(folder);
    await expect(openProfile({ folder, password: 'wrong', platform })).rejects.toMatchObject({
      code: 'locked',
    });
    await store.close();
    await expect(openProfile({ folder, password: null, platform })).rejects.toMatchObject({
      code: 'password-needed',
    });
    await expect(openProfile({ folder, password: 'wrong', platform })).rejects.toMatchObject({
      code: 'wrong-password',
    });
    await expect(openProfile({ folder, password: 'se\u0301cret', platform })).rejects.toMatchObject({
      code: 'wrong-password',
    });
    await (await openProfile({ folder, password: 'secret', platform })).close();
  });

  it('without a password says so, and opens with whatever password is given', async () => {
    const folder = join(temporaryFolder(), 'p');
    const store = await create(folder, null);
    expect(store.unprotected).toBe(true);
    await store.close();
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toContain('whoever reads this file');
    const again = await openProfile({ folder, password: 'unneeded', platform });
    expect(again.unprotected).toBe(true);
    await again.close();
  });

  it('is listed by name and told by state', async () => {
    const data = temporaryFolder();
    await (await create(join(data, 'work'))).close();
    await (await create(join(data, 'default'), null)).close();
    mkdirSync(join(data, 'empty'));
    writeFileSync(join(data, 'file'), '');
    expect(await listProfiles(data)).toEqual(['default', 'work']);
    expect(await listProfiles(join(data, 'nowhere'))).toEqual([]);
    expect(await profileState(join(data, 'work'))).toBe('password');
    expect(await profileState(join(data, 'default'))).toBe('no-password');
    expect(await profileState(join(data, 'empty'))).toBe('none');
    writeFileSync(join(data, 'work', 'keys.json'), '{"check":1}');
    await expect(profileState(join(data, 'work'))).rejects.toMatchObject({ code: 'damaged' });
  });

  it('is removed with everything of its own, and nothing else', async () => {
    const data = temporaryFolder();
    const folder = join(data, 'p');
    const store = await create(folder);
    await putAll(store, [storedMessage(1)]);
    await store.close();
    await removeProfile(folder);
    expect(readdirSync(data)).toEqual([]);
    await expect(removeProfile(folder)).rejects.toMatchObject({ code: 'no-account' });

    await (await create(folder)).close();
    writeFileSync(join(folder, 'mine.txt'), 'keep');
    await removeProfile(folder);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
    await (await create(folder)).close();
  });

  it('takes the usual password cost when none is chosen', async () => {
    const folder = join(temporaryFolder(), 'p');
    const store = await createProfile({ folder, password: 'x', account, platform });
    await store.close();
    const { kdf } = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
    expect(kdf).toMatchObject({ name: 'argon2id', memoryKib: 65_536, passes: 2 });
  });
});
