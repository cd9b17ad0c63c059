import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Blocks, reveal, scrollBy, topAnchor, visibleLines } from '../../../src/ui/state/scroll.ts';
import { type Anchor, atEnd } from '../../../src/ui/state/ui-state.ts';

type Line = Readonly<{ block: number; line: number }>;

function blocksOf(heights: readonly number[]): Blocks<Line> {
  const lines = heights.map((height, block) =>
    Array.from({ length: height }, (_, line) => ({ block, line })),
  );
  return {
    count: heights.length,
    lines: (index) => lines[index] ?? [],
    idOf: (index) => `m${index}`,
    indexOf: (id) => heights.findIndex((_, index) => `m${index}` === id),
  };
}

const heights = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 20 });
const height = fc.integer({ min: 1, max: 12 });

/** The slow, obvious way: all lines in one list. */
function flat(all: readonly number[]): string[] {
  return all.flatMap((count, block) => Array.from({ length: count }, (_, line) => `${block}.${line}`));
}

function seen(blocks: Blocks<Line>, anchor: Anchor, rows: number): string[] {
  return visibleLines(blocks, anchor, rows).lines.map(({ line }) => `${line.block}.${line.line}`);
}

describe('scrolling', () => {
  it('shows the end of everything at the end', () => {
    fc.assert(
      fc.property(heights, height, (all, rows) => {
        expect(seen(blocksOf(all), atEnd, rows)).toEqual(flat(all).slice(-rows));
      }),
    );
  });

  it('moves as a window over all lines does, and stops at both ends', () => {
    fc.assert(
      fc.property(
        heights,
        height,
        fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 12 }),
        (all, rows, moves) => {
          const blocks = blocksOf(all);
          const lines = flat(all);
          const last = Math.max(0, lines.length - rows);
          let top = last;
          let anchor: Anchor = atEnd;
          for (const move of moves) {
            anchor = scrollBy(blocks, anchor, rows, move);
            top = Math.max(0, Math.min(last, top + move));
            expect(seen(blocks, anchor, rows)).toEqual(lines.slice(top, top + rows));
          }
        },
      ),
    );
  });

  it('counts the messages that end below the screen, and knows when the first line is seen', () => {
    const blocks = blocksOf([2, 2, 2, 2]);
    expect(visibleLines(blocks, atEnd, 4)).toMatchObject({ below: 0, reachesTop: false });
    const up = scrollBy(blocks, atEnd, 4, -3);
    expect(visibleLines(blocks, up, 4)).toMatchObject({ below: 2, reachesTop: false });
    expect(visibleLines(blocks, topAnchor(blocks, 4), 4)).toMatchObject({ below: 2, reachesTop: true });
  });

  it('goes to the very top at once', () => {
    fc.assert(
      fc.property(heights, height, (all, rows) => {
        const blocks = blocksOf(all);
        expect(seen(blocks, topAnchor(blocks, rows), rows)).toEqual(flat(all).slice(0, rows));
      }),
    );
  });

  it('stays where it was when older messages are loaded in front', () => {
    const before = blocksOf([1, 2, 3, 2]);
    const anchor: Anchor = { kind: 'message', id: 'm2', below: 1 };
    const after: Blocks<Line> = {
      ...blocksOf([4, 4, 1, 2, 3, 2]),
      idOf: (index) => `m${index - 2}`,
      indexOf: (id) => Number(id.slice(1)) + 2,
    };
    const shape = (blocks: Blocks<Line>) =>
      visibleLines(blocks, anchor, 3).lines.map(({ line }) => line.line);
    expect(shape(after)).toEqual(shape(before));
  });

  it('shows the end when the anchored message is gone', () => {
    expect(seen(blocksOf([1, 1]), { kind: 'message', id: 'gone', below: 0 }, 5)).toEqual(['0.0', '1.0']);
  });
});

describe('revealing a message', () => {
  it('makes it visible from wherever one is, whole if it fits, and moves nothing if it is', () => {
    fc.assert(
      fc.property(heights, height, fc.nat(), fc.integer({ min: -30, max: 0 }), (all, rows, seed, move) => {
        const blocks = blocksOf(all);
        const index = seed % all.length;
        const start = scrollBy(blocks, atEnd, rows, move);
        const anchor = reveal(blocks, start, rows, index);
        const lines = seen(blocks, anchor, rows).filter((line) => line.startsWith(`${index}.`));
        expect(lines.length).toBe(Math.min(rows, all[index] ?? 0));
        const again = reveal(blocks, anchor, rows, index);
        expect(seen(blocks, again, rows)).toEqual(seen(blocks, anchor, rows));
      }),
    );
  });
});
