/**
 * The journal: every commit is one sealed frame at its end, and is done once the disk has that frame (fdatasync).
 * A frame is bound to its journal and its place in it. Layout in docs/store.md, section Journal.
 */
import { concatBytes, equalBytes, le32, readLe32, utf8Decode, utf8Encode } from '../util/bytes.ts';
import { Batch } from './batch.ts';
import { type AppendFile, writeFailed } from './files.ts';
import { DamagedFile, decodeHeader, encodeHeader, headerLength, type SealedFolder } from './sealed-folder.ts';
import { bucketSize, padToBucket, unpadFromBucket } from './size-buckets.ts';

/** u32 LE length of what is sealed, 4 bytes that vouch for it */
const headLength = 8;
const sealOverhead = 24 + 16;
const minFrameBytes = 512;
const sectorBytes = 512;

/** What a journal held when it was read. */
export type JournalContent = Readonly<{
  batches: readonly Batch[];
  /** bytes up to the end of the last whole frame; what follows is a torn tail */
  length: number;
  /** what was wrong apart from a torn tail, in words; empty if nothing */
  damage: readonly string[];
}>;

/** A journal open for appending. */
export class Journal {
  readonly number: number;
  readonly #folder: SealedFolder;
  readonly #file: AppendFile;
  readonly #start: number;
  #length: number;
  #broken = false;

  private constructor(folder: SealedFolder, number: number, file: AppendFile, start: number, length: number) {
    this.#folder = folder;
    this.number = number;
    this.#file = file;
    this.#start = start;
    this.#length = length;
  }

  /** Writes a new, empty journal; it is in use once an index names it. */
  static async create(folder: SealedFolder, number: number): Promise<Journal> {
    const bytes = firstBytes(folder, number);
    await folder.replace('journal', number, bytes);
    const file = await folder.files.openAppend(folder.pathOf('journal', number));
    return new Journal(folder, number, file, bytes.length, bytes.length);
  }

  /** Goes on at the end of a journal that `readJournal` found undamaged; cuts a torn tail off. */
  static async resume(folder: SealedFolder, number: number, content: JournalContent): Promise<Journal> {
    const path = folder.pathOf('journal', number);
    const size = folder.readRaw(folder.keys.fileName('journal', number))?.length ?? 0;
    const file = await folder.files.openAppend(path);
    try {
      if (size > content.length) await file.truncate(content.length);
    } catch (error) {
      await file.close();
      throw writeFailed(error);
    }
    return new Journal(folder, number, file, firstBytesLength, content.length);
  }

  /** bytes of commits in it */
  get size(): number {
    return this.#length - this.#start;
  }

  /** After a failed write nobody knows what the disk has: no more commits here, a new journal is needed. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Commits a batch durably, or throws StoreError `write-failed`. */
  async append(batch: Batch): Promise<void> {
    const frame = encodeFrame(this.#folder, this.number, this.#length, batch.toJson());
    try {
      await this.#file.append(frame, this.#length);
    } catch (error) {
      this.#broken = true;
      // What was refused should not come back at the next opening.
      await this.#file.truncate(this.#length).catch(() => undefined);
      throw writeFailed(error);
    }
    this.#length += frame.length;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Everything readable in a journal. Throws DamagedFile if the file is missing. */
export function readJournal(folder: SealedFolder, number: number): JournalContent {
  const bytes = folder.readRaw(folder.keys.fileName('journal', number));
  if (bytes === null) throw new DamagedFile('is missing');
  const damage: string[] = [];
  if (decodeHeader(bytes) !== number) damage.push('has a broken header');
  const batches: Batch[] = [];
  let born = false;
  let skipped = 0;
  let at = headerLength;
  while (at < bytes.length) {
    const frame = decodeFrame(folder, number, bytes, at);
    if (frame.kind === 'torn') break;
    if (frame.kind === 'damaged') {
      damage.push('fails authentication in one place');
      at = frame.end ?? findFrame(folder, number, bytes, at + 1);
      continue;
    }
    if (!born && at === headerLength) {
      born = true;
    } else {
      const read = Batch.fromJson(frame.json);
      if (read) batches.push(read.batch);
      skipped += read ? read.skipped : 1;
    }
    at = frame.end;
  }
  // A journal is on the disk before an index names it, so not even a power cut shortens it to less than its birth.
  if (!born && damage.length === 0) damage.push('is cut short');
  if (skipped > 0) damage.push(`has ${skipped} entries that make no sense`);
  return { batches, length: Math.min(at, bytes.length), damage };
}

type Frame =
  | Readonly<{ kind: 'whole'; json: unknown; end: number }>
  /** the last write before a crash, of which not all reached the disk */
  | Readonly<{ kind: 'torn' }>
  /** `end` is null if the frame's length can't be trusted */
  | Readonly<{ kind: 'damaged'; end: number | null }>;

function decodeFrame(folder: SealedFolder, number: number, bytes: Uint8Array, at: number): Frame {
  if (bytes.length - at < headLength) return { kind: 'torn' };
  const length = readLe32(bytes, at);
  const check = bytes.subarray(at + 4, at + headLength);
  if (!equalBytes(check, folder.keys.frameCheck(frameHead(number, at, length)))) {
    return hasEmptySector(bytes, at, bytes.length) ? { kind: 'torn' } : { kind: 'damaged', end: null };
  }
  const end = at + headLength + length;
  if (end > bytes.length) return { kind: 'torn' };
  const padded = folder.unseal('journal', number, at, bytes.subarray(at + headLength, end));
  if (padded === null) {
    const torn = end === bytes.length && hasEmptySector(bytes, at, end);
    return torn ? { kind: 'torn' } : { kind: 'damaged', end };
  }
  const text = utf8Decode(unpadFromBucket(padded) ?? new Uint8Array(0));
  try {
    return { kind: 'whole', json: JSON.parse(text ?? ''), end };
  } catch {
    return { kind: 'damaged', end };
  }
}

function encodeFrame(folder: SealedFolder, number: number, at: number, json: unknown): Uint8Array {
  const padded = padToBucket(utf8Encode(JSON.stringify(json)), headLength + sealOverhead, minFrameBytes);
  const sealed = folder.seal('journal', number, at, padded);
  const check = folder.keys.frameCheck(frameHead(number, at, sealed.length));
  return concatBytes(le32(sealed.length), check, sealed);
}

const firstBytesLength = headerLength + minFrameBytes;

/** Header and the frame of birth, which shows that an empty journal is one. */
function firstBytes(folder: SealedFolder, number: number): Uint8Array {
  return concatBytes(encodeHeader(number), encodeFrame(folder, number, headerLength, { journal: number }));
}

function frameHead(number: number, at: number, length: number): Uint8Array {
  return utf8Encode(`${number} ${at} ${length}`);
}

/** Where the next frame after damage begins, or the end. */
function findFrame(folder: SealedFolder, number: number, bytes: Uint8Array, from: number): number {
  for (let at = from; at + headLength <= bytes.length; at++) {
    const length = readLe32(bytes, at);
    const total = headLength + length;
    if (at + total > bytes.length || bucketSize(total, minFrameBytes) !== total) continue;
    const check = bytes.subarray(at + 4, at + headLength);
    if (equalBytes(check, folder.keys.frameCheck(frameHead(number, at, length)))) return at;
  }
  return bytes.length;
}

/**
 * Whether a sector of the frame is all zeros: after a power cut a file may be as long as it should be while sectors
 * of its last write were never written. Ciphertext never looks like that (16 zeros: 1 in 2^128).
 */
function hasEmptySector(bytes: Uint8Array, from: number, to: number): boolean {
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / sectorBytes) + 1) * sectorBytes);
    if (end - start >= 16 && bytes.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}
