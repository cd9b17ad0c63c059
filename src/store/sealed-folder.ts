/**
 * One encrypted file = clear header, nonce, ciphertext, tag. Everything that says which file it is goes into the
 * associated data, so that a file put in another's place, or an older copy of itself, does not open.
 */
import { join } from 'node:path';
import { xchachaDecrypt, xchachaEncrypt } from '../crypto/aead.ts';
import { CryptoError, messageOf, StoreError } from '../errors.ts';
import { concatBytes, equalBytes, utf8Decode, utf8Encode } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { errnoOf, type Files } from './files.ts';
import type { FileKind, KeyRing } from './key-ring.ts';
import { padToBucket, unpadFromBucket } from './size-buckets.ts';
import type { StoreDamage } from './types.ts';

/** `stui`, format version 1, three zeros; the file's number follows as u64 LE. */
const magic = new Uint8Array([0x73, 0x74, 0x75, 0x69, 1, 0, 0, 0]);
export const headerLength = 16;
const aeadOverhead = 24 + 16;
/** No file of ours comes near this. */
const maxFileBytes = 1 << 28;
/** One block of most disks. */
const minFileBytes = 4096;

const sealedNamePattern = /^[0-9a-f]{32}$/;

/** A file is not what was written under its name. `what` ends the sentence "The file … ". */
export class DamagedFile extends Error {
  readonly what: string;
  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

export function isSealedName(name: string): boolean {
  return sealedNamePattern.test(name);
}

/** Names of files that a crash may leave half-written. */
export function isTemporaryName(name: string): boolean {
  return /^([0-9a-f]{32}|keys\.json)\.tmp$/.test(name);
}

/** The 16 clear bytes at the head of every file. */
export function encodeHeader(number: number): Uint8Array {
  const out = new Uint8Array(headerLength);
  out.set(magic);
  new DataView(out.buffer).setBigUint64(8, BigInt(number), true);
  return out;
}

/** The number in the head of a file, or null if that is no file of ours. */
export function decodeHeader(bytes: Uint8Array): number | null {
  if (bytes.length < headerLength || !equalBytes(bytes.subarray(0, 8), magic)) return null;
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true);
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : null;
}

/** A profile's folder through its keys: reads and writes whole sealed files, sets damaged ones aside. */
export class SealedFolder {
  readonly files: Files;
  readonly path: string;
  readonly keys: KeyRing;
  readonly #platform: Platform;
  readonly #damage: StoreDamage[] = [];

  constructor(files: Files, path: string, keys: KeyRing, platform: Platform) {
    this.files = files;
    this.path = path;
    this.keys = keys;
    this.#platform = platform;
  }

  get damage(): readonly StoreDamage[] {
    return this.#damage;
  }

  pathOf(kind: FileKind, number: number): string {
    return join(this.path, this.keys.fileName(kind, number));
  }

  /** nonce || ciphertext || tag under the key of `kind`, bound to the file's identity and `place` in it. */
  seal(kind: FileKind, number: number, place: number, plaintext: Uint8Array): Uint8Array {
    const aad = this.#identity(kind, number, place);
    return this.keys.withKey(kind, (key) =>
      xchachaEncrypt(key, this.#platform.randomBytes(24), plaintext, aad),
    );
  }

  /** The plaintext of `seal`, or null. */
  unseal(kind: FileKind, number: number, place: number, sealed: Uint8Array): Uint8Array | null {
    if (sealed.length < aeadOverhead) return null;
    const aad = this.#identity(kind, number, place);
    try {
      return this.keys.withKey(kind, (key) => xchachaDecrypt(key, sealed, aad));
    } catch (error) {
      // Anything else (the keys are wiped) says nothing about the file.
      if (error instanceof CryptoError) return null;
      throw error;
    }
  }

  /** Writes a whole file durably under its own name; the name is durable after `syncFolder`. */
  async write(kind: FileKind, number: number, json: unknown): Promise<void> {
    await this.replace(kind, number, this.#encode(kind, number, json));
  }

  /** Puts `bytes` under the file's name: temporary file, fsync, rename. */
  async replace(kind: FileKind, number: number, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(kind, number);
    const temporary = `${path}.tmp`;
    try {
      await this.files.write(temporary, bytes);
      await this.files.rename(temporary, path);
    } catch (error) {
      await this.files.remove(temporary).catch(() => undefined);
      throw error;
    }
  }

  /**
   * The JSON of a whole file; the index's number is not known before and is given back.
   * Throws DamagedFile, or StoreError `damaged` when the disk does not let us read (nothing is set aside then).
   */
  read(kind: FileKind, expected: number | null): { number: number; json: unknown } {
    const bytes = this.readRaw(this.keys.fileName(kind, expected ?? 0));
    if (bytes === null) throw new DamagedFile('is missing');
    const number = decodeHeader(bytes);
    if (number === null) throw new DamagedFile('has a broken header');
    if (expected !== null && number !== expected) throw new DamagedFile('is an older or another file');
    const padded = this.unseal(kind, number, 0, bytes.subarray(headerLength));
    if (padded === null) throw new DamagedFile('fails authentication');
    const text = utf8Decode(unpadFromBucket(padded) ?? new Uint8Array(0));
    try {
      return { number, json: JSON.parse(text ?? '') };
    } catch {
      throw new DamagedFile('holds no data that this version can read');
    }
  }

  /** Bytes of any file of the folder, or null if it is not there. Throws StoreError `damaged` on a read error. */
  readRaw(name: string): Uint8Array | null {
    try {
      return this.files.read(join(this.path, name), maxFileBytes);
    } catch (error) {
      throw new StoreError(
        'damaged',
        `The file ${name} of the profile can’t be read (${errnoOf(error) || messageOf(error)}).`,
        { cause: error, fields: { file: name } },
      );
    }
  }

  /** Renames a file that is of no use to `NAME.damaged-N` and remembers it as damage (`keptAs` is empty if it is missing). */
  setAside(kind: FileKind, number: number, what: string): void {
    const name = this.keys.fileName(kind, number);
    const kept = this.#freeAsideName(name);
    let keptAs = name;
    try {
      keptAs = this.files.renameNow(join(this.path, name), join(this.path, kept)) ? kept : '';
    } catch {
      // It stays where it is: its number is never used again.
    }
    this.report({ file: name, keptAs, what });
  }

  /** Keeps a copy as `NAME.damaged-N` of a file that is still in use and will be replaced, and remembers it as damage. */
  copyAside(kind: FileKind, number: number, what: string): void {
    const name = this.keys.fileName(kind, number);
    const kept = this.#freeAsideName(name);
    this.files.copyNow(join(this.path, name), join(this.path, kept));
    this.report({ file: name, keptAs: kept, what });
  }

  report(damage: StoreDamage): void {
    this.#damage.push(damage);
    this.#platform.logger.error('a file of the profile is damaged', {
      what: damage.what.replaceAll(' ', '-'),
    });
  }

  #freeAsideName(name: string): string {
    const taken = new Set(this.files.list(this.path) ?? []);
    for (let n = 1; ; n++) if (!taken.has(`${name}.damaged-${n}`)) return `${name}.damaged-${n}`;
  }

  #encode(kind: FileKind, number: number, json: unknown): Uint8Array {
    const content = utf8Encode(JSON.stringify(json));
    const padded = padToBucket(content, headerLength + aeadOverhead, minFileBytes);
    return concatBytes(encodeHeader(number), this.seal(kind, number, 0, padded));
  }

  #identity(kind: FileKind, number: number, place: number): Uint8Array {
    return utf8Encode(`session-tui store 1|${kind}|${number}|${place}|${this.keys.fileName(kind, number)}`);
  }
}
