/** The typed collections of an open profile, all in memory, and the sealed files ("buckets") that hold them. */
import * as v from 'valibot';
import type { Change } from './batch.ts';
import { readHolder } from './holder.ts';
import { collectionNames, isCollectionName, parseValue } from './schemas.ts';
import { DamagedFile, type SealedFolder } from './sealed-folder.ts';
import type { CollectionName, Collections } from './types.ts';

const dayMs = 86_400_000;

/** One file: the entries of a collection that belong to a bucket. */
export type BucketRef = Readonly<{ collection: CollectionName; bucket: string; file: number }>;

const fileSchema = v.object({
  collection: v.string(),
  bucket: v.string(),
  entries: v.array(v.tuple([v.string(), v.unknown()])),
});

export type BucketFile = v.InferOutput<typeof fileSchema>;

type Values = { readonly [C in CollectionName]: Map<string, Collections[C]> };

export class CollectionSet {
  readonly #values: Values = {
    account: new Map(),
    settings: new Map(),
    contacts: new Map(),
    conversations: new Map(),
    outbox: new Map(),
    fresh: new Map(),
    configs: new Map(),
    erased: new Map(),
    seen: new Map(),
    expiring: new Map(),
    readTimers: new Map(),
    early: new Map(),
    swarmChanges: new Map(),
    cursors: new Map(),
    network: new Map(),
  };
  readonly #files = new Map<string, BucketRef>();
  readonly #dirty = new Map<string, Readonly<{ collection: CollectionName; bucket: string }>>();

  get<C extends CollectionName>(collection: C, key: string): Collections[C] | undefined {
    return this.#values[collection].get(key);
  }

  entries<C extends CollectionName>(collection: C): readonly (readonly [string, Collections[C]])[] {
    return [...this.#values[collection]];
  }

  set<C extends CollectionName>(collection: C, key: string, value: Change<C>): void {
    const values: Map<string, Collections[C]> = this.#values[collection];
    const before = values.get(key);
    if (before !== undefined) this.#touch(collection, key, before);
    if (value === undefined) {
      values.delete(key);
    } else {
      values.set(key, value);
      this.#touch(collection, key, value);
    }
  }

  /**
   * Takes a file's entries in. A damaged file is set aside and its bucket is written anew at the next fold; so are
   * entries that make no sense left out (a copy of the file is kept).
   */
  load(folder: SealedFolder, ref: BucketRef): void {
    const { collection, bucket, file } = ref;
    try {
      const content = readHolder(folder, 'collection', file, parseBucketFile);
      if (content.collection !== collection || content.bucket !== bucket) {
        throw new DamagedFile('holds something else');
      }
      let skipped = 0;
      for (const [key, json] of content.entries) {
        const value = parseValue(collection, json);
        if (value === undefined) skipped += 1;
        else this.#values[collection].set(key, value as never); // parsed for this very collection
      }
      this.#files.set(id(collection, bucket), ref);
      if (skipped === 0) return;
      folder.copyAside('collection', file, `has ${skipped} entries that make no sense`);
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      folder.setAside('collection', file, error.what);
    }
    this.#dirty.set(id(collection, bucket), { collection, bucket });
  }

  /** Forgets `seen` hashes whose day of expiry has ended at least a day ago (other clocks may be behind ours). */
  prune(now: number): void {
    const firstDayKept = Math.floor((now - dayMs) / dayMs);
    for (const [hash, expiresAt] of this.#values.seen) {
      if (Math.floor(expiresAt / dayMs) < firstDayKept) this.set('seen', hash, undefined);
    }
  }

  get files(): readonly BucketRef[] {
    return [...this.#files.values()];
  }

  /** The files to be written: content of each bucket that changed; an empty one has no file. */
  changed(): { collection: CollectionName; bucket: string; content: BucketFile | null }[] {
    return [...this.#dirty.values()].map(({ collection, bucket }) => {
      const entries: [string, unknown][] = [];
      for (const [key, value] of this.#values[collection]) {
        if (bucketsOf(collection, key, value).includes(bucket)) entries.push([key, value]);
      }
      return { collection, bucket, content: entries.length === 0 ? null : { collection, bucket, entries } };
    });
  }

  /** Everything is written: `files` is what the index names now. */
  folded(files: readonly BucketRef[]): void {
    this.#files.clear();
    for (const ref of files) this.#files.set(id(ref.collection, ref.bucket), ref);
    this.#dirty.clear();
  }

  #touch<C extends CollectionName>(collection: C, key: string, value: Collections[C]): void {
    for (const bucket of bucketsOf(collection, key, value)) {
      this.#dirty.set(id(collection, bucket), { collection, bucket });
    }
  }
}

/**
 * The account is kept twice: a damaged sector must not cost it. What the network layer keeps is large and changes
 * rarely beside the rest. Seen hashes go by the day of their expiry, so that a new one never rewrites old ones.
 */
function bucketsOf(collection: CollectionName, key: string, value: unknown): readonly string[] {
  if (collection === 'account') return ['a', 'b'];
  if (collection === 'network' || collection === 'configs') return [key];
  if ((collection === 'seen' || collection === 'expiring') && typeof value === 'number')
    return [String(Math.floor(value / dayMs) & 63)];
  return [''];
}

export function parseBucketFile(json: unknown): BucketFile {
  const parsed = v.safeParse(fileSchema, json);
  if (!parsed.success) throw new DamagedFile('holds no data that this version can read');
  return parsed.output;
}

/** The reference of a bucket file, if its collection is known. */
export function bucketRef(collection: string, bucket: string, file: number): BucketRef | null {
  return isCollectionName(collection) ? { collection, bucket, file } : null;
}

export function bucketId(ref: Readonly<{ collection: CollectionName; bucket: string }>): string {
  return id(ref.collection, ref.bucket);
}

function id(collection: CollectionName, bucket: string): string {
  return `${collectionNames.indexOf(collection)} ${bucket}`;
}
