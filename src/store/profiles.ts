/** Making, opening, listing and removing profiles: one folder each. */
import { dirname, join } from 'node:path';
import { systemRandomBytes } from '../crypto/random.ts';
import { UsageError } from '../errors.ts';
import { systemClock } from '../util/clock.ts';
import { silentLogger } from '../util/logger.ts';
import type { Platform } from '../util/platform.ts';
import { clearTries, countingWrong, isTriesName, waitForTry } from './back-off.ts';
import { CollectionSet } from './collections.ts';
import { DiskProfileStore, defaultLimits, type StoreLimits } from './disk-store.ts';
import { type Files, nodeFiles, writeFailed } from './files.ts';
import { History } from './history.ts';
import { Journal } from './journal.ts';
import { raisedKdf } from './kdf-cost.ts';
import { KeyRing } from './key-ring.ts';
import {
  hasProfile,
  maxKeysFileBytes,
  noAccount,
  readKeysFile,
  replaceKeysFile,
  writeKeysFile,
} from './keys-file.ts';
import { type Loaded, loadProfile, removeFiles } from './load.ts';
import { isLockName, takeLock } from './lock.ts';
import { isSealedName, isTemporaryName, SealedFolder } from './sealed-folder.ts';
import { FilterSet } from './search/filter-set.ts';
import type { HeldLock, ProfileStore, StoredAccount } from './types.ts';
import {
  defaultKdf,
  isUnprotected,
  type KdfParameters,
  type KeysFile,
  kdfOf,
  keysFileName,
  unwrapDataKey,
  wrapDataKey,
} from './vault.ts';

/** For removing, where nothing depends on chance or time. */
const systemPlatform: Platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };

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
      filters: new FilterSet(sealed, []),
      forgets: false,
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
  /** somebody typed the password: after wrong ones, the next try has to wait (back-off.ts) until `signal` aborts */
  typed?: Readonly<{ signal?: AbortSignal }>;
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
  // Before the lock is taken: whoever has to wait keeps nobody else out.
  if (options.typed && password !== null)
    await waitForTry(files, folder, platform.clock, options.typed.signal);
  const lock = options.held ?? (await takeLock(files, folder, platform));
  let keys: KeyRing | null = null;
  try {
    const keysFile = readKeysFile(files, folder);
    if (keysFile === null) throw noAccount();
    const dataKey = await unlock(options, files, keysFile);
    keys = new KeyRing(dataKey);
    dataKey.fill(0);
    return await openStore(options, files, lock, keys, isUnprotected(keysFile));
  } catch (error) {
    keys?.wipe();
    if (options.held === undefined) lock.release();
    throw error;
  }
}

/** The data key. A wrong password that was typed is counted; a right one clears that, and may raise its cost. */
async function unlock(
  { folder, password, typed, platform }: OpenProfileOptions,
  files: Files,
  keys: KeysFile,
): Promise<Uint8Array> {
  const began = platform.clock.monotonic();
  const attempt = () => unwrapDataKey(keys, password);
  const dataKey = await (typed ? countingWrong(files, folder, platform.clock, attempt) : attempt());
  clearTries(files, folder);
  const kdf = kdfOf(keys);
  if (password === null || kdf === null) return dataKey;
  const raised = raisedKdf(kdf, platform.clock.monotonic() - began);
  if (raised === kdf) return dataKey;
  try {
    const stronger = await wrapDataKey(dataKey, password, raised, platform.randomBytes);
    await replaceKeysFile(files, folder, stronger, platform.randomBytes);
  } catch {
    // The password still opens the profile: it is tried again next time.
  }
  return dataKey;
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
  const store = new DiskProfileStore({
    folder: sealed,
    lock,
    platform: options.platform,
    unprotected,
    limits: { ...defaultLimits, ...options.limits },
    loaded,
    journal,
  });
  await store.expireNow();
  return store;
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
    const keysFile = await files.openAppend(keysPath);
    await keysFile.append(systemRandomBytes(Math.max(length, 1024)), 0).finally(() => keysFile.close());
    await files.remove(keysPath);
    await files.syncFolder(folder);
    for (const name of files.list(folder) ?? []) {
      const isOurs =
        isSealedName(name) ||
        isTemporaryName(name) ||
        isTriesName(name) ||
        /^[0-9a-f]{32}\.damaged-\d+$/.test(name);
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

function throwIfPresent(files: Files, folder: string): void {
  if (!hasProfile(files, folder)) return;
  throw new UsageError('account-exists', 'There is an account in this profile already. Nothing was changed.');
}
