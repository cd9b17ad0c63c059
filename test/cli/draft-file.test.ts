/** The text of a message on the disk while an editor has it. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDraftFile } from '../../src/cli/draft-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-tui-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is overwritten before it is removed, with what the editor left beside it', () => {
  const draft = makeDraftFile('a secret draft', [join(folder, 'run')]);
  if (draft === null) throw new Error('no draft file');
  const swap = `${draft.path}.swp`;
  writeFileSync(swap, 'a secret swap');
  // Other names for the same files show what is left of them.
  linkSync(draft.path, join(folder, 'draft'));
  linkSync(swap, join(folder, 'swap'));
  draft.remove();
  expect(existsSync(draft.path) || existsSync(swap)).toBe(false);
  expect(readFileSync(join(folder, 'draft'), 'latin1')).toBe('\0'.repeat(14));
  expect(readFileSync(join(folder, 'swap'), 'latin1')).toBe('\0'.repeat(13));
});

it('of a process that was killed is removed at the next use; that of a running one stays', () => {
  const parent = join(folder, 'run');
  const { pid } = spawnSync('true');
  const dead = join(parent, `draft-${pid}-abcdef`);
  const alive = join(parent, `draft-${process.ppid}-abcdef`);
  mkdirSync(parent, { mode: 0o700 });
  for (const left of [dead, alive]) {
    mkdirSync(left);
    writeFileSync(join(left, 'message.txt'), 'left');
  }
  makeDraftFile('new', [parent])?.remove();
  expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
});

it('lies in the first folder that nobody else can enter, or nowhere', () => {
  const open = join(folder, 'open');
  mkdirSync(open);
  chmodSync(open, 0o755);
  expect(makeDraftFile('x', [open])).toBeNull();
  const draft = makeDraftFile('x', [join(folder, 'missing', 'run'), open, join(folder, 'own')]);
  expect(draft?.path.startsWith(join(folder, 'own'))).toBe(true);
  draft?.remove();
});

it('is not read when it is too long or gone', () => {
  const draft = makeDraftFile('four', [join(folder, 'run')]);
  expect(draft?.read(4)).toHaveLength(4);
  expect(draft?.read(3)).toBeNull();
  draft?.remove();
  expect(draft?.read(4)).toBeNull();
});
