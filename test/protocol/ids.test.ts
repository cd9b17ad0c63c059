import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import {
  accountIdFromPublicKey,
  accountPublicKey,
  parseAccountId,
  parseBlindedId,
  parseGroupId,
  shortenId,
} from '../../src/protocol/ids.ts';

const digits = 'ab'.repeat(32);

test('an account ID and its public key are the same thing, written twice', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      const id = accountIdFromPublicKey(key);
      expect(parseAccountId(id)).toBe(id);
      expect(accountPublicKey(id)).toEqual(key);
    }),
  );
});

test('takes an account ID in either case and with spaces around it', () => {
  expect(parseAccountId(`  05${digits.toUpperCase()}\n`)).toBe(`05${digits}`);
});

test('refuses as account ID every other prefix, length and alphabet', () => {
  const refused = [
    '',
    digits,
    `03${digits}`,
    `15${digits}`,
    `05${digits}0`,
    `05${digits.slice(1)}`,
    `05${'g'.repeat(64)}`,
    `05${digits.slice(2)} a`,
    `０５${digits}`,
    `05${digits}\n05${digits}`,
    `__textsecure_group__!05${digits}`,
  ];
  for (const text of refused) expect(parseAccountId(text), text).toBeNull();
});

test('tells groups and blinded people from accounts by their prefix', () => {
  expect(parseGroupId(`03${digits}`)).toBe(`03${digits}`);
  expect(parseGroupId(`05${digits}`)).toBeNull();
  expect(parseBlindedId(`15${digits}`)).toBe(`15${digits}`);
  expect(parseBlindedId(`25${digits}`)).toBe(`25${digits}`);
  expect(parseBlindedId(`05${digits}`)).toBeNull();
});

test('makes no account ID of a key of the wrong length', () => {
  expect(() => accountIdFromPublicKey(new Uint8Array(33))).toThrow(ProtocolError);
});

test('shortens an ID to its first and last four digits', () => {
  expect(shortenId(`05ab${'0'.repeat(58)}cdef`)).toBe('05ab…cdef');
  expect(shortenId('me')).toBe('me');
});
