import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, Running, run, World } from '../support/program.ts';

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
    for (const text of ['first', 'sec\u202eond\n# 😀'])
      expect((await world.run('alice', ['send', bob, text])).code).toBe(0);
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
      done: 3,
      total: 3,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await messages('bob');
    expect(jsonLines(before.stdout)).toHaveLength(3);
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
    expect((await world.run('new', ['conversations'])).stdout).toBe(
      (await world.run('bob', ['conversations'])).stdout,
    );
    const again = await world.run('bob', ['backup', 'export', file]);
    expect([again.code, jsonLines(again.stdout)[0]?.code]).toEqual([2, 'file-exists']);
    const other = await world.run('alice', ['backup', 'import', file]);
    expect([other.code, jsonLines(other.stdout).at(-1)?.code]).toEqual([2, 'other-account']);
  });

  it('leave no profile behind when the password is wrong or missing, or the file is damaged', async () => {
    const own = ['--backup-password-file', join(world.folder, 'other')];
    const wrong = await world.run('none', ['backup', 'import', ...own, file]);
    expect([wrong.code, jsonLines(wrong.stdout).at(-1)?.code]).toEqual([5, 'wrong-password']);
    const global = ['--data-dir', join(world.folder, 'none'), '--network', world.networkFile];
    for (const options of [['--no-password'], own])
      expect((await run(['backup', 'import', file, ...options, ...global])).code).toBe(5);
    const bytes = await readFile(file);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    const damaged = join(world.folder, 'damaged');
    await writeFile(damaged, bytes);
    await writeFile(join(world.folder, 'cut'), bytes.subarray(0, 20_000));
    for (const name of ['damaged', 'cut'])
      expect((await world.run('none', ['backup', 'import', join(world.folder, name)])).code).toBe(6);
    expect((await world.run('none', ['backup', 'import', join(world.folder, 'nothing')])).code).toBe(2);
    expect(await profilesOf('none')).toEqual([]);
  });

  it('have a password of their own, which a profile without one needs', async () => {
    const own = ['--backup-password-file', join(world.folder, 'other')];
    const second = join(world.folder, 'second.backup');
    const global = [
      '--data-dir',
      join(world.folder, 'open'),
      '--network',
      world.networkFile,
      '--no-password',
    ];
    expect((await run(['backup', 'import', ...own, file, ...global])).code).toBe(5);
    const password = ['--backup-password-file', join(world.folder, 'password')];
    expect((await run(['backup', 'import', ...password, file, ...global])).code).toBe(0);
    const profile = global.slice(0, 4);
    expect((await run(['backup', 'export', second, ...profile])).code).toBe(5);
    expect(existsSync(second)).toBe(false);
    expect((await run(['backup', 'export', second, ...own, ...profile])).code).toBe(0);
    expect((await world.run('third', ['backup', 'import', ...own, second])).code).toBe(0);
    expect((await messages('third')).stdout).toBe((await messages('bob')).stdout);
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
