import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ephemeralFromSecret } from '../../../src/crypto/ephemeral.ts';
import { CryptoError, ProtocolError } from '../../../src/errors.ts';
import {
  decryptLayer,
  type EncType,
  encryptLayer,
  frame,
  nonceLength,
  parseEncType,
  unframe,
} from '../../../src/protocol/onion/layer.ts';
import { toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { bytes, testNode } from './support.ts';

const run = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => from + i);
const encTypes: readonly EncType[] = ['aes-gcm', 'xchacha20'];

describe('a layer', () => {
  // network.md 3.6
  const plaintext = frame(utf8Encode('{"jsonrpc":"2.0","method":"info","params":{}}'), { headers: {} });
  const published = {
    'aes-gcm': {
      key: 'fd2903953093b20b9339155f787782195ca290660d242924b44ada3b03951309',
      wire: 'a0a1a2a3a4a5a6a7a8a9aaabd8fd80bd4c8344c5c6cef3081580969624c67373278b145eb957c35159c5197238b9c2429b24d78e1932698aa2c2a93d2973d4c19a8c7e1f54d4cf209661f1d22785f3bb0ddfcf278818ea58a5c2b8',
    },
    xchacha20: {
      key: '2fda63a2d1160c87043d6afcf55c1ce11579f6e3ebc2717d97789cef7ce406df',
      wire: 'b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7a48cae4c7ffffebe676758c56ba6a200603207dcd14b6e1844202fe2adf8f4d4e008b9513dc4cff2045eb48161721ab48cc708e2777e89c72c8c9f1863db2844ae1a8cb3d4ddaaed21ee13bdb0fa9e',
    },
  };
  const node = {
    xSk: run(0, 32),
    xPk: bytes('8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f'),
  };

  it('frames as published', () => {
    expect(toHex(plaintext)).toBe(
      '2d0000007b226a736f6e727063223a22322e30222c226d6574686f64223a22696e666f222c22706172616d73223a7b7d7d7b2268656164657273223a7b7d7d',
    );
  });

  it.each(encTypes)('is the published one, both ways: %s', (encType) => {
    const layer = encryptLayer({
      encType,
      recipientXPk: node.xPk,
      plaintext,
      ephemeral: ephemeralFromSecret(run(0x20, 32)),
      ivOrNonce: run(encType === 'aes-gcm' ? 0xa0 : 0xb0, nonceLength(encType)),
    });
    expect(toHex(layer.ephemeralPk)).toBe('358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254');
    expect(toHex(layer.shared)).toBe('9663aa1da97e848a914a436d04163dfbb89178f107f1b5b77ed3854203382854');
    expect(toHex(layer.key)).toBe(published[encType].key);
    expect(toHex(layer.wire)).toBe(published[encType].wire);
    const opened = decryptLayer({ encType, ...node, ephemeralPk: layer.ephemeralPk, wire: layer.wire });
    expect(toHex(opened.plaintext)).toBe(toHex(plaintext));
    expect(toHex(opened.key)).toBe(published[encType].key);
  });

  it.each(encTypes)('opens for its receiver only, whole and unchanged only: %s', (encType) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (text, at, flip) => {
          const layer = encryptLayer({
            encType,
            recipientXPk: node.xPk,
            plaintext: text,
            ephemeral: ephemeralFromSecret(run(0x20, 32)),
            ivOrNonce: run(7, nonceLength(encType)),
          });
          const open = (wire: Uint8Array, change = {}) =>
            decryptLayer({ encType, ...node, ephemeralPk: layer.ephemeralPk, wire, ...change });
          expect(open(layer.wire).plaintext).toEqual(text);
          const changed = Uint8Array.from(layer.wire);
          const index = at % changed.length;
          changed[index] = (changed[index] ?? 0) ^ flip;
          expect(() => open(changed)).toThrow(CryptoError);
          expect(() => open(layer.wire.subarray(0, index))).toThrow(CryptoError);
          expect(() => open(layer.wire, { ephemeralPk: testNode(9).x25519 })).toThrow(CryptoError);
          const other = testNode(5);
          expect(() => open(layer.wire, { xSk: other.x25519SecretKey, xPk: other.x25519 })).toThrow(
            CryptoError,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is never made for a key of low order', () => {
    expect(() =>
      encryptLayer({
        encType: 'aes-gcm',
        recipientXPk: new Uint8Array(32),
        plaintext,
        ephemeral: ephemeralFromSecret(run(0x20, 32)),
        ivOrNonce: run(0, 12),
      }),
    ).toThrow(CryptoError);
  });

  it('knows the spellings of nodes, and not CBC', () => {
    expect(['aes-gcm', 'gcm', 'xchacha20', 'xchacha20-poly1305'].map(parseEncType)).toEqual([
      'aes-gcm',
      'aes-gcm',
      'xchacha20',
      'xchacha20',
    ]);
    expect(['aes-cbc', 'cbc', 'AES-GCM', ''].map(parseEncType)).toEqual([null, null, null, null]);
  });
});

describe('a frame', () => {
  it('gives back blob and object', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.dictionary(fc.string(), fc.jsonValue()), (blob, json) => {
        const expected = JSON.parse(JSON.stringify(json));
        expect(unframe(frame(blob, json))).toEqual({ blob, json: expected });
      }),
    );
  });

  it('is refused when cut off anywhere', () => {
    const whole = frame(utf8Encode('blob'), { a: { b: 'c' } });
    for (let n = 0; n < whole.length; n++) expect(() => unframe(whole.subarray(0, n))).toThrow(ProtocolError);
  });

  it('is refused with a length beyond its end, bad UTF-8, or JSON that is no object', () => {
    for (const bad of [
      'ffffffff7b7d',
      '000000807b7d',
      '00000000',
      '00000000ff',
      '000000005b5d',
      '0000000031',
      '000000006e756c6c',
      '000000007b7d7b7d',
    ])
      expect(() => unframe(bytes(bad))).toThrow(ProtocolError);
  });
});
