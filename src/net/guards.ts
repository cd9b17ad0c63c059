/** The guards, and what is held against them (network.md 2.1, 2.3). All paths, whatever they are for, share them. */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import { type NodeBook, strikeLimit } from './node-book.ts';
import type { PathPurpose } from './onion-path.ts';
import { subnetOf } from './path-selection.ts';

/** Guards, and so paths, that are kept standing (network.md 1.5). */
export const guardCount = 2;
/** A guard that could not be reached is not tried again for this long while another can. */
const restMs = 30_000;

export type GuardRecord = {
  readonly ed25519: string;
  /** chosen at; local clock, ms */
  readonly since: number;
  /** failures in a row that count against it */
  failures: number;
  /** when it could last not be reached; 0: it could */
  troubledAt: number;
  /** requests over it that failed or were overtaken since it last worked, whoever's fault it was */
  doubts: number;
  /** the same of transfers, which are counted apart: they may fail for their size */
  transferDoubts: number;
};

export type GuardsOptions = Readonly<{
  book: NodeBook;
  clock: Clock;
  /** no two guards in one /24 */
  subnetDiversity: boolean;
}>;

export class Guards {
  readonly #options: GuardsOptions;
  #records: GuardRecord[] = [];

  constructor(options: GuardsOptions) {
    this.#options = options;
  }

  all(): readonly Readonly<GuardRecord>[] {
    return this.#records;
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  /** With their addresses; `troubled` while one could not be reached, or failed and has not worked since. */
  states(): readonly Readonly<{ node: ServiceNode; troubled: boolean; failures: number }>[] {
    return this.#records.flatMap(({ ed25519, failures }) => {
      const node = this.#options.book.get(ed25519);
      const troubled = this.isTroubled(ed25519) || failures > 0;
      return node === undefined ? [] : [{ node, troubled, failures }];
    });
  }

  /** Those that no failure keeps from being used. */
  healthy(): readonly Readonly<GuardRecord>[] {
    return this.#records.filter((guard) => !this.isTroubled(guard.ed25519));
  }

  /** How many are still to be found: those not chosen, and those that do not answer. */
  missing(): number {
    return guardCount - this.healthy().length;
  }

  /** Puts back what was stored; those that are no longer listed are left out, one at a time (network.md 2.1). */
  restore(records: readonly GuardRecord[]): void {
    this.#records = records
      .filter((guard) => this.#options.book.isUsable(guard.ed25519))
      .slice(0, guardCount)
      .map((guard) => ({ ...guard }));
  }

  /** Drops the others; true if there were any. */
  retain(isKept: (guard: Readonly<GuardRecord>) => boolean): boolean {
    const before = this.#records.length;
    this.#records = this.#records.filter(isKept);
    return this.#records.length < before;
  }

  /** An answer came over this node: it is a good guard, and becomes one if one is missing. True if it has. */
  worked(node: ServiceNode, purpose: PathPurpose): boolean {
    const { book, clock } = this.#options;
    const known = this.#find(node.ed25519);
    if (known !== undefined) {
      known.failures = 0;
      known.troubledAt = 0;
      known.doubts = 0;
      // what carries small requests may still swallow large ones
      if (purpose === 'transfer') known.transferDoubts = 0;
      return false;
    }
    const isWanted =
      this.#records.length < guardCount && book.isUsable(node.ed25519) && this.#fitsBesideOthers(node);
    if (!isWanted) return false;
    const fresh = { failures: 0, troubledAt: 0, doubts: 0, transferDoubts: 0 };
    this.#records.push({ ed25519: node.ed25519, since: clock.now(), ...fresh });
    return true;
  }

  /** A request over it failed or was overtaken, whoever's fault it was. */
  doubt(key: string, purpose: PathPurpose): void {
    const guard = this.#find(key);
    if (guard === undefined) return;
    if (purpose === 'transfer') guard.transferDoubts += 1;
    else guard.doubts += 1;
  }

  doubts(key: string, purpose: PathPurpose): number {
    const guard = this.#find(key);
    return (purpose === 'transfer' ? guard?.transferDoubts : guard?.doubts) ?? 0;
  }

  /** It could not be reached, or refuses to work; false if it is none of the guards. */
  unreachable(key: string): boolean {
    const guard = this.#find(key);
    if (guard === undefined) return false;
    guard.troubledAt = this.#options.clock.now();
    return true;
  }

  /** Counts a failure against it; true when it is to be given up. */
  countFailure(key: string): boolean {
    const guard = this.#find(key);
    if (guard === undefined) return false;
    guard.failures += 1;
    return guard.failures >= strikeLimit;
  }

  isTroubled(key: string): boolean {
    const troubledAt = this.#find(key)?.troubledAt ?? 0;
    const age = this.#options.clock.now() - troubledAt;
    return troubledAt !== 0 && age >= 0 && age < restMs;
  }

  #find(key: string): GuardRecord | undefined {
    return this.#records.find((guard) => guard.ed25519 === key);
  }

  #fitsBesideOthers(node: ServiceNode): boolean {
    if (!this.#options.subnetDiversity) return true;
    return !this.#records.some((guard) => {
      const known = this.#options.book.get(guard.ed25519);
      return known !== undefined && subnetOf(known.ip) === subnetOf(node.ip);
    });
  }
}
