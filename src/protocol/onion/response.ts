/** Answers to onion requests: encrypted once, by the destination (network.md 3.4). */
import { ProtocolError, SessionTuiError } from '../../errors.ts';
import { fromBase64, utf8Decode } from '../../util/bytes.ts';
import { type EncType, nonceLength, openWithKey, sealWithKey } from './layer.ts';
import { maxOnionBody, type OnionReplyKey } from './request.ts';
import { decodeV4Response, type V4Response } from './v4.ts';

/** What a node said, once decrypted. */
export type NodeAnswer = Readonly<{
  /** as in HTTP, but of the destination, not of the path */
  status: number;
  /** a JSON value, or the text that stands in its place (errors) */
  body: unknown;
}>;

/** The largest answer read, bytes: 10 MiB of ciphertext as base64, and a little air. */
export const maxAnswerBody = Math.ceil(maxOnionBody / 3) * 4 + 4096;

/** Encrypts an answer as its destination; gives iv or nonce, ciphertext, tag. `key` is that of the request's layer. */
export function sealResponse(
  plaintext: Uint8Array,
  key: Uint8Array,
  encType: EncType,
  random: (length: number) => Uint8Array,
): Uint8Array {
  return sealWithKey(encType, key, random(nonceLength(encType)), plaintext);
}

/**
 * Decrypts the raw bytes of an answer (iv or nonce first). A destination may answer an XChaCha20 request in AES-GCM
 * (vectors README, oddity 9): the key of either proves that it is the destination. ProtocolError `decrypt-failed`.
 */
export function openReply(wire: Uint8Array, reply: OnionReplyKey): Uint8Array {
  try {
    return openWithKey(reply.encType, reply.key, wire);
  } catch (cause) {
    if (reply.gcmKey !== undefined) {
      try {
        return openWithKey('aes-gcm', reply.gcmKey, wire);
      } catch {
        // the first failure says more
      }
    }
    if (!(cause instanceof SessionTuiError)) throw cause;
    throw new ProtocolError('decrypt-failed', 'The answer was not encrypted by its destination', { cause });
  }
}

/**
 * The answer of a service node, from the body that came with outer status 200: base64, or (old nodes) JSON with that
 * base64 as `result`. ProtocolError `too-large`, `malformed`, or `decrypt-failed`.
 */
export function openNodeResponse(bodyBytes: Uint8Array, reply: OnionReplyKey): NodeAnswer {
  if (bodyBytes.length > maxAnswerBody)
    throw new ProtocolError('too-large', 'The answer is larger than 10 MiB');
  const text = utf8Decode(bodyBytes)?.trim();
  const wire = text === undefined ? null : fromBase64(text.startsWith('{') ? legacyResult(text) : text);
  if (wire === null || wire.length === 0) throw new ProtocolError('malformed', 'The answer is not base64');
  return decodeNodeAnswer(openReply(wire, reply));
}

/** The v4 answer of a server: raw bytes, no base64. Errors as above. */
export function openServerResponse(bodyBytes: Uint8Array, reply: OnionReplyKey): V4Response {
  if (bodyBytes.length > maxAnswerBody)
    throw new ProtocolError('too-large', 'The answer is larger than 10 MiB');
  return decodeV4Response(openReply(bodyBytes, reply));
}

function legacyResult(text: string): string {
  const json = parseJson(text);
  if (isObject(json) && typeof json.result === 'string') return json.result;
  throw new ProtocolError('malformed', 'The answer holds no result');
}

function decodeNodeAnswer(plaintext: Uint8Array): NodeAnswer {
  const text = utf8Decode(plaintext);
  const json = text === null ? undefined : parseJson(text);
  if (!isObject(json)) throw new ProtocolError('malformed', 'The decrypted answer is not a JSON object');
  const { status, body } = json;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 599)
    throw new ProtocolError('malformed', 'The decrypted answer has no status');
  if (body === undefined) throw new ProtocolError('malformed', 'The decrypted answer has no body');
  if (typeof body !== 'string') return { status, body };
  // by default a JSON value comes as text inside JSON; what is no JSON object or array is meant as text
  const inner = /^\s*[[{]/.test(body) ? parseJson(body) : undefined;
  return { status, body: inner === undefined ? body : inner };
}

/** The value, or undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
