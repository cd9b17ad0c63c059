/** Finds rows that a scroll would bring to their places. Pure. */
import type { Grid } from './grid.ts';

/** Rows `top` to `bottom` move up by `count`, or down if it is negative. */
export type Scroll = Readonly<{ top: number; bottom: number; count: number }>;

/** A row that fits only nearly after the scroll is not taken when it would be seen on its way. */
const never = -1e9;
/** Cells that a scroll must save to be tried: its sequences cost some 20 bytes, new rows come on top. */
const worthCells = 60;

/** The scroll that leaves the fewest cells to write, or null. With `mayMend`, rows need not fit whole. */
export function findScroll(shown: Grid, next: Grid, mayMend: boolean): Scroll | null {
  const { rows, columns } = next;
  const inPlace = Array.from({ length: rows }, (_, y) => differences(shown, y, next, y));
  const farthest = Math.floor(rows / 2);
  let best: Scroll | null = null;
  let mostSaved = Math.max(worthCells, columns / 2);
  for (let distance = 1; distance <= farthest; distance++)
    for (const count of [distance, -distance]) {
      const found = bestBlock(shown, next, count, inPlace, mayMend);
      if (found !== null && found.saved > mostSaved) {
        mostSaved = found.saved;
        best = found.scroll;
      }
    }
  return best;
}

/** The block of neighbouring rows that gains most from a scroll by `count`. */
function bestBlock(
  shown: Grid,
  next: Grid,
  count: number,
  inPlace: readonly number[],
  mayMend: boolean,
): Readonly<{ scroll: Scroll; saved: number }> | null {
  let sum = 0;
  let begin = 0;
  let saved = 0;
  let block: readonly [number, number] | null = null;
  for (let y = Math.max(0, -count); y < next.rows - Math.max(0, count); y++) {
    const differing = differences(shown, y + count, next, y);
    const gain = differing > 0 && !mayMend ? never : (inPlace[y] ?? 0) - differing;
    if (sum <= 0) {
      sum = 0;
      begin = y;
    }
    sum += gain;
    if (sum > saved) {
      saved = sum;
      block = [begin, y];
    }
  }
  if (block === null) return null;
  const [first, last] = block;
  const scroll: Scroll =
    count > 0 ? { top: first, bottom: last + count, count } : { top: first + count, bottom: last, count };
  return { scroll, saved };
}

/** How many cells of a row differ from a row of the other screen. */
function differences(one: Grid, oneRow: number, other: Grid, otherRow: number): number {
  const { columns } = one;
  const a = oneRow * columns;
  const b = otherRow * columns;
  let count = 0;
  for (let x = 0; x < columns; x++)
    if (one.texts[a + x] !== other.texts[b + x] || one.styles[a + x] !== other.styles[b + x]) count++;
  return count;
}
