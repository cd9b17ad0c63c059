/**
 * The recovery phrase: 16 bytes as 12 words and a checksum word (protocol notes, accounts, section 2). Each
 * four bytes, read as a little-endian number, become three words; only the first three letters of a word count.
 */
import { crc32 } from 'node:zlib';
import { ProtocolError } from '../errors.ts';
import { le32, readLe32 } from '../util/bytes.ts';
import { mnemonicWords } from './mnemonic-words.ts';

const seedLength = 16;
const dataWordCount = 12;
const prefixLength = 3;
const listLength = mnemonicWords.length;

const indexByPrefix: ReadonlyMap<string, number> = new Map(
  mnemonicWords.map((word, index) => [word.slice(0, prefixLength), index]),
);

function wordAt(index: number): string {
  const word = mnemonicWords[index];
  if (word === undefined) throw new RangeError('word index out of range');
  return word;
}

/** Which of the 12 data words the 13th repeats: CRC-32 of their prefixes, modulo 12 (not 1626). */
function checksumIndex(dataWords: readonly string[]): number {
  return crc32(dataWords.map((word) => word.slice(0, prefixLength)).join('')) % dataWordCount;
}

/** The 13 words of a 16-byte seed, with single spaces. ProtocolError `malformed` for another length. */
export function encodeRecoveryPhrase(seed16: Uint8Array): string {
  if (seed16.length !== seedLength) {
    throw new ProtocolError('malformed', `A recovery phrase holds 16 bytes, not ${seed16.length}`);
  }
  const words: string[] = [];
  for (let at = 0; at < seedLength; at += 4) {
    const x = readLe32(seed16, at);
    const a = x % listLength;
    const b = (Math.floor(x / listLength) + a) % listLength;
    const c = (Math.floor(x / listLength / listLength) + b) % listLength;
    words.push(wordAt(a), wordAt(b), wordAt(c));
  }
  words.push(words[checksumIndex(words)] ?? '');
  return words.join(' ');
}

/** A word as it may stand in an error message: short, and nothing that a terminal would act on. */
function quoteWord(word: string): string {
  const shown = [...word].slice(0, 20).join('');
  const cut = shown.length < word.length ? '…' : '';
  return `"${shown.replace(/[^\p{L}\p{N}\p{P}\p{S}]/gu, '\u{fffd}')}${cut}"`;
}

function checkWordCount(count: number): void {
  if (count === dataWordCount + 1) return;
  if (count === dataWordCount) {
    throw new ProtocolError(
      'phrase-last-word-missing',
      'The recovery phrase has 12 words; the last, 13th word is missing',
    );
  }
  if (count < dataWordCount) {
    const words = count === 1 ? '1 word' : `${count} words`;
    throw new ProtocolError('phrase-too-short', `The recovery phrase is too short: ${words} instead of 13`);
  }
  throw new ProtocolError('phrase-too-long', `The recovery phrase is too long: ${count} words instead of 13`);
}

function decodeTriple(indices: readonly [number, number, number], firstPosition: number): Uint8Array {
  const [a, b, c] = indices;
  const n = listLength;
  // At most 1626³ − 1, which a double holds exactly; bit operations would cut it to 32 bits.
  const x = a + n * ((n - a + b) % n) + n * n * ((n - b + c) % n);
  if (x < 2 ** 32) return le32(x);
  throw new ProtocolError(
    'phrase-checksum',
    `Words ${firstPosition} to ${firstPosition + 2} do not fit together: no recovery phrase has them in this order`,
  );
}

/**
 * The 16-byte seed of a phrase. Outer spaces, runs of spaces or line breaks, and capitals do not matter.
 * ProtocolError `phrase-too-short`, `phrase-last-word-missing`, `phrase-too-long`, `phrase-unknown-word` (the
 * message names position and word; also `fields.position`, from 1) or `phrase-checksum`. Where the reference
 * client cuts a number above 2³² silently, this refuses: no encoder makes such a phrase.
 */
export function decodeRecoveryPhrase(text: string): Uint8Array {
  const words = text.trim().toLowerCase().split(/\s+/u).filter(Boolean);
  checkWordCount(words.length);
  const indices = words.map((word, at) => {
    const index = indexByPrefix.get(word.slice(0, prefixLength));
    if (index !== undefined) return index;
    throw new ProtocolError(
      'phrase-unknown-word',
      `Word ${at + 1} of the recovery phrase, ${quoteWord(word)}, is not in the word list`,
      { fields: { position: at + 1 } },
    );
  });
  const seed = new Uint8Array(seedLength);
  for (let group = 0; group < 4; group++) {
    const [a = 0, b = 0, c = 0] = indices.slice(group * 3, group * 3 + 3);
    seed.set(decodeTriple([a, b, c], group * 3 + 1), group * 4);
  }
  if (indices[checksumIndex(words.slice(0, dataWordCount))] !== indices[dataWordCount]) {
    throw new ProtocolError(
      'phrase-checksum',
      'The last word of the recovery phrase does not fit the others: a word is wrong or out of place',
    );
  }
  return seed;
}
