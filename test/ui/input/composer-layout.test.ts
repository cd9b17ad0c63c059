import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstVisibleRow, layOutField, offsetByRow } from '../../../src/ui/input/composer-layout.ts';
import { moveTo, textBuffer } from '../../../src/ui/input/text-buffer.ts';
import { cellWidth } from '../../../src/ui/text/cells.ts';

const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom('\n', '你好', '👨‍👩‍👧‍👦', ' ', '\t'),
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join('').replace(/(?![\n\t])\p{Cc}/gu, ''));

describe('the layout of a field', () => {
  it('wraps anywhere, at grapheme borders, and knows the cell of the cursor', () => {
    const layout = layOutField('abcdef', 4, 3);
    expect(layout.rows.map(({ shown }) => shown)).toEqual(['abc', 'def']);
    expect([layout.cursorRow, layout.cursorColumn]).toEqual([1, 1]);
  });

  it('puts the cursor behind the last letter of a full row, not on the next', () => {
    const layout = layOutField('abc', 3, 3);
    expect([layout.cursorRow, layout.cursorColumn]).toEqual([0, 3]);
  });

  it('shows control characters, tabs and direction overrides as what they are', () => {
    expect(layOutField('a\tb\u202ec', 0, 40).rows.map(({ shown }) => shown)).toEqual(['a    b⟦RLO⟧c']);
  });

  it('covers the whole text with rows that fit', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 6, max: 30 }), (value, width) => {
        const { rows } = layOutField(value, 0, width);
        expect(rows.map(({ start, end }) => value.slice(start, end)).join('')).toBe(
          value.replaceAll('\n', ''),
        );
        for (const { shown } of rows) expect(cellWidth(shown)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('has the cursor inside for every offset, and visible in any height', () => {
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.integer({ min: 6, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (value, seed, width, height) => {
          // A text buffer keeps its cursor at grapheme borders.
          const { cursor } = moveTo(textBuffer(value), seed % (value.length + 1));
          const layout = layOutField(value, cursor, width);
          expect(layout.cursorColumn).toBeLessThanOrEqual(width);
          const top = firstVisibleRow(layout, height);
          expect(layout.cursorRow).toBeGreaterThanOrEqual(top);
          expect(layout.cursorRow).toBeLessThan(top + height);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('moving by rows', () => {
  it('keeps to the column as far as the row reaches', () => {
    expect(offsetByRow('abcdef\nx\nabcdef', 4, 20, 1)).toBe(8);
    expect(offsetByRow('abcdef\nabcdef', 4, 20, 1)).toBe(11);
    expect(offsetByRow('你好世\nabcdef', 2, 20, 1)).toBe(8);
  });

  it('goes through wrapped rows one by one, and says when there is none', () => {
    expect(offsetByRow('abcdefghi', 1, 3, 1)).toBe(4);
    expect(offsetByRow('abcdefghi', 4, 3, -1)).toBe(1);
    expect(offsetByRow('abc', 1, 3, -1)).toBeNull();
    expect(offsetByRow('abc', 1, 3, 1)).toBeNull();
  });
});
