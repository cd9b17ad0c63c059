/** Drawing new paths: which guard, and which hops beyond it (network.md 2.2). */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import { chooseCheapest, type RandomBytes } from './choice.ts';
import type { Guards } from './guards.ts';
import type { NodeBook } from './node-book.ts';
import type { OnionPath, PathPurpose } from './onion-path.ts';
import { selectGuard, selectHops } from './path-selection.ts';
import type { PathSet } from './path-set.ts';
import type { Strangers } from './strangers.ts';

/** Weighs more than one fresh doubt: a hop of a request that failed or is silent, beside which another one is tried. */
const triedCost = 25;
/** A node that has not seen this client yet costs more than one that has and is in doubt once. */
const strangerCost = 30;
/**
 * A hop of the other purpose's paths. A transfer shares one with the chats only where nothing else is left; a chat
 * would rather share one than lead over a node that failed.
 */
const sharedCost: Readonly<Record<PathPurpose, number>> = { chat: 15, transfer: 60 };
/** Ways over one guard that one call tries before it takes a stranger instead. */
const waysPerGuard = 2;

export const none: ReadonlySet<OnionPath> = new Set();

/** What a path is wanted for. */
export type Wish = Readonly<{
  purpose: PathPurpose;
  /** Ed25519 key in hex, which is none of the hops; null for a server beyond the exit */
  destination: string | null;
  /** paths of the same call that failed or are silent; one hop of each may be dead, and nothing has shown yet which */
  tried: ReadonlySet<OnionPath>;
}>;

export type PathDrawingOptions = Readonly<{
  book: NodeBook;
  guards: Guards;
  strangers: Strangers;
  sets: Readonly<Record<PathPurpose, PathSet>>;
  clock: Clock;
  random: RandomBytes;
  subnetDiversity: boolean;
  /** a stranger was drawn that has not seen us before */
  onStranger(): void;
}>;

export class PathDrawing {
  readonly #options: PathDrawingOptions;
  #nextId = 1;

  constructor(options: PathDrawingOptions) {
    this.#options = options;
  }

  /** A path over one of the guards, or over a stranger if none of them can be had. */
  draw(wish: Wish): OnionPath | null {
    const { book, guards, sets, random } = this.#options;
    const { destination, purpose, tried } = wish;
    const waysTried = (guard: string): number =>
      [...tried].filter((path) => path.hops[0].ed25519 === guard).length;
    const guard = chooseCheapest(
      guards.healthy().filter(({ ed25519 }) => ed25519 !== destination && book.isUsable(ed25519)),
      ({ ed25519 }) =>
        10 * waysTried(ed25519) +
        4 * guards.doubts(ed25519, purpose) +
        2 * book.cost(ed25519) +
        sets[purpose].over(ed25519),
      random,
    );
    // the only guard left for this destination brought no answer over other hops: a stranger is tried before a third time
    const isSilent = guard !== undefined && waysTried(guard.ed25519) >= waysPerGuard;
    const stranger = isSilent ? this.withFreshGuard(wish) : null;
    if (stranger !== null) return stranger;
    const node = guard === undefined ? undefined : book.get(guard.ed25519);
    const path = node === undefined ? null : this.over(node, wish);
    return path ?? this.withFreshGuard(wish);
  }

  /** New hops for a guard; null if the pool has none. */
  over(guard: ServiceNode, { destination, purpose, tried }: Wish): OnionPath | null {
    const { book, guards, sets, random, subnetDiversity } = this.#options;
    const own = sets[purpose].laterHops();
    const others = sets[purpose === 'chat' ? 'transfer' : 'chat'].laterHops();
    const silent = hopsOf(tried);
    const hops = selectHops(book.usable(), guard, new Set(destination === null ? [] : [destination]), {
      subnetDiversity,
      cost: (node) =>
        10 * book.cost(node.ed25519) +
        (silent.has(node.ed25519) ? triedCost : 0) +
        (others.has(node.ed25519) ? sharedCost[purpose] : 0) +
        (guards.has(node.ed25519) ? 2 : 0) +
        (own.has(node.ed25519) ? 1 : 0),
      random,
    });
    return hops === null ? null : this.make(purpose, [guard, ...hops]);
  }

  /**
   * A path over a guard not used so far, to be tested; null if there is none, or too many new ones were tried just now.
   * `alongside` are guards under test at the same time.
   */
  withFreshGuard(wish: Wish, alongside: readonly ServiceNode[] = []): OnionPath | null {
    const { book, guards, strangers, sets, random, subnetDiversity } = this.#options;
    const others = [...guards.healthy().flatMap((guard) => book.get(guard.ed25519) ?? []), ...alongside];
    const avoid = new Set(guards.all().map((guard) => guard.ed25519));
    if (wish.destination !== null) avoid.add(wish.destination);
    // hops of standing paths are not made guards while others are free: one node should not see both ends
    const inUse = new Set([...sets.chat.laterHops(), ...sets.transfer.laterHops()]);
    const silent = hopsOf(wish.tried);
    // those who have seen us already see nothing new
    const allowed = strangers.mayMeetMore()
      ? book.usable()
      : book.usable().filter((node) => strangers.has(node.ed25519));
    const guard = selectGuard(allowed, others, avoid, {
      subnetDiversity,
      cost: (node) =>
        10 * book.cost(node.ed25519) +
        (silent.has(node.ed25519) ? triedCost : 0) +
        // a program that ended before its answer came has shown itself all the same: the next start goes on with that one
        (strangers.has(node.ed25519) ? 0 : strangerCost) +
        (inUse.has(node.ed25519) ? 1 : 0),
      random,
    });
    if (guard === null) return null;
    const path = this.over(guard, wish);
    if (path !== null && strangers.meet(guard.ed25519)) this.#options.onStranger();
    return path;
  }

  /** A path over these hops; built now unless told otherwise. */
  make(
    purpose: PathPurpose,
    hops: OnionPath['hops'],
    { builtAt, failures }: Readonly<{ builtAt: number; failures: number }> = {
      builtAt: this.#options.clock.now(),
      failures: 0,
    },
  ): OnionPath {
    return { id: this.#nextId++, purpose, hops, builtAt, failures, active: 0, lastUsedAt: 0, workedAt: 0 };
  }
}

function hopsOf(paths: ReadonlySet<OnionPath>): ReadonlySet<string> {
  return new Set([...paths].flatMap((path) => path.hops.map((hop) => hop.ed25519)));
}
