import fc from 'fast-check';
import reference from 'string-width';
import { expect, it } from 'vitest';
import stringWidth from '../../../src/ui/text/string-width.ts';

it('gives single code points the width that the package string-width gives them', () => {
  const different: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    // Large blocks of one kind are only sampled.
    const isSampled =
      (code >= 0x3400 && code < 0xa000) ||
      (code >= 0xac10 && code < 0xf000) ||
      (code >= 0x1fb00 && code < 0xe0000);
    if (isSampled || code > 0xe0fff) code += 500;
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) continue;
    const text = String.fromCodePoint(code);
    if (stringWidth(text) !== reference(text)) different.push(`U+${code.toString(16)}`);
  }
  expect(different).toEqual([]);
});

it.each([
  ['👨‍👩‍👧‍👦', 2],
  ['👍🏽', 2],
  ['☝🏽', 2],
  ['❤️', 2],
  ['❤', 1],
  ['1️⃣', 2],
  ['🇫🇷', 2],
  ['🇫', 2],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
  ['⌚︎', 1],
  ['각', 2],
  ['각', 2],
  ['e\u0301', 1],
  ['นำ', 2],
  ['ｶﾞ', 2],
  ['क्षि', 3],
  ['\u200b', 0],
  ['🧑🏽‍🚀', 2],
  ['🏳️‍🌈', 2],
])('%s takes %i', (text, width) => {
  expect(stringWidth(text)).toBe(width);
  expect(reference(text)).toBe(width);
});

it('agrees with the package on text as people write it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'a',
      ' ',
      '你好',
      'é',
      'e\u0301',
      '한국어',
      'ไทย',
      'हिन्दी',
      'שלום',
      'مرحبا',
      '👍🏽',
      '👨‍👩‍👧‍👦',
      '🇫🇷',
      '❤️',
      '☝️',
      '１',
      '─│…✓',
    ),
    fc
      .string({ unit: 'grapheme', maxLength: 3 })
      .filter((text) => !/[\u0600-\u0605\u06dd\u0890-\u0891\u08e2]/.test(text)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      expect(stringWidth(text)).toBe(reference(text));
    }),
  );
});

it('does not count colours', () => {
  expect(stringWidth('\x1b[31m你\x1b[39m a')).toBe(4);
  expect(stringWidth('\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\')).toBe(4);
});
