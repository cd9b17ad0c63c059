/**
 * Whose names can be taken for others, worked out anew when a name changes. The table of characters behind it takes
 * about 20 ms to load, so it is loaded when asked for, and nothing is marked before.
 */
import type { ProfileStore } from '../store/index.ts';
import type { LookAlike } from '../text/look-alike.ts';

type Find = typeof import('../text/look-alike.ts').lookAlikesOf;

const none: ReadonlyMap<string, LookAlike> = new Map();

/** As a field of a view: nothing for a name that is no look-alike. */
export function lookAlikeIn(
  marked: ReadonlyMap<string, LookAlike>,
  id: string,
): Readonly<{ lookAlike?: LookAlike }> {
  const lookAlike = marked.get(id);
  return lookAlike === undefined ? {} : { lookAlike };
}

export class LookAlikes {
  readonly #store: ProfileStore;
  readonly #ownId: string;
  #find: Find | null = null;
  /** the names that `#found` is about */
  #names = '';
  #found = none;

  constructor(store: ProfileStore, ownId: string) {
    this.#store = store;
    this.#ownId = ownId;
  }

  /** Resolves once `get` knows. */
  async load(): Promise<void> {
    this.#find ??= (await import('../text/look-alike.ts')).lookAlikesOf;
  }

  /** By account ID; empty before `load`. The same map as long as no name changes. */
  get(): ReadonlyMap<string, LookAlike> {
    if (this.#find === null) return none;
    const people = this.#store
      .entries('contacts')
      .map(([id, { nickname, name }]) => ({ id, name: nickname ?? name }));
    const own = { id: this.#ownId, name: this.#store.get('account', 'account')?.name ?? '' };
    const names = JSON.stringify([own, people]);
    if (names !== this.#names) {
      this.#names = names;
      this.#found = this.#find(people, own);
    }
    return this.#found;
  }
}
