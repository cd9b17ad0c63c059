/** Argon2id (RFC 9106, version 1.3, one lane): a key from a password, slow on purpose. */
import * as nodeCrypto from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { expectLength, plainBytes } from './check.ts';
import { sodium } from './sodium.ts';

/** `memoryKib` in KiB, `passes` over it. */
export type Argon2idCost = Readonly<{ memoryKib: number; passes: number }>;

/** The work that is done at most: 1 GiB and 16 passes. Files that ask for more are damaged or hostile. */
export const argon2idLimits: Argon2idCost = { memoryKib: 1024 * 1024, passes: 16 };

function checkCost(cost: Argon2idCost, length: number): void {
  const { memoryKib, passes } = cost;
  const fits =
    Number.isInteger(memoryKib) &&
    memoryKib >= 8 &&
    memoryKib <= argon2idLimits.memoryKib &&
    Number.isInteger(passes) &&
    passes >= 1 &&
    passes <= argon2idLimits.passes;
  if (!fits) throw new CryptoError('bad-cost', 'The Argon2id parameters are out of bounds');
  if (Number.isInteger(length) && length >= 16 && length <= 64) return;
  throw new CryptoError('bad-length', `An Argon2id key is 16 to 64 bytes, not ${length}`);
}

/** Argon2id in libsodium: blocks the event loop for its whole run. Exported for the test that compares both. */
export function argon2idSodium(
  password: Uint8Array,
  salt: Uint8Array,
  cost: Argon2idCost,
  length: number,
): Uint8Array {
  checkCost(cost, length);
  expectLength(salt, 16, 'An Argon2id salt', 'bad-length');
  const memory = cost.memoryKib * 1024;
  return sodium.crypto_pwhash(
    length,
    password,
    salt,
    cost.passes,
    memory,
    sodium.crypto_pwhash_ALG_ARGON2ID13,
  );
}

/**
 * `length` bytes (16 to 64) from a password and a 16-byte salt. Runs off the main thread where Node has
 * Argon2 (24.7 and later); before that in libsodium, with the same output. CryptoError `bad-cost` outside
 * `argon2idLimits`, `bad-length` for salt and output.
 */
export async function argon2id(
  password: Uint8Array,
  salt: Uint8Array,
  cost: Argon2idCost,
  length: number,
): Promise<Uint8Array> {
  checkCost(cost, length);
  expectLength(salt, 16, 'An Argon2id salt', 'bad-length');
  // Node before 24.7 has no such export, whatever the types say.
  const argon2: typeof nodeCrypto.argon2 | undefined = nodeCrypto.argon2;
  if (argon2 === undefined) return argon2idSodium(password, salt, cost, length);
  const parameters = {
    message: password,
    nonce: salt,
    parallelism: 1,
    tagLength: length,
    memory: cost.memoryKib,
    passes: cost.passes,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => {
      if (error === null) resolve(plainBytes(key));
      else reject(new CryptoError('key-derivation', 'The password could not be worked on', { cause: error }));
    });
  });
}
