import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blake2b, blake2bPersonal, hmacSha256, sha256, sha512 } from '../../src/crypto/hash.ts';
import { argon2id, argon2idSodium } from '../../src/crypto/pwhash.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { CryptoError } from '../../src/errors.ts';
import { toHex, utf8Encode } from '../../src/util/bytes.ts';

test('hashes "abc" as RFC 7693 and FIPS 180-4 do', () => {
  const abc = utf8Encode('abc');
  expect(toHex(blake2b(64, abc)).slice(0, 32)).toBe('ba80a53f981c4d0d6a2797b69f12f6e9');
  expect(toHex(sha256(abc))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(toHex(sha512(abc)).slice(0, 32)).toBe('ddaf35a193617abacc417349ae204131');
});

test('makes the MAC of RFC 4231, test case 2', () => {
  const mac = hmacSha256(utf8Encode('Jefe'), utf8Encode('what do ya want for nothing?'));
  expect(toHex(mac)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('BLAKE2b of libsodium and of noble are the same for every length and key', () => {
  const key = fc.option(fc.uint8Array({ minLength: 1, maxLength: 64 }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.uint8Array({ maxLength: 300 }),
      key,
      (length, data, key) => {
        expect(blake2bPersonal(length, data, key === undefined ? {} : { key })).toEqual(
          blake2b(length, data, key),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('a personalisation or a salt changes the hash', () => {
  const data = utf8Encode('abc');
  const personal = utf8Encode('SessionAttachmnt');
  const hashes = [{}, { personal }, { salt: personal }, { salt: personal, personal }].map((parameters) =>
    toHex(blake2bPersonal(56, data, parameters)),
  );
  expect(new Set(hashes).size).toBe(4);
});

test('refuses hash lengths, keys, salts and personalisations that BLAKE2b does not have', () => {
  const data = new Uint8Array(1);
  expect(() => blake2b(0, data)).toThrow(CryptoError);
  expect(() => blake2b(65, data)).toThrow(CryptoError);
  expect(() => blake2b(32, data, new Uint8Array(65))).toThrow(CryptoError);
  expect(() => blake2bPersonal(32, data, { personal: new Uint8Array(15) })).toThrow(CryptoError);
  expect(() => blake2bPersonal(32, data, { salt: new Uint8Array(17) })).toThrow(CryptoError);
});

test('Argon2id of node:crypto and of libsodium give the same key', async () => {
  const password = utf8Encode('correct horse');
  const salt = new Uint8Array(16).fill(1);
  for (const cost of [
    { memoryKib: 8, passes: 1 },
    { memoryKib: 1000, passes: 3 },
  ]) {
    expect(await argon2id(password, salt, cost, 32)).toEqual(argon2idSodium(password, salt, cost, 32));
  }
});

test('refuses Argon2id parameters beyond the limits before doing any work', async () => {
  const salt = new Uint8Array(16);
  const refused = [
    { memoryKib: 2 ** 31, passes: 1 },
    { memoryKib: 64, passes: 1_000_000 },
    { memoryKib: 64.5, passes: 1 },
    { memoryKib: 64, passes: 0 },
  ];
  for (const cost of refused) await expect(argon2id(salt, salt, cost, 32)).rejects.toThrow(CryptoError);
  await expect(argon2id(salt, salt.subarray(1), { memoryKib: 8, passes: 1 }, 32)).rejects.toThrow(
    CryptoError,
  );
  await expect(argon2id(salt, salt, { memoryKib: 8, passes: 1 }, 8)).rejects.toThrow(CryptoError);
});

test('random bytes come in the length asked for and differ', () => {
  expect(systemRandomBytes(33).length).toBe(33);
  expect(systemRandomBytes(32)).not.toEqual(systemRandomBytes(32));
});
