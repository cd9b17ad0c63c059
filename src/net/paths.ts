/** Guards and standing paths: which one a request takes, and where its outcome is told (network.md 2.1–2.3). No I/O. */
import type { ServiceNode } from '../protocol/service-node.ts';
import { chooseCheapest } from './choice.ts';
import type { GuardRecord, Guards } from './guards.ts';
import type { OnionPath, PathPurpose } from './onion-path.ts';
import { PathAccounts } from './path-accounts.ts';
import { none } from './path-drawing.ts';
import { type KeptPaths, PathPool, type PathsOptions } from './path-pool.ts';
import type { Blame } from './verdict.ts';

export type { OnionPath } from './onion-path.ts';

export class Paths {
  readonly #options: PathsOptions;
  readonly #pool: PathPool;
  readonly #accounts: PathAccounts;

  constructor(options: PathsOptions) {
    this.#options = options;
    this.#pool = new PathPool(options);
    this.#accounts = new PathAccounts(this.#pool, options);
  }

  guards(): readonly Readonly<GuardRecord>[] {
    return this.#pool.guards.all();
  }

  /** The guards with their addresses; `troubled` while one could not be reached, or failed and has not worked since. */
  guardStates(): ReturnType<Guards['states']> {
    return this.#pool.guards.states();
  }

  /** Nodes tried as guards lately, whatever came of it, with the local time of the first try (ms). */
  strangers(): readonly (readonly [string, number])[] {
    return this.#pool.strangers.all();
  }

  /** Standing paths, the one used last first. */
  standing(): readonly Readonly<OnionPath>[] {
    return [...this.#pool.sets.chat.all()].sort((a, b) => b.lastUsedAt - a.lastUsedAt);
  }

  /** The paths that large things travel over; none while nothing large has. */
  transfers(): readonly Readonly<OnionPath>[] {
    return this.#pool.sets.transfer.all();
  }

  /** Guards that are still to be found: those not chosen, and those that do not answer. */
  missingGuards(): number {
    return this.#pool.guards.missing();
  }

  /** See `PathPool.restore`; a memory of old knows no transfers, and one older still no strangers. */
  restore(kept: Pick<KeptPaths, 'guards' | 'paths'> & Partial<KeptPaths>): void {
    this.#pool.restore({ transfers: [], strangers: [], ...kept });
  }

  /**
   * A path to this destination, which is none of its hops: a standing one that works, else a new one over a guard,
   * else one over a stranger as guard, else one that failed. Paths in `tried` come last. Null if the pool is too small.
   */
  choose(
    destination: string | null,
    tried: ReadonlySet<OnionPath>,
    purpose: PathPurpose = 'chat',
  ): OnionPath | null {
    const { random, clock } = this.#options;
    const set = this.#pool.sets[purpose];
    this.#pool.prune();
    this.#pool.standUp(set);
    const fits = (path: OnionPath) => !path.hops.some((hop) => hop.ed25519 === destination);
    const leastBad = (paths: readonly OnionPath[]) =>
      chooseCheapest(
        paths.filter(fits),
        (candidate) => candidate.failures + (tried.has(candidate) ? 100 : 0),
        random,
      );
    const good = set.all().filter((path) => fits(path) && !tried.has(path) && this.#isGood(path));
    const path =
      chooseCheapest(good, (candidate) => candidate.active + this.#misgivings(candidate), random) ??
      this.#drawAndKeep(purpose, destination, tried) ??
      leastBad(set.all()) ??
      // a transfer goes out with the chats rather than not at all
      leastBad(this.#pool.sets.chat.all()) ??
      null;
    if (path !== null) path.lastUsedAt = clock.now();
    return path;
  }

  /** Other hops for a guard under test than those of `tried`; null if the pool has none. */
  drawAgain(guard: ServiceNode, tried: ReadonlySet<OnionPath> = none): OnionPath | null {
    return this.#pool.drawing.over(guard, { purpose: 'chat', destination: null, tried });
  }

  /** A path over a guard that may not work, to be tested; null if none is in doubt. */
  choosePathInDoubt(): OnionPath | null {
    this.#pool.prune();
    for (const { ed25519, doubts } of this.#pool.guards.healthy()) {
      const node = this.#options.book.get(ed25519);
      if (doubts === 0 || node === undefined) continue;
      const standing = this.#pool.sets.chat
        .all()
        .find((path) => path.hops[0].ed25519 === ed25519 && path.failures === 0);
      const path = standing ?? this.drawAgain(node);
      if (path !== null) return path;
    }
    return null;
  }

  /**
   * A path over a guard not used so far, to be tested; null if there is none, or too many new ones were tried just now.
   * `alongside` are guards under test at the same time.
   */
  drawWithFreshGuard(
    alongside: readonly ServiceNode[] = [],
    tried: ReadonlySet<OnionPath> = none,
  ): OnionPath | null {
    return this.#pool.drawing.withFreshGuard({ purpose: 'chat', destination: null, tried }, alongside);
  }

  /** See `PathAccounts` for this and the following ones. */
  succeeded(path: OnionPath): void {
    this.#accounts.succeeded(path);
  }

  failed(path: OnionPath, blame: Blame, certain: boolean): void {
    this.#accounts.failed(path, blame, certain);
  }

  outrun(path: OnionPath): void {
    this.#accounts.outrun(path);
  }

  strikeNode(node: string): void {
    this.#accounts.strikeNode(node);
  }

  answered(): void {
    this.#accounts.answered();
  }

  /** See `PathPool.listChanged`. */
  listChanged(): void {
    this.#pool.listChanged();
  }

  /**
   * What speaks against a path that nothing is known to be wrong with: its guard failed to bring answers, or one of its
   * nodes was silent elsewhere, perhaps as a destination.
   */
  #misgivings(path: OnionPath): number {
    const doubts = this.#pool.guards.doubts(path.hops[0].ed25519, path.purpose);
    return path.hops.reduce((sum, hop) => sum + 2 * this.#options.book.cost(hop.ed25519), 4 * doubts);
  }

  #isGood(path: OnionPath): boolean {
    return path.failures === 0 && !this.#pool.guards.isTroubled(path.hops[0].ed25519);
  }

  #drawAndKeep(
    purpose: PathPurpose,
    destination: string | null,
    tried: ReadonlySet<OnionPath>,
  ): OnionPath | null {
    const path = this.#pool.drawing.draw({ purpose, destination, tried });
    // one over a stranger is kept once it has worked
    if (path !== null && this.#pool.guards.has(path.hops[0].ed25519)) this.#pool.keep(path);
    return path;
  }
}
