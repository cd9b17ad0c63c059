/**
 * One node's messages: in memory, in order of insertion, optionally with a log behind it that survives a restart. It
 * behaves as the storage server's database does, down to where an account's revocations live.
 */
import type { StoreLog } from './store-log.ts';

export type StoredMessage = Readonly<{
  hash: string;
  /** account with its prefix, 66 lower-case hex digits */
  account: string;
  namespace: number;
  /** the sender's, ms */
  timestamp: number;
  /** ms; the only thing that changes */
  expiry: number;
  dataBase64: string;
  /** of the data itself */
  sizeBytes: number;
}>;

type Row = { readonly id: number; message: StoredMessage };

type Owner = {
  readonly byHash: Map<string, Row>;
  /** each in order of insertion, so ascending by id */
  readonly byNamespace: Map<number, Row[]>;
  /** tokens in hex, oldest revocation first */
  readonly revoked: Set<string>;
};

export type HashInNamespace = Readonly<{ namespace: number; hash: string }>;

/** Revocations kept for one account, the newest ones. */
const maxRevoked = 50;
/** What a message weighs beside its data and its hash when answers are measured. */
const messageOverhead = 100;

/** A change as it is logged. */
export type StoreChange =
  | Readonly<{ kind: 'put'; message: StoredMessage }>
  | Readonly<{ kind: 'expiry'; account: string; hash: string; expiry: number }>
  | Readonly<{ kind: 'delete'; account: string; hashes: readonly string[] }>
  | Readonly<{ kind: 'revoke' | 'unrevoke'; account: string; tokens: readonly string[] }>;

export class MessageStore {
  readonly #owners = new Map<string, Owner>();
  readonly #log: StoreLog | null;
  #nextId = 1;

  constructor(log: StoreLog | null) {
    this.#log = log;
  }

  /** Brings back a logged change without logging it again. */
  replay(change: StoreChange): void {
    this.#apply(change);
  }

  /** Every change that would rebuild this store, for a shorter log. */
  *snapshot(): Iterable<StoreChange> {
    for (const message of this.all()) yield { kind: 'put', message };
    for (const [account, owner] of this.#owners) {
      if (owner.revoked.size > 0) yield { kind: 'revoke', account, tokens: [...owner.revoked] };
    }
  }

  /** All messages of all accounts, in order of insertion. */
  all(): StoredMessage[] {
    const rows = [...this.#owners.values()].flatMap((owner) => [...owner.byHash.values()]);
    return rows.sort((a, b) => a.id - b.id).map((row) => row.message);
  }

  /**
   * Stores one, or extends the expiry of the one with the same hash. `replacing` empties the namespace of everything
   * else first.
   */
  store(message: StoredMessage, replacing: boolean): { isNew: boolean; expiry: number } {
    const existing = this.#owners.get(message.account)?.byHash.get(message.hash);
    if (existing === undefined) {
      const outdated = replacing ? this.#hashesIn(message.account, message.namespace) : [];
      this.#change({ kind: 'put', message });
      this.#delete(message.account, outdated);
      return { isNew: true, expiry: message.expiry };
    }
    if (replacing) {
      this.#delete(
        message.account,
        this.#hashesIn(message.account, message.namespace).filter((hash) => hash !== message.hash),
      );
    }
    if (existing.message.expiry < message.expiry) {
      this.#change({
        kind: 'expiry',
        account: message.account,
        hash: message.hash,
        expiry: message.expiry,
      });
    }
    return { isNew: false, expiry: existing.message.expiry };
  }

  /** Takes over what another member of the swarm pushes; what is here already stays as it is. */
  adopt(messages: Iterable<StoredMessage>): void {
    for (const message of messages) {
      if (this.#owners.get(message.account)?.byHash.has(message.hash)) continue;
      this.#change({ kind: 'put', message });
    }
  }

  /**
   * Messages after `afterHash` (from the start if that is null or unknown here), at most `maxCount`, and as many as
   * weigh `maxSize` together, but at least one. `more` says that there are others behind them.
   */
  retrieve(
    query: Readonly<{
      account: string;
      namespace: number;
      afterHash: string | null;
      maxCount: number | null;
      maxSize: number;
    }>,
  ): { messages: StoredMessage[]; more: boolean } {
    const owner = this.#owners.get(query.account);
    const rows = owner?.byNamespace.get(query.namespace) ?? [];
    const last = query.afterHash === null ? undefined : owner?.byHash.get(query.afterHash);
    const from = last?.message.namespace === query.namespace ? firstAfter(rows, last.id) : 0;
    const messages: StoredMessage[] = [];
    let size = 0;
    for (let i = from; i < rows.length; i++) {
      const message = rows[i]?.message;
      if (message === undefined) break;
      if (query.maxCount !== null && messages.length >= Math.max(1, query.maxCount))
        return { messages, more: true };
      size += messageOverhead + message.hash.length + Math.floor((message.sizeBytes * 4) / 3);
      if (messages.length > 0 && size > query.maxSize) return { messages, more: true };
      messages.push(message);
    }
    return { messages, more: false };
  }

  /** Deletes these, and gives the ones that were there. */
  deleteByHash(account: string, hashes: readonly string[]): string[] {
    const owner = this.#owners.get(account);
    const found = [...new Set(hashes)].filter((hash) => owner?.byHash.has(hash));
    this.#delete(account, found);
    return found;
  }

  /** Deletes all of a namespace (null: of all), or what has a timestamp up to `before`. */
  deleteAll(account: string, namespace: number | null, before = Number.POSITIVE_INFINITY): HashInNamespace[] {
    const found = this.#rowsOf(account, namespace)
      .filter(({ message }) => message.timestamp <= before)
      .map(({ message }) => ({ namespace: message.namespace, hash: message.hash }));
    this.#delete(
      account,
      found.map(({ hash }) => hash),
    );
    return found;
  }

  /** Sets expiries: `expiries` holds one for all or one for each. Gives the hashes that changed, with their expiry. */
  updateExpiry(
    account: string,
    hashes: readonly string[],
    expiries: readonly number[],
    only: 'extend' | 'shorten' | null,
  ): { hash: string; expiry: number }[] {
    const updated = new Map<string, number>();
    for (const [index, hash] of hashes.entries()) {
      const expiry = expiries.length === 1 ? expiries[0] : expiries[index];
      const current = this.#owners.get(account)?.byHash.get(hash)?.message.expiry;
      if (expiry === undefined || current === undefined) continue;
      if (only === 'extend' && current >= expiry) continue;
      if (only === 'shorten' && current <= expiry) continue;
      this.#change({ kind: 'expiry', account, hash, expiry });
      updated.set(hash, expiry);
    }
    return [...updated].map(([hash, expiry]) => ({ hash, expiry }));
  }

  /** Shortens every later expiry in a namespace (null: in all) to this one. */
  shortenAll(account: string, namespace: number | null, expiry: number): HashInNamespace[] {
    const found = this.#rowsOf(account, namespace).filter(({ message }) => message.expiry > expiry);
    for (const { message } of found) this.#change({ kind: 'expiry', account, hash: message.hash, expiry });
    return found.map(({ message }) => ({ namespace: message.namespace, hash: message.hash }));
  }

  /** The expiries of those that are here. */
  expiries(account: string, hashes: readonly string[]): Record<string, number> {
    const owner = this.#owners.get(account);
    const found: Record<string, number> = {};
    for (const hash of hashes) {
      const row = owner?.byHash.get(hash);
      if (row !== undefined) found[hash] = row.message.expiry;
    }
    return found;
  }

  /** Has no effect on an account without messages: revocations hang on the account, which exists with its first one. */
  revoke(account: string, tokens: readonly string[]): void {
    if (this.#owners.has(account) && tokens.length > 0) this.#change({ kind: 'revoke', account, tokens });
  }

  /** Gives how many of these were revoked. */
  unrevoke(account: string, tokens: readonly string[]): number {
    const owner = this.#owners.get(account);
    const found = [...new Set(tokens)].filter((token) => owner?.revoked.has(token));
    if (found.length > 0) this.#change({ kind: 'unrevoke', account, tokens: found });
    return found.length;
  }

  isRevoked(account: string, token: string): boolean {
    return this.#owners.get(account)?.revoked.has(token) ?? false;
  }

  /** Drops what has expired. Not logged: an expired message is dropped when a log is read, too. */
  purge(now: number): void {
    for (const [account, owner] of this.#owners) {
      const hashes = [...owner.byHash.values()]
        .filter((row) => row.message.expiry <= now)
        .map((row) => row.message.hash);
      if (hashes.length > 0) this.#apply({ kind: 'delete', account, hashes });
    }
  }

  close(): void {
    this.#log?.close();
  }

  #rowsOf(account: string, namespace: number | null): Row[] {
    const owner = this.#owners.get(account);
    if (owner === undefined) return [];
    return namespace === null ? [...owner.byHash.values()] : [...(owner.byNamespace.get(namespace) ?? [])];
  }

  #hashesIn(account: string, namespace: number): string[] {
    return this.#rowsOf(account, namespace).map((row) => row.message.hash);
  }

  #delete(account: string, hashes: readonly string[]): void {
    if (hashes.length > 0) this.#change({ kind: 'delete', account, hashes });
  }

  #change(change: StoreChange): void {
    this.#apply(change);
    this.#log?.append(change);
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put':
        this.#put(change.message);
        return;
      case 'expiry': {
        const row = this.#owners.get(change.account)?.byHash.get(change.hash);
        if (row !== undefined) row.message = { ...row.message, expiry: change.expiry };
        return;
      }
      case 'delete':
        this.#remove(change.account, change.hashes);
        return;
      case 'revoke':
        this.#revoke(change.account, change.tokens);
        return;
      case 'unrevoke':
        for (const token of change.tokens) this.#owners.get(change.account)?.revoked.delete(token);
        return;
    }
  }

  #put(message: StoredMessage): void {
    const { account, namespace, hash } = message;
    let owner = this.#owners.get(account);
    if (owner === undefined) {
      owner = { byHash: new Map(), byNamespace: new Map(), revoked: new Set() };
      this.#owners.set(account, owner);
    }
    if (owner.byHash.has(hash)) return;
    const row: Row = { id: this.#nextId++, message };
    owner.byHash.set(hash, row);
    const rows = owner.byNamespace.get(namespace);
    if (rows === undefined) owner.byNamespace.set(namespace, [row]);
    else rows.push(row);
  }

  #remove(account: string, hashes: readonly string[]): void {
    const owner = this.#owners.get(account);
    if (owner === undefined) return;
    const touched = new Set<number>();
    for (const hash of hashes) {
      const row = owner.byHash.get(hash);
      if (row === undefined) continue;
      owner.byHash.delete(hash);
      touched.add(row.message.namespace);
    }
    for (const namespace of touched) {
      const rows = owner.byNamespace.get(namespace) ?? [];
      owner.byNamespace.set(
        namespace,
        rows.filter((row) => owner.byHash.has(row.message.hash)),
      );
    }
    // an account lives as long as its last message, and its revocations with it
    if (owner.byHash.size === 0) this.#owners.delete(account);
  }

  #revoke(account: string, tokens: readonly string[]): void {
    const owner = this.#owners.get(account);
    if (owner === undefined) return;
    for (const token of tokens) {
      owner.revoked.delete(token);
      owner.revoked.add(token);
    }
    for (const token of owner.revoked) {
      if (owner.revoked.size <= maxRevoked) break;
      owner.revoked.delete(token);
    }
  }
}

/** Index of the first row with an id above `id`. */
function firstAfter(rows: readonly Row[], id: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.id ?? Number.POSITIVE_INFINITY) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
