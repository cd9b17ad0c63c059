/** Setting, changing and removing the password of a profile: 32 bytes are wrapped anew, nothing else is written. */
import { UsageError } from '../errors.ts';
import type { Platform } from '../util/platform.ts';
import { nodeFiles, writeFailed } from './files.ts';
import { raisedKdf } from './kdf-cost.ts';
import { hasProfile, noAccount, readKeysFile, replaceKeysFile } from './keys-file.ts';
import { takeLock } from './lock.ts';
import type { StoreInternals } from './profiles.ts';
import {
  defaultKdf,
  isUnprotected,
  type KdfParameters,
  type KeysFile,
  kdfOf,
  unwrapDataKey,
  wrapDataKey,
} from './vault.ts';

export type PasswordChange = 'set' | 'change' | 'remove';

export type ChangePasswordOptions = Readonly<{
  folder: string;
  change: PasswordChange;
  /** the one it has; not looked at by `set` */
  password: string | null;
  /** asked for once the old one is found right; not called by `remove` */
  newPassword(): Promise<string>;
  platform: Platform;
  kdf?: KdfParameters;
}> &
  Pick<StoreInternals, 'files'>;

/**
 * Throws, in this order: NotFoundError `no-account`; StoreError `locked`; UsageError `has-password` or `no-password`
 * where the change does not fit the profile; StoreError `password-needed` or `wrong-password`; what `newPassword`
 * throws; StoreError `write-failed`. The data key stays the same, so everything else does.
 */
export async function changePassword(options: ChangePasswordOptions): Promise<void> {
  const { folder, change, platform } = options;
  const files = options.files ?? nodeFiles;
  if (!hasProfile(files, folder)) throw noAccount();
  checkFits(readKeysFile(files, folder), change);
  const lock = await takeLock(files, folder, platform);
  try {
    const keys = readKeysFile(files, folder);
    checkFits(keys, change);
    if (keys === null) throw noAccount();
    const dataKey = await unwrapDataKey(keys, change === 'set' ? null : options.password);
    try {
      const password = change === 'remove' ? null : await options.newPassword();
      const kdf = strongest(kdfOf(keys), options.kdf ?? defaultKdf);
      const wrapped = await wrapTuned(dataKey, password, kdf, platform);
      await replaceKeysFile(files, folder, wrapped, platform.randomBytes).catch((error: unknown) => {
        throw writeFailed(error);
      });
    } finally {
      dataKey.fill(0);
    }
  } finally {
    lock.release();
  }
}

/** Wraps, and wraps again with more work if that was far too quick. */
async function wrapTuned(
  dataKey: Uint8Array,
  password: string | null,
  kdf: KdfParameters,
  { clock, randomBytes }: Platform,
): Promise<KeysFile> {
  const began = clock.monotonic();
  const wrapped = await wrapDataKey(dataKey, password, kdf, randomBytes);
  if (password === null) return wrapped;
  const raised = raisedKdf(kdf, clock.monotonic() - began);
  return raised === kdf ? wrapped : wrapDataKey(dataKey, password, raised, randomBytes);
}

/** A change of the password never makes guessing cheaper. */
function strongest(stored: KdfParameters | null, wanted: KdfParameters): KdfParameters {
  if (stored === null) return wanted;
  return {
    memoryKib: Math.max(stored.memoryKib, wanted.memoryKib),
    passes: Math.max(stored.passes, wanted.passes),
  };
}

function checkFits(keys: KeysFile | null, change: PasswordChange): void {
  if (keys === null) return;
  if (change === 'set' && !isUnprotected(keys)) {
    throw new UsageError('has-password', 'This profile has a password already. Use "lock-password change".');
  }
  if (change !== 'set' && isUnprotected(keys)) {
    throw new UsageError('no-password', 'This profile has no password. Use "lock-password set".');
  }
}
