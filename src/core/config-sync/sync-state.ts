import { ProtocolError } from '../../errors.ts';
import type { AccountKeys } from '../../protocol/account.ts';
import type { MergeReport, StoredConfig } from '../../protocol/config/config.ts';
import { readContact } from '../../protocol/config/contacts.ts';
import { type ConfigKind, configKinds, configTtlMs, kindTable } from '../../protocol/config/kinds.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import type { CommittedKey, ProfileStore, StoreTransaction } from '../../store/index.ts';
import { toBase64 } from '../../util/bytes.ts';
import { type Applied, applyConfigs } from './apply.ts';
import { type Configs, dumpsOf, loadConfigs } from './configs.ts';
import { type ConfigEdit, findEdits, makeEdits } from './edits.ts';

export type SyncStateOptions = Readonly<{ keys: AccountKeys; store: ProfileStore }>;

export type Merged = Readonly<{ report: MergeReport; applied: Applied }>;

/** What goes into the swarm with one request, and what becomes of it. */
export type Pushed = Readonly<{
  kind: ConfigKind;
  seqno: number;
  namespace: number;
  ttlMs: number;
  messages: readonly Uint8Array[];
  obsolete: readonly string[];
}>;

/** Message hashes that are remembered as merged, so that a second swarm member's answer costs nothing. */
const maxKnown = 4_096;

/**
 * The configs of an open profile between its records and the network. It does no I/O of its own: every change happens
 * within a transaction that also stores the dumps. A transaction that fails must be followed by `reset`.
 */
export class SyncState {
  readonly #keys: AccountKeys;
  readonly #store: ProfileStore;
  #configs: Configs | null = null;
  #isApplied = false;
  /** whose records may say something that the configs do not */
  readonly #touched = new Set<string>();
  readonly #known = new Set<string>();
  /** kinds that the swarm has lost, to be stored again as they are */
  readonly #repush = new Set<ConfigKind>();
  /** revisions too large to be stored */
  readonly #tooLarge = new Map<ConfigKind, number>();

  constructor({ keys, store }: SyncStateOptions) {
    this.#keys = keys;
    this.#store = store;
  }

  /** Whether other devices' state has been taken in: nothing may be published before (accounts.md, section 13). */
  get isReady(): boolean {
    return this.#isUnheard || this.#hasAllDumps;
  }

  get isRestored(): boolean {
    return this.#store.get('account', 'account')?.restored !== false;
  }

  /** True while no revision of this account is known to be stored anywhere: nobody can have another one. */
  get isNew(): boolean {
    if (!this.#isUnheard) return false;
    const configs = this.#load();
    return configKinds.every((kind) => configs[kind].currentHashes.length === 0 && configs[kind].seqno <= 1);
  }

  /** What a commit changed; true if configs may have to follow. */
  touch(changes: readonly CommittedKey[]): boolean {
    const before = this.#touched.size;
    for (const { collection, key } of changes) {
      if (collection === 'contacts' || collection === 'conversations' || collection === 'erased')
        this.#touched.add(key);
      else if (collection === 'account') this.#touched.add(this.#keys.accountId);
    }
    return this.#touched.size > before;
  }

  /** Forgets all that is in memory: what the store has counts. */
  reset(): void {
    this.#configs = null;
    this.#isApplied = false;
    this.#known.clear();
    this.#repush.clear();
  }

  /** What is to be done: edits of records, or revisions that no swarm is known to hold. `now`: network time, ms. */
  work(now: number): Readonly<{ edits: readonly ConfigEdit[]; kinds: readonly ConfigKind[] }> {
    const configs = this.#load();
    const edits = this.#edits(this.#store, now);
    if (edits.length === 0) this.#touched.clear();
    return { edits, kinds: this.#toPush(configs) };
  }

  /** The hashes of stored config messages that are worth keeping alive. */
  activeHashes(now: number): readonly string[] {
    const configs = this.#load();
    return configKinds.flatMap((kind) => configs[kind].activeHashes(now));
  }

  /** The swarm has only these of the active hashes: what it lost is stored again, byte for byte. */
  kept(hashes: ReadonlySet<string>): void {
    const configs = this.#load();
    for (const kind of configKinds) {
      if (configs[kind].currentHashes.some((hash) => !hashes.has(hash))) this.#repush.add(kind);
    }
  }

  /** The hashes of a kind that this device knows to be stored: by itself, or merged before. */
  hashesOf(kind: ConfigKind): readonly string[] {
    return this.#load()[kind].currentHashes;
  }

  /** True for a message that was merged before. */
  isKnown(hash: string): boolean {
    return this.#known.has(hash);
  }

  /**
   * Merges what was fetched, makes the edits that wait on top of it, and writes the result into the records. Local
   * changes are found before and made after, so that none is lost however far behind this device was.
   */
  merge(tx: StoreTransaction, kind: ConfigKind, items: readonly StoredConfig[], now: number): Merged {
    const configs = this.#load();
    const edits = this.#edits(tx, now);
    const contactsBefore = configs.Contacts.data;
    const report = configs[kind].merge(items, now);
    if (report.lost !== undefined) configs[kind].reapply(report.lost);
    if (this.isReady) {
      makeEdits(configs, edits, now);
      this.#touched.clear();
    } else {
      // Nothing new is begun in a config that other devices may have; what is known of it takes the edits.
      const known = (edit: ConfigEdit): boolean => configs[kindOfEdit[edit.kind]].seqno > 0;
      makeEdits(configs, edits.filter(known), now);
    }
    for (const { hash } of items) this.#remember(hash);
    const applied = report.changed ? this.#apply(tx, now, contactsBefore) : nothingApplied;
    this.#putDumps(tx);
    // So that the node's cursor counts from now on, even if nothing could be read.
    if (items.length > 0 && tx.get('configs', kind) === undefined)
      tx.put('configs', kind, toBase64(configs[kind].dump()));
    return { report, applied };
  }

  /** A round of fetching was answered: whatever other devices have published is in. */
  settle(tx: StoreTransaction, now: number): Applied {
    const configs = this.#load();
    // Once: records that were lost to damage come back from the configs.
    if (this.#hasAllDumps && this.#isApplied) return nothingApplied;
    const isFirst = !this.#hasAllDumps;
    // First what the records say and no config does, such as who has just accepted us: it must not be taken back.
    makeEdits(configs, this.#edits(tx, now), now);
    this.#touched.clear();
    this.#putDumps(tx, isFirst);
    return this.#apply(tx, now, configs.Contacts.data);
  }

  /** What has to be stored now, and is handed out as such. Reports kinds that have outgrown what a swarm stores. */
  startPush(tx: StoreTransaction, now: number, onTooLarge: (kind: ConfigKind) => void): readonly Pushed[] {
    const configs = this.#load();
    makeEdits(configs, this.#edits(tx, now), now);
    this.#touched.clear();
    const pushes: Pushed[] = [];
    for (const kind of this.#toPush(configs)) {
      const { namespace } = kindTable[kind];
      try {
        const { seqno, messages, obsoleteHashes: obsolete } = configs[kind].push(now);
        // Until it is known that they are deleted: the process may end before it is.
        configs[kind].keepObsolete(obsolete);
        pushes.push({ kind, seqno, namespace, ttlMs: configTtlMs, messages, obsolete });
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#tooLarge.set(kind, configs[kind].seqno);
        onTooLarge(kind);
      }
    }
    this.#putDumps(tx);
    return pushes;
  }

  /** All of it is stored: `hashes` by push, in order. */
  confirmPush(tx: StoreTransaction, pushes: readonly Pushed[], hashes: readonly (readonly string[])[]): void {
    const configs = this.#load();
    for (const [index, { kind, seqno, obsolete }] of pushes.entries()) {
      const stored = hashes[index] ?? [];
      for (const hash of stored) this.#remember(hash);
      configs[kind].forgetObsolete(obsolete);
      // What was changed or merged meanwhile takes the place of what is stored now.
      if (!configs[kind].confirmPushed(seqno, stored)) configs[kind].keepObsolete(stored);
      this.#repush.delete(kind);
    }
    this.#putDumps(tx);
  }

  /** IDs marked as erased that no config holds any more, or that are contacts again. */
  erased(): readonly string[] {
    const configs = this.#load();
    return this.#store
      .entries('erased')
      .map(([id]) => id)
      .filter((text) => {
        const id = parseAccountId(text);
        return id === null || this.#isContact(id) || readContact(configs.Contacts.data, id) === null;
      });
  }

  #isContact(id: string): boolean {
    return this.#store.get('contacts', id) !== undefined;
  }

  /** Made here, and nothing was ever fetched for it: what is not there was not lost to damage either. */
  get #isUnheard(): boolean {
    return !this.isRestored && this.#store.entries('cursors').length === 0;
  }

  get #hasAllDumps(): boolean {
    return configKinds.every((kind) => this.#store.get('configs', kind) !== undefined);
  }

  #toPush(configs: Configs): readonly ConfigKind[] {
    return configKinds.filter((kind) => {
      const config = configs[kind];
      if (this.#tooLarge.get(kind) === config.seqno) return false;
      return config.needsPush || (this.#repush.has(kind) && config.seqno > 0);
    });
  }

  #edits(records: Pick<StoreTransaction, 'get'>, now: number): readonly ConfigEdit[] {
    if (this.#touched.size === 0) return [];
    const own = this.#keys.accountId;
    const isNew = this.#store.get('account', 'account')?.restored === false;
    return findEdits(this.#load(), records, this.#touched, { own, isNew, now });
  }

  #apply(tx: StoreTransaction, now: number, contactsBefore: Configs['Contacts']['data']): Applied {
    this.#isApplied = true;
    const applied = applyConfigs(tx, this.#load(), { own: this.#keys.accountId, now, contactsBefore });
    // Where a record knows better, the config is to follow.
    for (const id of applied.ahead) this.#touched.add(id);
    return applied;
  }

  #putDumps(tx: StoreTransaction, all = false): void {
    for (const [kind, dump] of dumpsOf(this.#load(), all)) tx.put('configs', kind, dump);
  }

  #load(): Configs {
    if (this.#configs !== null) return this.#configs;
    // What records say and no dump has is found again: a change is never lost with the process.
    this.#touchAll();
    this.#configs = loadConfigs(this.#keys, this.#store);
    return this.#configs;
  }

  #touchAll(): void {
    this.#touched.add(this.#keys.accountId);
    for (const collection of ['contacts', 'erased'] as const)
      for (const [id] of this.#store.entries(collection)) this.#touched.add(id);
  }

  #remember(hash: string): void {
    this.#known.delete(hash);
    this.#known.add(hash);
    for (const oldest of this.#known) {
      if (this.#known.size <= maxKnown) break;
      this.#known.delete(oldest);
    }
  }
}

const nothingApplied: Applied = {
  lines: new Set(),
  recounts: new Set(),
  account: false,
  ahead: new Set(),
  erased: new Map(),
};

const kindOfEdit: Readonly<Record<ConfigEdit['kind'], ConfigKind>> = {
  profile: 'UserProfile',
  contact: 'Contacts',
  erase: 'Contacts',
  mark: 'ConvoInfoVolatile',
};
