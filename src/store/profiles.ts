/** Making, opening, listing and removing profiles: one folder each. */
import { dirname, join } from 'node:path';
import { systemRandomBytes } from '../crypto/random.ts';
import { messageOf, NotFoundError, StoreError, UsageError } from '../errors.ts';
import { systemClock } from '../util/clock.ts';
import { silentLogger } from '../util/logger.ts';
import type { Platform } from '../util/platform.ts';
import { CollectionSet } from './collections.ts';
import { DiskProfileStore, defaultLimits, type StoreLimits } from './disk-store.ts';
import { errnoOf, type Files, nodeFiles, writeFailed } from './files.ts';
import { History } from './history.ts';
import { Journal } from './journal.ts';
import { KeyRing } from './key-ring.ts';
import { type Loaded, loadProfile, removeFiles } from './load.ts';
import { isLockName, takeLock } from './lock.ts';
import { isSealedName, isTemporaryName, SealedFolder } from './sealed-folder.ts';
import type { HeldLock, ProfileStore, StoredAccount } from './types.ts';
import {
  decodeKeysFile,
  defaultKdf,
  encodeKeysFile,
  isUnprotected,
  type KdfParameters,
  type KeysFile,
  keysFileName,
  unwrapDataKey,
  wrapDataKey,
} from './vault.ts';

/** For removing, where nothing depends on chance or time. */
const systemPlatform: Platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };

/** keys.json is a few hundred bytes. */
const maxKeysFileBytes = 65_536;

/** For tests: another disk, smaller bounds. */
export type StoreInternals = Readonly<{ files?: Files; limits?: Partial<StoreLimits> }>;

export type CreateProfileOptions = Readonly<{
  folder: string;
  /** null keeps the data key in the open, in keys.json */
  password: string | null;
  account: StoredAccount;
  platform: Platform;
  kdf?: KdfParameters;
}> &
  StoreInternals;

/**
 * Makes a profile and opens it. The folder may exist, without a profile in it.
 * Throws UsageError `account-exists` (nothing was touched) and StoreError `locked` or `write-failed`.
 */
export async function createProfile(options: CreateProfileOptions): Promise<ProfileStore> {
  const { folder, platform, password } = options;
  const files = options.files ?? nodeFiles;
  throwIfPresent(files, folder);
  try {
    files.makeFolder(folder);
  } catch (error) {
    throw writeFailed(error);
  }
  const lock = await takeLock(files, folder, platform);
  const dataKey = platform.randomBytes(32);
  const keys = new KeyRing(dataKey);
  try {
    // Somebody may have been faster.
    throwIfPresent(files, folder);
    const keysFile = await wrapDataKey(dataKey, password, options.kdf ?? defaultKdf, platform.randomBytes);
    const sealed = new SealedFolder(files, folder, keys, platform);
    const collections = new CollectionSet();
    collections.set('account', 'account', options.account);
    const loaded: Loaded = {
      collections,
      history: new History(sealed),
      next: 1,
      journal: null,
      leftOver: [],
      garbage: [],
    };
    const store = new DiskProfileStore({
      folder: sealed,
      lock,
      platform,
      unprotected: password === null,
      limits: { ...defaultLimits, ...options.limits },
      loaded,
      journal: null,
    });
    // keys.json comes last: until it is there, there is no profile.
    await store.ready();
    await files.syncFolder(dirname(folder));
    await writeKeysFile(files, folder, keysFile);
    return store;
  } catch (error) {
    keys.wipe();
    lock.release();
    throw error instanceof UsageError ? error : writeFailed(error);
  } finally {
    dataKey.fill(0);
  }
}

export type OpenProfileOptions = Readonly<{
  folder: string;
  /** not looked at if the profile has none */
  password: string | null;
  platform: Platform;
  /** of `closeKeepingLock`: the profile is held already, and stays so if it can't be opened */
  held?: HeldLock;
}> &
  StoreInternals;

/**
 * Opens a profile. Throws, in this order: NotFoundError `no-account`; StoreError `locked`; `password-needed` or
 * `wrong-password`; `damaged` (nothing can be read) or `too-new`. Lesser damage is in `damage` of what opens.
 */
export async function openProfile(options: OpenProfileOptions): Promise<ProfileStore> {
  const { folder, platform, password } = options;
  const files = options.files ?? nodeFiles;
  if (!hasProfile(files, folder)) throw noAccount();
  const lock = options.held ?? (await takeLock(files, folder, platform));
  let keys: KeyRing | null = null;
  try {
    const keysFile = readKeysFile(files, folder);
    if (keysFile === null) throw noAccount();
    const dataKey = await unwrapDataKey(keysFile, password);
    keys = new KeyRing(dataKey);
    dataKey.fill(0);
    return await openStore(options, files, lock, keys, isUnprotected(keysFile));
  } catch (error) {
    keys?.wipe();
    if (options.held === undefined) lock.release();
    throw error;
  }
}

async function openStore(
  options: OpenProfileOptions,
  files: Files,
  lock: HeldLock,
  keys: KeyRing,
  unprotected: boolean,
): Promise<ProfileStore> {
  const sealed = new SealedFolder(files, options.folder, keys, options.platform);
  const loaded = loadProfile(sealed);
  const journal = loaded.journal
    ? await Journal.resume(sealed, loaded.journal.number, loaded.journal.content)
    : null;
  if (loaded.garbage.length > 0) {
    try {
      // The index that was read may not be durable yet, if its writer was killed between rename and fsync.
      await files.syncFolder(options.folder);
      await removeFiles(sealed, loaded.garbage);
    } catch {
      // It is found again at the next opening.
    }
  }
  return new DiskProfileStore({
    folder: sealed,
    lock,
    platform: options.platform,
    unprotected,
    limits: { ...defaultLimits, ...options.limits },
    loaded,
    journal,
  });
}

/** Whether there is a profile in the folder, and whether it needs a password. Throws StoreError `damaged`, `too-new`. */
export async function profileState(
  folder: string,
  { files = nodeFiles }: StoreInternals = {},
): Promise<'none' | 'password' | 'no-password'> {
  const keysFile = readKeysFile(files, folder);
  if (keysFile === null) return 'none';
  return isUnprotected(keysFile) ? 'no-password' : 'password';
}

/** Names of the profiles in a folder of profiles, sorted. */
export async function listProfiles(
  dataDir: string,
  { files = nodeFiles }: StoreInternals = {},
): Promise<readonly string[]> {
  return (files.list(dataDir) ?? []).filter((name) => hasProfile(files, join(dataDir, name))).sort();
}

/**
 * Removes a profile, its keys first: from then on nobody can read the rest. Files that are not a profile's stay.
 * Throws NotFoundError `no-account`, StoreError `locked` or `write-failed`.
 */
export async function removeProfile(
  folder: string,
  { files = nodeFiles }: StoreInternals = {},
): Promise<void> {
  if (!hasProfile(files, folder)) throw noAccount();
  const lock = await takeLock(files, folder, systemPlatform);
  try {
    const keysPath = join(folder, keysFileName);
    const length = files.read(keysPath, maxKeysFileBytes)?.length ?? 0;
    // In place, so that the old bytes are gone where the disk lets us; then the name.
    await files.write(keysPath, systemRandomBytes(Math.max(length, 1024)));
    await files.remove(keysPath);
    await files.syncFolder(folder);
    for (const name of files.list(folder) ?? []) {
      const isOurs = isSealedName(name) || isTemporaryName(name) || /^[0-9a-f]{32}\.damaged-\d+$/.test(name);
      if (isOurs) await files.remove(join(folder, name));
    }
    lock.remove();
    for (const name of files.list(folder) ?? []) if (isLockName(name)) files.removeNow(join(folder, name));
    files.removeFolder(folder);
    await files.syncFolder(dirname(folder));
  } catch (error) {
    lock.release();
    throw writeFailed(error);
  }
}

function hasProfile(files: Files, folder: string): boolean {
  try {
    return files.list(folder)?.includes(keysFileName) === true;
  } catch (error) {
    throw new StoreError(
      'damaged',
      `The profile’s folder can’t be read (${errnoOf(error) || messageOf(error)}).`,
      {
        cause: error,
        fields: { file: folder },
      },
    );
  }
}

function throwIfPresent(files: Files, folder: string): void {
  if (!hasProfile(files, folder)) return;
  throw new UsageError('account-exists', 'There is an account in this profile already. Nothing was changed.');
}

function noAccount(): NotFoundError {
  return new NotFoundError(
    'no-account',
    'There is no account in this profile. Make one with "account create".',
  );
}

function readKeysFile(files: Files, folder: string): KeysFile | null {
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

async function writeKeysFile(files: Files, folder: string, keys: KeysFile): Promise<void> {
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
