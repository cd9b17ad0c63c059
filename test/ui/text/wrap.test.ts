import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safe, sanitizeText } from '../../../src/text/sanitize.ts';
import { cellWidth, fitCells, graphemesOf, truncateCells } from '../../../src/ui/text/cells.ts';
import { wrapCells } from '../../../src/ui/text/wrap.ts';

const foreign = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        ' ',
        '  ',
        '\n',
        'word',
        '你好',
        '👨‍👩‍👧‍👦',
        'e\u0301',
        'a-very-long-word-without-any-space',
        '\u200b',
      ),
    ),
    { maxLength: 25 },
  )
  .map((parts) => sanitizeText(parts.join('')));

describe('wrapping', () => {
  it.each([
    ['hello world', 20, ['hello world']],
    ['hello world', 8, ['hello', 'world']],
    ['hello world', 5, ['hello', 'world']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['one two three', 7, ['one two', 'three']],
    ['  indented text', 8, ['  indent', 'ed text']],
    ['你好世界', 5, ['你好', '世界']],
    ['a\n\nb', 5, ['a', '', 'b']],
    ['', 5, ['']],
    ['ab 👨‍👩‍👧‍👦 cd', 5, ['ab 👨‍👩‍👧‍👦', 'cd']],
  ])('%j at %i', (text, width, expected) => {
    expect(wrapCells(safe(text), width)).toEqual(expected);
  });

  it('never makes a line wider than asked for, but for a single grapheme that is', () => {
    fc.assert(
      fc.property(foreign, fc.integer({ min: 1, max: 30 }), (text, width) => {
        for (const line of wrapCells(text, width))
          if (cellWidth(line) > width)
            expect(graphemesOf(line).filter(({ width: cells }) => cells > 0)).toHaveLength(1);
      }),
    );
  });

  it('loses nothing but spaces', () => {
    const ink = (text: string) => text.replace(/[ \n]/g, '');
    fc.assert(
      fc.property(foreign, fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(ink(wrapCells(text, width).join('\n'))).toBe(ink(text));
      }),
    );
  });

  it('takes a message of one endless word in its stride', () => {
    const lines = wrapCells(safe('x'.repeat(100_000)), 50);
    expect(lines).toHaveLength(2000);
  });
});

describe('cutting to cells', () => {
  it('fills or cuts to exactly the width', () => {
    fc.assert(
      fc.property(foreign, fc.integer({ min: 0, max: 40 }), (text, width) => {
        const line = safe(text.replaceAll('\n', ' ').replace(/[\u2066-\u2069]/g, ''));
        expect(cellWidth(fitCells(line, width))).toBe(width);
        expect(cellWidth(truncateCells(line, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('marks the cut and never splits a grapheme', () => {
    expect(truncateCells(safe('hello world'), 6)).toBe('hello…');
    expect(truncateCells(safe('你好世界'), 4)).toBe('你…');
    expect(truncateCells(safe('a👨‍👩‍👧‍👦b'), 3)).toBe('a…');
  });
});
