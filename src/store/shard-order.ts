/** Where things belong in a conversation's shards, which are sorted by sent time and do not overlap. */
import type { ShardRef } from './shards.ts';

/** so many small shards at the end of a conversation are left before they are written together */
const smallShards = 3;

/**
 * From which shard on the end of a conversation is written together with `added` new messages. Small shards are left
 * alone until there are several of a size, so that a message is written again a few times in its life, not with each
 * fold; a full one is never touched.
 */
export function tailToMerge(shards: readonly ShardRef[], added: number, fullShard: number): number {
  let total = added;
  for (let from = shards.length; ; ) {
    let i = from;
    let sum = 0;
    while (i > 0 && (shards[i - 1]?.count ?? fullShard) <= Math.min(total, fullShard - 1)) {
      i -= 1;
      sum += shards[i]?.count ?? 0;
    }
    if (from - i < smallShards) return from;
    total += sum;
    from = i;
  }
}

/** Index of the shard that a sent time belongs to; -1 if there is none at all. */
export function ownerOf(shards: readonly ShardRef[], sentAt: number): number {
  let low = 0;
  let high = shards.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((shards[middle]?.from ?? 0) <= sentAt) low = middle;
    else high = middle - 1;
  }
  return shards.length === 0 ? -1 : low;
}
