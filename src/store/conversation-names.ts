import { conversationHash } from './message-id.ts';

/** Conversations by the hash that message IDs begin with. Made at the first question: an opening does without. */
export class ConversationNames {
  readonly #all: () => Iterable<string>;
  #byHash: Map<string, string[]> | null = null;

  /** `all`: the conversations there are. */
  constructor(all: () => Iterable<string>) {
    this.#all = all;
  }

  of(hash: string): readonly string[] {
    if (!this.#byHash) {
      this.#byHash = new Map();
      for (const name of this.#all()) this.add(name);
    }
    return this.#byHash.get(hash) ?? [];
  }

  /** One more; nothing to do before the first question. */
  add(name: string): void {
    if (!this.#byHash) return;
    const hash = conversationHash(name);
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), name]);
  }

  /** One or all are gone: the next question starts anew. */
  clear(): void {
    this.#byHash = null;
  }
}
