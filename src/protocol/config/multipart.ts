/** Configs too large for one stored message (config.md, section 4.5). */
import { blake2b } from '../../crypto/hash.ts';
import { ProtocolError } from '../../errors.ts';
import { concatBytes, equalBytes, toHex } from '../../util/bytes.ts';
import { encodeBencode } from '../bencode.ts';
import { configOverhead } from './crypt.ts';

/** A stored message at most. */
export const maxStoredBytes = 76_800;
/** A config at most, compressed and padded. */
export const maxPaddedBytes = 5_000_000;
/** What a part holds besides its chunk, with a length of five digits. */
const partOverhead = 50;
const chunkLength = maxStoredBytes - configOverhead - partOverhead;
const maxParts = Math.ceil(maxPaddedBytes / chunkLength);
/** Incomplete configs kept at once; honest devices have one under way. */
const maxSets = 8;
const maxFinished = 256;

const dayMs = 86_400_000;
const keepIncompleteMs = 7 * dayMs;
const keepFinishedMs = 14 * dayMs;

export const partMark = 0x6d;

/** The parts of a padded config, each to be encrypted on its own. */
export function splitConfig(padded: Uint8Array): readonly Uint8Array[] {
  if (padded.length > maxPaddedBytes)
    throw new ProtocolError('too-large', 'The config is too large to store');
  const hash = blake2b(32, padded);
  const count = Math.ceil(padded.length / chunkLength);
  return Array.from({ length: count }, (_, index) => {
    const chunk = padded.subarray(index * chunkLength, (index + 1) * chunkLength);
    // A shorter length leaves zeros behind the list, as in the reference.
    const part = new Uint8Array(partOverhead + chunk.length);
    part[0] = partMark;
    part.set(encodeBencode([hash, Uint8Array.of(index), Uint8Array.of(count), chunk]), 1);
    return part;
  });
}

export type ConfigPart = Readonly<{ id: Uint8Array; index: number; count: number; chunk: Uint8Array }>;

/** A part in the clear; what follows its list is passed over. ProtocolError `malformed`. */
export function parsePart(bytes: Uint8Array): ConfigPart {
  const head = /^ml32:.{32}1:(.)1:(.)(\d{1,5}):/s.exec(binaryHead(bytes));
  const index = head?.[1]?.charCodeAt(0) ?? 0;
  const count = head?.[2]?.charCodeAt(0) ?? 0;
  const length = Number(head?.[3] ?? 0);
  const start = head?.[0].length ?? 0;
  if (count < 2 || count > maxParts || index >= count || length === 0 || bytes[start + length] !== 0x65)
    throw new ProtocolError('malformed', 'The part of a config is malformed');
  return { id: bytes.subarray(5, 37), index, count, chunk: bytes.subarray(start, start + length) };
}

function binaryHead(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, partOverhead + 1));
}

export type PartSet = Readonly<{
  count: number;
  /** ms; forgotten then */
  expires: number;
  parts: ReadonlyMap<number, Readonly<{ hash: string; chunk: Uint8Array }>>;
}>;

/** What must survive a restart: by the hex of the whole config's hash. */
export type PartsState = Readonly<{
  incomplete: ReadonlyMap<string, PartSet>;
  finished: ReadonlyMap<string, number>;
}>;

export const noParts: PartsState = { incomplete: new Map(), finished: new Map() };

export type Added = Readonly<{
  /** the same as before for a part of a finished config */
  state: PartsState;
  /** the whole padded config and the swarm hashes of its parts, once the last part is in */
  whole: Readonly<{ padded: Uint8Array; hashes: readonly string[] }> | null;
  /** it was the last part, but they add up to something else than they say */
  broken?: boolean;
}>;

/**
 * Takes in one part, stored under the swarm hash `hash`. Parts may come in any order, twice, and late. A set that
 * completes to something else than its hash says is dropped. ProtocolError `malformed` for a part that contradicts the
 * others about their number.
 */
export function addPart(state: PartsState, hash: string, part: ConfigPart, now: number): Added {
  const id = toHex(part.id);
  if (state.finished.has(id)) return { state, whole: null };
  const known = state.incomplete.get(id);
  if (known !== undefined && known.count !== part.count)
    throw new ProtocolError('malformed', "A config's parts disagree about their number");
  const parts = new Map(known?.parts);
  if (!parts.has(part.index)) parts.set(part.index, { hash, chunk: Uint8Array.from(part.chunk) });
  const incomplete = new Map(state.incomplete);
  incomplete.delete(id);
  if (parts.size < part.count) {
    incomplete.set(id, { count: part.count, expires: now + keepIncompleteMs, parts });
    for (const oldest of [...incomplete.keys()].slice(0, -maxSets)) incomplete.delete(oldest);
    return { state: { ...state, incomplete }, whole: null };
  }
  const ordered = [...parts].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  const padded = concatBytes(...ordered.map(({ chunk }) => chunk));
  const finished = new Map(state.finished).set(id, now + keepFinishedMs);
  for (const oldest of [...finished.keys()].slice(0, -maxFinished)) finished.delete(oldest);
  if (!equalBytes(blake2b(32, padded), part.id))
    return { state: { incomplete, finished: state.finished }, whole: null, broken: true };
  return { state: { incomplete, finished }, whole: { padded, hashes: ordered.map(({ hash }) => hash) } };
}

/** `state` without what has expired by `now`. */
export function dropExpired(state: PartsState, now: number): PartsState {
  const incomplete = new Map([...state.incomplete].filter(([, set]) => set.expires > now));
  const finished = new Map([...state.finished].filter(([, expires]) => expires > now));
  const same = incomplete.size === state.incomplete.size && finished.size === state.finished.size;
  return same ? state : { incomplete, finished };
}
