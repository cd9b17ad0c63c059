import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf, foldText, parseWords } from '../../../src/store/search/words.ts';

const matches = (body: string, search: string): boolean => parseWords(search)?.matches(body) ?? false;

describe('the words of a search', () => {
  it.each([
    ['Hello, big World!', 'hello world'],
    ['Hello, big World!', 'WOR hel'],
    ['the café at the corner', 'cafe'],
    ['the cafe\u0301 at the corner', 'CAFÉ'],
    ['Straße 17', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσήμανση', 'οδος'],
    ['see https://example.org/path?x=1', 'example.org'],
    ['room 101', '10'],
    ['ﬁnal ①', 'final 1'],
    ['今天天气很好', '天气'],
    ['今天天气很好', '好'],
    ['カタカナとひらがな', 'ひら'],
    ['mail日本mail', '日本 mail'],
    ['สวัสดีครับ', 'ดีค'],
    ['well done 🎉', '🎉'],
    ['well done 👩‍👩‍👧', '👩'],
    ['100 € each', '€'],
    ['한국어 문장', '한국'],
    ['a b c', 'b'],
  ])('find %j by %j', (body, search) => {
    expect(matches(body, search)).toBe(true);
  });

  it.each([
    ['hello', 'ello'],
    ['hello world', 'hello there'],
    ['今天', '天今'],
    ['ab', 'abc'],
    ['100 $ each', '€'],
    ['', 'x'],
  ])('do not find %j by %j', (body, search) => {
    expect(matches(body, search)).toBe(false);
  });

  it('are none where there is nothing to look for', () => {
    expect(parseWords('')).toBeNull();
    expect(parseWords(' \n\t')).toBeNull();
  });

  const pieces = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      'the',
      'weather',
      'Straße',
      '天气',
      'ひらがな',
      '🎉',
      'I\u0307stanbul',
      'ΟΔΟΣ',
      'ﬁ',
      'สวัสดี',
      '-',
      'x1y2',
    ),
  );

  it('that match a text have all their entries among the text’s', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 8 }),
        fc.array(pieces, { minLength: 1, maxLength: 3 }),
        (text, search) => {
          // Half of the searches are taken from the text itself.
          for (const asked of [search.join(' '), text.slice(0, 2).join(' ')]) {
            const words = parseWords(asked);
            if (words === null || !words.matches(text.join(' '))) continue;
            const entries = entriesOf(text.join(' '));
            for (const probe of words.probes) expect(entries).toContain(probe);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('find each word of a text in it', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 8 }), (text) => {
        const words = parseWords(text.join(' '));
        if (words !== null) expect(words.matches(text.join(' '))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are compared as they are after being compared once', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });
});
