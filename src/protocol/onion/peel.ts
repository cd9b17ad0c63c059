/**
 * The other side of an onion request: what a node does with what it gets (network.md 3.3 and 8, texts as in
 * storage-server-observed.md). Used by the devnet alone, and written from the notes rather than from request.ts, so
 * that one mistake can't hide in both: only the cipher and the frame are shared.
 */
import { SessionTuiError } from '../../errors.ts';
import { fromHex, readLe32, utf8DecodeLenient } from '../../util/bytes.ts';
import { decryptLayer, type EncType, type FrameJson, frame, parseEncType } from './layer.ts';

/** A node's own X25519 key pair, 32 bytes each. */
export type NodeKeys = Readonly<{ x25519PublicKey: Uint8Array; x25519SecretKey: Uint8Array }>;

/** How the answer has to be encrypted. */
export type AnswerKey = Readonly<{ encType: EncType; key: Uint8Array }>;

export type Peeled =
  /** pass `body` on to the node with the Ed25519 key `destination` (lower-case hex) */
  | Readonly<{ kind: 'relay'; hop: number; destination: string; body: Uint8Array }>
  /** the request is for this node; `json` and `base64` say how the answer is wanted */
  | Readonly<{
      kind: 'final';
      hop: number;
      payload: Uint8Array;
      control: Readonly<{ json: boolean; base64: boolean }>;
      answer: AnswerKey;
    }>
  /** post `body` to an external server and pass its answer back raw */
  | Readonly<{
      kind: 'proxy';
      hop: number;
      protocol: 'http' | 'https';
      host: string;
      port: number;
      target: string;
      body: Uint8Array;
      answer: AnswerKey;
    }>
  /** this node's own refusal: `{"body":text,"status":status}`, encrypted in base64, with outer status 200 */
  | Readonly<{ kind: 'refused'; hop: number; status: number; text: string; answer: AnswerKey }>
  /** no key to answer with: `text` in clear, with this outer status */
  | Readonly<{ kind: 'rejected'; status: number; text: string }>;

/** A relayed request carries the number of its hops; beyond this one it is going in circles. */
export const maxHops = 15;

/** A problem whose text goes back to the client after "Error parsing onion request: ". */
class Unparsable extends Error {}

/** Opens one layer with this node's keys and judges what is in it. Never throws for any `body`. */
export function peelRequest(body: Uint8Array, keys: NodeKeys): Peeled {
  let outer: { ciphertext: Uint8Array; ephemeralPk: Uint8Array; encType: EncType; hop: number };
  try {
    const { blob, json } = split(body);
    const members = objectOf(json);
    outer = {
      ciphertext: blob,
      ephemeralPk: keyOf(textAt(members, 'ephemeral_key')),
      encType: Object.hasOwn(members, 'enc_type') ? encTypeOf(textAt(members, 'enc_type')) : 'aes-gcm',
      hop: hopOf(members),
    };
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return { kind: 'rejected', status: 400, text: `Error parsing onion request: ${error.message}` };
  }
  const { hop, encType } = outer;
  if (hop > maxHops) return { kind: 'rejected', status: 400, text: 'onion request max path length exceeded' };

  let opened: { plaintext: Uint8Array; key: Uint8Array };
  try {
    opened = decryptLayer({
      encType,
      xSk: keys.x25519SecretKey,
      xPk: keys.x25519PublicKey,
      ephemeralPk: outer.ephemeralPk,
      wire: outer.ciphertext,
    });
  } catch (error) {
    if (!(error instanceof SessionTuiError)) throw error;
    return { kind: 'rejected', status: 400, text: 'Invalid ciphertext' };
  }
  const answer: AnswerKey = { encType, key: opened.key };
  try {
    return judge(opened.plaintext, hop, answer);
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return { kind: 'refused', hop, status: 400, text: 'Invalid json', answer };
  }
}

/** What the decrypted layer asks for: `headers` means "for you", `host` an external server, else the next node. */
function judge(plaintext: Uint8Array, hop: number, answer: AnswerKey): Peeled {
  const { blob, json } = split(plaintext);
  const members = objectOf(json);
  if (Object.hasOwn(members, 'headers')) {
    const control = { json: flagAt(members, 'json', false), base64: flagAt(members, 'base64', true) };
    return { kind: 'final', hop, payload: blob, control, answer };
  }
  if (Object.hasOwn(members, 'host')) {
    const host = textAt(members, 'host');
    const target = textAt(members, 'target');
    const port = Object.hasOwn(members, 'port') ? portAt(members) : 443;
    const protocol = Object.hasOwn(members, 'protocol') ? textAt(members, 'protocol') : 'https';
    if ((protocol !== 'http' && protocol !== 'https') || !isTargetAllowed(target))
      return { kind: 'refused', hop, status: 400, text: 'Invalid url', answer };
    // the server gets all that was decrypted: its own key is in the same JSON object
    return { kind: 'proxy', hop, protocol, host, port, target, body: plaintext, answer };
  }
  const destination = textAt(members, 'destination');
  keyOf(destination);
  const ephemeralKey = textAt(members, 'ephemeral_key');
  keyOf(ephemeralKey);
  const encType = Object.hasOwn(members, 'enc_type') ? encTypeOf(textAt(members, 'enc_type')) : 'aes-gcm';
  const next = { ephemeral_key: ephemeralKey.toLowerCase(), enc_type: encType, hop_no: hop + 1 };
  return { kind: 'relay', hop, destination: destination.toLowerCase(), body: frame(blob, next) };
}

/** Only onion endpoints: an exit is no open proxy. */
function isTargetAllowed(target: string): boolean {
  return (
    (target.startsWith('/loki/') || target.startsWith('/oxen/')) &&
    target.endsWith('/lsrpc') &&
    !target.includes('?')
  );
}

function split(bytes: Uint8Array): { blob: Uint8Array; json: unknown } {
  if (bytes.length < 4) throw new Unparsable('Unexpected payload size; expected ciphertext size');
  const length = readLe32(bytes);
  const rest = bytes.length - 4;
  if (rest < length) throw new Unparsable(`Unexpected payload size ${rest}, expected >= ${length}`);
  const text = utf8DecodeLenient(bytes.subarray(4 + length));
  try {
    return { blob: bytes.subarray(4, 4 + length), json: JSON.parse(text) };
  } catch {
    throw new Unparsable(jsonComplaint(text));
  }
}

/** In the words of the server's JSON library, for the two ways in which a request is cut off. */
function jsonComplaint(text: string): string {
  const where = `[json.exception.parse_error.101] parse error at line 1, column ${text.length + 1}: syntax error while parsing value - `;
  if (text === '') return `${where}unexpected end of input; expected '[', '{', or a literal`;
  const quote = openQuote(text);
  return quote === -1
    ? `${where}unexpected end of input`
    : `${where}invalid string: missing closing quote; last read: '${text.slice(quote)}'`;
}

/** Where the string starts that is still open at the end of `text`; −1 if none is. */
function openQuote(text: string): number {
  let start = -1;
  for (let i = 0; i < text.length; i++) {
    if (start >= 0 && text[i] === '\\') i++;
    else if (text[i] === '"') start = start >= 0 ? -1 : i;
  }
  return start;
}

function objectOf(json: unknown): FrameJson {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Unparsable(`[json.exception.type_error.304] cannot use at() with ${typeName(json)}`);
  // neither null nor array nor primitive: a JSON object
  return json as FrameJson;
}

function textAt(members: FrameJson, name: string): string {
  if (!Object.hasOwn(members, name))
    throw new Unparsable(`[json.exception.out_of_range.403] key '${name}' not found`);
  const value = members[name];
  if (typeof value !== 'string')
    throw new Unparsable(
      `[json.exception.type_error.303] incompatible ReferenceType for get_ref, actual type is ${typeName(value)}`,
    );
  return value;
}

function flagAt(members: FrameJson, name: string, otherwise: boolean): boolean {
  if (!Object.hasOwn(members, name)) return otherwise;
  const value = members[name];
  if (typeof value !== 'boolean') throw wrongType('boolean', value);
  return value;
}

function portAt(members: FrameJson): number {
  const value = members.port;
  if (typeof value !== 'number') throw wrongType('number', value);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new Unparsable('port out of range');
  return value;
}

/** A client may start above zero, so that no hop knows that it is the first; below zero counts as zero. */
function hopOf(members: FrameJson): number {
  if (!Object.hasOwn(members, 'hop_no')) return 0;
  const value = members.hop_no;
  if (typeof value !== 'number') throw wrongType('number', value);
  return Math.max(0, Math.trunc(value));
}

function keyOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === null) throw new Unparsable('Hex key data is invalid: data is not hex');
  if (bytes.length !== 32)
    throw new Unparsable(`Hex key data is invalid: expected 64 hex digits not ${hex.length}`);
  return bytes;
}

function encTypeOf(text: string): EncType {
  const encType = parseEncType(text);
  if (encType === null) throw new Unparsable(`Invalid encryption type ${text}`);
  return encType;
}

function wrongType(expected: string, value: unknown): Unparsable {
  return new Unparsable(
    `[json.exception.type_error.302] type must be ${expected}, but is ${typeName(value)}`,
  );
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
