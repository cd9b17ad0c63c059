import { describe, expect, it } from 'vitest';
import { cellWidth } from '../../../src/ui/text/cells.ts';
import { excerptOf } from '../../../src/ui/text/excerpt.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const pieces = (text: string, query: string, width = 40) => {
  const { before, hit, after } = excerptOf(text, query, width);
  return [before, hit, after];
};

describe('an excerpt', () => {
  it('has the word that was found, whatever its case and accents, at the beginning of a word', () => {
    expect(pieces('A café is open', 'CAFE')).toEqual(['A ', 'café', ' is open']);
    expect(pieces('scathing cat', 'cat')).toEqual(['scathing ', 'cat', '']);
    expect(pieces('日本語を話す', '語')).toEqual(['日本', '語', 'を話す']);
    expect(pieces('only part', 'ly')).toEqual(['on', 'ly', ' part']);
    expect(pieces('what?! no', '?!')).toEqual(['what', '?!', ' no']);
    expect(pieces('first\nsecond', 'second')).toEqual(['first ', 'second', '']);
  });

  it('is the beginning where no word is seen', () => {
    expect(pieces('something else', 'owl')).toEqual(['', '', 'something else']);
    expect(pieces('', 'owl')).toEqual(['', '', '']);
  });

  it('is never wider than asked for, and keeps the hit, at any width and place', () => {
    const bytes = seededRandom(7);
    const random = () => (bytes(1)[0] ?? 0) / 256;
    const stuff = ['word ', '日本', '🦉', 'e\u0301', '\u202e', '\x1b[31m', '\n', '👩‍👩‍👧', 'ﷺ '];
    for (let i = 0; i < 300; i++) {
      const some = () =>
        Array.from(
          { length: Math.floor(random() * 60) },
          () => stuff[Math.floor(random() * stuff.length)],
        ).join('');
      const width = 1 + Math.floor(random() * 60);
      const [before = '', hit = '', after = ''] = pieces(`${some()} needle ${some()}`, 'needle', width);
      expect(cellWidth(before) + cellWidth(hit) + cellWidth(after)).toBeLessThanOrEqual(width);
      if (width >= 6) expect(hit).toBe('needle');
    }
  });
});
