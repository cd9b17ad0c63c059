import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CliOptions, type CliResult, cli } from '../support/cli.ts';
import { FakeMessenger } from '../support/fake-messenger.ts';

let folder: string;
let messenger: FakeMessenger;
const file = (name: string): string => join(folder, name);
const lockPassword = (args: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  cli(messenger, ['lock-password', ...args], options);
const passwordNow = (): string | null | undefined => messenger.profiles.get('default')?.password;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-tui-cli-'));
  await writeFile(file('old'), 'correct horse\nsecond line\n');
  await writeFile(file('new'), 'battery staple\n');
  await writeFile(file('empty'), '\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  messenger = new FakeMessenger();
});

describe('lock-password', () => {
  it('sets, changes and removes with passwords from files, and prints nothing', async () => {
    messenger.has('default', null);
    const quiet = { code: 0, stdout: '', stderr: '' };
    expect(await lockPassword(['set', '--new-password-file', file('old')])).toMatchObject(quiet);
    expect(passwordNow()).toBe('correct horse');
    const change = ['change', '--password-file', file('old'), '--new-password-file', file('new')];
    expect(await lockPassword(change)).toMatchObject(quiet);
    expect(passwordNow()).toBe('battery staple');
    expect(await lockPassword(['remove', '--password-file', file('new')])).toMatchObject(quiet);
    expect(passwordNow()).toBeNull();
  });

  it('takes the old or the new one from standard input, and not both', async () => {
    messenger.has('default', 'correct horse');
    const old = ['change', '--password-file', '-', '--new-password-file', file('new')];
    expect((await lockPassword(old, { stdin: 'correct horse\n' })).code).toBe(0);
    const next = ['change', '--password-file', file('new'), '--new-password-file', '-'];
    expect((await lockPassword(next, { stdin: 'third\n' })).code).toBe(0);
    expect(passwordNow()).toBe('third');
    const both = ['change', '--password-file', '-', '--new-password-file', '-'];
    expect((await lockPassword(both, { stdin: 'third\n' })).code).toBe(2);
  });

  it('changes nothing and says why', async () => {
    messenger.has('default', 'correct horse');
    const withOld = ['--password-file', file('old')];
    const codes = [
      ['set', '--new-password-file', file('new')],
      ['change', ...withOld],
      ['change', ...withOld, '--new-password-file', file('empty')],
      ['change', ...withOld, '--new-password-file', '/nowhere/x'],
      ['change', '--new-password-file', file('new')],
      ['change', '--password-file', file('new'), '--new-password-file', file('new')],
      ['remove'],
      ['remove', ...withOld, '--new-password-file', file('new')],
      ['change', ...withOld, '--new-password-file', file('new'), '--profile', 'nobody'],
    ].map(async (args) => {
      const { code, stdout, stderr } = await lockPassword(args);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^session-tui: [^\n]+\n$/);
      return code;
    });
    expect(await Promise.all(codes)).toEqual([2, 5, 5, 2, 5, 5, 5, 2, 8]);
    messenger.locked = true;
    expect((await lockPassword(['remove', ...withOld])).code).toBe(7);
    expect(passwordNow()).toBe('correct horse');
  });
});
