/** Requests to external servers and their answers, inside the onion: bencoded lists (network.md 3.5). */
import { ProtocolError } from '../../errors.ts';
import { utf8Decode } from '../../util/bytes.ts';
import { type BencodeValue, decodeBencode, encodeBencode } from '../bencode.ts';

export type Headers = Readonly<Record<string, string>>;

export type V4Request = Readonly<{
  method: string;
  /** path and query, starting with a slash */
  endpoint: string;
  headers: Headers;
  /** null: no body element at all, as for GET and DELETE */
  body: Uint8Array | null;
}>;

export type V4Response = Readonly<{
  /** the server's own status; the onion's says nothing about it */
  code: number;
  /** names in lower case */
  headers: Headers;
  body: Uint8Array;
}>;

/** What servers say, with code 400, to a request they can't read. */
export const invalidV4Text = 'Invalid v4 onion request';

const listLimits = { depth: 1, values: 4 };
const maxHeaders = 100;

/** The payload of a request. ProtocolError `malformed` for an endpoint without its slash. */
export function encodeV4Request(request: V4Request): Uint8Array {
  if (!request.endpoint.startsWith('/'))
    throw new ProtocolError('malformed', 'An endpoint starts with a slash');
  const { method, endpoint, headers } = request;
  const meta = JSON.stringify({ method, endpoint, headers });
  return encodeBencode(request.body === null ? [meta] : [meta, request.body]);
}

/** A request as a server reads it: members in any order, spaces anywhere. ProtocolError `malformed`. */
export function decodeV4Request(bytes: Uint8Array): V4Request {
  const [meta, body, ...more] = stringsOf(bytes);
  if (more.length > 0) throw new ProtocolError('malformed', 'A v4 request has too many parts');
  const json = metaOf(meta);
  const { method, endpoint } = json;
  if (typeof method !== 'string' || !/^[A-Za-z]{1,16}$/.test(method))
    throw new ProtocolError('malformed', 'A v4 request has no method');
  if (typeof endpoint !== 'string' || !endpoint.startsWith('/'))
    throw new ProtocolError('malformed', 'A v4 request has no endpoint');
  return { method, endpoint, headers: headersOf(json.headers ?? {}), body: body ?? null };
}

/**
 * An answer as servers write it: lower-case header names, no content-length, and JSON with the spaces and escapes of
 * Python's `json.dumps`, to the byte.
 */
export function encodeV4Response(response: V4Response): Uint8Array {
  const headers = Object.entries(response.headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]) => `${asciiJson(name)}: ${asciiJson(value)}`);
  const meta = `{"code": ${response.code}, "headers": {${headers.join(', ')}}}`;
  return encodeBencode([meta, response.body]);
}

/** An answer: always two parts. ProtocolError `malformed`. */
export function decodeV4Response(bytes: Uint8Array): V4Response {
  const [meta, body, ...more] = stringsOf(bytes);
  if (body === undefined || more.length > 0)
    throw new ProtocolError('malformed', 'A v4 answer does not have two parts');
  const json = metaOf(meta);
  const { code } = json;
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 100 || code > 999)
    throw new ProtocolError('malformed', 'A v4 answer has no code');
  return { code, headers: headersOf(json.headers ?? {}, lowerCase), body };
}

function stringsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const list: BencodeValue = decodeBencode(bytes, listLimits);
  if (!Array.isArray(list)) throw new ProtocolError('malformed', 'A v4 payload is a list');
  return list.map((part: BencodeValue) => {
    if (!(part instanceof Uint8Array)) throw new ProtocolError('malformed', 'A v4 payload holds strings');
    return part;
  });
}

function metaOf(meta: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  const text = meta === undefined ? null : utf8Decode(meta);
  let json: unknown;
  try {
    json = text === null ? null : JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('malformed', 'The first part of a v4 payload is not JSON', { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new ProtocolError('malformed', 'The first part of a v4 payload is not a JSON object');
  // neither null nor array nor primitive: a JSON object
  return json as Readonly<Record<string, unknown>>;
}

function headersOf(value: unknown, nameOf: (name: string) => string = asGiven): Headers {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProtocolError('malformed', 'The headers of a v4 payload are not an object');
  const headers = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw new ProtocolError('malformed', 'A header of a v4 payload is not text');
    if (headers.size >= maxHeaders) throw new ProtocolError('too-large', 'A v4 payload has too many headers');
    headers.set(nameOf(name), text);
  }
  return Object.fromEntries(headers);
}

const asGiven = (name: string): string => name;
const lowerCase = (name: string): string => name.toLowerCase();

/** JSON text with everything outside ASCII escaped. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
