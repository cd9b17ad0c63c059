/** The paths that stand for one purpose. */
import type { OnionPath, PathPurpose } from './onion-path.ts';

/** Paths of a set at most: those of the guards, and some for destinations that lie on these. */
const maxPaths = 4;

export class PathSet {
  readonly purpose: PathPurpose;
  #paths: OnionPath[] = [];

  constructor(purpose: PathPurpose) {
    this.purpose = purpose;
  }

  all(): readonly OnionPath[] {
    return this.#paths;
  }

  /** Adds a path in place of one of the same guard that failed, or of the oldest one too many. */
  keep(path: OnionPath): void {
    if (this.#paths.includes(path)) return;
    const failed = this.#paths.find(
      (other) => other.failures > 0 && other.hops[0].ed25519 === path.hops[0].ed25519,
    );
    this.#paths = this.#paths.filter((other) => other !== failed);
    this.#paths.push(path);
    if (this.#paths.length > maxPaths) this.#paths.shift();
  }

  /** Puts back what was stored, the first ones if there are too many. */
  restore(paths: readonly OnionPath[]): void {
    this.#paths = paths.slice(0, maxPaths);
  }

  /** Drops the others; true if there were any. */
  retain(isKept: (path: OnionPath) => boolean): boolean {
    const before = this.#paths.length;
    this.#paths = this.#paths.filter(isKept);
    return this.#paths.length < before;
  }

  /** How many that have not failed lead over this guard. */
  over(guard: string): number {
    return this.#paths.filter((path) => path.failures === 0 && path.hops[0].ed25519 === guard).length;
  }

  /** Their middle and exit hops. */
  laterHops(): ReadonlySet<string> {
    return new Set(this.#paths.flatMap((path) => path.hops.slice(1).map((hop) => hop.ed25519)));
  }
}
