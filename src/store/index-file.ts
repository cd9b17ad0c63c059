/** The index: names every file that counts, by number. Whatever it does not name is not part of the profile. */
import * as v from 'valibot';
import { type BucketRef, bucketRef } from './collections.ts';
import { DamagedFile, type SealedFolder } from './sealed-folder.ts';
import type { FilterGroup } from './search/filter-set.ts';
import type { ShardRef } from './shards.ts';

export type Index = Readonly<{
  /** the next file number that was never used */
  next: number;
  journal: number;
  buckets: readonly BucketRef[];
  conversations: readonly (readonly [string, readonly ShardRef[]])[];
  filters: readonly FilterGroup[];
}>;

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const schema = v.object({
  next: number,
  journal: number,
  collections: v.array(v.tuple([v.string(), v.string(), number])),
  conversations: v.array(
    v.tuple([v.string(), v.array(v.tuple([number, number, number, number, number, v.number()]))]),
  ),
  filters: v.optional(v.array(v.tuple([number, v.array(number)])), []),
});

export function encodeIndex(index: Index): unknown {
  return {
    next: index.next,
    journal: index.journal,
    collections: index.buckets.map(({ collection, bucket, file }) => [collection, bucket, file]),
    conversations: index.conversations.map(([id, shards]) => [
      id,
      shards.map(({ file, from, to, count, incoming, received }) => [
        file,
        from,
        to,
        count,
        incoming,
        received,
      ]),
    ]),
    filters: index.filters.map(({ file, shards }) => [file, shards]),
  };
}

/** Reads the index. Throws DamagedFile. */
export function readIndex(folder: SealedFolder): Index {
  const { json, number: own } = folder.read('index', null);
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) throw new DamagedFile('holds no data that this version can read');
  const { next, journal, collections, conversations, filters } = parsed.output;
  const buckets: BucketRef[] = [];
  for (const [collection, bucket, file] of collections) {
    const ref = bucketRef(collection, bucket, file);
    if (ref) buckets.push(ref);
  }
  return {
    next: Math.max(next, own + 1),
    journal,
    buckets,
    conversations: conversations.map(([id, shards]) => [
      id,
      shards
        .map(([file, from, to, count, incoming, received]) => ({ file, from, to, count, incoming, received }))
        .sort((a, b) => a.from - b.from),
    ]),
    filters: filters.map(([file, shards]) => ({ file, shards })),
  };
}
