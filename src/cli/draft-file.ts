/**
 * A draft on the disk while an editor has it: a 0600 file in a 0700 folder of its own, in a folder of this user for
 * the time of a login (in memory, on most systems). Overwritten and removed afterwards, with whatever the editor left
 * beside it; also when the process exits meanwhile, and what a killed one left at the next use.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export type DraftFile = Readonly<{
  path: string;
  /** what stands there now; null if it is gone, no file, or longer than `maxBytes` */
  read(maxBytes: number): Uint8Array | null;
  remove(): void;
}>;

const prefix = 'draft-';

/** In the first folder that is, or can be made, this user's alone; null if none is. */
export function makeDraftFile(text: string, runtimeDirs: readonly string[]): DraftFile | null {
  for (const parent of runtimeDirs) {
    try {
      mkdirSync(parent, { mode: 0o700 });
    } catch {
      // It is there already, or can't be made: the check tells.
    }
    if (!isPrivate(parent)) continue;
    removeLeft(parent);
    try {
      return draftIn(mkdtempSync(join(parent, `${prefix}${process.pid}-`)), text);
    } catch {
      // A full or read-only file system: perhaps the next one.
    }
  }
  return null;
}

function draftIn(folder: string, text: string): DraftFile {
  const path = join(folder, 'message.txt');
  const remove = (): void => {
    wipeFolder(folder);
    process.off('exit', remove);
  };
  process.on('exit', remove);
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    path,
    read(maxBytes) {
      try {
        const { size } = lstatSync(path);
        return lstatSync(path).isFile() && size <= maxBytes ? readFileSync(path) : null;
      } catch {
        return null;
      }
    },
    remove,
  };
}

/** What processes left that are no more. */
function removeLeft(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(/^draft-([1-9]\d{0,9})-/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isRunning(pid)) wipeFolder(join(parent, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/** Swap files and backups of an editor included. What can't be overwritten is removed all the same. */
function wipeFolder(folder: string): void {
  try {
    for (const name of readdirSync(folder)) overwrite(join(folder, name));
  } catch {
    // Gone already.
  }
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // On the way out nobody can be told; the next use tries again.
  }
}

function overwrite(path: string): void {
  try {
    if (!lstatSync(path).isFile()) return;
    const file = openSync(path, 'r+');
    try {
      writeSync(file, new Uint8Array(fstatSync(file).size), 0);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // Not ours to write, or gone.
  }
}

function isPrivate(folder: string): boolean {
  try {
    const status = lstatSync(folder);
    return status.isDirectory() && status.uid === process.getuid?.() && (status.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
