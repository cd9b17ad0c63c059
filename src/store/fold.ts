/**
 * Folding: what the journal holds goes into new files, and then one rename, the index's, makes those count. No file
 * that the old index names is touched before that, so a crash anywhere leaves the old state or the new one.
 */
import { type BucketRef, bucketId, type CollectionSet } from './collections.ts';
import type { History } from './history.ts';
import { writeHolder } from './holder.ts';
import { encodeIndex } from './index-file.ts';
import { Journal } from './journal.ts';
import type { SealedFolder } from './sealed-folder.ts';
import type { FilterSet } from './search/filter-set.ts';
import { cut, refOf, type ShardLimits, type ShardRef, shardJson } from './shards.ts';
import type { StoredMessage } from './types.ts';

const writesAtOnce = 4;

export type FoldInput = Readonly<{
  folder: SealedFolder;
  collections: CollectionSet;
  history: History;
  filters: FilterSet;
  limits: ShardLimits;
  /** gives a file number that was never used */
  nextNumber(): number;
}>;

export type Folded = Readonly<{
  journal: Journal;
  /** names of files that the index no longer names */
  replaced: readonly string[];
}>;

/** A fold failed; `written` are the files it leaves behind, which may or may not count already. */
export class FoldFailed extends Error {
  readonly written: readonly string[];
  /** true when the index may have been replaced: the files written must stay until a later fold succeeds */
  readonly ambiguous: boolean;

  constructor(cause: unknown, written: readonly string[], ambiguous: boolean) {
    super('the journal could not be folded', { cause });
    this.written = written;
    this.ambiguous = ambiguous;
  }
}

/** Writes everything that changed, switches to it in memory, and gives the new journal. Throws FoldFailed. */
export async function fold(input: FoldInput): Promise<Folded> {
  const { folder, collections, history, filters } = input;
  const written: string[] = [];
  let journal: Journal | null = null;
  let ambiguous = false;
  try {
    const buckets = new Map<string, BucketRef>(collections.files.map((ref) => [bucketId(ref), ref]));
    const replaced: string[] = [];
    const tasks = [...collectionTasks(input, buckets, replaced, written)];
    const shards = shardTasks(input, replaced, written);
    await inParallel([...tasks, ...shards.tasks]);

    const changed = shards.result();
    const conversations = history.conversations
      .map((id) => [id, changed.get(id) ?? history.shardsOf(id)] as const)
      .filter(([, refs]) => refs.length > 0);
    const filterChange = await filters.fold({
      created: shards.created,
      forgotten: shards.forgotten,
      live: new Set(conversations.flatMap(([, refs]) => refs.map(({ file }) => file))),
      nextNumber: input.nextNumber,
      written: (file) => written.push(folder.keys.fileName('filter', file)),
    });
    for (const file of filterChange.replaced) replaced.push(folder.keys.fileName('filter', file));

    const number = input.nextNumber();
    written.push(folder.keys.fileName('journal', number));
    journal = await Journal.create(folder, number);
    await folder.files.syncFolder(folder.path);

    const indexNumber = input.nextNumber();
    const index = encodeIndex({
      next: indexNumber + 1,
      journal: number,
      buckets: [...buckets.values()],
      conversations,
      filters: filterChange.groups,
    });
    ambiguous = true;
    await folder.write('index', indexNumber, index);
    await folder.files.syncFolder(folder.path);

    collections.folded([...buckets.values()]);
    history.folded(changed);
    filterChange.commit();
    return { journal, replaced };
  } catch (error) {
    await journal?.close().catch(() => undefined);
    throw new FoldFailed(error, written, ambiguous);
  }
}

type Task = () => Promise<void>;

function collectionTasks(
  { folder, collections, nextNumber }: FoldInput,
  buckets: Map<string, BucketRef>,
  replaced: string[],
  written: string[],
): Task[] {
  return collections.changed().map(({ collection, bucket, content }) => async () => {
    const key = bucketId({ collection, bucket });
    const before = buckets.get(key);
    if (before) replaced.push(folder.keys.fileName('collection', before.file));
    buckets.delete(key);
    if (content === null) return;
    const file = nextNumber();
    written.push(folder.keys.fileName('collection', file));
    await writeHolder(folder, 'collection', file, content);
    buckets.set(key, { collection, bucket, file });
  });
}

function shardTasks(
  { folder, history, filters, limits, nextNumber }: FoldInput,
  replaced: string[],
  written: string[],
): {
  tasks: Task[];
  /** filters of the shards that were written */
  created: Map<number, Uint8Array>;
  /** shards that held words which are to be nowhere any more */
  forgotten: Set<number>;
  result(): Map<string, readonly ShardRef[]>;
} {
  const lists = new Map<string, { before: readonly ShardRef[]; after: Map<number | null, ShardRef[]> }>();
  const tasks: Task[] = [];
  const created = new Map<number, Uint8Array>();
  const forgotten = new Set<number>();
  for (const { conversation, parts } of history.changed(limits.messages)) {
    const after = new Map<number | null, ShardRef[]>();
    lists.set(conversation, { before: history.shardsOf(conversation), after });
    for (const part of parts) {
      tasks.push(async () => {
        const refs: ShardRef[] = [];
        for (const shard of part.shards) after.set(shard.file, []);
        after.set(part.shards[0]?.file ?? null, refs);
        const messages = part.messages();
        const pieces = cut(messages, limits, part.atEnd);
        for (const shard of part.shards) {
          // A full shard that new messages follow stays as it is.
          if (!part.mustRewrite(shard) && isSame(pieces[0], part.stored(shard))) {
            refs.push(shard);
            pieces.shift();
          } else {
            replaced.push(folder.keys.fileName('shard', shard.file));
            if (forgets(part.stored(shard), messages)) forgotten.add(shard.file);
          }
        }
        for (const piece of pieces) {
          const file = nextNumber();
          written.push(folder.keys.fileName('shard', file));
          refs.push(refOf(file, piece));
          created.set(file, filters.make(piece));
          await writeHolder(folder, 'shard', file, shardJson(conversation, piece));
        }
      });
    }
  }
  return {
    tasks,
    created,
    forgotten,
    result: () =>
      new Map(
        [...lists].map(([conversation, { before, after }]) => [
          conversation,
          [...before.flatMap((ref) => after.get(ref.file) ?? [ref]), ...(after.get(null) ?? [])],
        ]),
      ),
  };
}

/** Whether words of a shard are in none of the messages that take its place. */
function forgets(stored: readonly StoredMessage[], messages: readonly StoredMessage[]): boolean {
  const bodies = new Map(messages.map(({ id, body }) => [id, body]));
  return stored.some(({ id, body }) => bodies.get(id) !== body);
}

function isSame(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  return a !== undefined && a.length === b.length && a.every((item, i) => item === b[i]);
}

/** Runs all tasks, a few at a time; the first error is thrown once none runs any more. */
async function inParallel(tasks: readonly Task[]): Promise<void> {
  const waiting = [...tasks];
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task && !failed; task = waiting.shift()) {
      try {
        await task();
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: writesAtOnce }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
