/**
 * Opening: index, collections and journal into memory. What is damaged is set aside and named; the rest opens. If
 * the index itself is lost, or is an older copy put back, it is rebuilt from the files, which say what they are.
 */
import { join } from 'node:path';
import type { Batch } from './batch.ts';
import { type BucketRef, bucketId, bucketRef, CollectionSet, parseBucketFile } from './collections.ts';
import { History } from './history.ts';
import { type Index, readIndex } from './index-file.ts';
import { type JournalContent, readJournal } from './journal.ts';
import { type FileKind, fileKinds } from './key-ring.ts';
import {
  DamagedFile,
  decodeHeader,
  isSealedName,
  isTemporaryName,
  type SealedFolder,
} from './sealed-folder.ts';
import { FilterSet } from './search/filter-set.ts';
import { readShard, refOf, type ShardFile, type ShardRef } from './shards.ts';

export type Loaded = Readonly<{
  collections: CollectionSet;
  history: History;
  filters: FilterSet;
  /** the journal deletes something whose bytes are on the disk still */
  forgets: boolean;
  /** the next file number that was never used */
  next: number;
  /** the journal to go on with; null if a fold must make a new one first */
  journal: Readonly<{ number: number; content: JournalContent }> | null;
  /** file names to remove once the next fold is done */
  leftOver: readonly string[];
  /** files that a finished or unfinished fold left behind, to be removed now */
  garbage: readonly string[];
}>;

/** A rebuilt index can't know which numbers were used and forgotten; none of them may come back. */
const numbersSkippedAfterLoss = 1_048_576;

export function loadProfile(folder: SealedFolder): Loaded {
  const names = folder.files.list(folder.path) ?? [];
  let index: Index;
  try {
    index = readIndex(folder);
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    const name = folder.keys.fileName('index', 0);
    const what = `${error.what}, and was rebuilt from the other files`;
    if (names.includes(name)) folder.copyAside('index', 0, what);
    else folder.report({ file: name, keptAs: '', what });
    return rebuild(folder, names);
  }
  const journalName = folder.keys.fileName('journal', index.journal);
  if (!names.includes(journalName)) {
    // A fold removes the old journal last, so an index without its journal is an older copy, or the journal was lost.
    const what = 'is missing; the index was rebuilt from the other files';
    folder.report({ file: journalName, keptAs: '', what });
    return rebuild(folder, names);
  }
  return loadIndexed(folder, names, index);
}

function loadIndexed(folder: SealedFolder, names: readonly string[], index: Index): Loaded {
  const present = new Set(names);
  const named = new Set([folder.keys.fileName('index', 0), folder.keys.fileName('journal', index.journal)]);
  // As many files as the index names: then no shard is missing and nothing is left over, and thousands of names need
  // not be made. Should a stranger's file stand for a missing one, that shard is missed when it is read.
  const shardCount = index.conversations.reduce((sum, [, shards]) => sum + shards.length, 0);
  const isComplete =
    names.filter(isSealedName).length === 2 + index.buckets.length + shardCount + index.filters.length;
  const collections = new CollectionSet();
  for (const ref of index.buckets) {
    named.add(folder.keys.fileName('collection', ref.file));
    collections.load(folder, ref);
  }
  const history = new History(folder);
  for (const [conversation, shards] of index.conversations) {
    history.setShards(conversation, shards);
    if (isComplete) continue;
    for (const shard of shards) {
      const name = folder.keys.fileName('shard', shard.file);
      named.add(name);
      if (!present.has(name)) history.lose(conversation, shard, 'is missing');
    }
  }
  const filters = new FilterSet(folder, index.filters);
  for (const { file } of isComplete ? [] : index.filters) {
    const name = folder.keys.fileName('filter', file);
    named.add(name);
    if (!present.has(name)) filters.lose(file, 'is missing');
  }
  const content = readJournal(folder, index.journal);
  const forgets = replay(collections, history, content.batches);
  for (const what of content.damage.slice(0, 1)) folder.copyAside('journal', index.journal, what);
  const isWhole = folder.damage.length === 0;
  return {
    collections,
    history,
    filters,
    forgets,
    next: index.next,
    journal: content.damage.length === 0 ? { number: index.journal, content } : null,
    leftOver: content.damage.length === 0 ? [] : [folder.keys.fileName('journal', index.journal)],
    garbage: isWhole && !isComplete ? garbageOf(folder, names, named) : names.filter(isTemporaryName),
  };
}

/** Applies what the journal holds; tells whether any of it deletes. */
function replay(collections: CollectionSet, history: History, batches: readonly Batch[]): boolean {
  let forgets = false;
  for (const batch of batches) {
    for (const { collection, key, value } of batch.values()) collections.set(collection, key, value);
    for (const { conversation, id, message } of batch.messages()) {
      const change = history.prepare(conversation, id, message);
      history.apply(change);
      forgets ||= change.forgets;
    }
    forgets ||= forgetsPeople(batch);
  }
  return forgets;
}

/** Whether a batch deletes a contact or a conversation, whose line in the list holds words of its messages. */
export function forgetsPeople(batch: Batch): boolean {
  for (const { collection, value } of batch.values()) {
    if (value === undefined && (collection === 'contacts' || collection === 'conversations')) return true;
  }
  return false;
}

/** Files of ours that the index does not name: a fold was cut short, or its clean-up. Others' files are left alone. */
function garbageOf(folder: SealedFolder, names: readonly string[], named: ReadonlySet<string>): string[] {
  return names.filter((name) => {
    if (isTemporaryName(name)) return true;
    return isSealedName(name) && !named.has(name) && identify(folder, name) !== null;
  });
}

/** What a file says it is, if its name agrees. */
function identify(folder: SealedFolder, name: string): { kind: FileKind; number: number } | null {
  const bytes = folder.readRaw(name);
  const number = bytes === null ? null : decodeHeader(bytes);
  if (number === null) return null;
  const kind = fileKinds.find((candidate) => folder.keys.fileName(candidate, number) === name);
  return kind ? { kind, number } : null;
}

/** Reads all files in the order in which they were written; where two tell of the same thing, the later one counts. */
function rebuild(folder: SealedFolder, names: readonly string[]): Loaded {
  const found = names
    .filter(isSealedName)
    .map((name) => ({ name, ...(identify(folder, name) ?? { kind: null, number: 0 }) }))
    .sort((a, b) => a.number - b.number);
  const collections = new CollectionSet();
  const history = new History(folder);
  const leftOver: string[] = [];
  const buckets = new Map<string, BucketRef>();
  const shards: { number: number; content: ShardFile }[] = [];
  const batches: Batch[] = [];
  for (const { name, kind, number } of found) {
    try {
      if (kind === 'collection') {
        const { collection, bucket } = parseBucketFile(folder.read('collection', number).json);
        const ref = bucketRef(collection, bucket, number);
        if (ref === null) continue;
        const older = buckets.get(bucketId(ref));
        if (older) leftOver.push(folder.keys.fileName('collection', older.file));
        buckets.set(bucketId(ref), ref);
      } else if (kind === 'shard') {
        shards.push({ number, content: readShard(folder, number) });
      } else if (kind === 'journal') {
        const content = readJournal(folder, number);
        for (const what of content.damage.slice(0, 1)) folder.copyAside('journal', number, what);
        batches.push(...content.batches);
        leftOver.push(name);
      } else if (kind === 'filter') {
        // Made anew when somebody searches.
        leftOver.push(name);
      } else if (kind === null && name !== folder.keys.fileName('index', 0)) {
        folder.report({ file: name, keptAs: name, what: 'is not what its name says' });
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      if (kind !== null) folder.setAside(kind, number, error.what);
    }
  }
  for (const ref of buckets.values()) collections.load(folder, ref);
  leftOver.push(...adoptShards(folder, history, shards));
  const forgets = replay(collections, history, batches);
  const highest = Math.max(0, ...found.map(({ number }) => number));
  return {
    collections,
    history,
    filters: new FilterSet(folder, []),
    forgets,
    next: highest + numbersSkippedAfterLoss,
    journal: null,
    leftOver,
    garbage: [],
  };
}

/**
 * Gives each conversation its shards. Where a fold was cut short, a shard and its successors overlap: then the later
 * file's messages go on top of the earlier one's. Returns the names of files that are used up that way.
 */
function adoptShards(
  folder: SealedFolder,
  history: History,
  shards: readonly { number: number; content: ShardFile }[],
): string[] {
  const adopted = new Map<string, ShardRef[]>();
  const absorbed: { number: number; content: ShardFile }[] = [];
  for (const shard of shards) {
    const { conversation, messages } = shard.content;
    const refs = adopted.get(conversation) ?? [];
    const ref = refOf(shard.number, messages);
    if (messages.length === 0 || refs.some(({ from, to }) => ref.from <= to && ref.to >= from)) {
      absorbed.push(shard);
    } else {
      adopted.set(conversation, [...refs, ref]);
    }
  }
  for (const [conversation, refs] of adopted) {
    history.setShards(
      conversation,
      refs.sort((a, b) => a.from - b.from),
    );
  }
  for (const { content } of absorbed) {
    for (const message of content.messages) {
      history.apply(history.prepare(content.conversation, message.id, message));
    }
  }
  return absorbed.map(({ number }) => folder.keys.fileName('shard', number));
}

/** Removes files by name; what can't be removed now is found again at the next opening. */
export async function removeFiles(folder: SealedFolder, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await folder.files.remove(join(folder.path, name)).catch(() => undefined);
  }
}
