/**
 * Scrolling over blocks of lines (one block a message) without ever counting all of them: everything is reckoned
 * from the anchor, the message at the bottom row, so the cost is that of the rows on the screen.
 */
import { type Anchor, atEnd } from './ui-state.ts';

/** Messages as blocks of lines, measured on demand. */
export type Blocks<L> = Readonly<{
  count: number;
  lines(index: number): readonly L[];
  idOf(index: number): string;
  /** -1 if there is none */
  indexOf(id: string): number;
}>;

export type VisibleLine<L> = Readonly<{ line: L; index: number }>;

export type Visible<L> = Readonly<{
  /** at most the height asked for, top first */
  lines: readonly VisibleLine<L>[];
  /** blocks that end below the bottom row */
  below: number;
  /** the first line of the first block is visible */
  reachesTop: boolean;
}>;

type Position = Readonly<{ index: number; below: number }>;

export function visibleLines<L>(blocks: Blocks<L>, anchor: Anchor, height: number): Visible<L> {
  if (blocks.count === 0 || height <= 0) return { lines: [], below: 0, reachesTop: true };
  const bottom = resolve(blocks, anchor);
  const up = collectUp(blocks, bottom, height);
  const position = up.length < height ? moveDown(blocks, bottom, height - up.length) : bottom;
  const lines = position === bottom ? up : collectUp(blocks, position, height);
  const first = lines[0];
  const reachesTop = first === undefined || (first.index === 0 && first.line === blocks.lines(0)[0]);
  const below = blocks.count - 1 - position.index + (position.below > 0 ? 1 : 0);
  return { lines, below, reachesTop };
}

/** The anchor after scrolling by `delta` lines (negative: up), never past the first or last line. */
export function scrollBy<L>(blocks: Blocks<L>, anchor: Anchor, height: number, delta: number): Anchor {
  if (blocks.count === 0) return atEnd;
  const bottom = resolve(blocks, anchor);
  if (delta >= 0) return anchorAt(blocks, moveDown(blocks, bottom, delta));
  const reach = collectUp(blocks, bottom, height - delta).length;
  return anchorAt(blocks, moveUp(blocks, bottom, Math.max(0, Math.min(-delta, reach - height))));
}

/** The anchor moved no further than needed for block `index` to be visible (its beginning, if it is too tall). */
export function reveal<L>(blocks: Blocks<L>, anchor: Anchor, height: number, index: number): Anchor {
  const { lines } = visibleLines(blocks, anchor, height);
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return anchor;
  const block = blocks.lines(index);
  const shown = lines.filter((line) => line.index === index).length;
  if (shown === block.length || (shown > 0 && shown >= height)) return anchor;
  const isAbove = index < first.index || (index === first.index && first.line !== block[0]);
  if (!isAbove && block.length <= height) return anchorAt(blocks, { index, below: 0 });
  // Its first line comes to the top row: the bottom row is `height` lines further down.
  const top: Position = { index, below: block.length };
  const bottom = moveDown(blocks, top, height);
  return anchorAt(blocks, bottom);
}

/**
 * The anchor with block `index` at the top, below `context` rows of what comes before it; the end, where all from
 * there on fits.
 */
export function startAt<L>(blocks: Blocks<L>, height: number, index: number, context: number): Anchor {
  const top: Position = { index, below: blocks.lines(index).length };
  const anchor = anchorAt(blocks, moveDown(blocks, top, height));
  return anchor.kind === 'end' ? anchor : anchorAt(blocks, moveDown(blocks, top, height - context));
}

function resolve<L>(blocks: Blocks<L>, anchor: Anchor): Position {
  const end = { index: blocks.count - 1, below: 0 };
  if (anchor.kind === 'end') return end;
  const index = blocks.indexOf(anchor.id);
  if (index < 0) return end;
  // A block may have become shorter (a wider terminal, a state line gone).
  return { index, below: Math.min(anchor.below, Math.max(0, blocks.lines(index).length - 1)) };
}

function anchorAt<L>(blocks: Blocks<L>, { index, below }: Position): Anchor {
  if (index === blocks.count - 1 && below === 0) return atEnd;
  return { kind: 'message', id: blocks.idOf(index), below };
}

function collectUp<L>(blocks: Blocks<L>, from: Position, height: number): VisibleLine<L>[] {
  const out: VisibleLine<L>[] = [];
  for (let index = from.index; index >= 0 && out.length < height; index--) {
    const lines = blocks.lines(index);
    const end = index === from.index ? lines.length - from.below : lines.length;
    for (let i = end - 1; i >= 0 && out.length < height; i--) {
      const line = lines[i];
      if (line !== undefined) out.push({ line, index });
    }
  }
  return out.reverse();
}

function moveDown<L>(blocks: Blocks<L>, from: Position, count: number): Position {
  let { index, below } = from;
  let left = count;
  while (left > 0) {
    if (below > 0) {
      const step = Math.min(below, left);
      below -= step;
      left -= step;
    } else if (index < blocks.count - 1) {
      index += 1;
      below = blocks.lines(index).length;
    } else break;
  }
  // A block of which nothing is to be seen is not the bottom one.
  if (below > 0 && below === blocks.lines(index).length && index > 0) return { index: index - 1, below: 0 };
  return { index, below };
}

function moveUp<L>(blocks: Blocks<L>, from: Position, count: number): Position {
  let { index } = from;
  let below = from.below + count;
  while (index > 0 && below >= blocks.lines(index).length) {
    below -= blocks.lines(index).length;
    index -= 1;
  }
  return { index, below };
}

/** The anchor that shows the first line of the first block at the top. */
export function topAnchor<L>(blocks: Blocks<L>, height: number): Anchor {
  if (blocks.count === 0) return atEnd;
  return anchorAt(blocks, moveDown(blocks, { index: 0, below: blocks.lines(0).length }, height));
}
