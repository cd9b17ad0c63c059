import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/crypto/hash.ts';
import { ProtocolError } from '../../src/errors.ts';
import { decodeRecoveryPhrase, encodeRecoveryPhrase } from '../../src/protocol/mnemonic.ts';
import { mnemonicWords } from '../../src/protocol/mnemonic-words.ts';
import { fromHex, toHex, utf8Encode } from '../../src/util/bytes.ts';

const seedHex = '7728d972721b98816a328c46c1995135';
const phrase = 'virtual rounded dating itself sober fleet adrenalin puzzled wept rural axis fictional fleet';
const words = phrase.split(' ');

function errorOf(text: string): ProtocolError {
  try {
    decodeRecoveryPhrase(text);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test('the word list is the one of 1626 words with the published hash and unique prefixes', () => {
  expect(mnemonicWords.length).toBe(1626);
  expect(toHex(sha256(utf8Encode(mnemonicWords.join('\n'))))).toBe(
    '998df55cb16d2318130c5cf7e9d4408247c8c4674935ee6e07d53f2f00ccf19b',
  );
  expect(new Set(mnemonicWords.map((word) => word.slice(0, 3))).size).toBe(1626);
});

test('every seed survives encoding and decoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (seed) => {
      const text = encodeRecoveryPhrase(seed);
      expect(text.split(' ').length).toBe(13);
      expect(decodeRecoveryPhrase(text)).toEqual(seed);
    }),
  );
});

test('writes and reads the phrase of the public documentation', () => {
  const seed = fromHex(seedHex) ?? new Uint8Array();
  expect(encodeRecoveryPhrase(seed)).toBe(phrase);
  expect(toHex(decodeRecoveryPhrase(phrase))).toBe(seedHex);
});

test('capitals, line breaks, runs of spaces and everything after three letters do not matter', () => {
  const sloppy = `\n ${words.map((word) => word.toUpperCase()).join('\t \n')} `;
  expect(toHex(decodeRecoveryPhrase(sloppy))).toBe(seedHex);
  expect(toHex(decodeRecoveryPhrase(words.map((word) => `${word.slice(0, 3)}xyz`).join(' ')))).toBe(seedHex);
});

test('says that words are missing, that only the last is missing, or that there are too many', () => {
  expect(errorOf('')).toMatchObject({ code: 'phrase-too-short' });
  expect(errorOf(words.slice(0, 11).join(' '))).toMatchObject({ code: 'phrase-too-short' });
  expect(errorOf(words.slice(0, 12).join(' '))).toMatchObject({ code: 'phrase-last-word-missing' });
  expect(errorOf(`${phrase} abbey`)).toMatchObject({ code: 'phrase-too-long' });
});

test('names the position and the text of an unknown word, the last one included', () => {
  for (const at of [0, 4, 12]) {
    const error = errorOf(words.with(at, 'qqword').join(' '));
    expect(error.code).toBe('phrase-unknown-word');
    expect(error.message).toContain(`Word ${at + 1} `);
    expect(error.message).toContain('"qqword"');
    expect(error.fields).toMatchObject({ position: at + 1 });
  }
});

test('shows an unknown word without what a terminal would act on, and only its beginning', () => {
  expect(errorOf(words.with(1, '\u001b[31mred\u202e').join(' ')).message).toContain('"\ufffd[31mred\ufffd"');
  expect(errorOf(words.with(1, 'q'.repeat(5000)).join(' ')).message.length).toBeLessThan(120);
});

test('says that the last word does not fit when the checksum is wrong', () => {
  const error = errorOf(words.with(12, 'abbey').join(' '));
  expect(error.code).toBe('phrase-checksum');
  expect(error.message).toContain('last word');
});

test('swapping two words of a phrase never yields another account unnoticed where the checksum changes', () => {
  const swapped = words.with(0, words[1] ?? '').with(1, words[0] ?? '');
  expect(errorOf(swapped.join(' ')).code).toBe('phrase-checksum');
});

test('refuses three words that stand for a number above 32 bits', () => {
  // 1626³ − 1 is the greatest number three words can express; its digits are all 1625.
  const n = 1626;
  const a = n - 1;
  const b = (n - 1 + a) % n;
  const c = (n - 1 + b) % n;
  const triple = [a, b, c].map((index) => mnemonicWords[index] ?? '');
  const error = errorOf([...triple, ...words.slice(3)].join(' '));
  expect(error.code).toBe('phrase-checksum');
  expect(error.message).toContain('Words 1 to 3');
});

test('never throws anything but its own error, whatever is typed', () => {
  const word = fc.oneof(
    fc.constantFrom(...mnemonicWords.slice(0, 50)),
    fc.array(fc.nat(0x2fff), { maxLength: 6 }).map((points) => String.fromCodePoint(...points)),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 10, maxLength: 15 }), (typed) => {
      try {
        expect(decodeRecoveryPhrase(typed.join(' ')).length).toBe(16);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 60 },
  );
});

test('encodes only seeds of 16 bytes', () => {
  expect(() => encodeRecoveryPhrase(new Uint8Array(32))).toThrow(ProtocolError);
});
