/** The file `keys.json` on the disk: found, read, and replaced so that a crash leaves the old one or the new one. */
import { join } from 'node:path';
import { messageOf, NotFoundError, StoreError } from '../errors.ts';
import { errnoOf, type Files, writeFailed } from './files.ts';
import { decodeKeysFile, encodeKeysFile, type KeysFile, keysFileName } from './vault.ts';

/** keys.json is a few hundred bytes. */
export const maxKeysFileBytes = 65_536;

/** Whether the folder holds a profile. Throws StoreError `damaged` if that can't be learnt. */
export function hasProfile(files: Files, folder: string): boolean {
  try {
    // Cheaper than a list of thousands of names.
    if (files.read(join(folder, keysFileName), maxKeysFileBytes) !== null) return true;
  } catch {
    // There, and unreadable? Then it is in the list.
  }
  try {
    return files.list(folder)?.includes(keysFileName) === true;
  } catch (error) {
    throw new StoreError(
      'damaged',
      `The profile’s folder can’t be read (${errnoOf(error) || messageOf(error)}).`,
      { cause: error, fields: { file: folder } },
    );
  }
}

export function noAccount(): NotFoundError {
  return new NotFoundError(
    'no-account',
    'There is no account in this profile. Make one with "account create".',
  );
}

/** The file as it is, or null if there is none. Throws StoreError `damaged` or `too-new`. */
export function readKeysFile(files: Files, folder: string): KeysFile | null {
  let bytes: Uint8Array | null;
  try {
    bytes = files.read(join(folder, keysFileName), maxKeysFileBytes);
  } catch (error) {
    throw new StoreError('damaged', 'The file keys.json of this profile can’t be read.', {
      cause: error,
      fields: { file: keysFileName },
    });
  }
  return bytes === null ? null : decodeKeysFile(bytes);
}

/** Writes the first one; a profile exists once it is there. Throws what the disk throws. */
export async function writeKeysFile(files: Files, folder: string, keys: KeysFile): Promise<void> {
  const path = join(folder, keysFileName);
  const temporary = `${path}.tmp`;
  try {
    await files.write(temporary, encodeKeysFile(keys));
    await files.rename(temporary, path);
    await files.syncFolder(folder);
  } catch (error) {
    // Whoever is told that nothing was made must not find a profile later, nor its key.
    await files.remove(temporary).catch(() => undefined);
    await files.remove(path).catch(() => undefined);
    throw error;
  }
}

/**
 * Puts another one in its place, and overwrites the bytes of the old one where the disk lets us: they may hold the
 * data key in the open, or under a password that somebody knows. `noise` is what they are overwritten with.
 * Throws StoreError `write-failed`; nothing was changed then, unless the message says that this is not certain.
 */
export async function replaceKeysFile(
  files: Files,
  folder: string,
  keys: KeysFile,
  randomBytes: (length: number) => Uint8Array,
): Promise<void> {
  const path = join(folder, keysFileName);
  const temporary = `${path}.tmp`;
  const length = files.read(path, maxKeysFileBytes)?.length ?? 0;
  let renamed = false;
  try {
    await files.write(temporary, encodeKeysFile(keys));
    // Held open through the rename: after it the old bytes have no name any more, and lie on the disk still.
    const old = await files.openAppend(path);
    try {
      await files.rename(temporary, path);
      renamed = true;
      await files.syncFolder(folder);
      await old.append(randomBytes(length), 0).catch(() => undefined);
    } finally {
      await old.close().catch(() => undefined);
    }
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    if (!renamed) throw writeFailed(error);
    throw new StoreError(
      'write-failed',
      `The disk did not confirm the new keys.json (${errnoOf(error) || messageOf(error)}): the old password may count, or the new one. Try both.`,
      { cause: error, fields: { errno: errnoOf(error) } },
    );
  }
}
