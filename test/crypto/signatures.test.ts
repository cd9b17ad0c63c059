import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  keyPairFromSeed,
  publicKeyToX25519,
  secretKeyToX25519,
  sign,
  verify,
} from '../../src/crypto/ed25519.ts';
import { publicFromSecret, scalarMult } from '../../src/crypto/x25519.ts';
import { CryptoError } from '../../src/errors.ts';
import { fromHex, toHex } from '../../src/util/bytes.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hex = (text: string) => fromHex(text) ?? new Uint8Array();

test('makes the key and signature of RFC 8032, test 2', () => {
  const pair = keyPairFromSeed(hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));
  expect(toHex(pair.publicKey)).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
  const signature = sign(Uint8Array.of(0x72), pair.secretKey);
  expect(toHex(signature)).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  expect(verify(signature, Uint8Array.of(0x72), pair.publicKey)).toBe(true);
});

test('refuses a signature with any one byte changed, for another message, or of a wrong length', () => {
  fc.assert(
    fc.property(
      bytes(32),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(63),
      fc.integer({ min: 1, max: 255 }),
      (seed, message, at, flip) => {
        const { publicKey, secretKey } = keyPairFromSeed(seed);
        const signature = sign(message, secretKey);
        const changed = signature.map((byte, i) => (i === at ? byte ^ flip : byte));
        expect(verify(signature, message, publicKey)).toBe(true);
        expect(verify(changed, message, publicKey)).toBe(false);
        expect(verify(signature, Uint8Array.of(...message, 0), publicKey)).toBe(false);
        expect(verify(signature.subarray(1), message, publicKey)).toBe(false);
        expect(verify(signature, message, publicKey.subarray(1))).toBe(false);
      },
    ),
    { numRuns: 40 },
  );
});

test('converts both halves of an Ed25519 pair to the same X25519 pair', () => {
  fc.assert(
    fc.property(bytes(32), (seed) => {
      const { publicKey, secretKey } = keyPairFromSeed(seed);
      expect(publicFromSecret(secretKeyToX25519(secretKey))).toEqual(publicKeyToX25519(publicKey));
    }),
    { numRuns: 20 },
  );
});

test('refuses to convert keys that are no points, of small order, or of a wrong length', () => {
  for (const key of ['02'.padEnd(64, '0'), '01'.padEnd(64, '0'), '00'.repeat(32), '00', '']) {
    expect(() => publicKeyToX25519(hex(key)), key).toThrow(CryptoError);
  }
});

test('agrees on the shared secret of RFC 7748, section 6.1, from both sides', () => {
  const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
  const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
  expect(toHex(scalarMult(alice, publicFromSecret(bob)))).toBe(shared);
  expect(toHex(scalarMult(bob, publicFromSecret(alice)))).toBe(shared);
});

test('refuses X25519 keys of low order', () => {
  const secret = new Uint8Array(32).fill(9);
  for (const key of ['00'.repeat(32), `01${'00'.repeat(31)}`]) {
    expect(() => scalarMult(secret, hex(key))).toThrow(expect.objectContaining({ code: 'bad-key' }));
  }
});
