/**
 * Guards and standing paths, and what failures do to them (network.md 2.1–2.3). No I/O: it is told what happened.
 *
 * A failure without any answer may be our own line's fault, so it counts only once something has answered again
 * (network.md 9, item 21); until then the path is merely not used while another will do.
 */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import { chooseCheapest, type RandomBytes } from './choice.ts';
import { type NodeBook, strikeLimit } from './node-book.ts';
import { selectGuard, selectHops, subnetOf } from './path-selection.ts';
import type { Blame } from './verdict.ts';

/** Guards, and so paths, that are kept standing (network.md 1.5). */
export const guardCount = 2;
/** Middle and exit are drawn anew after this long; the guard stays (network.md 2.2). */
const rotateMs = 600_000;
/** Standing paths at most: those of the guards, and some for destinations that lie on these. */
const maxPaths = 4;
/** A guard that could not be reached is not tried again for this long while another can. */
const guardRestMs = 30_000;
/** Failures that nothing answered after within this time are forgotten. */
const pendingLifeMs = 60_000;
const maxPending = 64;
/** Strangers tried as guards while no guard answers: per minute, so that a blocked line does not show us to many. */
const freshGuardsPerMinute = 12;
/** Who has seen us within this time may be tried again at will. */
const strangerLifeMs = 3_600_000;

export type OnionPath = {
  readonly id: number;
  /** guard, middle, exit */
  readonly hops: readonly [ServiceNode, ServiceNode, ServiceNode];
  /** local clock, ms */
  readonly builtAt: number;
  /** failures since it last worked */
  failures: number;
  /** requests under way */
  active: number;
  /** local clock, ms */
  lastUsedAt: number;
  /** monotonic, ms; when an answer last came over it */
  workedAt: number;
};

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
};

export type PathsOptions = Readonly<{
  book: NodeBook;
  clock: Clock;
  random: RandomBytes;
  subnetDiversity: boolean;
  /** called after each change worth keeping or showing */
  changed(): void;
}>;

/** Weighs more than one fresh doubt: a hop of a request that failed or is silent, beside which another one is tried. */
const triedCost = 25;
/** A node that has not seen this client yet costs more than one that has and is in doubt once. */
const strangerCost = 30;
/** Ways over one guard that one call tries before it takes a stranger instead. */
const waysPerGuard = 2;
const none: ReadonlySet<OnionPath> = new Set();

type Pending = Readonly<{ at: number; path: OnionPath; blame: Blame }>;

export class Paths {
  readonly #options: PathsOptions;
  #guards: GuardRecord[] = [];
  #paths: OnionPath[] = [];
  #pending: Pending[] = [];
  /** strangers tried as guards, and when first; local clock, ms */
  readonly #strangersTried = new Map<string, number>();
  #nextId = 1;

  constructor(options: PathsOptions) {
    this.#options = options;
  }

  guards(): readonly Readonly<GuardRecord>[] {
    return this.#guards;
  }

  /** The guards with their addresses; `troubled` while one could not be reached, or failed and has not worked since. */
  guardStates(): readonly Readonly<{ node: ServiceNode; troubled: boolean; failures: number }>[] {
    return this.#guards.flatMap((guard) => {
      const node = this.#options.book.get(guard.ed25519);
      const troubled = this.#isTroubled(guard) || guard.failures > 0;
      return node === undefined ? [] : [{ node, troubled, failures: guard.failures }];
    });
  }

  /** Nodes tried as guards lately, whatever came of it, with the local time of the first try (ms). */
  strangers(): readonly (readonly [string, number])[] {
    return [...this.#strangersTried];
  }

  /** Standing paths, the one used last first. */
  standing(): readonly Readonly<OnionPath>[] {
    return [...this.#paths].sort((a, b) => b.lastUsedAt - a.lastUsedAt);
  }

  /** Guards that are still to be found: those not chosen, and those that do not answer. */
  missingGuards(): number {
    return guardCount - this.#guards.filter((guard) => !this.#isTroubled(guard)).length;
  }

  /** Puts back what was stored; what is no longer listed is left out, guards one at a time (network.md 2.1). */
  restore(
    guards: readonly GuardRecord[],
    paths: readonly Readonly<{ hops: readonly string[]; builtAt: number; failures: number }>[],
    strangers: readonly (readonly [string, number])[] = [],
  ): void {
    const { book } = this.#options;
    for (const [key, at] of strangers) if (book.get(key) !== undefined) this.#strangersTried.set(key, at);
    this.#guards = guards.filter((guard) => book.isUsable(guard.ed25519)).slice(0, guardCount);
    for (const { hops, builtAt, failures } of paths.slice(0, maxPaths)) {
      const [guard, middle, exit] = hops.map((key) => book.get(key));
      if (guard === undefined || middle === undefined || exit === undefined) continue;
      if (new Set(hops).size !== 3) continue;
      this.#paths.push(this.#path([guard, middle, exit], builtAt, failures));
    }
    this.#prune();
  }

  /**
   * A path to this destination, which is none of its hops: a standing one that works, else a new one over a guard,
   * else one over a stranger as guard, else one that failed. Paths in `tried` come last. Null if the pool is too small.
   */
  choose(destination: string | null, tried: ReadonlySet<OnionPath>): OnionPath | null {
    this.#prune();
    this.#standUp();
    const fits = (path: OnionPath) => !path.hops.some((hop) => hop.ed25519 === destination);
    const good = this.#paths.filter((path) => fits(path) && !tried.has(path) && this.#isGood(path));
    const path =
      chooseCheapest(
        good,
        (candidate) => candidate.active + this.#misgivings(candidate),
        this.#options.random,
      ) ??
      this.#draw(destination, tried) ??
      chooseCheapest(
        this.#paths.filter(fits),
        (candidate) => candidate.failures + (tried.has(candidate) ? 100 : 0),
        this.#options.random,
      ) ??
      null;
    if (path !== null) path.lastUsedAt = this.#options.clock.now();
    return path;
  }

  /** Other hops for a guard under test; null if the pool has none. */
  drawAgain(guard: ServiceNode): OnionPath | null {
    return this.#drawOver(guard, null);
  }

  /** A path over a guard that may not work, to be tested; null if none is in doubt. */
  choosePathInDoubt(): OnionPath | null {
    this.#prune();
    for (const guard of this.#guards) {
      const node = this.#options.book.get(guard.ed25519);
      if (guard.doubts === 0 || node === undefined || this.#isTroubled(guard)) continue;
      const standing = this.#paths.find(
        (path) => path.hops[0].ed25519 === guard.ed25519 && path.failures === 0,
      );
      const path = standing ?? this.#drawOver(node, null);
      if (path !== null) return path;
    }
    return null;
  }

  /**
   * A path over a guard not used so far, to be tested; null if there is none, or too many new ones were tried just now.
   * `alongside` are guards under test at the same time.
   */
  drawWithFreshGuard(
    destination: string | null,
    alongside: readonly ServiceNode[] = [],
    tried: ReadonlySet<OnionPath> = none,
  ): OnionPath | null {
    const { book, clock, random } = this.#options;
    const now = clock.now();
    for (const [key, at] of this.#strangersTried)
      if (at > now || at < now - strangerLifeMs) this.#strangersTried.delete(key);
    const lately = [...this.#strangersTried.values()].filter((at) => at > now - 60_000).length;
    const healthy = this.#guards.filter((guard) => !this.#isTroubled(guard));
    const others = [
      ...healthy.map((guard) => book.get(guard.ed25519)).filter((node) => node !== undefined),
      ...alongside,
    ];
    const avoid = new Set(this.#guards.map((guard) => guard.ed25519));
    if (destination !== null) avoid.add(destination);
    // hops of standing paths are not made guards while others are free: one node should not see both ends
    const inUse = this.#hopsInUse();
    const silent = new Set([...tried].flatMap((path) => path.hops.map((hop) => hop.ed25519)));
    // those who have seen us already see nothing new
    const allowed =
      lately < freshGuardsPerMinute
        ? book.usable()
        : book.usable().filter((node) => this.#strangersTried.has(node.ed25519));
    const guard = selectGuard(allowed, others, avoid, {
      subnetDiversity: this.#options.subnetDiversity,
      cost: (node) =>
        10 * book.cost(node.ed25519) +
        (silent.has(node.ed25519) ? triedCost : 0) +
        // a program that ended before its answer came has shown itself all the same: the next start goes on with that one
        (this.#strangersTried.has(node.ed25519) ? 0 : strangerCost) +
        (inUse.has(node.ed25519) ? 1 : 0),
      random,
    });
    if (guard === null) return null;
    const path = this.#drawOver(guard, destination, tried);
    if (path !== null && !this.#strangersTried.has(guard.ed25519)) {
      this.#strangersTried.set(guard.ed25519, now);
      this.#options.changed();
    }
    return path;
  }

  /** An answer came through, whatever it said: every hop has done its part. */
  succeeded(path: OnionPath): void {
    this.answered();
    const { book, clock } = this.#options;
    if (path.failures > 0) this.#options.changed();
    path.failures = 0;
    path.workedAt = clock.monotonic();
    for (const hop of path.hops) book.clear(hop.ed25519);
    const key = path.hops[0].ed25519;
    const known = this.#guards.find((guard) => guard.ed25519 === key);
    if (known !== undefined) {
      known.failures = 0;
      known.troubledAt = 0;
      known.doubts = 0;
    } else if (
      this.#guards.length < guardCount &&
      book.isUsable(key) &&
      this.#fitsBesideGuards(path.hops[0])
    ) {
      this.#guards.push({ ed25519: key, since: clock.now(), failures: 0, troubledAt: 0, doubts: 0 });
      this.#options.changed();
    }
    if (book.isUsable(key) && !this.#paths.includes(path)) this.#keep(path);
  }

  /**
   * A request over this path failed. `certain` when an answer says so; without any answer the blame waits until
   * something answers.
   */
  failed(path: OnionPath, blame: Blame, certain: boolean): void {
    const { book, clock } = this.#options;
    if (blame.kind === 'nobody') return;
    this.#options.changed();
    if (blame.kind === 'path' || blame.kind === 'guard') {
      path.failures += 1;
      this.#doubt(path);
    }
    if (blame.kind === 'strike') {
      book.suspect(blame.node);
      if (path.hops.some((hop) => hop.ed25519 === blame.node)) path.failures += 1;
    }
    if (blame.kind === 'path') {
      book.suspect(path.hops[1].ed25519);
      book.suspect(path.hops[2].ed25519);
    }
    if (blame.kind === 'guard') {
      const guard = this.#guards.find((candidate) => candidate.ed25519 === path.hops[0].ed25519);
      if (guard !== undefined) guard.troubledAt = clock.now();
      else book.suspect(path.hops[0].ed25519);
    }
    if (certain) {
      this.#hold(path, blame);
      return;
    }
    this.#pending.push({ at: clock.monotonic(), path, blame });
    if (this.#pending.length > maxPending) this.#pending.shift();
  }

  /** A later try got its answer before this path gave any: others are preferred, nothing is counted. */
  outrun(path: OnionPath): void {
    path.failures += 1;
    this.#doubt(path);
    this.#options.changed();
    this.#options.book.suspect(path.hops[1].ed25519);
    this.#options.book.suspect(path.hops[2].ed25519);
  }

  /** A node failed at its own part, as the destination of a request. */
  strikeNode(node: string): void {
    this.#options.book.suspect(node);
    if (this.#options.book.strike(node)) this.#removeNode(node);
  }

  /** Something out there answered: our line works, so the failures just before it count. */
  answered(): void {
    const since = this.#options.clock.monotonic() - pendingLifeMs;
    const pending = this.#pending;
    this.#pending = [];
    for (const { at, path, blame } of pending) if (at >= since) this.#hold(path, blame);
  }

  /** The node list has changed: what left it leaves guards and paths. */
  listChanged(): void {
    const { book } = this.#options;
    this.#guards = this.#guards.filter((guard) => book.get(guard.ed25519) !== undefined);
    this.#paths = this.#paths
      .filter((path) => path.hops.every((hop) => sameNode(book.get(hop.ed25519), hop)))
      .filter((path) => path.hops.every((hop) => book.isUsable(hop.ed25519)));
  }

  #hold(path: OnionPath, blame: Blame): void {
    const { book } = this.#options;
    switch (blame.kind) {
      case 'nobody':
        return;
      case 'strike':
        if (book.strike(blame.node)) this.#removeNode(blame.node);
        return;
      case 'gone':
        book.exile(blame.node);
        this.#removeNode(blame.node);
        return;
      case 'path':
        for (const hop of path.hops.slice(1)) {
          if (book.strike(hop.ed25519)) this.#removeNode(hop.ed25519);
        }
        this.#countAgainstGuard(path.hops[0].ed25519);
        return;
      case 'guard':
        this.#countAgainstGuard(path.hops[0].ed25519);
    }
  }

  #doubt(path: OnionPath): void {
    const guard = this.#guards.find((candidate) => candidate.ed25519 === path.hops[0].ed25519);
    if (guard !== undefined) guard.doubts += 1;
  }

  /**
   * What speaks against a path that nothing is known to be wrong with: its guard failed to bring answers, or one of its
   * nodes was silent elsewhere, perhaps as a destination.
   */
  #misgivings(path: OnionPath): number {
    const [{ ed25519 }] = path.hops;
    const doubts = this.#guards.find((guard) => guard.ed25519 === ed25519)?.doubts ?? 0;
    return path.hops.reduce((sum, hop) => sum + 2 * this.#options.book.cost(hop.ed25519), 4 * doubts);
  }

  #countAgainstGuard(key: string): void {
    const guard = this.#guards.find((candidate) => candidate.ed25519 === key);
    if (guard === undefined) {
      if (this.#options.book.strike(key)) this.#removeNode(key);
      return;
    }
    guard.failures += 1;
    if (guard.failures < strikeLimit) return;
    this.#options.book.exile(key);
    this.#removeNode(key);
  }

  /** Its paths go with it: another node in the guard's place would make hop 2 a guard without anybody choosing it. */
  #removeNode(key: string): void {
    this.#guards = this.#guards.filter((guard) => guard.ed25519 !== key);
    this.#paths = this.#paths.filter((path) => !path.hops.some((hop) => hop.ed25519 === key));
    this.#options.changed();
  }

  /** Drops paths that are too old, or lead over nodes that are left out. */
  #prune(): void {
    const { book, clock } = this.#options;
    const now = clock.now();
    const before = this.#paths.length + this.#guards.length;
    this.#paths = this.#paths.filter(
      (path) =>
        path.builtAt <= now &&
        now - path.builtAt < rotateMs &&
        path.hops.every((hop) => book.isUsable(hop.ed25519)),
    );
    this.#guards = this.#guards.filter((guard) => book.isUsable(guard.ed25519));
    if (this.#paths.length + this.#guards.length < before) this.#options.changed();
  }

  /** Every guard that can be had gets a path. */
  #standUp(): void {
    for (const guard of this.#guards) {
      const node = this.#options.book.get(guard.ed25519);
      if (node === undefined || this.#isTroubled(guard) || this.#pathsOver(guard) > 0) continue;
      const path = this.#drawOver(node, null);
      if (path !== null) this.#keep(path);
    }
  }

  #isGood(path: OnionPath): boolean {
    return path.failures === 0 && !this.#isTroubledKey(path.hops[0].ed25519);
  }

  #pathsOver(guard: GuardRecord): number {
    return this.#paths.filter((path) => path.failures === 0 && path.hops[0].ed25519 === guard.ed25519).length;
  }

  /** A new path over one of the guards, or over a stranger if none of them can be had. */
  #draw(destination: string | null, tried: ReadonlySet<OnionPath>): OnionPath | null {
    const { book, random } = this.#options;
    const waysTried = (guard: GuardRecord): number =>
      [...tried].filter((path) => path.hops[0].ed25519 === guard.ed25519).length;
    const candidates = this.#guards.filter(
      (guard) => guard.ed25519 !== destination && !this.#isTroubled(guard) && book.isUsable(guard.ed25519),
    );
    const guard = chooseCheapest(
      candidates,
      (candidate) =>
        10 * waysTried(candidate) +
        4 * candidate.doubts +
        2 * book.cost(candidate.ed25519) +
        this.#pathsOver(candidate),
      random,
    );
    // the only guard left for this destination brought no answer over other hops: a stranger is tried before a third time
    const isSilent = guard !== undefined && waysTried(guard) >= waysPerGuard;
    const stranger = isSilent ? this.drawWithFreshGuard(destination, [], tried) : null;
    if (stranger !== null) return stranger;
    const node = guard === undefined ? undefined : book.get(guard.ed25519);
    const path = node === undefined ? null : this.#drawOver(node, destination, tried);
    if (path !== null) {
      this.#keep(path);
      return path;
    }
    return this.drawWithFreshGuard(destination, [], tried);
  }

  #drawOver(
    guard: ServiceNode,
    destination: string | null,
    tried: ReadonlySet<OnionPath> = none,
  ): OnionPath | null {
    const { book, clock, random, subnetDiversity } = this.#options;
    const inUse = this.#hopsInUse();
    const guards = new Set(this.#guards.map((record) => record.ed25519));
    // one of these may be dead, and nothing has shown yet which
    const silent = new Set([...tried].flatMap((path) => path.hops.map((hop) => hop.ed25519)));
    const hops = selectHops(book.usable(), guard, new Set(destination === null ? [] : [destination]), {
      subnetDiversity,
      cost: (node) =>
        10 * book.cost(node.ed25519) +
        (silent.has(node.ed25519) ? triedCost : 0) +
        (guards.has(node.ed25519) ? 2 : 0) +
        (inUse.has(node.ed25519) ? 1 : 0),
      random,
    });
    return hops === null ? null : this.#path([guard, ...hops], clock.now(), 0);
  }

  /** Adds a path in place of one of the same guard that failed, or of the oldest one too many. */
  #keep(path: OnionPath): void {
    const failed = this.#paths.find(
      (other) => other.failures > 0 && other.hops[0].ed25519 === path.hops[0].ed25519,
    );
    this.#paths = this.#paths.filter((other) => other !== failed);
    this.#paths.push(path);
    this.#options.changed();
    if (this.#paths.length > maxPaths) this.#paths.shift();
  }

  #path(
    hops: readonly [ServiceNode, ServiceNode, ServiceNode],
    builtAt: number,
    failures: number,
  ): OnionPath {
    return { id: this.#nextId++, hops, builtAt, failures, active: 0, lastUsedAt: 0, workedAt: 0 };
  }

  #hopsInUse(): ReadonlySet<string> {
    return new Set(this.#paths.flatMap((path) => path.hops.slice(1).map((hop) => hop.ed25519)));
  }

  #fitsBesideGuards(node: ServiceNode): boolean {
    if (!this.#options.subnetDiversity) return true;
    return !this.#guards.some((guard) => {
      const known = this.#options.book.get(guard.ed25519);
      return known !== undefined && subnetOf(known.ip) === subnetOf(node.ip);
    });
  }

  #isTroubledKey(key: string): boolean {
    const guard = this.#guards.find((candidate) => candidate.ed25519 === key);
    return guard !== undefined && this.#isTroubled(guard);
  }

  #isTroubled(guard: GuardRecord): boolean {
    const age = this.#options.clock.now() - guard.troubledAt;
    return guard.troubledAt !== 0 && age >= 0 && age < guardRestMs;
  }
}

function sameNode(known: ServiceNode | undefined, hop: ServiceNode): boolean {
  return known !== undefined && known.ip === hop.ip && known.port === hop.port && known.x25519 === hop.x25519;
}
