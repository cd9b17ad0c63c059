import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSaver } from '../../src/cli/file-saver.ts';

let folder = '';
const inFolder = (name: string) => join(folder, name);
const saver = () => fileSaver({ HOME: inFolder('home') }, folder);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saver-'));
  await mkdir(inFolder('home'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a text that is saved', () => {
  it('is a new file for its owner alone, byte for byte, in the folder it was started in', async () => {
    const path = await saver().save('note.txt', 'zwei\n␛ \u202e\n');
    expect(path).toBe(inFolder('note.txt'));
    expect(await readFile(path, 'utf8')).toBe('zwei\n␛ \u202e\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['home', 'note.txt']);
  });

  it('goes to the person’s own folder with ~/', async () => {
    expect(await saver().save(' ~/note.txt ', 'x\n')).toBe(inFolder('home/note.txt'));
    expect(await readFile(inFolder('home/note.txt'), 'utf8')).toBe('x\n');
  });

  it.each(['file', 'link', 'home'])('never takes the place of what is there: %s', async (name) => {
    await writeFile(inFolder('file'), 'before');
    await symlink(inFolder('nowhere'), inFolder('link'));
    await expect(saver().save(name, 'after')).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(inFolder('file'), 'utf8')).toBe('before');
    await expect(stat(inFolder('nowhere'))).rejects.toThrow();
  });

  it.each([
    ['none/note.txt', 'There is no folder'],
    ['file/note.txt', 'is no folder'],
    [`${'n'.repeat(300)}`, 'That name is too long'],
    ['home/', 'is a folder'],
    ['  ', 'Say which file'],
  ])('says in words why there is none: %s', async (name, words) => {
    await writeFile(inFolder('file'), '');
    await expect(saver().save(name, 'x')).rejects.toThrow(words);
    expect((await readdir(folder)).sort()).toEqual(['file', 'home']);
  });

  it.skipIf(process.getuid?.() === 0)('says that one may not write there', async () => {
    await mkdir(inFolder('closed'), { mode: 0o500 });
    await expect(saver().save('closed/note.txt', 'x')).rejects.toThrow('You have no permission to write in');
  });
});
