/** Files that a command makes: whole or not at all, 0600, and never in the place of another one. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, SessionTuiError, UsageError } from '../errors.ts';
import { utf8Encode } from '../util/bytes.ts';

/** Text is gathered up to this much before it is written. */
const bufferedCharacters = 65_536;

/** UsageError `file-exists` (nothing is ever overwritten), or `usage` for no name at all. */
export async function checkNewFile(path: string): Promise<void> {
  if (path === '') throw new UsageError('usage', 'Say which file is to be written.');
  const existing = await lstat(path).catch(() => null);
  if (existing === null) return;
  throw new UsageError('file-exists', `${path} exists already. Nothing was written; name another file.`);
}

/** A file under a temporary name beside its own until `finish`. */
export class NewFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #atExit: () => void;
  #text = '';

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
    this.#atExit = () => rmSync(temporary, { force: true });
    process.on('exit', this.#atExit);
  }

  /** UsageError `file-exists`, or `output-file` where no file can be made. */
  static async create(path: string): Promise<NewFile> {
    await checkNewFile(path);
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      return new NewFile(path, temporary, await open(temporary, 'wx', 0o600));
    } catch (error) {
      throw new UsageError('output-file', `${path} can't be made: ${messageOf(error)}.`, { cause: error });
    }
  }

  /** SessionTuiError `output-failed`. */
  async write(data: string | Uint8Array): Promise<void> {
    if (typeof data === 'string') {
      this.#text += data;
      if (this.#text.length >= bufferedCharacters) await this.#flush();
      return;
    }
    await this.#flush();
    await this.#put(data);
  }

  /** Waits until the disk has all of it, and gives it its name. */
  async finish(): Promise<void> {
    await this.#flush();
    try {
      await this.#file.sync();
      await this.#file.close();
      await checkNewFile(this.#path);
      await rename(this.#temporary, this.#path);
      syncFolder(dirname(this.#path));
    } catch (error) {
      throw error instanceof UsageError ? error : this.#failed(error);
    }
    process.off('exit', this.#atExit);
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
    process.off('exit', this.#atExit);
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await this.#put(utf8Encode(text));
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.writeFile(bytes);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): SessionTuiError {
    return new SessionTuiError(
      'output-failed',
      `${this.#path} can't be written: ${messageOf(error)}. Nothing was kept.`,
      { cause: error },
    );
  }
}

/** Makes the file, lets `fill` write it, and keeps it only if all went well. */
export async function writeNewFile(path: string, fill: (file: NewFile) => Promise<void>): Promise<void> {
  const file = await NewFile.create(path);
  try {
    await fill(file);
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function syncFolder(folder: string): void {
  // Windows can't open a folder for this; NTFS journals its entries itself.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
