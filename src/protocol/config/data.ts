/**
 * The state that a config message carries (config.md, section 2.1): dictionaries, sets and scalars. The values are
 * those of bencode under stricter rules, so that a checked tree can be encoded as it stands. Trees are never changed:
 * an edit makes new dictionaries along its path and shares the rest, and hands back the same tree when it changes
 * nothing.
 */
import { ProtocolError } from '../../errors.ts';
import { compareBytes, equalBytes } from '../../util/bytes.ts';
import type { BencodeDict, BencodeValue } from '../bencode.ts';

/** An integer of signed 64 bits, or bytes. */
export type ConfigScalar = bigint | Uint8Array;
/** Integers in ascending order, then byte strings in byte order; nothing twice. */
export type ConfigSet = readonly ConfigScalar[];
/** Keys are byte strings as "binary" text, see ../bencode.ts. */
export type ConfigDict = ReadonlyMap<string, ConfigValue>;
export type ConfigValue = ConfigScalar | ConfigSet | ConfigDict;

export const emptyDict: ConfigDict = new Map();

const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 63n - 1n;

export function isScalar(value: unknown): value is ConfigScalar {
  return typeof value === 'bigint' || value instanceof Uint8Array;
}

export function isSet(value: ConfigValue | BencodeValue | undefined): value is ConfigSet {
  return Array.isArray(value);
}

export function isDict(value: ConfigValue | undefined): value is ConfigDict {
  return value instanceof Map;
}

/** Bytes as dictionary keys stand in memory. */
export function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes of a dictionary key. */
export function binaryBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The order within a set: integers before strings. */
export function compareScalars(a: ConfigScalar, b: ConfigScalar): number {
  if (typeof a === 'bigint') return typeof b !== 'bigint' || a < b ? -1 : a > b ? 1 : 0;
  return typeof b === 'bigint' ? 1 : compareBytes(a, b);
}

export function equalScalars(a: ConfigScalar, b: ConfigScalar): boolean {
  if (typeof a === 'bigint' || typeof b === 'bigint') return a === b;
  return equalBytes(a, b);
}

/** `items` in set order, each once. */
export function makeSet(items: Iterable<ConfigScalar>): ConfigSet {
  const sorted = [...items].sort(compareScalars);
  return sorted.filter((item, i) => i === 0 || compareScalars(sorted[i - 1] ?? 0n, item) !== 0);
}

/**
 * The dictionary `value`, once it is known to be a config's data: no integer beyond signed 64 bits, no empty
 * dictionary or set below the top, sets of scalars in order. ProtocolError `malformed`.
 */
export function checkData(value: BencodeValue | undefined): ConfigDict {
  if (!(value instanceof Map)) throw new ProtocolError('malformed', "A config's data is not a dictionary");
  checkDict(value);
  // just checked: bencode under the rules of this file
  return value as ConfigDict;
}

function checkDict(dict: BencodeDict): void {
  for (const value of dict.values()) {
    if (value instanceof Map) {
      if (value.size === 0) throw new ProtocolError('malformed', 'A config holds an empty dictionary');
      checkDict(value);
    } else if (isSet(value)) {
      if (value.length === 0) throw new ProtocolError('malformed', 'A config holds an empty set');
      checkSet(value);
    } else {
      checkScalar(value);
    }
  }
}

/** Scalars in set order, each once; may be empty. ProtocolError `malformed`. */
export function checkSet(value: BencodeValue | undefined): ConfigSet {
  if (!isSet(value)) throw new ProtocolError('malformed', 'A config has something else in place of a set');
  let last: ConfigScalar | null = null;
  for (const item of value) {
    checkScalar(item);
    if (last !== null && compareScalars(last, item) >= 0)
      throw new ProtocolError('malformed', "A config's set is not in order");
    last = item;
  }
  return value;
}

function checkScalar(value: unknown): void {
  if (!isScalar(value)) throw new ProtocolError('malformed', "A config's set holds more than scalars");
  if (typeof value === 'bigint' && (value < minInteger || value > maxInteger))
    throw new ProtocolError('malformed', "A config's integer does not fit into 64 bits");
}

/** What stands at `path`, or undefined. */
export function getIn(dict: ConfigDict, ...path: readonly string[]): ConfigValue | undefined {
  let value: ConfigValue | undefined = dict;
  for (const key of path) value = isDict(value) ? value.get(key) : undefined;
  return value;
}

/** The dictionary at `path`; an empty one where there is none. */
export function dictIn(dict: ConfigDict, ...path: readonly string[]): ConfigDict {
  const value = getIn(dict, ...path);
  return isDict(value) ? value : emptyDict;
}

/**
 * `dict` with `value` at `path` (null: without what stands there). Dictionaries on the way are made where they are
 * missing and removed where they end up empty. The same `dict` when that changes nothing.
 */
export function setIn(dict: ConfigDict, path: readonly string[], value: ConfigValue | null): ConfigDict {
  const [key, ...rest] = path;
  if (key === undefined) return isDict(value ?? undefined) ? (value as ConfigDict) : emptyDict; // isDict says so
  const old = dict.get(key);
  let next: ConfigValue | null = value;
  if (rest.length > 0) next = setIn(isDict(old) ? old : emptyDict, rest, value);
  if (next !== null && !isScalar(next) && isEmpty(next)) next = null;
  // A removal below something that is no dictionary leaves that alone.
  if (next === null && rest.length > 0 && old !== undefined && !isDict(old)) return dict;
  if (next === null ? old === undefined : old !== undefined && equalValues(old, next)) return dict;
  const changed = new Map(dict);
  if (next === null) changed.delete(key);
  else changed.set(key, next);
  return changed;
}

export function isEmpty(value: ConfigSet | ConfigDict): boolean {
  return isSet(value) ? value.length === 0 : value.size === 0;
}

export function equalValues(a: ConfigValue, b: ConfigValue): boolean {
  if (a === b) return true;
  if (isScalar(a) || isScalar(b)) return isScalar(a) && isScalar(b) && equalScalars(a, b);
  if (isSet(a) || isSet(b)) {
    if (!isSet(a) || !isSet(b) || a.length !== b.length) return false;
    return a.every((item, i) => {
      const other = b[i];
      return other !== undefined && equalScalars(item, other);
    });
  }
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !equalValues(value, other)) return false;
  }
  return true;
}
