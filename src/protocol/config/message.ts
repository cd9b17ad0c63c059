/**
 * One config message in the clear (config.md, sections 2 and 3): a counter, the whole state, and the diffs of its last
 * ancestors, by which devices that edited at the same time merge to the same bytes.
 */
import { sign, verify } from '../../crypto/ed25519.ts';
import { blake2b } from '../../crypto/hash.ts';
import { ProtocolError } from '../../errors.ts';
import { compareBytes } from '../../util/bytes.ts';
import { type BencodeDict, type BencodeValue, decodeBencode, encodeBencode } from '../bencode.ts';
import { type ConfigDict, checkData, emptyDict } from './data.ts';
import { type ConfigDiff, checkDiff, emptyDiff } from './diff.ts';

/** A message carries the diffs of the ancestors up to this many revisions back, itself counted. */
export const lag = 5;
/** A message in the clear at most: well above what 5 000 000 compressed bytes of contacts hold. */
export const maxPlainBytes = 8 * 1024 * 1024;
/** Counters beyond are nonsense that would leave no room to count on. */
export const maxSeqno = 2 ** 48;
const limits = { depth: 32, values: 400_000 };
/** Far more than devices that all edit at once leave behind. */
const maxLagged = 4096;

const hashLength = 32;
const signatureLength = 64;
/** `1:~64:`, the signature and the final `e`, none of which is signed. */
const signatureTail = 6 + signatureLength + 1;

/** Which message: its counter and the BLAKE2b-256 of its bytes. */
export type Revision = Readonly<{ seqno: number; hash: Uint8Array }>;
export type LaggedDiff = Revision & Readonly<{ diff: ConfigDiff }>;

/** What a message says. */
export type ConfigContent = Readonly<{
  seqno: number;
  data: ConfigDict;
  /** ascending by counter, then hash */
  lagged: readonly LaggedDiff[];
  diff: ConfigDiff;
  /** top-level keys of later versions, kept and sent on */
  unknown: BencodeDict;
}>;

/** What a message says, and its bytes: for a received one those that came. */
export type ConfigMessage = ConfigContent &
  Readonly<{
    hash: Uint8Array;
    bytes: Uint8Array;
    /** null where nothing was verified */
    signature: Uint8Array | null;
  }>;

/** The order of revisions: the counter, then the hash. */
export function compareRevisions(a: Revision, b: Revision): number {
  return a.seqno - b.seqno || compareBytes(a.hash, b.hash);
}

const known = new Set(['#', '&', '<', '=', '~']);

/**
 * The message in `bytes` (section 2.4). With `verifyKey` (an Ed25519 public key) it must carry that key's signature;
 * without, a signature is passed over. ProtocolError `malformed`, `too-large` or `bad-signature`.
 */
export function parseConfigMessage(bytes: Uint8Array, verifyKey: Uint8Array | null = null): ConfigMessage {
  if (bytes.length > maxPlainBytes) throw new ProtocolError('too-large', 'The config message is too large');
  const top = decodeBencode(bytes, limits);
  if (!(top instanceof Map)) throw new ProtocolError('malformed', 'A config message is a dictionary');
  const keys = [...top.keys()];
  if (keys[0] !== '#') throw new ProtocolError('malformed', 'A config message starts with its counter');
  const last = keys.at(-1) ?? '';
  if (last > '~') throw new ProtocolError('malformed', 'A config message ends with its signature');
  // The reference's reader tolerates a missing list of diffs, but not that nothing at all follows.
  if (last < '=') throw new ProtocolError('malformed', 'A config message lacks its diff');
  const seqno = seqnoOf(top.get('#'));
  return {
    seqno,
    data: checkData(top.get('&')),
    lagged: top.has('<') ? laggedOf(top.get('<'), seqno) : [],
    diff: top.has('=') ? checkDiff(top.get('=')) : emptyDiff,
    unknown: new Map([...top].filter(([key]) => !known.has(key))),
    signature: signatureOf(top.get('~'), bytes, verifyKey),
    hash: blake2b(hashLength, bytes),
    bytes,
  };
}

function seqnoOf(value: BencodeValue | undefined): number {
  if (typeof value !== 'bigint') throw new ProtocolError('malformed', "A config's counter is not a number");
  if (value < 0n || value > BigInt(maxSeqno))
    throw new ProtocolError('malformed', "A config's counter is out of range");
  return Number(value);
}

/** The entries within reach of `seqno`; older ones are passed over (section 2.3). */
function laggedOf(value: BencodeValue | undefined, seqno: number): readonly LaggedDiff[] {
  if (!Array.isArray(value)) throw new ProtocolError('malformed', "A config's diffs are not a list");
  if (value.length > maxLagged) throw new ProtocolError('too-large', 'The config has too many diffs');
  const rows = value.map((row: BencodeValue) => {
    const [at, hash, diff, ...more]: readonly (BencodeValue | undefined)[] = Array.isArray(row) ? row : [];
    if (typeof at !== 'bigint' || !(hash instanceof Uint8Array) || more.length > 0)
      throw new ProtocolError('malformed', "A config's lagged diff is not counter, hash and diff");
    if (hash.length !== hashLength)
      throw new ProtocolError('malformed', "A config's lagged diff has a hash of another length");
    if (at >= BigInt(seqno))
      throw new ProtocolError('malformed', "A config's lagged diff is not older than the config");
    return { seqno: Number(at), hash, diff: checkDiff(diff) };
  });
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before !== undefined && compareRevisions(before, row) >= 0)
      throw new ProtocolError('malformed', "A config's lagged diffs are not in order");
  }
  return rows.filter((row) => row.seqno > seqno - lag);
}

function signatureOf(
  value: BencodeValue | undefined,
  bytes: Uint8Array,
  verifyKey: Uint8Array | null,
): Uint8Array | null {
  if (value !== undefined && !(value instanceof Uint8Array))
    throw new ProtocolError('malformed', "A config's signature is not a string");
  if (verifyKey === null) return null;
  const good =
    value?.length === signatureLength && verify(value, bytes.subarray(0, -signatureTail), verifyKey);
  if (!good) throw new ProtocolError('bad-signature', "The config's signature is wrong or missing");
  return value;
}

/** The bytes of a message; `signature` as verified, or null for none. Entries out of the window are left out. */
export function encodeConfigContent(content: ConfigContent, signature: Uint8Array | null = null): Uint8Array {
  const { seqno, data, lagged, diff, unknown } = content;
  const top = new Map<string, BencodeValue>(unknown);
  top.set('#', BigInt(seqno));
  top.set('&', data);
  top.set(
    '<',
    lagged
      .filter((row) => row.seqno > seqno - lag && row.seqno < seqno)
      .map((row) => [BigInt(row.seqno), row.hash, row.diff]),
  );
  top.set('=', diff);
  if (signature !== null) top.set('~', signature);
  return encodeBencode(top);
}

/** A message of our own. With `signKey` (a 64-byte Ed25519 secret key) it is signed (section 3). */
export function buildConfigMessage(content: ConfigContent, signKey: Uint8Array | null = null): ConfigMessage {
  const unsigned = encodeConfigContent(content);
  const signature = signKey === null ? null : sign(unsigned.subarray(0, -1), signKey);
  const bytes = signature === null ? unsigned : encodeConfigContent(content, signature);
  return { ...content, signature, bytes, hash: blake2b(hashLength, bytes) };
}

/** What every config starts from: counter 0 and nothing in it. */
export function initialContent(): ConfigContent {
  return { seqno: 0, data: emptyDict, lagged: [], diff: emptyDiff, unknown: new Map() };
}

/** The successor of `message` with its state unchanged so far (section 6.2). */
export function nextContent(message: ConfigMessage): ConfigContent {
  const { seqno, hash, diff, data, unknown } = message;
  const kept = message.lagged.filter((row) => row.seqno > seqno - lag && row.seqno < seqno);
  return { seqno: seqno + 1, data, lagged: [...kept, { seqno, hash, diff }], diff: emptyDiff, unknown };
}
