/**
 * The guards, and the two sets of paths over them: one for everything, and one for transfers, which is built when
 * something large travels and has other hops beyond the guards. What leaves the node list, is struck out or too old
 * leaves all of them.
 */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import type { RandomBytes } from './choice.ts';
import { type GuardRecord, Guards } from './guards.ts';
import type { NodeBook } from './node-book.ts';
import type { OnionPath, PathPurpose } from './onion-path.ts';
import { none, PathDrawing } from './path-drawing.ts';
import { PathSet } from './path-set.ts';
import { Strangers } from './strangers.ts';

/** Middle and exit are drawn anew after this long; the guard stays (network.md 2.2). */
const rotateMs = 600_000;

export type PathsOptions = Readonly<{
  book: NodeBook;
  clock: Clock;
  random: RandomBytes;
  subnetDiversity: boolean;
  /** called after each change worth keeping or showing */
  changed(): void;
}>;

/** A path as it is kept between runs: the keys of its hops, and its account. */
export type KeptPath = Readonly<{ hops: readonly string[]; builtAt: number; failures: number }>;

/** What is kept between runs. */
export type KeptPaths = Readonly<{
  guards: readonly GuardRecord[];
  paths: readonly KeptPath[];
  transfers: readonly KeptPath[];
  /** nodes tried as guards, and when first */
  strangers: readonly (readonly [string, number])[];
}>;

export class PathPool {
  readonly guards: Guards;
  readonly strangers: Strangers;
  readonly sets: Readonly<Record<PathPurpose, PathSet>> = {
    chat: new PathSet('chat'),
    transfer: new PathSet('transfer'),
  };
  readonly drawing: PathDrawing;
  readonly #options: PathsOptions;

  constructor(options: PathsOptions) {
    this.#options = options;
    this.guards = new Guards(options);
    this.strangers = new Strangers(options.clock);
    this.drawing = new PathDrawing({
      ...options,
      guards: this.guards,
      strangers: this.strangers,
      sets: this.sets,
      onStranger: options.changed,
    });
  }

  /** Puts back what was stored; what is no longer listed is left out. */
  restore({ guards, paths, transfers, strangers }: KeptPaths): void {
    this.strangers.restore(strangers, this.#options.book);
    this.guards.restore(guards);
    this.sets.chat.restore(this.#known('chat', paths));
    this.sets.transfer.restore(this.#known('transfer', transfers));
    this.prune();
  }

  /** Every guard that can be had gets a path of this set. */
  standUp(set: PathSet): void {
    for (const { ed25519 } of this.guards.healthy()) {
      const node = this.#options.book.get(ed25519);
      if (node === undefined || set.over(ed25519) > 0) continue;
      const path = this.drawing.over(node, { purpose: set.purpose, destination: null, tried: none });
      if (path !== null) this.keep(path);
    }
  }

  keep(path: OnionPath): void {
    const set = this.sets[path.purpose];
    if (set.all().includes(path)) return;
    set.keep(path);
    this.#options.changed();
  }

  /** Drops paths that are too old, or lead over nodes that are left out. */
  prune(): void {
    const { book, clock } = this.#options;
    const now = clock.now();
    const fewerPaths = this.#retainPaths(
      (path) =>
        path.builtAt <= now &&
        now - path.builtAt < rotateMs &&
        path.hops.every((hop) => book.isUsable(hop.ed25519)),
    );
    const fewerGuards = this.guards.retain((guard) => book.isUsable(guard.ed25519));
    if (fewerPaths || fewerGuards) this.#options.changed();
  }

  /** Its paths go with it: another node in the guard's place would make hop 2 a guard without anybody choosing it. */
  removeNode(key: string): void {
    this.guards.retain((guard) => guard.ed25519 !== key);
    this.#retainPaths((path) => !path.hops.some((hop) => hop.ed25519 === key));
    this.#options.changed();
  }

  /** The node list has changed: what left it leaves guards and paths. */
  listChanged(): void {
    const { book } = this.#options;
    this.guards.retain((guard) => book.get(guard.ed25519) !== undefined);
    this.#retainPaths((path) =>
      path.hops.every((hop) => sameNode(book.get(hop.ed25519), hop) && book.isUsable(hop.ed25519)),
    );
  }

  #retainPaths(isKept: (path: OnionPath) => boolean): boolean {
    const results = Object.values(this.sets).map((set) => set.retain(isKept));
    return results.includes(true);
  }

  #known(purpose: PathPurpose, kept: readonly KeptPath[]): readonly OnionPath[] {
    const { book } = this.#options;
    return kept.flatMap(({ hops, builtAt, failures }) => {
      const [guard, middle, exit] = hops.map((key) => book.get(key));
      if (guard === undefined || middle === undefined || exit === undefined) return [];
      if (new Set(hops).size !== 3) return [];
      return [this.drawing.make(purpose, [guard, middle, exit], { builtAt, failures })];
    });
  }
}

function sameNode(known: ServiceNode | undefined, hop: ServiceNode): boolean {
  return known !== undefined && known.ip === hop.ip && known.port === hop.port && known.x25519 === hop.x25519;
}
