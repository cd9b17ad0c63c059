/** onion_requests.json, onion_responses.json and v4_codec.json. */
import { publicFromSecret, scalarMult } from '../../src/crypto/x25519.ts';
import { type EncType, frame, layerKey, parseEncType, unframe } from '../../src/protocol/onion/layer.ts';
import { type NodeKeys, peelRequest } from '../../src/protocol/onion/peel.ts';
import { buildOnionRequest, type OnionDestination, onionHop } from '../../src/protocol/onion/request.ts';
import { openReply, sealResponse } from '../../src/protocol/onion/response.ts';
import {
  decodeV4Request,
  decodeV4Response,
  encodeV4Request,
  encodeV4Response,
  type V4Request,
} from '../../src/protocol/onion/v4.ts';
import { fromHex, toHex } from '../../src/util/bytes.ts';
import { CaseFailure, expectEqual, expectRefused, VectorCase } from './case.ts';
import type { Adapter } from './run.ts';

function hex(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? fromHex(value) : null;
  if (bytes === null) throw new CaseFailure('the case holds bad hex');
  return bytes;
}

function encTypeOf(testCase: VectorCase): EncType {
  const encType = parseEncType(testCase.text('enc_type'));
  if (encType === null) throw new CaseFailure('the case names an unknown encryption type');
  return encType;
}

type KeyedNode = Readonly<{ ed25519: string; x25519: Uint8Array; keys: NodeKeys }>;

function keyedNode(node: VectorCase): KeyedNode {
  const x25519 = node.bytes('x25519');
  const x25519SecretKey = node.bytes('x25519_seckey');
  expectEqual(publicFromSecret(x25519SecretKey), x25519, 'the X25519 key of a node');
  return {
    ed25519: node.has('ed25519') ? node.text('ed25519') : '',
    x25519,
    keys: { x25519PublicKey: x25519, x25519SecretKey },
  };
}

function destinationOf(node: VectorCase, keyed: KeyedNode): OnionDestination {
  if (node.text('kind') === 'snode') return { kind: 'node', ed25519: keyed.ed25519, x25519: keyed.x25519 };
  return {
    kind: 'server',
    host: node.text('host'),
    target: node.text('target'),
    protocol: node.text('protocol') === 'http' ? 'http' : 'https',
    ...(node.has('port') ? { port: node.number('port') } : {}),
    x25519: keyed.x25519,
  };
}

/** Rebuilds a request from its recorded randomness, then peels it as each hop and as the destination. */
export const onionRequests: Adapter = (testCase) => {
  const hops = testCase.list('hops').map((hop) => keyedNode(new VectorCase(hop)));
  const blob = testCase.bytes('blob');
  if (testCase.kind === 'reject_at_first_hop') {
    const [guard] = hops;
    if (guard === undefined) throw new CaseFailure('the case has no hop');
    expectEqual(peelRequest(blob, guard.keys).kind, 'rejected', 'what the guard makes of it');
    return undefined;
  }

  const encType = encTypeOf(testCase);
  const destinationCase = testCase.object('destination');
  const destinationNode = keyedNode(destinationCase);
  const destination = destinationOf(destinationCase, destinationNode);
  const payload = testCase.bytes('payload');
  const randomness = testCase.object('randomness');
  const nonces = randomness.list('nonces');
  const random = randomness
    .list('ephemeral_seckeys')
    .flatMap((secret, index) => [hex(secret), hex(nonces[index])]);
  const { body, reply } = buildOnionRequest({
    path: hops.map(({ ed25519, x25519 }) => onionHop({ ed25519, x25519: toHex(x25519) })),
    destination,
    payload,
    encType,
    dialect: 'libsession',
    random: () => random.shift() ?? new Uint8Array(),
  });
  expectEqual(body, blob, 'the request');
  const shared = scalarMult(testCase.bytes('final_seckey'), destinationNode.x25519);
  const replyKey = layerKey(encType, shared, testCase.bytes('final_pubkey'), destinationNode.x25519);
  expectEqual(reply.key, replyKey, 'the key of the answer');
  const plaintext = testCase.raw('destination_plaintext');
  if (plaintext !== null && destination.kind === 'node')
    expectEqual(frame(payload, { headers: '' }), hex(plaintext), 'what the destination decrypts');
  else if (plaintext !== null) expectEqual(payload, hex(plaintext), 'what the destination decrypts');

  let next = body;
  const layers = testCase.list('layers');
  for (const [index, hop] of hops.entries()) {
    const layer = new VectorCase(layers[index], `layers[${index}]`);
    expectEqual(
      unframe(next).json.ephemeral_key,
      layer.text('ephemeral_key'),
      `the key told to hop ${index}`,
    );
    const peeled = peelRequest(next, hop.keys);
    const routing = layer.raw('routing');
    if (peeled.kind === 'proxy') {
      const { blob: inner, json } = unframe(peeled.body);
      expectEqual(inner.length, layer.number('inner_blob_length'), 'the length for the server');
      expectEqual(json, routing, 'the routing for the server');
      const { host, port, protocol, target } = peeled;
      const { enc_type, ephemeral_key, method, ...address } = json;
      expectEqual({ host, port, protocol, target }, address, 'the address of the server');
      return undefined;
    }
    if (peeled.kind !== 'relay') throw new CaseFailure(`hop ${index} found a layer of kind ${peeled.kind}`);
    const { blob: inner, json } = unframe(peeled.body);
    const { ephemeral_key, enc_type } = json;
    expectEqual({ destination: peeled.destination, enc_type, ephemeral_key }, routing, `routing ${index}`);
    expectEqual(inner.length, layer.number('inner_blob_length'), `the length behind hop ${index}`);
    next = peeled.body;
  }
  const final = peelRequest(next, destinationNode.keys);
  if (final.kind !== 'final') throw new CaseFailure(`the destination found a layer of kind ${final.kind}`);
  expectEqual(final.payload, payload, 'the payload at the destination');
  expectEqual(final.answer.key, replyKey, 'the key at the destination');
  return undefined;
};

/** Opens an answer and, where its nonce is recorded, seals it again. */
export const onionResponses: Adapter = (testCase) => {
  const encType = encTypeOf(testCase);
  const destination = testCase.bytes('destination_x25519');
  const finalPk = testCase.bytes('final_pubkey');
  const shared = scalarMult(testCase.bytes('final_seckey'), destination);
  const key = layerKey(encType, shared, finalPk, destination);
  const gcmKey = layerKey('aes-gcm', shared, finalPk, destination);
  const reply = encType === 'xchacha20' ? { encType, key, gcmKey } : { encType, key };
  const ciphertext = testCase.bytes('ciphertext');
  if (testCase.kind === 'reject') {
    expectRefused(() => openReply(ciphertext, reply));
    return undefined;
  }
  const destinationSecret = testCase.bytes('destination_x25519_seckey');
  expectEqual(scalarMult(destinationSecret, finalPk), shared, 'the secret on the other side');
  const plaintext = testCase.bytes('plaintext');
  expectEqual(openReply(ciphertext, reply), plaintext, 'the plaintext');
  if (testCase.has('nonce')) {
    const nonce = testCase.bytes('nonce');
    expectEqual(
      sealResponse(plaintext, key, encType, () => nonce),
      ciphertext,
      'the answer',
    );
  }
  return undefined;
};

/** Reads and writes a v4 request and its answer. */
export const v4Codec: Adapter = (testCase) => {
  const response = testCase.object('response');
  const responseEncoded = testCase.bytes('response_encoded');
  const answer = decodeV4Response(responseEncoded);
  expectEqual(answer.code, response.number('code'), 'the code');
  expectEqual(answer.body, response.bytes('body'), 'the body of the answer');
  if (response.has('headers'))
    expectEqual(answer.headers, response.raw('headers'), 'the headers of the answer');
  expectEqual(encodeV4Response(answer), responseEncoded, 'the answer as written');

  const requestEncoded = testCase.bytes('request_encoded');
  if (testCase.kind === 'bad_request') {
    expectRefused(() => decodeV4Request(requestEncoded));
    return undefined;
  }
  const stated = testCase.object('request');
  const request = decodeV4Request(requestEncoded);
  const { body, ...meta } = request;
  expectEqual(meta.method, stated.text('method'), 'the method');
  expectEqual(meta.endpoint, stated.text('endpoint'), 'the endpoint');
  expectEqual(meta.headers, stated.raw('headers'), 'the headers of the request');
  expectEqual(body === null ? null : toHex(body), stated.raw('body'), 'the body of the request');
  const again: V4Request = decodeV4Request(encodeV4Request(request));
  expectEqual(again, request, 'the request written and read again');
  return undefined;
};
