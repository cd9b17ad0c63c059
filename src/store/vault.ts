/**
 * `keys.json`: how the password becomes the key that unwraps the data key (docs/store.md). It is the only readable
 * file of a profile; a checksum tells damage from a wrong password, and every number in it is bounded before use.
 */
import * as v from 'valibot';
import { xchachaDecrypt, xchachaEncrypt } from '../crypto/aead.ts';
import { blake2b } from '../crypto/hash.ts';
import { argon2id, argon2idLimits } from '../crypto/pwhash.ts';
import { StoreError } from '../errors.ts';
import { fromHex, toHex, utf8Decode, utf8Encode } from '../util/bytes.ts';

export const keysFileName = 'keys.json';
const format = 'session-tui profile';
/** Version of the whole folder's format; a higher one is refused as too new. */
const version = 1;

export type KdfParameters = Readonly<{ memoryKib: number; passes: number }>;

/** About a quarter of a second. */
export const defaultKdf: KdfParameters = { memoryKib: 65_536, passes: 2 };

const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
const whole = (min: number, max: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));

const protectedSchema = v.strictObject({
  format: v.literal(format),
  version: v.literal(version),
  // Bounded before use: nobody's file makes this program take the whole machine.
  kdf: v.strictObject({
    name: v.literal('argon2id'),
    memoryKib: whole(8, argon2idLimits.memoryKib),
    passes: whole(1, argon2idLimits.passes),
    salt: hex(16),
  }),
  /** nonce (24), encrypted data key (32), tag (16) */
  wrappedKey: hex(72),
  check: hex(16),
});

const openSchema = v.strictObject({
  format: v.literal(format),
  version: v.literal(version),
  protection: v.literal('none: whoever reads this file can read the whole profile'),
  dataKey: hex(32),
  check: hex(16),
});

export type KeysFile = v.InferOutput<typeof protectedSchema> | v.InferOutput<typeof openSchema>;

/** True when no password is needed. */
export function isUnprotected(keys: KeysFile): boolean {
  return 'dataKey' in keys;
}

/** The Argon2id cost of its password; null without one. */
export function kdfOf(keys: KeysFile): KdfParameters | null {
  return 'kdf' in keys ? pick(keys.kdf) : null;
}

/**
 * Wraps a 32-byte data key for storage. The password's UTF-8 bytes are taken as they are, without normalisation;
 * null stores the data key in the open.
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  password: string | null,
  kdf: KdfParameters,
  randomBytes: (length: number) => Uint8Array,
): Promise<KeysFile> {
  if (password === null) {
    return withCheck({
      format,
      version,
      protection: 'none: whoever reads this file can read the whole profile',
      dataKey: toHex(dataKey),
    });
  }
  const head = {
    format,
    version,
    kdf: { name: 'argon2id', ...pick(kdf), salt: toHex(randomBytes(16)) },
  } as const;
  const key = await passwordKey(password, head.kdf);
  const wrapped = xchachaEncrypt(key, randomBytes(24), dataKey, utf8Encode(JSON.stringify(head)));
  key.fill(0);
  return withCheck({ ...head, wrappedKey: toHex(wrapped) });
}

/**
 * The 32-byte data key. Throws StoreError `password-needed` (null given where there is one) or `wrong-password`.
 * A password that is given for an unprotected profile is not used.
 */
export async function unwrapDataKey(keys: KeysFile, password: string | null): Promise<Uint8Array> {
  if ('dataKey' in keys) return bytesOf(keys.dataKey);
  if (password === null) {
    throw new StoreError('password-needed', 'This profile is protected by a password, and none was given.');
  }
  const { format, version, kdf } = keys;
  const key = await passwordKey(password, kdf);
  const aad = utf8Encode(
    JSON.stringify({ format, version, kdf: { name: kdf.name, ...pick(kdf), salt: kdf.salt } }),
  );
  try {
    return xchachaDecrypt(key, bytesOf(keys.wrappedKey), aad);
  } catch (error) {
    // The checksum was right, so the file is as it was written: it is the password.
    throw new StoreError('wrong-password', 'That is not the password of this profile.', { cause: error });
  } finally {
    key.fill(0);
  }
}

export function encodeKeysFile(keys: KeysFile): Uint8Array {
  return utf8Encode(`${JSON.stringify(keys, null, 2)}\n`);
}

/** Throws StoreError `damaged` for anything but a whole, unchanged file, and `too-new` for a later version's. */
export function decodeKeysFile(bytes: Uint8Array): KeysFile {
  const damaged = (): StoreError =>
    new StoreError(
      'damaged',
      'The file keys.json of this profile is damaged. Put a copy of it back, or restore the account from its recovery phrase under another profile name.',
      { fields: { file: keysFileName } },
    );
  let json: unknown;
  try {
    json = JSON.parse(utf8Decode(bytes) ?? '');
  } catch {
    throw damaged();
  }
  if (typeof json !== 'object' || json === null || !('check' in json)) throw damaged();
  if (json.check !== checkOf(json)) throw damaged();
  if ('version' in json && typeof json.version === 'number' && json.version > version) {
    throw new StoreError('too-new', 'This profile was written by a newer version of session-tui.');
  }
  const parsed = v.safeParse(v.union([protectedSchema, openSchema]), json);
  if (!parsed.success) throw damaged();
  return parsed.output;
}

function withCheck<T extends object>(keys: T): T & { check: string } {
  return { ...keys, check: checkOf(keys) };
}

/** BLAKE2b-128 of the compact JSON of everything but `check`, in the order of the file. */
function checkOf(keys: object): string {
  const rest = Object.fromEntries(Object.entries(keys).filter(([name]) => name !== 'check'));
  return toHex(blake2b(16, utf8Encode(JSON.stringify(rest))));
}

function pick({ memoryKib, passes }: KdfParameters): KdfParameters {
  return { memoryKib, passes };
}

async function passwordKey(
  password: string,
  kdf: Readonly<{ memoryKib: number; passes: number; salt: string }>,
): Promise<Uint8Array> {
  const bytes = utf8Encode(password);
  try {
    return await argon2id(bytes, bytesOf(kdf.salt), pick(kdf), 32);
  } finally {
    bytes.fill(0);
  }
}

/** Bytes of hex that a schema has checked. */
function bytesOf(checkedHex: string): Uint8Array {
  return fromHex(checkedHex) ?? new Uint8Array(0);
}
