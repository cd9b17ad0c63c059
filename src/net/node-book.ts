/** The list of service nodes, and what is held against each of them (network.md 1.5, 2.3). */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';

/** Failures after which a node is left out (network.md 2.3). */
export const strikeLimit = 3;
/** Strikes older than this say nothing any more (network.md 1.5, the strikes file of the newer core). */
const strikesLastMs = 48 * 3_600_000;
/** How long a node that was struck out stays out, if the pool can spare it. */
const exileMs = 3_600_000;
/** When more of the list than the rest would be left out, strikes say little: whoever is out longest comes back. */
const leastUsableShare = 0.75;
/** How long a node that may have been the cause of a failure is taken only where there is no other. */
const suspicionMs = 600_000;
/** A doubt weighs half as much after this long: where nodes fail in turn, whoever failed first is back first. */
const doubtHalfLifeMs = 20_000;

export type NodeRecord = Readonly<{
  strikes: number;
  /** local clock, ms */
  struckAt: number;
  /** left out until then; 0: not left out */
  exiledUntil: number;
  /** a failure may have been its fault; 0: never */
  suspectAt: number;
}>;

const clean: NodeRecord = { strikes: 0, struckAt: 0, exiledUntil: 0, suspectAt: 0 };

export type NodeBookOptions = Readonly<{
  clock: Clock;
  /** usable nodes the pool is kept at: the longest-exiled come back before it falls below */
  minimumUsable: number;
  /** called after each change worth keeping */
  changed(): void;
}>;

export class NodeBook {
  readonly #clock: Clock;
  readonly #minimumUsable: number;
  readonly #changed: () => void;
  readonly #nodes = new Map<string, ServiceNode>();
  readonly #records = new Map<string, NodeRecord>();
  /** how many failures a suspicion stands for; not kept over a restart */
  readonly #doubts = new Map<string, number>();
  #listedAt = 0;

  constructor(options: NodeBookOptions) {
    this.#clock = options.clock;
    this.#minimumUsable = options.minimumUsable;
    this.#changed = options.changed;
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** when the list was fetched; local clock, ms; 0: never */
  get listedAt(): number {
    return this.#listedAt;
  }

  get(ed25519: string): ServiceNode | undefined {
    return this.#nodes.get(ed25519);
  }

  all(): readonly ServiceNode[] {
    return [...this.#nodes.values()];
  }

  records(): ReadonlyMap<string, NodeRecord> {
    return this.#records;
  }

  /** Takes a new list; what was held against nodes that are still listed stays. */
  replace(nodes: readonly ServiceNode[], listedAt: number): void {
    this.#nodes.clear();
    for (const node of nodes) this.#nodes.set(node.ed25519, node);
    for (const key of this.#records.keys()) if (!this.#nodes.has(key)) this.#records.delete(key);
    this.#listedAt = listedAt;
    this.#changed();
  }

  /** Puts back what was stored. */
  restore(ed25519: string, record: NodeRecord): void {
    if (this.#nodes.has(ed25519)) this.#records.set(ed25519, record);
  }

  /** The nodes that requests may use: all but the exiled, who come back oldest first when too few are left. */
  usable(): readonly ServiceNode[] {
    const now = this.#clock.now();
    const usable: ServiceNode[] = [];
    const exiled: { node: ServiceNode; until: number }[] = [];
    for (const [key, node] of this.#nodes) {
      const until = this.#records.get(key)?.exiledUntil ?? 0;
      // an exile that ends further ahead than it can last was written under another clock
      if (until > now && until <= now + exileMs) exiled.push({ node, until });
      else usable.push(node);
    }
    const least = Math.max(this.#minimumUsable, Math.ceil(this.#nodes.size * leastUsableShare));
    if (usable.length >= least) return usable;
    exiled.sort((a, b) => a.until - b.until);
    for (const { node } of exiled.splice(0, least - usable.length)) {
      // on probation: the next failure exiles it again
      this.#change(node.ed25519, { strikes: strikeLimit - 1, struckAt: now, exiledUntil: 0 });
      usable.push(node);
    }
    return usable;
  }

  isUsable(ed25519: string): boolean {
    const until = this.#records.get(ed25519)?.exiledUntil ?? 0;
    const now = this.#clock.now();
    return this.#nodes.has(ed25519) && !(until > now && until <= now + exileMs);
  }

  /** Counts a failure against a node; true if it is left out from now on. */
  strike(ed25519: string): boolean {
    if (!this.#nodes.has(ed25519)) return false;
    const strikes = this.strikes(ed25519) + 1;
    if (strikes >= strikeLimit) {
      this.exile(ed25519);
      return true;
    }
    this.#change(ed25519, { strikes, struckAt: this.#clock.now() });
    return false;
  }

  /** Leaves a node out at once; its strikes start anew afterwards. */
  exile(ed25519: string): void {
    if (!this.#nodes.has(ed25519)) return;
    this.#change(ed25519, { strikes: 0, exiledUntil: this.#clock.now() + exileMs });
  }

  /** The node has done its part: nothing is held against it any more. */
  clear(ed25519: string): void {
    this.#doubts.delete(ed25519);
    if (this.#records.delete(ed25519)) this.#changed();
  }

  /** A failure may have been this node's fault: others are preferred for a while. */
  suspect(ed25519: string): void {
    if (!this.#nodes.has(ed25519)) return;
    this.#doubts.set(ed25519, this.#doubt(ed25519) + 1);
    this.#change(ed25519, { suspectAt: this.#clock.now() });
  }

  isSuspect(ed25519: string): boolean {
    const age = this.#clock.now() - (this.#records.get(ed25519)?.suspectAt ?? 0);
    return age >= 0 && age < suspicionMs;
  }

  strikes(ed25519: string): number {
    const record = this.#records.get(ed25519);
    if (record === undefined) return 0;
    const age = this.#clock.now() - record.struckAt;
    return age >= 0 && age < strikesLastMs ? record.strikes : 0;
  }

  /** What speaks against choosing a node; 0 for one of which nothing bad is known. */
  cost(ed25519: string): number {
    return 2 * this.#doubt(ed25519) + 0.5 * this.strikes(ed25519);
  }

  /** Failures that may have been its fault since it last did its part, each the half after every half-life. */
  #doubt(ed25519: string): number {
    if (!this.isSuspect(ed25519)) return 0;
    const age = this.#clock.now() - (this.#records.get(ed25519)?.suspectAt ?? 0);
    return (this.#doubts.get(ed25519) ?? 1) * 0.5 ** (age / doubtHalfLifeMs);
  }

  #change(ed25519: string, change: Partial<NodeRecord>): void {
    this.#records.set(ed25519, { ...(this.#records.get(ed25519) ?? clean), ...change });
    this.#changed();
  }
}
