/**
 * The file of a backup (docs/store.md, section Backups): a header in the clear, then chunks of one size, encrypted in
 * one stream under a key that Argon2id makes of the password. Both directions hold a chunk at a time in memory.
 */
import { blake2b } from '../../crypto/hash.ts';
import { type Argon2idCost, argon2id, argon2idLimits } from '../../crypto/pwhash.ts';
import { readStream, streamHeaderLength, streamOverhead, writeStream } from '../../crypto/secret-stream.ts';
import { CryptoError, StoreError } from '../../errors.ts';
import { bucketSize } from '../../store/index.ts';
import { concatBytes, equalBytes, le32, readLe32, utf8Encode } from '../../util/bytes.ts';

/** Slower than that of a profile: a backup lies where others can try passwords on it for years. */
export const backupCost: Argon2idCost = { memoryKib: 131_072, passes: 3 };

/** Plaintext of a chunk as written; a reader takes others within bounds. */
const chunkBytes = 65_536;
const minChunkBytes = 1_024;
const maxChunkBytes = 1_048_576;

const magic = utf8Encode('stuiback');
const version = 1;
const headerLength = 96;

type Header = Readonly<{
  bytes: Uint8Array;
  cost: Argon2idCost;
  chunk: number;
  salt: Uint8Array;
  stream: Uint8Array;
  check: Uint8Array;
}>;

type Keys = Readonly<{ stream: Uint8Array; check: Uint8Array }>;

/** StoreError `damaged`; `what` completes "The backup …". */
export function damagedBackup(what: string, cause?: unknown): StoreError {
  return new StoreError('damaged', `The backup ${what}. Nothing was imported; use another copy of it.`, {
    cause,
  });
}

/** The bytes of a backup, a piece at a time, of content that comes in pieces of any size. */
export async function* sealBackup(
  content: AsyncIterable<Uint8Array>,
  password: string,
  options: Readonly<{ randomBytes: (length: number) => Uint8Array; cost: Argon2idCost }>,
): AsyncGenerator<Uint8Array> {
  const { cost } = options;
  const salt = options.randomBytes(16);
  const keys = await keysOf(password, salt, cost);
  const stream = writeStream(keys.stream);
  keys.stream.fill(0);
  const header = encodeHeader(cost, salt, stream.header, keys.check);
  yield header;
  let chunks = 0;
  let buffer = new Uint8Array(chunkBytes);
  let filled = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length; ) {
      if (filled === chunkBytes) {
        // Only now: the last chunk, full or not, is written at the end.
        yield stream.push(buffer, header, false);
        chunks += 1;
        buffer = new Uint8Array(chunkBytes);
        filled = 0;
      }
      const part = piece.subarray(at, at + chunkBytes - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  const total = bucketSize(chunks + 1, 1);
  yield stream.push(buffer, header, total === chunks + 1);
  const zeros = new Uint8Array(chunkBytes);
  for (chunks += 1; chunks < total; chunks++) yield stream.push(zeros, header, chunks + 1 === total);
}

/** Opens backups under one password; works it out once for a file that is read twice. */
export class BackupOpener {
  readonly #password: string;
  #known: Readonly<{ header: Uint8Array; keys: Keys }> | null = null;

  constructor(password: string) {
    this.#password = password;
  }

  /**
   * The content of a backup, a chunk at a time, each authenticated. StoreError `wrong-password`, `too-new`, or
   * `damaged` as soon as anything is not as it was written, an early end included.
   */
  async *open(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const source = new ByteSource(file);
    try {
      const header = decodeHeader(await source.take(headerLength));
      const keys = await this.#keysOf(header);
      if (!equalBytes(keys.check, header.check))
        throw new StoreError('wrong-password', 'That is not the password of this backup.');
      const stream = readStream(keys.stream, header.stream);
      for (;;) {
        const { plaintext, final } = stream.pull(
          await source.take(header.chunk + streamOverhead),
          header.bytes,
        );
        yield plaintext;
        if (!final) continue;
        if (!(await source.ended())) throw damagedBackup('goes on behind its end');
        return;
      }
    } catch (error) {
      throw error instanceof CryptoError ? damagedBackup('is damaged', error) : error;
    } finally {
      await source.close();
    }
  }

  async #keysOf(header: Header): Promise<Keys> {
    if (this.#known !== null && equalBytes(this.#known.header, header.bytes)) return this.#known.keys;
    const keys = await keysOf(this.#password, header.salt, header.cost);
    this.#known = { header: header.bytes, keys };
    return keys;
  }
}

async function keysOf(password: string, salt: Uint8Array, cost: Argon2idCost): Promise<Keys> {
  const bytes = utf8Encode(password);
  const key = await argon2id(bytes, salt, cost, 32);
  const derive = (purpose: string, length: number): Uint8Array =>
    blake2b(length, utf8Encode(`session-tui backup 1: ${purpose}`), key);
  const keys = { stream: derive('stream', 32), check: derive('check', 16) };
  bytes.fill(0);
  key.fill(0);
  return keys;
}

function encodeHeader(
  cost: Argon2idCost,
  salt: Uint8Array,
  stream: Uint8Array,
  check: Uint8Array,
): Uint8Array {
  const numbers = [version, cost.memoryKib, cost.passes, chunkBytes].map(le32);
  const head = concatBytes(magic, ...numbers, salt, stream, check);
  return concatBytes(head, blake2b(16, head));
}

function decodeHeader(bytes: Uint8Array): Header {
  const isOurs = equalBytes(bytes.subarray(0, magic.length), magic);
  const isWhole = equalBytes(
    blake2b(16, bytes.subarray(0, headerLength - 16)),
    bytes.subarray(headerLength - 16),
  );
  if (!isOurs || !isWhole) throw damagedBackup('is none of session-tui, or its beginning is damaged');
  if (readLe32(bytes, 8) !== version) {
    throw new StoreError('too-new', 'This backup was written by a newer version of session-tui.');
  }
  const cost = { memoryKib: readLe32(bytes, 12), passes: readLe32(bytes, 16) };
  const chunk = readLe32(bytes, 20);
  // Before any of it is computed or reserved.
  const isBounded =
    cost.memoryKib >= 8 &&
    cost.memoryKib <= argon2idLimits.memoryKib &&
    cost.passes >= 1 &&
    cost.passes <= argon2idLimits.passes &&
    chunk >= minChunkBytes &&
    chunk <= maxChunkBytes;
  if (!isBounded) throw damagedBackup('asks for more than any backup needs');
  const streamAt = 24 + 16;
  return {
    bytes,
    cost,
    chunk,
    salt: bytes.slice(24, streamAt),
    stream: bytes.slice(streamAt, streamAt + streamHeaderLength),
    check: bytes.slice(streamAt + streamHeaderLength, headerLength - 16),
  };
}

/** Pieces of any size, taken in sizes that the reader wants. */
class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #held = 0;

  constructor(file: AsyncIterable<Uint8Array>) {
    this.#iterator = file[Symbol.asyncIterator]();
  }

  /** StoreError `damaged` if there are not so many. */
  async take(length: number): Promise<Uint8Array> {
    while (this.#held < length) if (!(await this.#more())) throw damagedBackup('ends too soon');
    const all = concatBytes(...this.#pieces);
    this.#pieces = [all.subarray(length)];
    this.#held -= length;
    return all.subarray(0, length);
  }

  async ended(): Promise<boolean> {
    while (this.#held === 0) if (!(await this.#more())) return true;
    return false;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #more(): Promise<boolean> {
    const next = await this.#iterator.next();
    if (next.done === true) return false;
    this.#pieces.push(next.value);
    this.#held += next.value.length;
    return true;
  }
}
