/**
 * Bencode, strictly: `i…e` integers, `N:…` byte strings, `l…e` lists, `d…e` dictionaries with keys in byte order.
 * Every value has exactly one encoding, and only that one is accepted.
 *
 * Dictionaries are `Map`s. Their keys are byte strings too and stand here as "binary" text, one character (U+0000 to
 * U+00FF) a byte, so that text order is byte order.
 */
import { ProtocolError } from '../errors.ts';
import { utf8Encode } from '../util/bytes.ts';

export type BencodeDict = ReadonlyMap<string, BencodeValue>;
export type BencodeValue = bigint | Uint8Array | readonly BencodeValue[] | BencodeDict;

/** What may be encoded: also safe integers, and text, which becomes UTF-8. */
export type BencodeInput =
  | bigint
  | number
  | string
  | Uint8Array
  | readonly BencodeInput[]
  | ReadonlyMap<string, BencodeInput>;

export type BencodeLimits = Readonly<{
  /** lists and dictionaries within each other; default 32 */
  depth?: number;
  /** values altogether, keys not counted; default 100 000 */
  values?: number;
}>;

// what 64 bits hold, signed or not, as in the reference
const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 64n - 1n;

/** The encoding of a value. ProtocolError `malformed` for numbers that 64 bits don't hold and keys beyond U+00FF. */
export function encodeBencode(value: BencodeInput): Uint8Array {
  const writer = new Writer();
  writer.value(value);
  return writer.bytes();
}

/**
 * The one value that `bytes` encode; byte strings in it are views into `bytes`. ProtocolError `malformed` (with the
 * offset) for anything else: a second spelling of an integer or length, keys unsorted or twice, bytes left over.
 * `too-large` beyond the limits.
 */
export function decodeBencode(bytes: Uint8Array, limits: BencodeLimits = {}): BencodeValue {
  const reader = new Reader(bytes, limits.depth ?? 32, limits.values ?? 100_000);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw reader.malformed('bytes are left over');
  return value;
}

/** One buffer that grows: a config of a thousand contacts has some ten thousand pieces of a few bytes. */
class Writer {
  #buffer = new Uint8Array(256);
  #length = 0;

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  value(value: BencodeInput): void {
    if (typeof value === 'bigint' || typeof value === 'number') {
      if (typeof value === 'number' && !Number.isSafeInteger(value))
        throw new ProtocolError('malformed', 'Bencode holds integers only');
      if (value < minInteger || value > maxInteger)
        throw new ProtocolError('malformed', 'The integer does not fit into 64 bits');
      this.#binary(`i${value}e`);
    } else if (typeof value === 'string') {
      this.#string(utf8Encode(value));
    } else if (value instanceof Uint8Array) {
      this.#string(value);
    } else if (value instanceof Map) {
      this.#binary('d');
      for (const key of [...value.keys()].sort(byCodeUnits)) {
        this.#key(key);
        this.value(value.get(key));
      }
      this.#binary('e');
    } else {
      this.#binary('l');
      // a ReadonlyMap is a Map at run time, so what is left is the array
      for (const item of value as readonly BencodeInput[]) this.value(item);
      this.#binary('e');
    }
  }

  #string(bytes: Uint8Array): void {
    this.#binary(`${bytes.length}:`);
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #key(key: string): void {
    this.#binary(`${key.length}:`);
    this.#binary(key);
  }

  /** Characters as bytes. */
  #binary(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) throw new ProtocolError('malformed', 'A dictionary key must be bytes');
      this.#buffer[this.#length++] = unit;
    }
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const minus = 0x2d;
const digit0 = 0x30;
const digit9 = 0x39;
const colon = 0x3a;
const letterD = 0x64;
const letterE = 0x65;
const letterI = 0x69;
const letterL = 0x6c;

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #maxDepth: number;
  #valuesLeft: number;

  constructor(bytes: Uint8Array, maxDepth: number, maxValues: number) {
    this.#bytes = bytes;
    this.#maxDepth = maxDepth;
    this.#valuesLeft = maxValues;
  }

  malformed(what: string): ProtocolError {
    return new ProtocolError('malformed', `Not bencode at byte ${this.at}: ${what}`);
  }

  value(depth: number): BencodeValue {
    if (this.#valuesLeft-- <= 0) throw new ProtocolError('too-large', 'Bencode with too many values');
    const lead = this.#bytes[this.at];
    if (lead === letterI) return this.#integer();
    if (lead !== letterL && lead !== letterD) return this.#string();
    if (depth >= this.#maxDepth) throw new ProtocolError('too-large', 'Bencode nested too deeply');
    this.at++;
    return lead === letterL ? this.#list(depth) : this.#dict(depth);
  }

  #list(depth: number): BencodeValue[] {
    const items: BencodeValue[] = [];
    while (!this.#end()) items.push(this.value(depth + 1));
    return items;
  }

  #dict(depth: number): Map<string, BencodeValue> {
    const entries = new Map<string, BencodeValue>();
    let last: string | null = null;
    while (!this.#end()) {
      const key = binaryText(this.#string());
      if (last !== null && key <= last) throw this.malformed('keys out of order');
      last = key;
      entries.set(key, this.value(depth + 1));
    }
    return entries;
  }

  #end(): boolean {
    if (this.#bytes[this.at] !== letterE) return false;
    this.at++;
    return true;
  }

  #integer(): bigint {
    const start = ++this.at;
    if (this.#bytes[this.at] === minus) this.at++;
    const digits = this.#digits(20);
    const negative = this.at - digits.length > start;
    if (negative && digits === '0') throw this.malformed('minus zero');
    if (!this.#end()) throw this.malformed('an integer does not end');
    const value = negative ? -BigInt(digits) : BigInt(digits);
    if (value < minInteger || value > maxInteger) throw this.malformed('an integer beyond 64 bits');
    return value;
  }

  #string(): Uint8Array {
    const length = Number(this.#digits(15));
    if (this.#bytes[this.at] !== colon) throw this.malformed('a length without its colon');
    const start = this.at + 1;
    if (length > this.#bytes.length - start) throw this.malformed('a string beyond the end');
    this.at = start + length;
    return this.#bytes.subarray(start, this.at);
  }

  #digits(most: number): string {
    let text = '';
    for (;;) {
      const byte = this.#bytes[this.at];
      if (byte === undefined || byte < digit0 || byte > digit9) break;
      if (text.length === most) throw this.malformed('a number too long');
      text += String.fromCharCode(byte);
      this.at++;
    }
    if (text === '') throw this.malformed('a digit is missing');
    if (text.length > 1 && text.startsWith('0')) throw this.malformed('a leading zero');
    return text;
  }
}

function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
