import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateEphemeral } from '../../../src/crypto/ephemeral.ts';
import { encryptLayer, type FrameJson, frame } from '../../../src/protocol/onion/layer.ts';
import { peelRequest } from '../../../src/protocol/onion/peel.ts';
import { concatBytes, le32, toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { counting, testNode } from './support.ts';

const node = testNode(1);
const key = 'ab'.repeat(32);

/** A request whose only layer, for `node`, holds these bytes. */
function onion(plaintext: Uint8Array, outer: FrameJson = {}): Uint8Array {
  const random = counting();
  const layer = encryptLayer({
    encType: 'aes-gcm',
    recipientXPk: node.x25519,
    plaintext,
    ephemeral: generateEphemeral(),
    ivOrNonce: random(12),
  });
  return frame(layer.wire, { ephemeral_key: toHex(layer.ephemeralPk), ...outer });
}
const layerWith = (json: FrameJson, outer: FrameJson = {}) =>
  peelRequest(onion(frame(utf8Encode('inner'), json), outer), node);
const framed = (blob: string, json: string) =>
  concatBytes(le32(blob.length), utf8Encode(blob), utf8Encode(json));

describe('a node that gets an onion request', () => {
  it('answers unreadable ones in clear, in the words of the real server', () => {
    const parsing = 'Error parsing onion request: ';
    const rows: [Uint8Array, string][] = [
      [new Uint8Array(), `${parsing}Unexpected payload size; expected ciphertext size`],
      [new Uint8Array(3), `${parsing}Unexpected payload size; expected ciphertext size`],
      [concatBytes(le32(9), utf8Encode('x')), `${parsing}Unexpected payload size 1, expected >= 9`],
      [
        framed('c', ''),
        `${parsing}[json.exception.parse_error.101] parse error at line 1, column 1: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal`,
      ],
      [
        framed('c', '{"ephemeral_key":"00","x'),
        `${parsing}[json.exception.parse_error.101] parse error at line 1, column 25: syntax error while parsing value - invalid string: missing closing quote; last read: '"x'`,
      ],
      [framed('c', '{}'), `${parsing}[json.exception.out_of_range.403] key 'ephemeral_key' not found`],
      [framed('c', '[]'), `${parsing}[json.exception.type_error.304] cannot use at() with array`],
      [framed('c', '{"ephemeral_key":"zz"}'), `${parsing}Hex key data is invalid: data is not hex`],
      [
        framed('c', `{"ephemeral_key":"${key}","enc_type":"rot13"}`),
        `${parsing}Invalid encryption type rot13`,
      ],
      [framed('c', `{"ephemeral_key":"${key}"}`), 'Invalid ciphertext'],
      [framed('', `{"ephemeral_key":"${'00'.repeat(32)}"}`), 'Invalid ciphertext'],
      [framed('', `{"ephemeral_key":"${key}","hop_no":16}`), 'onion request max path length exceeded'],
    ];
    for (const [body, text] of rows)
      expect(peelRequest(body, node)).toEqual({ kind: 'rejected', status: 400, text });
  });

  it('answers unreadable layers encrypted, as "Invalid json"', () => {
    const layers = [
      utf8Encode('x'),
      framed('x', ''),
      framed('x', '3'),
      framed('x', '{}'),
      framed('x', '{"destination":"abc","ephemeral_key":"abc"}'),
      framed('x', `{"destination":"${key}"}`),
      framed('x', `{"destination":"${key}","ephemeral_key":"${key}","enc_type":"aes-cbc"}`),
      framed('x', '{"host":3}'),
      framed('x', '{"host":"h"}'),
      framed('x', '{"host":"h","target":"/oxen/v4/lsrpc","port":"1"}'),
      framed('x', '{"headers":{},"json":"yes"}'),
    ];
    for (const layer of layers)
      expect(peelRequest(onion(layer), node)).toMatchObject({
        kind: 'refused',
        status: 400,
        text: 'Invalid json',
      });
  });

  it('takes "headers" for itself, then "host" for a server, then the next node', () => {
    const relay = { destination: key.toUpperCase(), ephemeral_key: key };
    const proxy = { host: 'h.example', target: '/loki/v3/lsrpc' };
    expect(layerWith({ ...relay, ...proxy, headers: 0 })).toMatchObject({
      kind: 'final',
      hop: 0,
      payload: utf8Encode('inner'),
      control: { json: false, base64: true },
    });
    expect(layerWith({ headers: {}, json: true, base64: false })).toMatchObject({
      control: { json: true, base64: false },
    });
    expect(layerWith({ ...relay, ...proxy })).toMatchObject({
      kind: 'proxy',
      protocol: 'https',
      port: 443,
      host: 'h.example',
      target: '/loki/v3/lsrpc',
      body: frame(utf8Encode('inner'), { ...relay, ...proxy }),
    });
    expect(layerWith(relay, { hop_no: 3 })).toEqual({
      kind: 'relay',
      hop: 3,
      destination: key,
      body: frame(utf8Encode('inner'), { ephemeral_key: key, enc_type: 'aes-gcm', hop_no: 4 }),
    });
  });

  it('counts hops from zero at least, and to fifteen at most', () => {
    const relay = { destination: key, ephemeral_key: key };
    expect(layerWith(relay, { hop_no: -5 })).toMatchObject({ kind: 'relay', hop: 0 });
    expect(layerWith(relay, { hop_no: 15 })).toMatchObject({ kind: 'relay', hop: 15 });
    expect(layerWith(relay, { hop_no: 16 })).toMatchObject({ kind: 'rejected' });
    expect(layerWith(relay, { hop_no: 'x' })).toMatchObject({ kind: 'rejected' });
  });

  it('posts to onion endpoints of servers only', () => {
    const refused = { kind: 'refused', status: 400, text: 'Invalid url' };
    for (const target of ['/', '/oxen/v4/lsrpc?x=1', '/oxen/v4', '/other/lsrpc', 'oxen/lsrpc'])
      expect(layerWith({ host: 'h', target })).toMatchObject(refused);
    expect(layerWith({ host: 'h', target: '/oxen/v4/lsrpc', protocol: 'ftp' })).toMatchObject(refused);
    expect(layerWith({ host: 'h', target: '/oxen/v4/lsrpc', protocol: 'http', port: 81 })).toMatchObject({
      kind: 'proxy',
      port: 81,
    });
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 80 }), (body, layer) => {
        expect(peelRequest(body, node).kind).toBe('rejected');
        expect(peelRequest(onion(layer), node).kind).toBe('refused');
      }),
      { numRuns: 60 },
    );
  });
});
