import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aesGcmDecrypt, aesGcmEncrypt, xchachaDecrypt, xchachaEncrypt } from '../../src/crypto/aead.ts';
import { openSealed, seal, sealOverhead } from '../../src/crypto/sealed-box.ts';
import { publicFromSecret } from '../../src/crypto/x25519.ts';
import { CryptoError } from '../../src/errors.ts';
import { fromHex, toHex, utf8Encode } from '../../src/util/bytes.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hex = (text: string) => fromHex(text) ?? new Uint8Array();
const failed = expect.objectContaining({ code: 'decrypt-failed' });

function flipped(wire: Uint8Array, at: number): Uint8Array {
  return wire.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

/** The promises that each of the three boxes makes: opens, and not when one byte is changed or missing. */
function promisesOfABox(close: (message: Uint8Array) => Uint8Array, open: (wire: Uint8Array) => Uint8Array) {
  test('opens what it closed, the empty message included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
        expect(open(close(message))).toEqual(message);
      }),
      { numRuns: 30 },
    );
  });

  test('refuses a message with any one bit flipped', () => {
    const wire = close(utf8Encode('three hops'));
    for (let at = 0; at < wire.length; at++)
      expect(() => open(flipped(wire, at)), `byte ${at}`).toThrow(failed);
  });

  test('refuses a message cut at any byte, or with one more', () => {
    const wire = close(utf8Encode('three hops'));
    for (let length = 0; length < wire.length; length++) {
      expect(() => open(wire.subarray(0, length)), `length ${length}`).toThrow(failed);
    }
    expect(() => open(Uint8Array.of(...wire, 0))).toThrow(failed);
  });
}

describe('AES-256-GCM', () => {
  const key = new Uint8Array(32).fill(3);
  promisesOfABox(
    (message) => aesGcmEncrypt(key, new Uint8Array(12).fill(5), message),
    (wire) => aesGcmDecrypt(key, wire),
  );

  test('writes nonce, ciphertext and tag of the GCM specification, test case 14', () => {
    const wire = aesGcmEncrypt(new Uint8Array(32), new Uint8Array(12), new Uint8Array(16));
    expect(toHex(wire)).toBe(
      `${'00'.repeat(12)}cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919`,
    );
  });

  test('names the argument whose length is wrong', () => {
    expect(() => aesGcmEncrypt(key.subarray(1), new Uint8Array(12), key)).toThrow(
      'An AES-256 key must be 32 bytes, not 31',
    );
    expect(() => aesGcmEncrypt(key, new Uint8Array(11), key)).toThrow('A GCM nonce must be 12 bytes, not 11');
    expect(() => aesGcmDecrypt(new Uint8Array(16), key)).toThrow(CryptoError);
  });
});

describe('XChaCha20-Poly1305', () => {
  const key = new Uint8Array(32).fill(3);
  const nonce = new Uint8Array(24).fill(5);
  promisesOfABox(
    (message) => xchachaEncrypt(key, nonce, message),
    (wire) => xchachaDecrypt(key, wire),
  );

  test('opens only with the same associated data', () => {
    const wire = xchachaEncrypt(key, nonce, utf8Encode('text'), utf8Encode('file 1'));
    expect(xchachaDecrypt(key, wire, utf8Encode('file 1'))).toEqual(utf8Encode('text'));
    expect(() => xchachaDecrypt(key, wire, utf8Encode('file 2'))).toThrow(failed);
    expect(() => xchachaDecrypt(key, wire)).toThrow(failed);
  });

  test('writes the ciphertext of draft-irtf-cfrg-xchacha, appendix A.3.1', () => {
    const wire = xchachaEncrypt(
      hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
      hex('404142434445464748494a4b4c4d4e4f5051525354555657'),
      utf8Encode(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
      hex('50515253c0c1c2c3c4c5c6c7'),
    );
    expect(toHex(wire.subarray(24, 40))).toBe('bd6d179d3e83d43b9576579493c0e939');
    expect(toHex(wire.subarray(-16))).toBe('c0875924c1c7987947deafd8780acf49');
  });
});

describe('a sealed box', () => {
  const secret = new Uint8Array(32).fill(7);
  const publicKey = publicFromSecret(secret);
  promisesOfABox(
    (message) => seal(message, publicKey),
    (wire) => openSealed(wire, publicKey, secret),
  );

  test('with an injected ephemeral secret is the same each time, and opens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes(32), (message, ephemeral) => {
        const wire = seal(message, publicKey, ephemeral);
        expect(wire).toEqual(seal(message, publicKey, ephemeral));
        expect(wire.length).toBe(message.length + sealOverhead);
        expect(openSealed(wire, publicKey, secret)).toEqual(message);
      }),
      { numRuns: 20 },
    );
  });

  test('does not open with the keys of another recipient', () => {
    const other = new Uint8Array(32).fill(8);
    expect(() => openSealed(seal(secret, publicKey), publicFromSecret(other), other)).toThrow(failed);
  });

  test('cannot be made for a recipient key of low order', () => {
    const badKey = expect.objectContaining({ code: 'bad-key' });
    expect(() => seal(secret, new Uint8Array(32))).toThrow(badKey);
    expect(() => seal(secret, new Uint8Array(32), secret)).toThrow(badKey);
    expect(() => seal(secret, new Uint8Array(31))).toThrow(badKey);
  });
});
