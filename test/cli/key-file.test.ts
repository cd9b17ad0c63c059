import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyFileIn, keyFileName, unkept } from '../../src/cli/key-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-tui-keys-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('the file of own keys', () => {
  it('need not be there, nor its folder, and is private once it is written', async () => {
    const data = join(folder, 'new');
    const file = keyFileIn(data);
    expect(await file.read(100)).toBeNull();
    await file.write('{}\n');
    expect(await file.read(100)).toBe('{}\n');
    expect((await stat(join(data, keyFileName))).mode & 0o777).toBe(0o600);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect(await readdir(data)).toEqual([keyFileName]);
  });

  it('is read no further than its bound and a little', async () => {
    await writeFile(join(folder, keyFileName), 'x'.repeat(1000));
    expect((await keyFileIn(folder).read(10))?.length).toBe(41);
  });

  it('stays a link where it is one', async () => {
    const real = join(folder, 'real.json');
    await writeFile(real, '{}');
    await symlink(real, join(folder, keyFileName));
    await keyFileIn(folder).write('{"quit":null}');
    expect(await readFile(real, 'utf8')).toBe('{"quit":null}');
    expect((await lstat(join(folder, keyFileName))).isSymbolicLink()).toBe(true);
  });

  it('is an error where a folder stands in its place', async () => {
    await mkdir(join(folder, keyFileName));
    await expect(keyFileIn(folder).read(10)).rejects.toThrow();
    await expect(keyFileIn(folder).write('{}')).rejects.toThrow();
    expect(await readdir(folder)).toEqual([keyFileName]);
  });

  it('of a demonstration is read, and changes of it are kept nowhere', async () => {
    await writeFile(join(folder, keyFileName), '{"quit":"f8"}');
    const file = unkept(keyFileIn(folder));
    expect(await file.read(100)).toBe('{"quit":"f8"}');
    await file.write('{}');
    expect(await file.read(100)).toBe('{}');
    expect(await readFile(join(folder, keyFileName), 'utf8')).toBe('{"quit":"f8"}');
  });
});
