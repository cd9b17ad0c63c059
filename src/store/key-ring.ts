import { blake2b } from '../crypto/hash.ts';
import { toHex, utf8Encode } from '../util/bytes.ts';
import { Secret } from '../util/secret.ts';

/** What a file of the profile is; each kind has its own key. */
export type FileKind = 'index' | 'collection' | 'shard' | 'journal' | 'filter';

export const fileKinds: readonly FileKind[] = ['index', 'collection', 'shard', 'journal', 'filter'];

type Purpose = FileKind | 'journal-frame' | 'names' | 'search' | 'hand-over';

/**
 * The keys of an open profile: 32-byte subkeys, one a purpose, each the BLAKE2b of `session-tui store 1: PURPOSE`
 * keyed with the data key (docs/store.md). Unusable once wiped.
 */
export class KeyRing {
  readonly #keys: Readonly<Record<Purpose, Secret>>;

  /** `dataKey`: 32 bytes; the caller wipes it. */
  constructor(dataKey: Uint8Array) {
    const derive = (purpose: Purpose): Secret =>
      new Secret(blake2b(32, utf8Encode(`session-tui store 1: ${purpose}`), dataKey));
    this.#keys = {
      index: derive('index'),
      collection: derive('collection'),
      shard: derive('shard'),
      journal: derive('journal'),
      'journal-frame': derive('journal-frame'),
      names: derive('names'),
      'hand-over': derive('hand-over'),
      filter: derive('filter'),
      search: derive('search'),
    };
  }

  /** Lends the 32-byte encryption key of a kind of file, or that of what is handed to another process. */
  withKey<T>(kind: FileKind | 'hand-over', use: (key: Uint8Array) => T): T {
    return this.#keys[kind].withBytes(use);
  }

  /** Name of a file: 32 hex digits that tell nothing without the key. The index has one name, whatever its number. */
  fileName(kind: FileKind, number: number): string {
    const text = `${kind} ${kind === 'index' ? 0 : number}`;
    return this.#keys.names.withBytes((key) => toHex(blake2b(16, utf8Encode(text), key)));
  }

  /** 4 bytes that vouch for the head of a journal frame. */
  frameCheck(head: Uint8Array): Uint8Array {
    return this.#keys['journal-frame'].withBytes((key) => blake2b(16, head, key).slice(0, 4));
  }

  /** 8 bytes that stand for a word in the filters of the search. */
  searchHash(entry: Uint8Array): Uint8Array {
    return this.#keys.search.withBytes((key) => blake2b(16, entry, key).slice(0, 8));
  }

  wipe(): void {
    for (const key of Object.values(this.#keys)) key.wipe();
  }
}
