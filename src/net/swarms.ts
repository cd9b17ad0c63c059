/** Which nodes keep whose messages, remembered (network.md 4.7, 5.2, 5.5). */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import type { NodeBook } from './node-book.ts';

/** Members below which a swarm is asked for anew (network.md 1.5). */
const fewMembers = 3;
/** A swarm is asked for anew after this long; in between, a node that left says so with a 421. */
const swarmLifeMs = 24 * 3_600_000;
/** The own one, which is polled, sooner (network.md 5.2). */
const ownSwarmLifeMs = 3_600_000;
/** Not asked for again within this time, however few members it has. */
const freshMs = 60_000;
const maxSwarms = 1_000;
/** `learntAt` of what one node said: too old to be relied on. */
const unconfirmed = 0;

export type KnownSwarm = Readonly<{ members: readonly string[]; learntAt: number }>;

export class Swarms {
  readonly #book: NodeBook;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** in order of learning, so that the oldest is dropped first */
  readonly #known = new Map<string, KnownSwarm>();

  constructor(book: NodeBook, clock: Clock, changed: () => void) {
    this.#book = book;
    this.#clock = clock;
    this.#changed = changed;
  }

  entries(): ReadonlyMap<string, KnownSwarm> {
    return this.#known;
  }

  /** The members that can be asked, if the swarm is known well enough; else null: ask for it. */
  find(account: string, own: boolean): readonly ServiceNode[] | null {
    const known = this.#known.get(account);
    if (known === undefined) return null;
    const age = this.#clock.now() - known.learntAt;
    const members = this.#usable(known);
    if (age < 0 || age > (own ? ownSwarmLifeMs : swarmLifeMs)) return null;
    if (members.length === 0 || (members.length < fewMembers && age > freshMs)) return null;
    return members;
  }

  /** What was last known, however old. */
  lastKnown(account: string): readonly ServiceNode[] {
    const known = this.#known.get(account);
    return known === undefined ? [] : this.#usable(known);
  }

  /** Takes what is agreed on, as far as it is on the list (see `listed`). False if nothing of it is. */
  learn(account: string, members: readonly ServiceNode[]): boolean {
    const keys = this.listed(members);
    if (keys.length === 0) return false;
    this.put(account, { members: keys, learntAt: this.#clock.now() });
    return true;
  }

  /**
   * Takes what a single node says in a 421, as `learn`; if it is news, only until others have been asked, because one
   * node's word could lead all messages to its friends.
   */
  hear(account: string, members: readonly ServiceNode[]): boolean {
    const keys = this.listed(members);
    if (keys.length === 0) return false;
    const known = new Set(this.#known.get(account)?.members);
    const isNews = known.size !== keys.length || keys.some((key) => !known.has(key));
    if (isNews) this.put(account, { members: keys, learntAt: unconfirmed });
    return true;
  }

  /** Those with the keys and the address that the list gives them (network.md 5.5), as Ed25519 keys. */
  listed(members: readonly ServiceNode[]): readonly string[] {
    return members
      .filter((member) => {
        const node = this.#book.get(member.ed25519);
        return (
          node !== undefined &&
          node.x25519 === member.x25519 &&
          node.ip === member.ip &&
          node.port === member.port
        );
      })
      .map((member) => member.ed25519);
  }

  put(account: string, swarm: KnownSwarm): void {
    this.#known.delete(account);
    this.#known.set(account, swarm);
    const oldest = this.#known.size > maxSwarms ? this.#known.keys().next() : undefined;
    if (oldest !== undefined && !oldest.done) this.#known.delete(oldest.value);
    this.#changed();
  }

  /** A member says it is none, and does not say who is. */
  leave(account: string, node: string): void {
    const known = this.#known.get(account);
    if (known === undefined || !known.members.includes(node)) return;
    this.put(account, { ...known, members: known.members.filter((member) => member !== node) });
  }

  /** The node list has changed: what left it leaves swarms. */
  listChanged(): void {
    for (const [account, known] of this.#known) {
      const members = known.members.filter((member) => this.#book.get(member) !== undefined);
      if (members.length === 0) this.#known.delete(account);
      else if (members.length < known.members.length) this.#known.set(account, { ...known, members });
    }
  }

  #usable(known: KnownSwarm): readonly ServiceNode[] {
    const nodes = known.members.map((member) => this.#book.get(member)).filter((node) => node !== undefined);
    const usable = nodes.filter((node) => this.#book.isUsable(node.ed25519));
    // all of them left out: then any of them is better than none
    return usable.length > 0 ? usable : nodes;
  }
}
