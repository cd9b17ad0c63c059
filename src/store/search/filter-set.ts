/**
 * The filters of all shards: which shards a search must open. They are derived from the messages, so whatever is
 * missing of them (profiles of older versions, damage) costs time once and nothing else: the search opens such a
 * shard, and the next fold writes its filter.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { fromBase64, toBase64, utf8Encode } from '../../util/bytes.ts';
import { readHolder, writeHolder } from '../holder.ts';
import { DamagedFile, type SealedFolder } from '../sealed-folder.ts';
import type { StoredMessage } from '../types.ts';
import { makeFilter, maxFilterBytes, mayHold } from './filter.ts';
import { entriesOf, type Words } from './words.ts';

/** A file with the filters of some shards. */
export type FilterGroup = Readonly<{ file: number; shards: readonly number[] }>;

/** So many filters a file at most. */
const maxGroup = 512;
/** So many files of about one size are left before they are written as one. */
const groupsOfASize = 4;
/** Hashes of words that come up again and again; about so many are kept. */
const maxKnownHashes = 20_000;

const fileSchema = v.object({
  filters: v.array(v.tuple([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.string()])),
});

/** What a fold writes; `commit` makes it count in memory once the index is on the disk. */
export type FilterChange = Readonly<{
  groups: readonly FilterGroup[];
  /** numbers of files that the index names no longer */
  replaced: readonly number[];
  commit(): void;
}>;

export class FilterSet {
  readonly #folder: SealedFolder;
  #groups: readonly FilterGroup[];
  /** filters by the shard's file number, of the files that a search has read */
  readonly #filters = new Map<number, Uint8Array>();
  readonly #read = new Set<number>();
  /** made by a search, not written yet */
  readonly #unwritten = new Map<number, Uint8Array>();
  readonly #hashes = new Map<string, Uint8Array>();
  #damaged = false;
  #isClosed = false;

  constructor(folder: SealedFolder, groups: readonly FilterGroup[]) {
    this.#folder = folder;
    this.#groups = groups;
  }

  get groups(): readonly FilterGroup[] {
    return this.#groups;
  }

  /** True when there is something that only a fold can write. */
  get needsFold(): boolean {
    return this.#unwritten.size > 0 || this.#damaged;
  }

  /** A file that is missing or damaged: its shards count as never filtered. */
  lose(file: number, what: string): void {
    this.#folder.setAside('filter', file, `${what}; what it helped to find is looked for anew`);
    this.#groups = this.#groups.filter((group) => group.file !== file);
    this.#damaged = true;
  }

  /** Whether a shard must be opened for these words; true also where nobody knows. */
  async test(words: Words): Promise<(shard: number) => boolean> {
    if (this.#isClosed) return () => true;
    const hashes = words.probes.map((probe) => this.#hash(probe));
    const unread = (): FilterGroup | undefined => this.#groups.find(({ file }) => !this.#read.has(file));
    for (let group = unread(); group; group = unread()) {
      this.#read.add(group.file);
      for (const [shard, filter] of this.#group(group)) this.#filters.set(shard, filter);
      await nextTurn();
    }
    return (shard) => {
      const filter = this.#filters.get(shard) ?? this.#unwritten.get(shard);
      return filter === undefined || hashes.every((hash) => mayHold(filter, hash));
    };
  }

  /** Keeps the filter of a shard that had none. */
  learn(shard: number, messages: readonly StoredMessage[]): void {
    if (this.#filters.has(shard) || this.#unwritten.has(shard)) return;
    this.#unwritten.set(shard, this.make(messages));
  }

  make(messages: readonly StoredMessage[]): Uint8Array {
    const entries = new Set<string>();
    for (const { body } of messages) for (const entry of entriesOf(body)) entries.add(entry);
    return makeFilter([...entries].map((entry) => this.#hash(entry)));
  }

  /**
   * Writes the filters of `created` shards, and small files together. No file stays that holds the filter of a shard
   * in `forgotten`. `live`: all shards after this fold. `written` gets each file number before it is written.
   */
  async fold(
    input: Readonly<{
      created: ReadonlyMap<number, Uint8Array>;
      forgotten: ReadonlySet<number>;
      live: ReadonlySet<number>;
      nextNumber(): number;
      written(file: number): void;
    }>,
  ): Promise<FilterChange> {
    const { created, forgotten, live } = input;
    const fresh = new Map(created);
    for (const [shard, filter] of this.#unwritten) if (live.has(shard)) fresh.set(shard, filter);
    const isLive = ({ shards }: FilterGroup): number => shards.filter((shard) => live.has(shard)).length;
    const mustGo = this.#groups.filter(
      (group) =>
        group.shards.some((shard) => forgotten.has(shard)) || isLive(group) * 2 < group.shards.length,
    );
    const stay = this.#groups.filter((group) => !mustGo.includes(group));
    let size = fresh.size + mustGo.reduce((sum, group) => sum + isLive(group), 0);
    const merged = new Set(mustGo);
    while (size > 0) {
      const small = stay.filter(
        (group) => !merged.has(group) && group.shards.length <= Math.min(size, maxGroup / 2),
      );
      if (small.length < groupsOfASize) break;
      for (const group of small) {
        merged.add(group);
        size += isLive(group);
      }
    }
    for (const group of merged) {
      for (const [shard, filter] of this.#group(group)) if (live.has(shard)) fresh.set(shard, filter);
    }
    const groups = this.#groups.filter((group) => !merged.has(group));
    const entries = [...fresh];
    for (let at = 0; at < entries.length; at += maxGroup) {
      const part = entries.slice(at, at + maxGroup);
      const file = input.nextNumber();
      input.written(file);
      groups.push({ file, shards: part.map(([shard]) => shard) });
      const filters = part.map(([shard, filter]) => [shard, toBase64(filter)]);
      await writeHolder(this.#folder, 'filter', file, { filters });
    }
    return {
      groups,
      replaced: [...merged].map(({ file }) => file),
      commit: () => {
        this.#groups = groups;
        this.#damaged = false;
        this.#unwritten.clear();
        for (const shard of this.#filters.keys()) if (!live.has(shard)) this.#filters.delete(shard);
        for (const file of this.#read)
          if (!groups.some((group) => group.file === file)) this.#read.delete(file);
      },
    };
  }

  clear(): void {
    this.#isClosed = true;
    this.#groups = [];
    this.#filters.clear();
    this.#read.clear();
    this.#unwritten.clear();
    this.#hashes.clear();
  }

  /** The filters of one file; none if it turns out to be damaged, which sets it aside. */
  #group({ file, shards }: FilterGroup): Map<number, Uint8Array> {
    try {
      return readHolder(this.#folder, 'filter', file, (json) => {
        const parsed = v.safeParse(fileSchema, json);
        if (!parsed.success) throw new DamagedFile('holds no data that this version can read');
        const known = new Set(shards);
        const filters = new Map<number, Uint8Array>();
        for (const [shard, text] of parsed.output.filters) {
          const filter = fromBase64(text);
          const isFilter = filter !== null && filter.length > 0 && filter.length <= maxFilterBytes;
          if (known.has(shard) && isFilter) filters.set(shard, filter);
        }
        return filters;
      });
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      this.lose(file, error.what);
      return new Map();
    }
  }

  #hash(entry: string): Uint8Array {
    const known = this.#hashes.get(entry);
    if (known) return known;
    const hash = this.#folder.keys.searchHash(utf8Encode(entry));
    if (this.#hashes.size >= maxKnownHashes) this.#hashes.clear();
    this.#hashes.set(entry, hash);
    return hash;
  }
}
