import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ephemeralFromSecret, generateEphemeral } from '../../src/crypto/ephemeral.ts';
import { publicFromSecret, scalarMult } from '../../src/crypto/x25519.ts';
import { toHex } from '../../src/util/bytes.ts';

const secret = (): Uint8Array => new Uint8Array(randomBytes(32));

test('a generated key agrees with a receiver that knows only its public key, and is another each time', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const receiver = secret();
    const ephemeral = generateEphemeral();
    expect(ephemeral.publicKey).toHaveLength(32);
    expect(toHex(ephemeral.agree(publicFromSecret(receiver)))).toBe(
      toHex(scalarMult(receiver, ephemeral.publicKey)),
    );
    seen.add(toHex(ephemeral.publicKey));
  }
  expect(seen.size).toBe(100);
});

test('a key of a given secret is that of libsodium', () => {
  const [own, receiver] = [secret(), publicFromSecret(secret())];
  expect(ephemeralFromSecret(own).publicKey).toEqual(publicFromSecret(own));
  expect(ephemeralFromSecret(own).agree(receiver)).toEqual(scalarMult(own, receiver));
});

test.each([
  ['0', new Uint8Array(32)],
  ['1', Uint8Array.of(1, ...new Uint8Array(31))],
  [
    'of order 8',
    new Uint8Array(Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex')),
  ],
  ['p', Uint8Array.of(0xed, ...new Uint8Array(30).fill(0xff), 0x7f)],
  ['too short', new Uint8Array(31)],
])('a receiver’s key that is %s is refused', (_, key) => {
  const refused = expect.objectContaining({ name: 'CryptoError', code: 'bad-key' });
  expect(() => generateEphemeral().agree(key)).toThrow(refused);
  expect(() => ephemeralFromSecret(secret()).agree(key)).toThrow(refused);
});
