/**
 * Reading and writing the fields of a config's dictionaries. What comes from other clients is read leniently: a field of
 * another type, or with an absurd value, counts as absent; it stays in the data as it is.
 */
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex, utf8DecodeLenient, utf8Encode } from '../../util/bytes.ts';
import { binaryBytes, binaryText, type ConfigDict, type ConfigValue, isSet } from './data.ts';

/** Names of people and groups, in UTF-8 bytes. */
export const maxNameBytes = 100;
const maxUrlBytes = 223;
const maxTimerSeconds = 2 ** 32 - 1;
const idDigits = 66;

/** A picture on a file server and the 32-byte key that opens it. */
export type ProfilePicture = Readonly<{ url: string; key: Uint8Array }>;

export type NotifyMode = 'default' | 'all' | 'disabled' | 'mentions_only';
const notifyModes: readonly NotifyMode[] = ['default', 'all', 'disabled', 'mentions_only'];

/** An integer that a double holds exactly; 0 for anything else. */
export function readInt(dict: ConfigDict, key: string): number {
  const value = dict.get(key);
  const number = typeof value === 'bigint' ? Number(value) : 0;
  return Number.isSafeInteger(number) ? number : 0;
}

/** A positive integer, or 0. */
export function readPositive(dict: ConfigDict, key: string): number {
  return Math.max(0, readInt(dict, key));
}

/** Seconds of a timer, as a message can carry them (32 bits); 0 for none. */
export function readTimer(dict: ConfigDict, key: string): number {
  const seconds = readPositive(dict, key);
  return seconds > maxTimerSeconds ? 0 : seconds;
}

export function readFlag(dict: ConfigDict, key: string): boolean {
  return readInt(dict, key) !== 0;
}

/** Seconds, though written as ms or µs by some version (section 8). */
export function readSeconds(dict: ConfigDict, key: string): number {
  return normalSeconds(readPositive(dict, key));
}

/** A time that may be in ms or µs, in seconds. */
export function normalSeconds(time: number): number {
  if (time > 9e12) return Math.floor(time / 1e6);
  return time > 9e9 ? Math.floor(time / 1000) : time;
}

/** A string of exactly `length` bytes, or null. */
export function readBytes(dict: ConfigDict, key: string, length: number): Uint8Array | null {
  const value = dict.get(key);
  return value instanceof Uint8Array && value.length === length ? value : null;
}

/** A name, cut to 100 bytes; '' where there is none. Foreign text: sanitise before it is shown. */
export function readName(dict: ConfigDict, key: string): string {
  const value = dict.get(key);
  return value instanceof Uint8Array ? utf8DecodeLenient(cutUtf8(value, maxNameBytes)) : '';
}

export function readPicture(dict: ConfigDict, urlKey: string, keyKey: string): ProfilePicture | null {
  const url = dict.get(urlKey);
  const key = readBytes(dict, keyKey, 32);
  if (!(url instanceof Uint8Array) || url.length === 0 || url.length > maxUrlBytes || key === null)
    return null;
  return { url: utf8DecodeLenient(url), key };
}

/** The integers of a set that are bit positions. */
export function readBits(dict: ConfigDict, key: string): readonly number[] {
  const value = dict.get(key);
  if (!isSet(value)) return [];
  return value.filter((item) => typeof item === 'bigint' && item >= 0n && item < 64n).map(Number);
}

export function readNotify(dict: ConfigDict, key: string): NotifyMode {
  return notifyModes[readInt(dict, key)] ?? 'default';
}

/** As stored; null: not at all. */
export function notifyValue(mode: NotifyMode): bigint | null {
  return intValue(notifyModes.indexOf(mode));
}

/** A field's value, or null for 0, which is not stored. ProtocolError `malformed` for what is no integer. */
export function intValue(value: number): bigint | null {
  if (!Number.isSafeInteger(value)) throw new ProtocolError('malformed', 'A config holds integers only');
  return value === 0 ? null : BigInt(value);
}

/** As `intValue`; null for negative numbers too. */
export function positiveValue(value: number): bigint | null {
  return intValue(Math.max(0, value));
}

/** A time as stored: seconds, or null for none. */
export function secondsValue(time: number): bigint | null {
  return positiveValue(normalSeconds(time));
}

export function flagValue(value: boolean): bigint | null {
  return value ? 1n : null;
}

/** A name as stored. ProtocolError `too-large` beyond 100 bytes. */
export function nameValue(name: string, what = 'A name'): Uint8Array {
  const bytes = utf8Encode(name);
  if (bytes.length > maxNameBytes)
    throw new ProtocolError('too-large', `${what} may have ${maxNameBytes} bytes, not ${bytes.length}`);
  return bytes;
}

/** URL and key as stored. ProtocolError `too-large` or `malformed`. */
export function pictureValues(
  picture: ProfilePicture | null,
): readonly [Uint8Array | null, Uint8Array | null] {
  if (picture === null) return [null, null];
  const url = utf8Encode(picture.url);
  if (url.length === 0 || picture.key.length !== 32)
    throw new ProtocolError('malformed', 'A picture has a URL and a key of 32 bytes');
  if (url.length > maxUrlBytes)
    throw new ProtocolError('too-large', `A picture's URL may have ${maxUrlBytes} bytes`);
  return [url, picture.key];
}

/** `name` cut at the end of a character, to 100 bytes of UTF-8 at most. */
export function truncateName(name: string): string {
  return utf8DecodeLenient(cutUtf8(utf8Encode(name), maxNameBytes));
}

function cutUtf8(bytes: Uint8Array, most: number): Uint8Array {
  if (bytes.length <= most) return bytes;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** An ID of 66 hex digits as a dictionary key of 33 raw bytes. ProtocolError `malformed` for another prefix. */
export function idKey(id: string, prefixes: readonly string[]): string {
  const bytes = id.length === idDigits ? fromHex(id) : null;
  if (bytes === null || !prefixes.includes(id.slice(0, 2)))
    throw new ProtocolError(
      'malformed',
      `The ID is not 66 hex digits that start with ${prefixes.join(' or ')}`,
    );
  return binaryText(bytes);
}

/** The entries of a dictionary whose keys are IDs with one of these prefixes, in byte order; others are passed over. */
export function idEntries<Id extends string>(
  dict: ConfigDict,
  parse: (text: string) => Id | null,
): readonly (readonly [Id, ConfigDict])[] {
  const entries: (readonly [Id, ConfigDict])[] = [];
  for (const [key, value] of sortedEntries(dict)) {
    const id = key.length === 33 ? parse(toHex(binaryBytes(key))) : null;
    if (id !== null && value instanceof Map) entries.push([id, value]);
  }
  return entries;
}

/** The entries in byte order of their keys. */
export function sortedEntries(dict: ConfigDict): readonly (readonly [string, ConfigValue])[] {
  return [...dict].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `dict` with some of its fields replaced; null removes. */
export function withFields(
  dict: ConfigDict,
  fields: Readonly<Record<string, ConfigValue | null>>,
): ConfigDict {
  const changed = new Map(dict);
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) changed.delete(key);
    else changed.set(key, value);
  }
  return changed;
}
