/** Fair choices from secure random bytes. */

export type RandomBytes = (length: number) => Uint8Array;

/** A whole number from 0 to `limit - 1`, each equally likely; `limit` from 1 to 2^32. */
export function randomBelow(limit: number, random: RandomBytes): number {
  const range = 2 ** 32;
  // numbers beyond the last whole multiple of `limit` would favour the small results
  const fairEnd = range - (range % limit);
  for (;;) {
    const bytes = random(4);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (value < fairEnd) return value % limit;
  }
}

/** One of them, each equally likely; undefined of an empty list. */
export function choose<T>(items: readonly T[], random: RandomBytes): T | undefined {
  return items.length === 0 ? undefined : items[randomBelow(items.length, random)];
}

/** One of those with the lowest cost. */
export function chooseCheapest<T>(
  items: readonly T[],
  cost: (item: T) => number,
  random: RandomBytes,
): T | undefined {
  let lowest = Number.POSITIVE_INFINITY;
  let best: T[] = [];
  for (const item of items) {
    const own = cost(item);
    if (own < lowest) {
      lowest = own;
      best = [item];
    } else if (own === lowest) {
      best.push(item);
    }
  }
  return choose(best, random);
}

/** A shuffled copy. */
export function shuffle<T>(items: readonly T[], random: RandomBytes): T[] {
  const rest = [...items];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(randomBelow(rest.length, random), 1));
  return out;
}
