import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, jsonLines, Running, run, World } from '../support/program.ts';

describe('backups by the built program', () => {
  let world: World;
  let alice: string;
  let bob: string;
  let file: string;
  const messages = (person: string) => world.run(person, ['messages', alice]);
  const profilesOf = async (person: string): Promise<string[]> => {
    const folder = join(world.folder, person, 'profiles');
    return existsSync(folder) ? readdir(folder) : [];
  };

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
    file = join(world.folder, 'bob.backup');
    await writeFile(join(world.folder, 'other'), 'another one\n');
    expect((await world.run('alice', ['send', bob, 'fir\u202est\n# 😀'])).code).toBe(0);
    expect((await world.run('bob', ['receive'])).code).toBe(0);
    expect((await world.run('bob', ['send', alice, 'answer'])).code).toBe(0);
  });
  afterAll(() => world.end());

  it('are the same messages in an empty data folder, byte for byte, and importing twice changes nothing', async () => {
    const exported = await world.run('bob', ['backup', 'export', file]);
    expect(exported.code, exported.stderr).toBe(0);
    expect(jsonLines(exported.stdout).at(-1)).toEqual({
      event: 'progress',
      task: 'export',
      done: 2,
      total: 2,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await messages('bob');
    expect(jsonLines(before.stdout)).toHaveLength(2);
    for (let time = 0; time < 2; time++) {
      const imported = await world.run('new', ['backup', 'import', file]);
      expect(imported.code, imported.stderr).toBe(0);
      expect(jsonLines(imported.stdout).at(-1)).toMatchObject({
        event: 'account',
        accountId: bob,
        name: 'bob',
      });
      expect(await messages('new')).toEqual(before);
    }
    const other = await world.run('alice', ['backup', 'import', file]);
    expect([other.code, jsonLines(other.stdout).at(-1)?.code]).toEqual([2, 'other-account']);
  });

  it('leave no profile behind when the password is wrong or missing, or the file is damaged', async () => {
    const own = ['--backup-password-file', join(world.folder, 'other')];
    const global = ['--data-dir', join(world.folder, 'none'), '--network', world.networkFile];
    const bytes = await readFile(file);
    await writeFile(join(world.folder, 'cut'), bytes.subarray(0, 20_000));
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    await writeFile(join(world.folder, 'damaged'), bytes);
    const tries: readonly [string, Promise<Finished>][] = [
      ['5 wrong-password', world.run('none', ['backup', 'import', ...own, file])],
      ['5 password-needed', run(['backup', 'import', file, '--json', '--no-password', ...global])],
      ['5 password-needed', run(['backup', 'import', file, '--json', ...own, ...global])],
      ['6 damaged', world.run('none', ['backup', 'import', join(world.folder, 'damaged')])],
      ['6 damaged', world.run('none', ['backup', 'import', join(world.folder, 'cut')])],
      ['2 backup-file', world.run('none', ['backup', 'import', join(world.folder, 'nothing')])],
    ];
    for (const [expected, done] of tries) {
      const { code, stdout } = await done;
      expect(`${code} ${jsonLines(stdout).at(-1)?.code}`).toBe(expected);
    }
    expect(await profilesOf('none')).toEqual([]);
  });

  it('need a password of their own where the profile has none', async () => {
    const second = join(world.folder, 'second.backup');
    const global = ['--data-dir', join(world.folder, 'open'), '--network', world.networkFile];
    const own = ['--backup-password-file', join(world.folder, 'password')];
    expect((await run(['backup', 'import', ...own, file, ...global, '--no-password'])).code).toBe(0);
    expect((await run(['backup', 'export', second, ...global])).code).toBe(5);
    expect(existsSync(second)).toBe(false);
    expect((await run(['backup', 'export', second, ...own, ...global])).code).toBe(0);
    const taken = await run(['backup', 'export', second, '--json', ...own, ...global]);
    expect([taken.code, jsonLines(taken.stdout)[0]?.code]).toEqual([2, 'file-exists']);
  });

  it('are written beside a process that holds the profile, with its password, and imported alone only', async () => {
    const follow = new Running(world.as('bob', 'receive', '--follow'));
    expect((await world.run('alice', ['send', bob, 'meanwhile'])).code).toBe(0);
    await follow.waitFor((line) => line.body === 'meanwhile');
    const served = join(world.folder, 'served.backup');
    const global = ['--data-dir', join(world.folder, 'bob'), '--network', world.networkFile];
    const own = ['--backup-password-file', join(world.folder, 'other')];
    expect((await run(['backup', 'export', served, ...own, ...global])).code).toBe(5);
    const exported = await world.run('bob', ['backup', 'export', served, ...own]);
    expect(exported.code, exported.stderr).toBe(0);
    expect((await world.run('bob', ['backup', 'import', served, ...own])).code).toBe(7);
    const chat = join(world.folder, 'chat.jsonl');
    expect((await world.run('bob', ['messages', alice, '--export', chat])).code).toBe(0);
    expect((await follow.stop('SIGINT')).code).toBe(130);
    expect((await world.run('fourth', ['backup', 'import', served, ...own])).code).toBe(0);
    const { stdout } = await messages('fourth');
    expect(stdout).toBe((await messages('bob')).stdout);
    expect(stdout).toContain('meanwhile');
    expect(await readFile(chat, 'utf8')).toBe(stdout);
  });
});
