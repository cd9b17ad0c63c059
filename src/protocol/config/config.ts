/**
 * One config as a device holds it (config.md, section 6): the current revision, whether it still has to be stored, and
 * which stored messages hold it or are obsolete. It does no I/O: what was fetched goes in by `merge`, what is to be
 * stored comes out of `push`, and the answer goes in by `confirmPushed`.
 */
import { CryptoError, ProtocolError } from '../../errors.ts';
import { unpadConfig } from './crypt.ts';
import { type ConfigDict, emptyDict } from './data.ts';
import { applyDiff, type ConfigDiff, diffDicts } from './diff.ts';
import { type ConfigDump, decodeDump, encodeDump } from './dump.ts';
import { mergeConfigMessages } from './merge.ts';
import {
  buildConfigMessage,
  type ConfigContent,
  type ConfigMessage,
  compareRevisions,
  initialContent,
  nextContent,
  parseConfigMessage,
  type Revision,
} from './message.ts';
import { addPart, dropExpired, noParts, type PartsState, parsePart } from './multipart.ts';
import { expandConfig, isPart, openConfig, type PackingKeys, packConfig } from './packing.ts';

/** Clean: stored. Dirty: changed since. Waiting: handed out for storing, not confirmed. */
export type ConfigState = 'clean' | 'dirty' | 'waiting';

export type ConfigOptions = PackingKeys &
  Readonly<{
    /** 32 bytes: messages must carry this Ed25519 key's signature. Group configs only */
    verifyKey?: Uint8Array;
    /** 64 bytes; without it a config with a `verifyKey` is read-only */
    signKey?: Uint8Array;
    /** what leaves the state before it is stored, by the time of storing in ms */
    beforePush?: (data: ConfigDict, now: number) => ConfigDict;
  }>;

/** A stored message: its swarm hash and its bytes (not base64). */
export type StoredConfig = Readonly<{ hash: string; data: Uint8Array }>;

export type MergeReport = Readonly<{
  /** swarm hashes of what was taken in, whether it changed anything or not */
  accepted: readonly string[];
  /** of parts whose others are still missing */
  waiting: readonly string[];
  /** of what was skipped, with the error's code: not ours, damaged, a bomb, … It must not be deleted */
  rejected: readonly Readonly<{ hash: string; code: string }>[];
  /** the state is another one than before */
  changed: boolean;
  /** what this device had not stored yet and the merge left out, because it was too many revisions behind */
  lost?: LostChange;
}>;

/** A change as a diff, and the state that has its values; see `Config.reapply`. */
export type LostChange = Readonly<{ diff: ConfigDiff; data: ConfigDict }>;

export type ConfigPush = Readonly<{
  seqno: number;
  /** what to store, all of it; more than one for a config in parts */
  messages: readonly Uint8Array[];
  /** swarm hashes to delete once everything is stored; they are handed out once */
  obsoleteHashes: readonly string[];
}>;

type Input = Readonly<{ message: ConfigMessage; hashes: readonly string[] }>;

export class Config {
  readonly #options: ConfigOptions;
  /** the revision as last built, adopted or loaded; while dirty, null after an edit until it is needed */
  #message: ConfigMessage | null;
  /** while dirty: the revision in the making, with the state it started from */
  #draft: ConfigContent | null = null;
  #data: ConfigDict;
  #state: ConfigState = 'clean';
  #current: ReadonlySet<string> = new Set();
  #obsolete: ReadonlySet<string> = new Set();
  #parts: PartsState = noParts;
  #needsDump = false;

  /** `dump` as `dump()` made it. ProtocolError `malformed` or `unsupported` for another. */
  constructor(options: ConfigOptions, dump?: Uint8Array) {
    this.#options = options;
    if (dump === undefined) {
      this.#message = buildConfigMessage(initialContent());
      this.#data = this.#message.data;
      return;
    }
    const saved = decodeDump(dump);
    this.#message = saved.message;
    this.#data = saved.message.data;
    this.#state = saved.state;
    if (saved.parent !== null) this.#draft = { ...saved.message, data: saved.parent };
    this.#current = new Set(saved.current);
    this.#obsolete = new Set(saved.obsolete);
    this.#parts = saved.parts;
  }

  /** The whole state. Never changes in place. */
  get data(): ConfigDict {
    return this.#data;
  }

  get seqno(): number {
    return this.#draft?.seqno ?? this.#built().seqno;
  }

  get state(): ConfigState {
    return this.#state;
  }

  /** True while there is something that no swarm is known to hold. */
  get needsPush(): boolean {
    return this.#state !== 'clean' && !this.readOnly;
  }

  /** True when what `dump()` gives has changed since it was last called. */
  get needsDump(): boolean {
    return this.#needsDump;
  }

  get readOnly(): boolean {
    return this.#options.verifyKey !== undefined && this.#options.signKey === undefined;
  }

  /** The swarm hashes of the current revision; none while it is not stored. */
  get currentHashes(): readonly string[] {
    return [...this.#current].sort();
  }

  /** The swarm hashes whose expiry must be renewed: the current ones and parts of configs still incomplete. */
  activeHashes(now: number): readonly string[] {
    const parts = [...dropExpired(this.#parts, now).incomplete.values()];
    return [
      ...this.currentHashes,
      ...parts.flatMap((set) => [...set.parts.values()].map(({ hash }) => hash)),
    ];
  }

  /**
   * Replaces the state by what `change` makes of it (see `setIn`). The first change after a stored revision starts the
   * next one (section 6.2); one that changes nothing does nothing. ProtocolError `read-only`.
   */
  edit(change: (data: ConfigDict) => ConfigDict): void {
    const data = change(this.#data);
    if (data === this.#data) return;
    if (this.readOnly) throw new ProtocolError('read-only', 'This config can only be read');
    if (this.#draft === null) this.#startDraft(nextContent(this.#built()));
    this.#data = data;
    this.#message = null;
    this.#needsDump = true;
  }

  /**
   * Takes in everything that was fetched from the config's namespace, in one call (section 6.5). A message that is not
   * ours or is bad is skipped and reported; whatever else comes with it counts. `now` in ms, for parts that wait.
   */
  merge(incoming: readonly StoredConfig[], now: number): MergeReport {
    const before = this.#data;
    const waiting: string[] = [];
    const known: string[] = [];
    const rejected: { hash: string; code: string }[] = [];
    const inputs: Input[] = [];
    const parts = dropExpired(this.#parts, now);
    if (parts !== this.#parts) this.#setParts(parts);
    for (const { hash, data } of incoming) {
      try {
        const input = this.#read(hash, data, now);
        if (input === 'waiting') waiting.push(hash);
        else if (input === 'known') known.push(hash);
        else inputs.push(input);
      } catch (error) {
        if (!(error instanceof ProtocolError || error instanceof CryptoError)) throw error;
        rejected.push({ hash, code: error.code });
      }
    }
    const lost = inputs.length > 0 ? this.#take(inputs) : null;
    const accepted = [...inputs.flatMap(({ hashes }) => hashes), ...known];
    const taken = new Set(accepted);
    return {
      accepted,
      waiting: waiting.filter((hash) => !taken.has(hash)),
      rejected,
      changed: this.#data !== before,
      ...(lost === null ? {} : { lost }),
    };
  }

  /** Makes a change that a merge has left out once more, on top of what is there now. */
  reapply({ diff, data }: LostChange): void {
    this.edit((now) => applyDiff(now, diff, data, new WeakSet()));
  }

  /**
   * What has to be stored now. Of a clean config these are the same bytes again, which renews it in the swarm. The
   * obsolete hashes are forgotten here: give them back with `keepObsolete` when they could not be deleted.
   * ProtocolError `too-large` when the config has outgrown what can be stored.
   */
  push(now: number): ConfigPush {
    const { beforePush } = this.#options;
    if (beforePush !== undefined && !this.readOnly) this.edit((data) => beforePush(data, now));
    const message = this.#built();
    const messages = packConfig(message, this.#options);
    const obsoleteHashes = this.readOnly ? [] : [...this.#obsolete].sort();
    if (this.#state === 'dirty') {
      this.#state = 'waiting';
      this.#draft = null;
      this.#needsDump = true;
    }
    if (this.#obsolete.size > 0) {
      this.#obsolete = new Set();
      this.#needsDump = true;
    }
    return { seqno: message.seqno, messages, obsoleteHashes };
  }

  /**
   * The swarm stored revision `seqno` under these hashes. Passed over, which is told by false, when there is another
   * revision by now. Of a clean config, stored once more, they join those that are known.
   */
  confirmPushed(seqno: number, hashes: readonly string[]): boolean {
    if (this.#state === 'dirty' || seqno !== this.#built().seqno) return false;
    if (this.#state === 'waiting') this.#needsDump = true;
    this.#state = 'clean';
    this.#setHashes(new Set([...this.#current, ...hashes]), this.#obsolete);
    return true;
  }

  /** Hashes of `push` that could not be deleted: the next push hands them out again. */
  keepObsolete(hashes: readonly string[]): void {
    this.#setHashes(this.#current, new Set([...this.#obsolete, ...hashes]));
  }

  /** Hashes that were kept and are deleted by now. */
  forgetObsolete(hashes: readonly string[]): void {
    const gone = new Set(hashes);
    this.#setHashes(this.#current, new Set([...this.#obsolete].filter((hash) => !gone.has(hash))));
  }

  /** Everything that must survive a restart (section 13.5), for a store that encrypts it. */
  dump(): Uint8Array {
    const saved: ConfigDump = {
      state: this.#state,
      message: this.#built(),
      parent: this.#draft?.data ?? null,
      current: this.currentHashes,
      obsolete: [...this.#obsolete].sort(),
      parts: this.#parts,
    };
    const bytes = encodeDump(saved);
    this.#needsDump = false;
    return bytes;
  }

  #built(): ConfigMessage {
    if (this.#message !== null) return this.#message;
    const draft = this.#draft ?? initialContent();
    const content = { ...draft, data: this.#data, diff: diffDicts(draft.data, this.#data) };
    this.#message = buildConfigMessage(content, this.#options.signKey ?? null);
    return this.#message;
  }

  /** Leaves the stored revision: what holds it is obsolete once the next one is stored. */
  #startDraft(content: ConfigContent): void {
    this.#draft = content;
    this.#state = 'dirty';
    this.#setHashes(new Set(), new Set([...this.#obsolete, ...this.#current]));
  }

  /** Never lists a hash of the current revision as obsolete (section 6.5). */
  #setHashes(current: ReadonlySet<string>, obsolete: ReadonlySet<string>): void {
    const left = new Set([...obsolete].filter((hash) => !current.has(hash)));
    if (!equalSets(current, this.#current) || !equalSets(left, this.#obsolete)) this.#needsDump = true;
    this.#current = current;
    this.#obsolete = left;
  }

  #setParts(parts: PartsState): void {
    this.#parts = parts;
    this.#needsDump = true;
  }

  /** The message in one stored item; `waiting` while parts of it are missing, `known` for a part come late. */
  #read(hash: string, stored: Uint8Array, now: number): Input | 'waiting' | 'known' {
    const opened = openConfig(stored, this.#options);
    const verifyKey = this.#options.verifyKey ?? null;
    if (!isPart(opened))
      return { message: parseConfigMessage(expandConfig(opened), verifyKey), hashes: [hash] };
    const added = addPart(this.#parts, hash, parsePart(opened), now);
    if (added.state === this.#parts) return 'known';
    this.#setParts(added.state);
    if (added.broken === true)
      throw new ProtocolError('malformed', 'The parts of a config do not fit together');
    if (added.whole === null) return 'waiting';
    const { padded, hashes } = added.whole;
    return { message: parseConfigMessage(expandConfig(unpadConfig(padded)), verifyKey), hashes };
  }

  /** What of this device's own the result does not contain, or null. */
  #take(incoming: readonly Input[]): LostChange | null {
    const own = this.#built();
    const isOpen = this.#state !== 'clean';
    const lostFrom = (revisions: readonly Revision[]): LostChange | null =>
      isOpen && !revisions.some((revision) => compareRevisions(revision, own) === 0)
        ? { diff: own.diff, data: own.data }
        : null;
    const untouched = own.seqno === 0 && this.#state === 'clean';
    const inputs = untouched ? incoming : [{ message: own, hashes: [...this.#current] }, ...incoming];
    const result = mergeConfigMessages(
      inputs.map(({ message }) => message),
      this.readOnly,
    );
    if (result === null) return null;
    if (result.merged !== null) {
      const parents = inputs.flatMap(({ hashes }) => hashes);
      // As the reference does it, to the byte: a merge is stated as a change of everything, from nothing, but by a
      // device that had a change of its own in the making as no change at all.
      const parent = this.#state === 'dirty' ? result.merged.data : emptyDict;
      this.#startDraft({ ...result.merged, data: parent });
      this.#data = result.merged.data;
      this.#message = null;
      this.#needsDump = true;
      this.#setHashes(new Set(), new Set([...this.#obsolete, ...parents]));
      return lostFrom(result.merged.lagged);
    }
    const chosen = inputs[result.index]?.message ?? own;
    const same = inputs.filter(({ message }) => compareRevisions(message, chosen) === 0);
    const holding = new Set(same.flatMap(({ hashes }) => hashes));
    const others = inputs.filter((input) => !same.includes(input)).flatMap(({ hashes }) => hashes);
    if (chosen !== own) {
      this.#message = chosen;
      this.#data = chosen.data;
      this.#needsDump = true;
    }
    // Our own revision may have come back: then it is stored, even if nobody told us.
    if (this.#state !== 'clean' && (chosen !== own || holding.size > 0)) {
      this.#state = 'clean';
      this.#draft = null;
      this.#needsDump = true;
    }
    this.#setHashes(holding, new Set([...this.#obsolete, ...others]));
    return lostFrom([chosen, ...chosen.lagged]);
  }
}

function equalSets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
