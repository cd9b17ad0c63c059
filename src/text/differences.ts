/** Where two short texts differ, character by character. */

/** One place: what the first text has there and what the second one has, as code points; either may be empty. */
export type Difference = Readonly<{ here: readonly number[]; there: readonly number[] }>;

/** Names and labels; more than this is cut before it is compared. */
const maxLength = 200;

/** The places in which two texts differ, in order; none for equal texts. By longest common subsequence. */
export function differencesOf(here: string, there: string): readonly Difference[] {
  const a = codePointsOf(here);
  const b = codePointsOf(there);
  const lengths = commonLengths(a, b);
  const found: { here: number[]; there: number[] }[] = [];
  let open: { here: number[]; there: number[] } | null = null;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [first, second] = [a[i], b[j]];
    if (first !== undefined && first === second) {
      open = null;
      i += 1;
      j += 1;
      continue;
    }
    if (open === null) {
      open = { here: [], there: [] };
      found.push(open);
    }
    const skipsHere = lengths[i + 1]?.[j] ?? -1;
    const skipsThere = lengths[i]?.[j + 1] ?? -1;
    if (first !== undefined && (second === undefined || skipsHere >= skipsThere)) {
      open.here.push(first);
      i += 1;
    } else if (second !== undefined) {
      open.there.push(second);
      j += 1;
    }
  }
  return found;
}

function codePointsOf(text: string): number[] {
  return [...text].slice(0, maxLength).map((char) => char.codePointAt(0) ?? 0);
}

/** Length of the longest common subsequence of what follows each pair of places. */
function commonLengths(a: readonly number[], b: readonly number[]): number[][] {
  const rows: number[][] = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = rows[i];
      if (row === undefined) continue;
      row[j] =
        a[i] === b[j] ? (rows[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(rows[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}
