/**
 * What answers and failures do to nodes, guards and paths (network.md 2.3). No I/O: it is told what happened.
 *
 * A failure without any answer may be our own line's fault, so it counts only once something has answered again
 * (network.md 9, item 21); until then the path is merely not used while another will do.
 */
import type { OnionPath } from './onion-path.ts';
import type { PathPool, PathsOptions } from './path-pool.ts';
import type { Blame } from './verdict.ts';

/** Failures that nothing answered after within this time are forgotten. */
const pendingLifeMs = 60_000;
const maxPending = 64;

type Pending = Readonly<{ at: number; path: OnionPath; blame: Blame }>;

export class PathAccounts {
  readonly #options: PathsOptions;
  readonly #pool: PathPool;
  #pending: Pending[] = [];

  constructor(pool: PathPool, options: PathsOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** An answer came through, whatever it said: every hop has done its part. */
  succeeded(path: OnionPath): void {
    this.answered();
    const { book, clock, changed } = this.#options;
    const [guard] = path.hops;
    if (path.failures > 0) changed();
    path.failures = 0;
    path.workedAt = clock.monotonic();
    for (const hop of path.hops) book.clear(hop.ed25519);
    if (this.#pool.guards.worked(guard, path.purpose)) changed();
    if (book.isUsable(guard.ed25519)) this.#pool.keep(path);
  }

  /**
   * A request over this path failed. `certain` when an answer says so; without any answer the blame waits until
   * something answers.
   */
  failed(path: OnionPath, blame: Blame, certain: boolean): void {
    const { book, clock } = this.#options;
    const [guard] = path.hops;
    if (blame.kind === 'nobody') return;
    this.#options.changed();
    if (blame.kind === 'path' || blame.kind === 'guard') {
      path.failures += 1;
      this.#pool.guards.doubt(guard.ed25519, path.purpose);
    }
    if (blame.kind === 'strike') {
      book.suspect(blame.node);
      if (path.hops.some((hop) => hop.ed25519 === blame.node)) path.failures += 1;
    }
    if (blame.kind === 'path') this.#suspectHops(path);
    if (blame.kind === 'guard' && !this.#pool.guards.unreachable(guard.ed25519)) book.suspect(guard.ed25519);
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
    this.#pool.guards.doubt(path.hops[0].ed25519, path.purpose);
    this.#options.changed();
    this.#suspectHops(path);
  }

  /** A node failed at its own part, as the destination of a request. */
  strikeNode(node: string): void {
    this.#options.book.suspect(node);
    this.#strike(node);
  }

  /** Something out there answered: our line works, so the failures just before it count. */
  answered(): void {
    const since = this.#options.clock.monotonic() - pendingLifeMs;
    const pending = this.#pending;
    this.#pending = [];
    for (const { at, path, blame } of pending) if (at >= since) this.#hold(path, blame);
  }

  #hold(path: OnionPath, blame: Blame): void {
    const guard = path.hops[0].ed25519;
    switch (blame.kind) {
      case 'nobody':
        return;
      case 'strike':
        this.#strike(blame.node);
        return;
      case 'gone':
        this.#options.book.exile(blame.node);
        this.#pool.removeNode(blame.node);
        return;
      case 'path':
        for (const hop of path.hops.slice(1)) this.#strike(hop.ed25519);
        // a transfer's failure is no reason to take the chats their guard: it counts in the transfers' own account
        if (path.purpose === 'chat' || !this.#pool.guards.has(guard)) this.#countAgainstGuard(guard);
        return;
      case 'guard':
        this.#countAgainstGuard(guard);
    }
  }

  /** One of them may be dead. A guard has its doubts counted apart; a stranger in its place is a node as any other. */
  #suspectHops(path: OnionPath): void {
    for (const { ed25519 } of path.hops) {
      if (!this.#pool.guards.has(ed25519) || ed25519 !== path.hops[0].ed25519) {
        this.#options.book.suspect(ed25519);
      }
    }
  }

  #strike(node: string): void {
    if (this.#options.book.strike(node)) this.#pool.removeNode(node);
  }

  #countAgainstGuard(key: string): void {
    if (!this.#pool.guards.has(key)) {
      this.#strike(key);
    } else if (this.#pool.guards.countFailure(key)) {
      this.#options.book.exile(key);
      this.#pool.removeNode(key);
    }
  }
}
