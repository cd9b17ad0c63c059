/** The account on its way from the process that holds a profile to another one, which opens it with the password. */
import { xchachaDecrypt, xchachaEncrypt } from '../crypto/aead.ts';
import { CryptoError, StoreError } from '../errors.ts';
import { utf8Decode, utf8Encode } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { countingWrong, waitForTry } from './back-off.ts';
import { nodeFiles } from './files.ts';
import { KeyRing } from './key-ring.ts';
import { noAccount, readKeysFile } from './keys-file.ts';
import { parseValue } from './schemas.ts';
import type { StoredAccount } from './types.ts';
import { unwrapDataKey } from './vault.ts';

const aad = utf8Encode('session-tui store 1|account');

/** nonce (24) || ciphertext || tag (16). StoreError `damaged` where the profile has lost its account. */
export function sealAccount(
  account: StoredAccount | undefined,
  keys: KeyRing,
  platform: Platform,
): Uint8Array {
  if (account === undefined) throw unreadable();
  const plaintext = utf8Encode(JSON.stringify(account));
  try {
    return keys.withKey('hand-over', (key) => xchachaEncrypt(key, platform.randomBytes(24), plaintext, aad));
  } finally {
    plaintext.fill(0);
  }
}

export type SealedAccountOptions = Readonly<{
  folder: string;
  /** not looked at if the profile has none */
  password: string | null;
  /** as in `openProfile` */
  typed?: Readonly<{ signal?: AbortSignal }>;
  platform: Platform;
}>;

/**
 * Opens what `ProfileStore.sealAccount` gave; takes no lock. NotFoundError `no-account`; StoreError
 * `password-needed`, `wrong-password`, or `damaged` for what is not of this profile.
 */
export async function openSealedAccount(
  sealed: Uint8Array,
  { folder, password, typed, platform }: SealedAccountOptions,
): Promise<StoredAccount> {
  if (typed && password !== null) await waitForTry(nodeFiles, folder, platform.clock, typed.signal);
  const keysFile = readKeysFile(nodeFiles, folder);
  if (keysFile === null) throw noAccount();
  const attempt = () => unwrapDataKey(keysFile, password);
  const dataKey = await (typed ? countingWrong(nodeFiles, folder, platform.clock, attempt) : attempt());
  const keys = new KeyRing(dataKey);
  dataKey.fill(0);
  try {
    const plaintext = keys.withKey('hand-over', (key) => xchachaDecrypt(key, sealed, aad));
    const account = parseValue('account', JSON.parse(utf8Decode(plaintext) ?? 'null'));
    if (account === undefined) throw unreadable();
    return account;
  } catch (error) {
    throw error instanceof CryptoError ? unreadable(error) : error;
  } finally {
    keys.wipe();
  }
}

function unreadable(cause?: unknown): StoreError {
  return new StoreError('damaged', 'The account of this profile can’t be read.', { cause });
}
