/**
 * The only file of the store that touches the disk: a narrow set of operations, each durable or harmless, so that
 * tests can put a disk behind the store that fails, fills up or loses power at any of them.
 *
 * Reads and renames of locks and damaged files are synchronous on purpose: a shard is read in about a millisecond,
 * and a read that can't be interleaved with a fold needs no locking. Everything that waits for the disk is not.
 */
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { messageOf, StoreError } from '../errors.ts';

/** A file that only grows, or is cut back to an earlier length. */
export interface AppendFile {
  /** Writes all of `data` at `offset` (the end so far) and waits until the disk has it (fdatasync). */
  append(data: Uint8Array, offset: number): Promise<void>;
  /** Cuts the file to `length` bytes and waits until the disk has that. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  /** Whole content, or null if there is no such file. Throws above `maxBytes` and on any other trouble. */
  read(path: string, maxBytes: number): Uint8Array | null;
  /** Names in a folder, or null if there is no such folder. */
  list(folder: string): string[] | null;
  /** Makes the folder and its parents, or tightens an existing one; its mode is 0700 afterwards. */
  makeFolder(folder: string): void;
  /** Removes an empty folder; leaves one that is not. */
  removeFolder(folder: string): void;

  /** Makes an empty file (0600) if nothing of that name exists; tells whether it did. */
  createEmpty(path: string): boolean;
  /** Renames, replacing what is at `to`; false if there is nothing at `from`. Atomic: of two at once, one gets true. */
  renameNow(from: string, to: string): boolean;
  /** Copies durably to a name that does not exist yet. */
  copyNow(from: string, to: string): void;
  /** Removes; no error if there is nothing. */
  removeNow(path: string): void;

  /** Writes a new file (0600; an old one of that name is emptied first) and waits until the disk has it (fsync). */
  write(path: string, data: Uint8Array): Promise<void>;
  /** Like `renameNow`, without blocking; throws if there is nothing at `from`. Durable after `syncFolder`. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Waits until the disk has the folder's entries. */
  syncFolder(folder: string): Promise<void>;
  /** Opens an existing file for appending. */
  openAppend(path: string): Promise<AppendFile>;

  /** A word of [a-z0-9.] that names this process among all that ever ran on this machine. */
  thisProcess(): string;
  /** Whether the process of that word still runs. */
  isRunning(process: string): boolean;
}

const open = promisify(fs.open);
const close = promisify(fs.close);
const write = promisify(fs.write);
const fsync = promisify(fs.fsync);
const fdatasync = promisify(fs.fdatasync);
const ftruncate = promisify(fs.ftruncate);

/** On Linux a write that is its own fdatasync saves a trip to another thread; elsewhere the flag promises less. */
const syncEachWrite = process.platform === 'linux' ? fs.constants.O_DSYNC : 0;

/** The real disk. */
export const nodeFiles: Files = {
  read(path, maxBytes) {
    let fd: number;
    try {
      fd = fs.openSync(path, fs.constants.O_RDONLY);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      const { size } = fs.fstatSync(fd);
      if (size > maxBytes) throw new RangeError(`the file is larger than ${maxBytes} bytes`);
      const out = new Uint8Array(size);
      let at = 0;
      while (at < size) {
        const count = fs.readSync(fd, out, at, size - at, at);
        if (count === 0) break;
        at += count;
      }
      return at === size ? out : out.subarray(0, at);
    } finally {
      fs.closeSync(fd);
    }
  },

  list(folder) {
    try {
      return fs.readdirSync(folder);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
      throw error;
    }
  },

  makeFolder(folder) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.chmodSync(folder, 0o700);
  },

  removeFolder(folder) {
    try {
      fs.rmdirSync(folder);
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errnoOf(error))) throw error;
    }
  },

  createEmpty(path) {
    try {
      fs.closeSync(fs.openSync(path, 'wx', 0o600));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  },

  renameNow(from, to) {
    try {
      fs.renameSync(from, to);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  },

  copyNow(from, to) {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
    const fd = fs.openSync(to, 'r+');
    try {
      fs.fchmodSync(fd, 0o600);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },

  removeNow(path) {
    fs.rmSync(path, { force: true });
  },

  async write(path, data) {
    const fd = await open(path, 'w', 0o600);
    try {
      await writeAll(fd, data, 0);
      await fsync(fd);
    } finally {
      await close(fd);
    }
  },

  rename: (from, to) => fs.promises.rename(from, to),
  remove: (path) => fs.promises.rm(path, { force: true }),

  async syncFolder(folder) {
    // Windows can't open a folder for this; NTFS journals its entries itself.
    if (process.platform === 'win32') return;
    const fd = await open(folder, 'r');
    try {
      await fsync(fd);
    } finally {
      await close(fd);
    }
  },

  async openAppend(path) {
    // A bare descriptor, not a FileHandle: one that is dropped without `close` must not print warnings.
    const fd = await open(path, fs.constants.O_RDWR | syncEachWrite);
    return {
      async append(data, offset) {
        await writeAll(fd, data, offset);
        if (syncEachWrite === 0) await fdatasync(fd);
      },
      async truncate(length) {
        await ftruncate(fd, length);
        await fsync(fd);
      },
      close: () => close(fd),
    };
  },

  thisProcess() {
    return `${process.pid}.${startOf(process.pid) ?? '0'}.${bootWord()}`;
  },

  isRunning(word) {
    const match = /^([1-9]\d{0,9})\.(\d{1,20})\.([0-9a-f]{1,16})$/.exec(word);
    if (!match) return false;
    const [, pid = '', start = '', boot = ''] = match;
    if (boot !== bootWord()) return false;
    const startNow = startOf(Number(pid));
    // Where the system tells start times, a process number that was given out again is not the holder.
    if (startNow !== null) return startNow === start;
    try {
      process.kill(Number(pid), 0);
      return true;
    } catch (error) {
      return errnoOf(error) === 'EPERM';
    }
  },
};

async function writeAll(fd: number, data: Uint8Array, offset: number): Promise<void> {
  let at = 0;
  while (at < data.length) {
    const { bytesWritten } = await write(fd, data, at, data.length - at, offset + at);
    at += bytesWritten;
  }
}

/** Start time of a process in ticks since boot (Linux), `dead` for a zombie, null where that can't be learnt. */
function startOf(pid: number): string | null {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the program's name in parentheses and may hold anything; fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  // A killed process that nobody waited for yet holds nothing any more.
  if (state === 'Z' || state === 'X') return 'dead';
  return fields[19] ?? null;
}

/** A word that changes with each start of the machine, where the system tells. */
function bootWord(): string {
  try {
    return (
      fs
        .readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
        .replace(/[^0-9a-f]/g, '')
        .slice(0, 12) || '0'
    );
  } catch {
    return '0';
  }
}

export function errnoOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** What a failed write is to the rest of the program. */
export function writeFailed(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const errno = errnoOf(error);
  const full = errno === 'ENOSPC' || errno === 'EDQUOT';
  return new StoreError(
    'write-failed',
    full
      ? 'The disk is full: nothing was changed. Free some space and try again.'
      : `The profile could not be written (${errno || messageOf(error)}): nothing was changed.`,
    { cause: error, fields: { errno } },
  );
}
