/**
 * Adapters of `npm run vectors` for onion_requests, onion_responses and v4_codec. An adapter takes one case and throws
 * when the code does not agree with it.
 */
import { deepStrictEqual, strictEqual, throws } from 'node:assert';
import { scalarMult } from '../../src/crypto/x25519.ts';
import { ProtocolError } from '../../src/errors.ts';
import { type EncType, layerKey } from '../../src/protocol/onion/layer.ts';
import { type NodeKeys, peelRequest } from '../../src/protocol/onion/peel.ts';
import { buildOnionRequest, type OnionDestination, onionHop } from '../../src/protocol/onion/request.ts';
import { openReply, sealResponse } from '../../src/protocol/onion/response.ts';
import {
  decodeV4Request,
  decodeV4Response,
  encodeV4Request,
  encodeV4Response,
} from '../../src/protocol/onion/v4.ts';
import { fromHex, toHex } from '../../src/util/bytes.ts';

type KeyedNode = { ed25519: string; x25519: string; x25519_seckey: string };

type RequestCase = {
  kind: 'request' | 'reject_at_first_hop';
  enc_type: EncType;
  hops: KeyedNode[];
  destination: KeyedNode & {
    kind: 'snode' | 'server';
    host: string;
    target: string;
    protocol: 'http' | 'https';
    port?: number;
  };
  payload: string;
  layers: { routing: Record<string, unknown> }[];
  randomness: { ephemeral_seckeys: string[]; nonces: string[] };
  final_pubkey: string;
  final_seckey: string;
  blob: string;
};

type ResponseCase = {
  kind: 'ok' | 'reject';
  enc_type: EncType;
  destination_x25519: string;
  final_pubkey: string;
  final_seckey: string;
  nonce?: string;
  plaintext: string;
  ciphertext: string;
};

type V4Case = {
  kind: 'exchange' | 'bad_request';
  request: { method: string; endpoint: string; headers: Record<string, string>; body: string | null };
  request_encoded: string;
  response_encoded: string;
  response: { code: number; headers?: Record<string, string>; body: string };
};

/** The bytes of a hex member. */
function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error('the vector holds bad hex');
  return bytes;
}

function keysOf(node: KeyedNode): NodeKeys {
  return { x25519PublicKey: hex(node.x25519), x25519SecretKey: hex(node.x25519_seckey) };
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('the vector holds an empty list');
  return item;
}

/** Rebuilds the request from its recorded randomness, then peels it hop by hop. */
export function onionRequest(vector: unknown): void {
  const c = vector as RequestCase; // the shape is that of test/vectors/README.md
  if (c.kind === 'reject_at_first_hop') {
    strictEqual(peelRequest(hex(c.blob), keysOf(first(c.hops))).kind, 'rejected');
    return;
  }
  const { destination } = c;
  const to: OnionDestination =
    destination.kind === 'server'
      ? { ...destination, kind: 'server', x25519: hex(destination.x25519) }
      : { kind: 'node', ed25519: destination.ed25519, x25519: hex(destination.x25519) };
  const { ephemeral_seckeys: secrets, nonces } = c.randomness;
  const random = secrets.flatMap((secret, i) => [hex(secret), hex(nonces[i] ?? '')]);
  const { body, reply } = buildOnionRequest({
    path: c.hops.map((hop) => onionHop(hop)),
    destination: to,
    payload: hex(c.payload),
    encType: c.enc_type,
    dialect: 'libsession',
    random: () => random.shift() ?? new Uint8Array(),
  });
  strictEqual(toHex(body), c.blob);
  const shared = scalarMult(hex(c.final_seckey), hex(destination.x25519));
  strictEqual(
    toHex(reply.key),
    toHex(layerKey(c.enc_type, shared, hex(c.final_pubkey), hex(destination.x25519))),
  );

  let next = body;
  for (const [i, hop] of c.hops.entries()) {
    const peeled = peelRequest(next, keysOf(hop));
    const routing = c.layers[i]?.routing;
    if (peeled.kind === 'proxy') {
      const { host, port, protocol, target } = peeled;
      const { host: h, port: p, protocol: s, target: t } = routing ?? {};
      deepStrictEqual({ host, port, protocol, target }, { host: h, port: p, protocol: s, target: t });
      return;
    }
    if (peeled.kind !== 'relay') throw new Error(`hop ${i} found a layer of kind ${peeled.kind}`);
    strictEqual(peeled.destination, routing?.destination);
    next = peeled.body;
  }
  const final = peelRequest(next, keysOf(destination));
  if (final.kind !== 'final') throw new Error(`the destination found a layer of kind ${final.kind}`);
  strictEqual(toHex(final.payload), c.payload);
  strictEqual(toHex(final.answer.key), toHex(reply.key));
}

/** Opens (and, with a recorded nonce, seals) an answer. */
export function onionResponse(vector: unknown): void {
  const c = vector as ResponseCase; // the shape is that of test/vectors/README.md
  const shared = scalarMult(hex(c.final_seckey), hex(c.destination_x25519));
  const key = (encType: EncType) => layerKey(encType, shared, hex(c.final_pubkey), hex(c.destination_x25519));
  const reply = { encType: c.enc_type, key: key(c.enc_type), gcmKey: key('aes-gcm') };
  if (c.kind === 'reject') {
    throws(() => openReply(hex(c.ciphertext), reply), ProtocolError);
    return;
  }
  strictEqual(toHex(openReply(hex(c.ciphertext), reply)), c.plaintext);
  if (c.nonce === undefined) return;
  const nonce = hex(c.nonce);
  strictEqual(toHex(sealResponse(hex(c.plaintext), reply.key, c.enc_type, () => nonce)), c.ciphertext);
}

/** Reads and writes a v4 request and its answer. */
export function v4Codec(vector: unknown): void {
  const c = vector as V4Case; // the shape is that of test/vectors/README.md
  const answer = decodeV4Response(hex(c.response_encoded));
  strictEqual(answer.code, c.response.code);
  strictEqual(toHex(answer.body), c.response.body);
  strictEqual(toHex(encodeV4Response(answer)), c.response_encoded);
  if (c.kind === 'bad_request') {
    throws(() => decodeV4Request(hex(c.request_encoded)), ProtocolError);
    return;
  }
  deepStrictEqual(answer.headers, c.response.headers);
  const request = { ...c.request, body: c.request.body === null ? null : hex(c.request.body) };
  deepStrictEqual(decodeV4Request(hex(c.request_encoded)), request);
  deepStrictEqual(decodeV4Request(encodeV4Request(request)), request);
}
