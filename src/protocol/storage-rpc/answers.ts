/** Answers of storage servers, parsed and bounded (network.md 4.5, 4.6). ProtocolError `malformed` or `too-large`. */
import * as v from 'valibot';
import { ProtocolError } from '../../errors.ts';
import { fromBase64 } from '../../util/bytes.ts';
import { maxBatchRequests } from './requests.ts';

/** The answer to one request of a batch. `body` is a JSON object, or text for most errors. */
export type SubAnswer = Readonly<{ code: number; body: unknown }>;

/** The server's clock and the hard fork it works under, in almost every answer that is an object. */
export type ServerState = Readonly<{
  /** ms, or null when the answer does not say */
  time: number | null;
  hardFork: readonly [number, number] | null;
}>;

/** What one member of a swarm says of a change. */
export type MemberAnswer =
  | Readonly<{ kind: 'ok'; fields: Readonly<Record<string, unknown>> }>
  | Readonly<{
      kind: 'failed';
      /** `timeout`, `code`, `bad-peer-response`, `query-failure` or `unknown` */
      why: string;
      /** the member's own status, when it gave one */
      code: number | null;
    }>;

export type StoredMember = Readonly<{
  hash: string;
  signature: string;
  expiry: number | null;
  already: boolean;
}>;

export type StoreResult = Readonly<{
  /** 43 characters of base64; the server says what it is, `messageHash` says what it must be */
  hash: string;
  /** members that have the message, by Ed25519 key (hex); check with `verifyStoreSignature` */
  stored: ReadonlyMap<string, StoredMember>;
  failed: number;
  state: ServerState;
}>;

export type RetrievedMessage = Readonly<{
  hash: string;
  data: Uint8Array;
  /** ms, by the clock of the client that stored it */
  timestamp: number;
  /** ms */
  expiresAt: number;
}>;

export type RetrieveResult = Readonly<{
  /** in the order of this node */
  messages: readonly RetrievedMessage[];
  /** the last entry with a readable hash, good or bad otherwise: where to go on */
  cursor: Readonly<{ hash: string; expiresAt: number }> | null;
  more: boolean;
  /** entries that could not be read */
  malformed: number;
  state: ServerState;
}>;

export type InfoResult = Readonly<{ version: readonly number[]; time: number; state: ServerState }>;

export const maxRetrievedMessages = 20_000;
const maxDataBase64 = 102_400;
const maxHashes = 10_000;

const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}$/));
const signature = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{86}(==)?$/));
const fields = v.custom<Readonly<Record<string, unknown>>>(isObject);

const subAnswer = v.object({
  code: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(999)),
  body: v.unknown(),
});
const batchAnswer = v.object({ results: v.pipe(v.array(subAnswer), v.maxLength(maxBatchRequests)) });

const storedMember = v.object({
  hash,
  signature,
  expiry: v.optional(time),
  already: v.optional(v.unknown()),
});
const storeAnswer = v.object({ hash: v.optional(hash), swarm: v.optional(fields) });

const retrievedMessage = v.object({
  hash,
  data: v.pipe(v.string(), v.maxLength(maxDataBase64)),
  timestamp: time,
  expiration: time,
});
const retrieveAnswer = v.object({ messages: v.array(v.unknown()), more: v.optional(v.boolean()) });

const infoAnswer = v.object({
  version: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.maxLength(8)),
  timestamp: time,
});
const expiriesAnswer = v.object({ expiries: fields });

const onsAnswer = v.object({
  result: v.object({
    encrypted_value: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{2,512}$/))),
    nonce: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{0,128}$/))),
  }),
});

/** Results of a batch or sequence, in request order; a sequence that stopped early has fewer than were asked. */
export function parseBatchAnswer(body: unknown): readonly SubAnswer[] {
  return parse(batchAnswer, body, 'batch').results.map((result) => ({
    code: result.code,
    body: result.body,
  }));
}

/** Clock and hard fork, as far as the answer tells them; nulls for text and everything else. */
export function parseServerState(body: unknown): ServerState {
  if (!isObject(body)) return { time: null, hardFork: null };
  const t = v.safeParse(time, body.t);
  const hf = v.safeParse(v.tuple([time, time]), body.hf);
  return { time: t.success ? t.output : null, hardFork: hf.success ? hf.output : null };
}

/**
 * The answer to a `store` with code 200. `not-stored` (ProtocolError) when no member has the message: a 2.8.0 server
 * says 200 all the same.
 */
export function parseStoreAnswer(body: unknown): StoreResult {
  const answer = parse(storeAnswer, body, 'store');
  const stored = new Map<string, StoredMember>();
  let failed = 0;
  for (const [node, member] of parseSwarmMembers(answer.swarm ?? {})) {
    const parsed = v.safeParse(storedMember, member.kind === 'ok' ? member.fields : null);
    if (!parsed.success) {
      failed++;
      continue;
    }
    const { hash, signature, expiry, already } = parsed.output;
    // `already` is 1 from the other members and true from the entry node (storage-server-observed.md)
    stored.set(node, { hash, signature, expiry: expiry ?? null, already: already === true || already === 1 });
  }
  const known = answer.hash ?? [...stored.values()][0]?.hash;
  if (known === undefined || stored.size === 0)
    throw new ProtocolError('not-stored', 'No member of the swarm stored the message');
  return { hash: known, stored, failed, state: parseServerState(body) };
}

/** The answer to a `retrieve` with code 200. A bad entry is counted and left out; the others stay. */
export function parseRetrieveAnswer(body: unknown): RetrieveResult {
  const answer = parse(retrieveAnswer, body, 'retrieve');
  if (answer.messages.length > maxRetrievedMessages)
    throw new ProtocolError('too-large', 'A retrieve answer holds too many messages');
  const messages: RetrievedMessage[] = [];
  let cursor: RetrieveResult['cursor'] = null;
  let malformed = 0;
  for (const entry of answer.messages) {
    const parsed = v.safeParse(retrievedMessage, entry);
    const data = parsed.success ? fromBase64(parsed.output.data) : null;
    if (parsed.success && data !== null) {
      const { hash, timestamp, expiration } = parsed.output;
      messages.push({ hash, data, timestamp, expiresAt: expiration });
      cursor = { hash, expiresAt: expiration };
    } else {
      malformed++;
      // past a bad entry too, or the node would hand it over again for ever
      cursor = cursorOf(entry) ?? cursor;
    }
  }
  return { messages, cursor, more: answer.more ?? false, malformed, state: parseServerState(body) };
}

/** The answer to `info`. */
export function parseInfoAnswer(body: unknown): InfoResult {
  const answer = parse(infoAnswer, body, 'info');
  return { version: answer.version, time: answer.timestamp, state: parseServerState(body) };
}

/** Members' answers to any request that the entry node passes on (`delete`, `expire`, …), by Ed25519 key (hex). */
export function parseRecursiveAnswer(body: unknown): ReadonlyMap<string, MemberAnswer> {
  return parseSwarmMembers(parse(v.object({ swarm: fields }), body, 'swarm').swarm);
}

/** The answer to `get_expiries`: hash to ms. Hashes the node does not have are missing. */
export function parseExpiriesAnswer(body: unknown): ReadonlyMap<string, number> {
  const expiries = new Map<string, number>();
  for (const [key, value] of Object.entries(parse(expiriesAnswer, body, 'get_expiries').expiries)) {
    if (expiries.size >= maxHashes) throw new ProtocolError('too-large', 'An expiries answer is too long');
    if (v.is(hash, key) && v.is(time, value)) expiries.set(key, value);
  }
  return expiries;
}

/** The answer to `ons_resolve`: hex of value and nonce, or null for a name that nobody registered. */
export function parseOnsAnswer(body: unknown): { encryptedValue: string; nonce: string } | null {
  const { encrypted_value, nonce } = parse(onsAnswer, body, 'name').result;
  return encrypted_value === undefined ? null : { encryptedValue: encrypted_value, nonce: nonce ?? '' };
}

function parseSwarmMembers(swarm: Readonly<Record<string, unknown>>): ReadonlyMap<string, MemberAnswer> {
  const members = new Map<string, MemberAnswer>();
  for (const [node, member] of Object.entries(swarm)) {
    if (members.size >= 200) throw new ProtocolError('too-large', 'An answer names too many swarm members');
    if (!/^[0-9a-fA-F]{64}$/.test(node)) continue;
    members.set(node.toLowerCase(), parseMember(member));
  }
  return members;
}

function parseMember(member: unknown): MemberAnswer {
  if (!isObject(member)) return { kind: 'failed', why: 'unknown', code: null };
  if (!member.failed) return { kind: 'ok', fields: member };
  // the code comes as text in 2.8.0
  const code = Number(member.code);
  const hasCode = Number.isInteger(code) && code >= 100 && code <= 999;
  const why = member.timeout
    ? 'timeout'
    : hasCode
      ? 'code'
      : member.bad_peer_response
        ? 'bad-peer-response'
        : member.query_failure
          ? 'query-failure'
          : 'unknown';
  return { kind: 'failed', why, code: hasCode ? code : null };
}

function cursorOf(entry: unknown): RetrieveResult['cursor'] {
  const parsed = v.safeParse(v.object({ hash, expiration: time }), entry);
  return parsed.success ? { hash: parsed.output.hash, expiresAt: parsed.output.expiration } : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse<S extends v.GenericSchema>(schema: S, body: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  throw new ProtocolError('malformed', `The ${what} answer of a storage server is not what it must be`);
}
