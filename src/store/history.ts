/**
 * All messages of an open profile: what the index says of each conversation's shards, and on top of it what the
 * journal holds. Shards are read when asked for; the most recently used ones stay in memory.
 */
import { Lru } from '../util/lru.ts';
import { ConversationNames } from './conversation-names.ts';
import { compareMessages, parseMessageId } from './message-id.ts';
import { DamagedFile, type SealedFolder } from './sealed-folder.ts';
import { ownerOf, tailToMerge } from './shard-order.ts';
import { readShard, refOf, type ShardRef } from './shards.ts';
import type { StoredMessage } from './types.ts';

const shardsInMemory = 48;

type Direction = StoredMessage['direction'];

/** A change that is not in a shard yet. `base` is the direction of the message that a shard holds under this ID. */
type Pending = { sentAt: number; message: StoredMessage | null; base: Direction | null };

type Conversation = {
  /** sorted, disjoint; a sent time belongs to the last shard that does not begin after it (or to the first one) */
  shards: readonly ShardRef[];
  pending: Map<string, Pending>;
};

export type PreparedChange = Readonly<{
  conversation: string;
  id: string;
  sentAt: number;
  message: StoredMessage | null;
  base: Direction | null;
  /** words that were there are to be there no more: deleted, or others in their place */
  forgets: boolean;
}>;

/** A run of messages, sorted, that ends (or begins) where the next one begins (or ends). */
export type Part = Readonly<{ messages: readonly StoredMessage[]; from: number; before: number }>;

/** Neighbouring shards to be written anew together; none where new messages go into a shard of their own. */
export type ChangedPart = Readonly<{
  shards: readonly ShardRef[];
  atEnd: boolean;
  /** whether its file must go even if its messages are the same */
  mustRewrite(shard: ShardRef): boolean;
  /** what a file holds, and what all of them are to hold; the same objects where nothing changed */
  stored(shard: ShardRef): readonly StoredMessage[];
  messages(): readonly StoredMessage[];
}>;

export type ChangedConversation = Readonly<{ conversation: string; parts: readonly ChangedPart[] }>;

/** A shard and whose it is. */
export type Place = Readonly<{ conversation: string; shard: ShardRef }>;

export class History {
  readonly #folder: SealedFolder;
  readonly #conversations = new Map<string, Conversation>();
  readonly #names = new ConversationNames(() => this.#conversations.keys());
  readonly #cache = new Lru<number, readonly StoredMessage[]>(shardsInMemory);
  /** conversations with something pending, or nearly: an upper bound */
  readonly #dirty = new Set<string>();
  /** shards that must be written anew although nothing in them changed */
  readonly #rewrite = new Set<number>();
  #lostShards = false;
  #version = 0;

  constructor(folder: SealedFolder) {
    this.#folder = folder;
  }

  get conversations(): readonly string[] {
    return [...this.#conversations.keys()];
  }

  shardsOf(conversation: string): readonly ShardRef[] {
    return this.#conversations.get(conversation)?.shards ?? [];
  }

  /** True when what is on the disk needs mending by a fold, whatever the journal holds. */
  get needsFold(): boolean {
    return this.#lostShards || this.#rewrite.size > 0;
  }

  /** How many conversations the next fold has to write shards of. */
  get dirtyConversations(): number {
    return this.#dirty.size;
  }

  /** Another number after each change of which shards there are. */
  get version(): number {
    return this.#version;
  }

  setShards(conversation: string, shards: readonly ShardRef[]): void {
    this.#conversation(conversation).shards = shards;
  }

  /** Looks up what a change replaces, which may open shards; nothing is changed yet. */
  prepare(conversation: string, id: string, message: StoredMessage | null): PreparedChange {
    const sentAt = parseMessageId(id)?.sentAt ?? 0;
    const pending = this.#conversations.get(conversation)?.pending.get(id);
    const before = pending ? pending.message : (this.#inShard(conversation, id, sentAt) ?? null);
    const base = pending ? null : (before?.direction ?? null);
    const isKept = before?.body === message?.body && before?.notice?.kind === message?.notice?.kind;
    const forgets = before !== null && (message === null || !isKept);
    return { conversation, id, sentAt, message, base, forgets };
  }

  /** Makes a prepared change; touches no file. */
  apply({ conversation, id, sentAt, message, base }: PreparedChange): void {
    const state = this.#conversation(conversation);
    const before = state.pending.get(id);
    this.#dirty.add(conversation);
    if (before) before.message = message;
    else if (message !== null || base !== null) state.pending.set(id, { sentAt, message, base });
  }

  find(id: string): StoredMessage | undefined {
    const parts = parseMessageId(id);
    if (!parts) return undefined;
    for (const name of this.#names.of(parts.conversationHash)) {
      const found = this.#at(name, id, parts.sentAt);
      if (found) return found;
    }
    return undefined;
  }

  count(conversation: string): number {
    const state = this.#conversations.get(conversation);
    if (!state) return 0;
    let count = 0;
    for (const shard of state.shards) count += shard.count;
    for (const { message, base } of state.pending.values()) count += (message ? 1 : 0) - (base ? 1 : 0);
    return count;
  }

  /** Incoming messages sent after `readUpTo`; opens at most one shard. */
  countUnread(conversation: string, readUpTo: number): number {
    const state = this.#conversations.get(conversation);
    if (!state) return 0;
    let count = 0;
    for (const shard of state.shards) {
      if (shard.from > readUpTo) count += shard.incoming;
      else if (shard.to > readUpTo) {
        for (const message of this.#read(conversation, shard)) {
          if (message.direction === 'in' && message.sentAt > readUpTo) count += 1;
        }
      }
    }
    for (const { sentAt, message, base } of state.pending.values()) {
      if (sentAt > readUpTo) count += (message?.direction === 'in' ? 1 : 0) - (base === 'in' ? 1 : 0);
    }
    return count;
  }

  /** The part that holds the sent times just below `bound`; without what is in a shard that is not `wanted`. */
  partBelow(conversation: string, bound: number, wanted?: (file: number) => boolean): Part {
    const shards = this.shardsOf(conversation);
    let i = shards.length - 1;
    while (i > 0 && (shards[i]?.from ?? 0) >= bound) i -= 1;
    return this.#part(conversation, Math.max(0, i), wanted);
  }

  /** The part that holds the sent time `sentAt`. */
  partAt(conversation: string, sentAt: number): Part {
    return this.#part(conversation, Math.max(0, ownerOf(this.shardsOf(conversation), sentAt)));
  }

  /** Messages with from <= sentAt < before, sorted. */
  range(conversation: string, from: number, before: number): StoredMessage[] {
    const out: StoredMessage[] = [];
    for (let at = from; at < before; ) {
      const part = this.partAt(conversation, at);
      for (const message of part.messages) {
        if (message.sentAt >= at && message.sentAt < before) out.push(message);
      }
      at = part.before;
    }
    return out;
  }

  /** Shards that are `wanted` and not `opened`, the one with the newest message last. */
  shards(wanted: (file: number) => boolean, opened: ReadonlySet<number>): Place[] {
    const found: Place[] = [];
    for (const [conversation, { shards }] of this.#conversations) {
      for (const shard of shards) {
        if (!opened.has(shard.file) && wanted(shard.file)) found.push({ conversation, shard });
      }
    }
    return found.sort((a, b) => a.shard.to - b.shard.to);
  }

  /** What a shard's file holds, and which of it no later change replaced or deleted. */
  open(
    conversation: string,
    shard: ShardRef,
  ): Readonly<{ stored: readonly StoredMessage[]; current: readonly StoredMessage[] }> {
    const stored = this.#read(conversation, shard);
    const pending = this.#conversations.get(conversation)?.pending;
    const current = pending?.size ? stored.filter(({ id }) => !pending.has(id)) : stored;
    return { stored, current };
  }

  /** Messages that are not in a shard yet, sorted. */
  unfolded(): StoredMessage[] {
    const found: StoredMessage[] = [];
    for (const { pending } of this.#conversations.values()) {
      for (const { message } of pending.values()) if (message) found.push(message);
    }
    return found.sort(compareMessages);
  }

  /** Runs of sent times that may hold messages sent or received at or after `since`. */
  runsSince(since: number): { conversation: string; from: number; before: number }[] {
    const runs: { conversation: string; from: number; before: number }[] = [];
    for (const [conversation, { shards, pending }] of this.#conversations) {
      const first = new Map<number, number>();
      for (const { sentAt } of pending.values()) {
        const owner = ownerOf(shards, sentAt);
        first.set(owner, Math.min(first.get(owner) ?? Number.POSITIVE_INFINITY, sentAt));
      }
      for (let i = Math.min(0, shards.length - 1); i < shards.length; i++) {
        const shard = shards[i];
        const wanted = shard !== undefined && (shard.to >= since || shard.received >= since);
        const pendingFrom = first.get(i);
        if (!wanted && pendingFrom === undefined) continue;
        const from = Math.min(
          shard?.from ?? Number.POSITIVE_INFINITY,
          pendingFrom ?? Number.POSITIVE_INFINITY,
        );
        runs.push({ conversation, from, before: shards[i + 1]?.from ?? Number.POSITIVE_INFINITY });
      }
    }
    return runs.sort((a, b) => a.from - b.from);
  }

  /**
   * Conversations whose shards must be written. Each content is made when asked for, so that one shard at a time is
   * in memory.
   */
  changed(fullShard: number): ChangedConversation[] {
    const out: ChangedConversation[] = [];
    for (const [conversation, { shards, pending }] of this.#conversations) {
      const end = shards.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
      const owners = new Set<number>();
      let added = 0;
      for (const { sentAt } of pending.values()) {
        if (sentAt > end) added += 1;
        else owners.add(ownerOf(shards, sentAt));
      }
      shards.forEach((shard, i) => {
        if (this.#rewrite.has(shard.file)) owners.add(i);
      });
      const parts: ChangedPart[] = [];
      let tail = shards.length;
      if (added > 0) {
        tail = tailToMerge(shards, added, fullShard);
        // A shard that changes itself is written once, together with what follows it.
        while (tail > 0 && owners.has(tail - 1)) tail -= 1;
        parts.push(this.#changedPart(conversation, tail, shards.length));
      }
      for (const i of owners) if (i < tail) parts.push(this.#changedPart(conversation, i, i + 1));
      if (parts.length > 0) out.push({ conversation, parts });
    }
    return out;
  }

  /** The shards from `first` up to `before`, and at the end what comes after all of them. */
  #changedPart(conversation: string, first: number, before: number): ChangedPart {
    const shards = this.shardsOf(conversation);
    const run = shards.slice(first, before);
    const atEnd = before === shards.length;
    return {
      shards: run,
      atEnd,
      mustRewrite: (shard) => this.#rewrite.has(shard.file),
      stored: (shard) => this.#read(conversation, shard),
      messages: () =>
        run.length === 0
          ? this.#addedAfter(conversation, shards.at(-1)?.to ?? Number.NEGATIVE_INFINITY)
          : run.flatMap((shard, i) =>
              this.#merged(conversation, shard, shards[first + i + 1]?.from, first + i === 0),
            ),
    };
  }

  #addedAfter(conversation: string, end: number): StoredMessage[] {
    const added: StoredMessage[] = [];
    for (const { sentAt, message } of this.#conversations.get(conversation)?.pending.values() ?? []) {
      if (sentAt > end && message) added.push(message);
    }
    return added.sort(compareMessages);
  }

  /** Everything is written: `shards` are the new ones of each conversation that `changed` named. */
  folded(changed: ReadonlyMap<string, readonly ShardRef[]>): void {
    for (const [conversation, shards] of changed) {
      const state = this.#conversations.get(conversation);
      if (!state) continue;
      for (const { file } of state.shards)
        if (!shards.some((shard) => shard.file === file)) this.#cache.delete(file);
      state.shards = shards;
      state.pending.clear();
      if (shards.length === 0) this.#forget(conversation);
    }
    this.#version += 1;
    this.#dirty.clear();
    this.#rewrite.clear();
    this.#lostShards = false;
  }

  /** Drops a shard that can't be read; its file is set aside. */
  lose(conversation: string, shard: ShardRef, what: string): void {
    this.#folder.setAside('shard', shard.file, what);
    const state = this.#conversation(conversation);
    const index = state.shards.findIndex(({ file }) => file === shard.file);
    if (index < 0) return;
    // What the journal changes in it is all that is left of it.
    for (const pending of state.pending.values()) {
      if (ownerOf(state.shards, pending.sentAt) === index) pending.base = null;
    }
    state.shards = state.shards.filter((_, i) => i !== index);
    this.#cache.delete(shard.file);
    this.#version += 1;
    this.#lostShards = true;
  }

  clear(): void {
    this.#version += 1;
    this.#conversations.clear();
    this.#names.clear();
    this.#cache.clear();
  }

  #at(conversation: string, id: string, sentAt: number): StoredMessage | undefined {
    const pending = this.#conversations.get(conversation)?.pending.get(id);
    if (pending) return pending.message ?? undefined;
    return this.#inShard(conversation, id, sentAt);
  }

  #inShard(conversation: string, id: string, sentAt: number): StoredMessage | undefined {
    const shards = this.shardsOf(conversation);
    const shard = shards[ownerOf(shards, sentAt)];
    if (!shard || sentAt < shard.from || sentAt > shard.to) return undefined;
    return this.#read(conversation, shard).find((message) => message.id === id);
  }

  #part(conversation: string, i: number, wanted?: (file: number) => boolean): Part {
    const shards = this.shardsOf(conversation);
    const before = shards[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    return {
      messages: this.#merged(conversation, shards[i], shards[i + 1]?.from, i === 0, wanted),
      from: i === 0 ? Number.NEGATIVE_INFINITY : (shards[i]?.from ?? Number.NEGATIVE_INFINITY),
      before,
    };
  }

  /** A shard's messages with what is pending for its sent times. */
  #merged(
    conversation: string,
    shard: ShardRef | undefined,
    next: number | undefined,
    isFirst: boolean,
    wanted: (file: number) => boolean = () => true,
  ): readonly StoredMessage[] {
    const stored = shard && wanted(shard.file) ? this.#read(conversation, shard) : [];
    const from = isFirst ? Number.NEGATIVE_INFINITY : (shard?.from ?? Number.NEGATIVE_INFINITY);
    const before = next ?? Number.POSITIVE_INFINITY;
    const pending = this.#conversations.get(conversation)?.pending ?? new Map<string, Pending>();
    const fresh: StoredMessage[] = [];
    let touched = false;
    for (const { sentAt, message } of pending.values()) {
      if (sentAt < from || sentAt >= before) continue;
      touched = true;
      if (message) fresh.push(message);
    }
    if (!touched) return stored;
    return [...stored.filter(({ id }) => !pending.has(id)), ...fresh].sort(compareMessages);
  }

  /** A shard's messages; nothing if it turns out to be damaged, which sets it aside. */
  #read(conversation: string, shard: ShardRef): readonly StoredMessage[] {
    const cached = this.#cache.get(shard.file);
    if (cached) return cached;
    try {
      const content = readShard(this.#folder, shard.file);
      if (content.conversation !== conversation) throw new DamagedFile('holds something else');
      if (content.skipped > 0 || content.messages.length !== shard.count) {
        this.#mend(conversation, shard, content.messages, content.skipped);
      }
      this.#cache.set(shard.file, content.messages);
      return content.messages;
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      this.lose(conversation, shard, error.what);
      return [];
    }
  }

  /** An authentic shard that is not what the index says: keep a copy, go on with what it really holds. */
  #mend(conversation: string, shard: ShardRef, messages: readonly StoredMessage[], skipped: number): void {
    const what =
      skipped > 0 ? `has ${skipped} entries that make no sense` : 'does not hold what the index says';
    this.#folder.copyAside('shard', shard.file, what);
    const state = this.#conversation(conversation);
    // Its place among the others stays; only the counts change.
    const { count, incoming, received } = refOf(shard.file, messages);
    const mended = { ...shard, count, incoming, received };
    state.shards = state.shards.map((ref) => (ref.file === shard.file ? mended : ref));
    this.#rewrite.add(shard.file);
  }

  #conversation(name: string): Conversation {
    let state = this.#conversations.get(name);
    if (!state) {
      state = { shards: [], pending: new Map() };
      this.#conversations.set(name, state);
      this.#names.add(name);
    }
    return state;
  }

  #forget(name: string): void {
    this.#conversations.delete(name);
    this.#names.clear();
  }
}
