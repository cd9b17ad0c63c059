/** What one commit changes: the last state of each key and message it touches, in no order. */
import * as v from 'valibot';
import { isCollectionName, parseMessage, parseValue } from './schemas.ts';
import type { CollectionName, Collections, StoredMessage } from './types.ts';

/** undefined = deleted */
export type Change<C extends CollectionName = CollectionName> = Collections[C] | undefined;

export class Batch {
  readonly #values = new Map<CollectionName, Map<string, Change>>();
  readonly #messages = new Map<string, { conversation: string; message: StoredMessage | null }>();

  get isEmpty(): boolean {
    return this.#values.size === 0 && this.#messages.size === 0;
  }

  /** Whether this batch changes the key, and to what. */
  lookup<C extends CollectionName>(collection: C, key: string): { value: Change<C> } | undefined {
    const changes = this.#values.get(collection);
    if (!changes?.has(key)) return undefined;
    return { value: changes.get(key) as Change<C> }; // `set` put it under the same collection
  }

  set<C extends CollectionName>(collection: C, key: string, value: Change<C>): void {
    const changes = this.#values.get(collection) ?? new Map<string, Change>();
    this.#values.set(collection, changes.set(key, value));
  }

  /** The conversation of a message that this batch puts or deletes. */
  messageAt(id: string): { conversation: string; message: StoredMessage | null } | undefined {
    return this.#messages.get(id);
  }

  setMessage(id: string, conversation: string, message: StoredMessage | null): void {
    this.#messages.set(id, { conversation, message });
  }

  /** Puts another batch's changes on top of these. */
  add(later: Batch): void {
    for (const { collection, key, value } of later.values()) this.set(collection, key, value);
    for (const [id, change] of later.#messages) this.#messages.set(id, change);
  }

  *values(): Generator<{ collection: CollectionName; key: string; value: Change }> {
    for (const [collection, changes] of this.#values) {
      for (const [key, value] of changes) yield { collection, key, value };
    }
  }

  *messages(): Generator<{ id: string; conversation: string; message: StoredMessage | null }> {
    for (const [id, change] of this.#messages) yield { id, ...change };
  }

  /** The JSON form of docs/store.md, section Journal. */
  toJson(): unknown {
    const c: Record<string, unknown[]> = {};
    for (const [collection, changes] of this.#values) {
      c[collection] = [...changes].map(([key, value]) => (value === undefined ? [key] : [key, value]));
    }
    const m: StoredMessage[] = [];
    const x: [string, string][] = [];
    for (const { id, conversation, message } of this.messages()) {
      if (message === null) x.push([conversation, id]);
      else m.push(message);
    }
    return { c, m, x };
  }

  /** Reads `toJson`'s form; what does not fit is left out and counted. Null if it is not that form at all. */
  static fromJson(json: unknown): { batch: Batch; skipped: number } | null {
    const parsed = v.safeParse(batchSchema, json);
    if (!parsed.success) return null;
    const batch = new Batch();
    let skipped = 0;
    for (const [collection, changes] of Object.entries(parsed.output.c)) {
      for (const [key, ...rest] of changes) {
        const value = isCollectionName(collection) ? parseValue(collection, rest[0]) : undefined;
        if (!isCollectionName(collection) || typeof key !== 'string') skipped += 1;
        else if (rest.length === 0) batch.set(collection, key, undefined);
        else if (value === undefined) skipped += 1;
        else batch.set(collection, key, value);
      }
    }
    for (const entry of parsed.output.m) {
      const message = parseMessage(entry);
      if (message) batch.setMessage(message.id, message.conversation, message);
      else skipped += 1;
    }
    for (const [conversation, id] of parsed.output.x) batch.setMessage(id, conversation, null);
    return { batch, skipped };
  }
}

const batchSchema = v.object({
  c: v.record(v.string(), v.array(v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(2)))),
  m: v.array(v.unknown()),
  x: v.array(v.tuple([v.string(), v.string()])),
});
