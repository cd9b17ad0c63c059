/** Which path to test next while connecting (network.md 2.1). */

import { NetworkError } from '../errors.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import { guardCount } from './guards.ts';
import type { OnionPath, Paths } from './paths.ts';

/** Failures after which a guard under test is given up; the hops beyond it differ each time. */
const failuresPerGuard = 3;
/** Ways over a guard that brought nothing, or nothing yet, after which it may be the guard: another one is tried too. */
const silentWays = 2;

type Trial = { readonly guard: ServiceNode; failures: number; running: number; answered: boolean };

/**
 * Guards that stand already first, then strangers; one that can be reached is tested with other hops before a further
 * stranger is: each stranger sees our address.
 */
export class GuardTrials {
  readonly #paths: Paths;
  readonly #trials = new Map<string, Trial>();
  readonly #tried = new Set<OnionPath>();

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  next(): OnionPath | null {
    const path = this.#standing() ?? this.#fresh() ?? this.#again() ?? this.#paths.choose(null, this.#tried);
    if (path === null) return null;
    // until it has answered: a path that comes now shall lead over others
    this.#tried.add(path);
    const guard = path.hops[0];
    const trial = this.#trials.get(guard.ed25519) ?? { guard, failures: 0, running: 0, answered: false };
    trial.running += 1;
    this.#trials.set(guard.ed25519, trial);
    return path;
  }

  /** A test is over; `error` is null if it succeeded. */
  ended(path: OnionPath, error: unknown): void {
    const trial = this.#trials.get(path.hops[0].ed25519);
    if (trial === undefined) return;
    trial.running -= 1;
    if (error === null) {
      trial.answered = true;
      this.#tried.delete(path);
      return;
    }
    const unreachable = error instanceof NetworkError && error.fields.stage === 'connect';
    trial.failures += unreachable ? failuresPerGuard : 1;
  }

  #standing(): OnionPath | null {
    if (this.#paths.guards().every((guard) => this.#trials.has(guard.ed25519))) return null;
    const path = this.#paths.choose(null, this.#tried);
    if (path !== null && !this.#trials.has(path.hops[0].ed25519)) return path;
    // all standing paths may lead over the same guard: the other one is no stranger either
    const other = this.#paths
      .guardStates()
      .find(({ node, troubled }) => !troubled && !this.#trials.has(node.ed25519));
    return other === undefined ? null : this.#paths.drawAgain(other.node, this.#tried);
  }

  #fresh(): OnionPath | null {
    const hopeful = this.#alive().filter(
      (trial) => trial.answered || trial.failures + trial.running < silentWays,
    );
    const chosen = new Set(this.#paths.guards().map((guard) => guard.ed25519));
    const strangers = hopeful.filter((trial) => !chosen.has(trial.guard.ed25519)).length;
    // no more of them than guards are missing, or one start would show us to nodes that it has no use for
    if (hopeful.length >= guardCount || strangers >= this.#paths.missingGuards()) return null;
    return this.#paths.drawWithFreshGuard(
      this.#alive().map((trial) => trial.guard),
      this.#tried,
    );
  }

  #again(): OnionPath | null {
    const [least] = this.#alive().sort((a, b) => a.failures + a.running - (b.failures + b.running));
    return least === undefined ? null : this.#paths.drawAgain(least.guard, this.#tried);
  }

  #alive(): Trial[] {
    return [...this.#trials.values()].filter((trial) => trial.failures < failuresPerGuard);
  }
}
