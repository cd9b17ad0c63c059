/** Carries what was learnt between the parts and the store (network.md 1.5). */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import type { NetworkState, StoredPath } from './memory.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import type { OnionPath } from './onion-path.ts';
import type { Paths } from './paths.ts';
import type { Swarms } from './swarms.ts';
import type { NetworkMemory } from './types.ts';

/** Changes come in bursts; what is lost with a crash within this time is only learnt again. */
const saveAfterMs = 2_000;

export type StateKeeperOptions = Readonly<{
  memory: NetworkMemory;
  clock: Clock;
  book: NodeBook;
  paths: Paths;
  swarms: Swarms;
  time: NetworkTime;
}>;

export class StateKeeper {
  readonly #options: StateKeeperOptions;
  #dirty = false;
  #restoring = false;
  #cancelTimer: (() => void) | null = null;
  #saving: Promise<void> | null = null;
  #closed = false;

  constructor(options: StateKeeperOptions) {
    this.#options = options;
  }

  restore(state: NetworkState): void {
    const { book, paths, swarms, time } = this.#options;
    this.#restoring = true;
    const nodes: ServiceNode[] = state.nodes.map(([ip, port, ed25519, x25519]) => ({
      ip,
      port,
      ed25519,
      x25519,
      swarmId: null,
    }));
    if (nodes.length > 0) book.replace(nodes, state.listedAt);
    for (const { ed25519, ...record } of state.records) book.restore(ed25519, record);
    paths.restore(state);
    for (const { account, members, learntAt } of state.swarms) {
      const keys = members.map((index) => nodes[index]?.ed25519).filter((key) => key !== undefined);
      if (keys.length > 0) swarms.put(account, { members: keys, learntAt });
    }
    time.restore(state.clock);
    this.#restoring = false;
  }

  /** Something changed: it is saved soon, together with what else changes until then. */
  changed(): void {
    if (this.#restoring || this.#closed) return;
    this.#dirty = true;
    this.#cancelTimer ??= this.#options.clock.after(saveAfterMs, () => {
      this.#cancelTimer = null;
      // a save that fails is repeated with the next change, and at the end at the latest
      this.#save().catch(() => undefined);
    });
  }

  /** Saves what is not saved yet; rejects if the store refuses. */
  async close(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#closed = true;
    await this.#saving?.catch(() => undefined);
    await this.#save();
  }

  async #save(): Promise<void> {
    if (this.#saving !== null) await this.#saving.catch(() => undefined);
    if (!this.#dirty) return;
    this.#dirty = false;
    const saving = this.#options.memory.save(this.#state());
    this.#saving = saving;
    try {
      await saving;
    } catch (error) {
      this.#dirty = true;
      throw error;
    } finally {
      if (this.#saving === saving) this.#saving = null;
    }
  }

  #state(): NetworkState {
    const { book, paths, swarms, time } = this.#options;
    const nodes = book.all();
    const places = new Map(nodes.map((node, index) => [node.ed25519, index]));
    return {
      version: 1,
      listedAt: book.listedAt,
      nodes: nodes.map(({ ip, port, ed25519, x25519 }) => [ip, port, ed25519, x25519]),
      guards: paths.guards().map(({ ed25519, since, failures, troubledAt, doubts, transferDoubts }) => ({
        ed25519,
        since,
        failures,
        troubledAt,
        doubts,
        transferDoubts,
      })),
      strangers: paths
        .strangers()
        .slice(-64)
        .map(([ed25519, at]): [string, number] => [ed25519, at]),
      paths: paths.standing().map(keptPath),
      transfers: paths.transfers().map(keptPath),
      records: [...book.records()].map(([ed25519, record]) => ({ ed25519, ...record })),
      swarms: [...swarms.entries()].map(([account, { members, learntAt }]) => ({
        account,
        members: members.map((member) => places.get(member)).filter((place) => place !== undefined),
        learntAt,
      })),
      clock: [...time.samples()],
    };
  }
}

function keptPath({ hops, builtAt, failures }: Readonly<OnionPath>): StoredPath {
  return { hops: hops.map((hop) => hop.ed25519), builtAt, failures };
}
