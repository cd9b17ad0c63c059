/**
 * Addresses of communities, and the form in which configs keep things of communities (config.md, sections 8 to 10):
 * base URL -> { "#": the server's key, "R": { entry } }.
 */
import { ProtocolError } from '../../errors.ts';
import { fromBase64, fromHex, toHex } from '../../util/bytes.ts';
import { type ConfigDict, dictIn, getIn, setIn } from './data.ts';
import { sortedEntries } from './fields.ts';

const maxBaseUrlLength = 267;
const urlPattern = /^(https?):\/\/([a-z0-9.-]+)(?::(\d{1,5}))?\/?$/;
const roomPattern = /^[a-z0-9_-]{1,64}$/;

/** `pubkey` has 32 bytes; `room` stands as people write it. */
export type CommunityAddress = Readonly<{ baseUrl: string; room: string; pubkey: Uint8Array }>;

/** The one form of a server's base URL: lower case, no default port, no slash. ProtocolError `malformed`. */
export function canonicalBaseUrl(url: string): string {
  const [, scheme = '', host = '', digits] = urlPattern.exec(url.toLowerCase()) ?? [];
  const port = digits === undefined ? null : Number(digits);
  if (host.length < 4 || !host.includes('.') || port === 0 || (port !== null && port > 65_535))
    throw new ProtocolError('malformed', 'The community has no valid base URL');
  const shown = port === null || port === (scheme === 'http' ? 80 : 443) ? '' : `:${port}`;
  const canonical = `${scheme}://${host}${shown}`;
  if (canonical.length > maxBaseUrlLength)
    throw new ProtocolError('malformed', "The community's base URL is too long");
  return canonical;
}

/** The key of a room in a config: its name in lower case. ProtocolError `malformed` for what is no room name. */
export function roomKey(room: string): string {
  const key = room.toLowerCase();
  if (!roomPattern.test(key)) throw new ProtocolError('malformed', "The room's name is not valid");
  return key;
}

/**
 * An address of the form BASE/ROOM?public_key=KEY or BASE/r/ROOM?…, the key as hex, base64 or z-base-32.
 * ProtocolError `malformed`.
 */
export function parseCommunityUrl(url: string): CommunityAddress {
  const parts = /^([a-z]+:\/\/[^/?#]+)\/(?:r\/)?([^/?#]+)\?public_key=([^&#]+)$/i.exec(url);
  const [, base, room, key] = parts ?? [];
  const pubkey = key === undefined ? null : decodeServerKey(key);
  if (base === undefined || room === undefined || pubkey === null)
    throw new ProtocolError('malformed', 'The text is not the URL of a community with its public key');
  roomKey(room);
  return { baseUrl: canonicalBaseUrl(base), room, pubkey };
}

/** The full URL, with the room as written in `address`. */
export function communityUrl(address: CommunityAddress): string {
  return `${address.baseUrl}/${address.room}?public_key=${toHex(address.pubkey)}`;
}

function decodeServerKey(text: string): Uint8Array | null {
  const bytes =
    text.length === 64 ? fromHex(text) : text.length === 52 ? fromBase32z(text) : fromBase64(text);
  return bytes?.length === 32 ? bytes : null;
}

const base32zDigits = 'ybndrfg8ejkmcpqxot1uwisza345h769';

function fromBase32z(text: string): Uint8Array | null {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of text.toLowerCase()) {
    const digit = base32zDigits.indexOf(char);
    if (digit < 0) return null;
    bits = ((bits << 5) | digit) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  // the last digit may not carry more than the key has bits
  return (bits & ((1 << count) - 1)) === 0 ? Uint8Array.from(bytes) : null;
}

export type CommunityEntry = Readonly<{
  baseUrl: string;
  pubkey: Uint8Array;
  key: string;
  fields: ConfigDict;
}>;

/** Every entry below `path`, by URL and key; those of servers without a key or with an odd URL are passed over. */
export function communityEntries(data: ConfigDict, path: string): readonly CommunityEntry[] {
  const found: CommunityEntry[] = [];
  for (const [baseUrl] of sortedEntries(dictIn(data, path))) {
    const pubkey = getIn(data, path, baseUrl, '#');
    if (!(pubkey instanceof Uint8Array) || pubkey.length !== 32 || !isCanonical(baseUrl)) continue;
    for (const [key, fields] of sortedEntries(dictIn(data, path, baseUrl, 'R')))
      if (fields instanceof Map) found.push({ baseUrl, pubkey, key, fields });
  }
  return found;
}

function isCanonical(url: string): boolean {
  try {
    return canonicalBaseUrl(url) === url;
  } catch {
    return false;
  }
}

/** `data` with `fields` as the entry `key` of a server. ProtocolError `malformed` for a key that is not 32 bytes. */
export function withCommunityEntry(
  data: ConfigDict,
  path: string,
  { baseUrl, pubkey, key, fields }: CommunityEntry,
): ConfigDict {
  if (pubkey.length !== 32) throw new ProtocolError('malformed', "A community server's key is 32 bytes");
  return setIn(setIn(data, [path, baseUrl, '#'], pubkey), [path, baseUrl, 'R', key], fields);
}

/** `data` without an entry, and without its server when it was the last one there. */
export function withoutCommunityEntry(
  data: ConfigDict,
  path: string,
  baseUrl: string,
  key: string,
): ConfigDict {
  const next = setIn(data, [path, baseUrl, 'R', key], null);
  if (next === data) return data;
  return dictIn(next, path, baseUrl, 'R').size === 0 ? setIn(next, [path, baseUrl], null) : next;
}
