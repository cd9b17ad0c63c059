/** The faults that befall whole nodes: who is down, hung, lying or off the list, and whose turn it is. */
import type { Clock } from '../util/clock.ts';
import type { Logger } from '../util/logger.ts';
import type { Daemon } from './daemon.ts';
import type { FaultRules } from './faults.ts';
import type { ServiceNode } from './node/service-node.ts';

export type Member = { readonly node: ServiceNode; swarmId: bigint | null; listed: boolean };

export type NodeFaultsOptions = Readonly<{
  members(): readonly Member[];
  /** makes the members that are listed the list that everybody goes by */
  publish(): void;
  makeLiar(): Daemon;
  clock: Clock;
  logger: Logger;
  /** a random integer below its argument */
  below(limit: number): number;
}>;

type Turn = Readonly<{ order: readonly ServiceNode[]; nodes: number; everyMs: number }> & { next: number };

/** How long nodes have for handing messages to those that come back, before other faults may stop them. */
const handOverMs = 2000;

export class NodeFaults {
  readonly #options: NodeFaultsOptions;
  #down: ServiceNode[] = [];
  #hung: ServiceNode[] = [];
  #away: Member[] = [];
  #turn: Turn | null = null;
  #inTurn: ServiceNode[] = [];
  #stopTimer = (): void => {};
  /** one thing after the other */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: NodeFaultsOptions) {
    this.#options = options;
  }

  /** Off the list by a fault, and back when it ends. */
  isAway(member: Member): boolean {
    return this.#away.includes(member);
  }

  /** Ends what was before, and chooses anew. Nodes have one fault each as far as there are enough of them. */
  apply(rules: FaultRules): Promise<void> {
    return this.#afterTheLast(async () => {
      await this.#restore();
      const members = this.#options.members();
      const free = this.#shuffled(members);
      const take = (count: number): Member[] => {
        const taken = free.splice(0, count);
        const rest = members.filter((member) => !taken.includes(member));
        return [...taken, ...this.#shuffled(rest).slice(0, count - taken.length)];
      };
      this.#away = this.#chooseLeavers(free, rules.leave);
      for (const member of this.#away) {
        free.splice(free.indexOf(member), 1);
        member.listed = false;
      }
      if (this.#away.length > 0) this.#options.publish();
      this.#down = take(rules.down).map(({ node }) => node);
      this.#hung = take(rules.hang).map(({ node }) => node);
      for (const { node } of take(rules.lie)) node.lie = this.#options.makeLiar();
      await Promise.all(this.#down.map((node) => node.stop()));
      for (const node of this.#hung) node.hang();
      if (rules.turn === null) return;
      const order = this.#shuffled(members).map(({ node }) => node);
      const rest = order.filter((node) => !this.#down.includes(node) && !this.#hung.includes(node));
      this.#turn = { order: rest, ...rules.turn, next: 0 };
      await this.#takeTurn(this.#turn);
    });
  }

  /** Ends the turns; nodes stay as they are. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    await this.#last;
  }

  /** All up, honest, and back on the list, with the messages that came meanwhile. */
  async #restore(): Promise<void> {
    this.#stopTimer();
    this.#turn = null;
    for (const node of this.#hung) node.resume();
    await Promise.all([...this.#down, ...this.#inTurn].map((node) => node.start()));
    [this.#hung, this.#down, this.#inTurn] = [[], [], []];
    for (const { node } of this.#options.members()) node.lie = null;
    const back = this.#away;
    if (back.length === 0) return;
    this.#away = [];
    for (const member of back) member.listed = true;
    this.#options.publish();
    const handedOver = Promise.all(this.#options.members().map(({ node }) => node.pushed()));
    await Promise.race([handedOver, this.#options.clock.sleep(handOverMs)]);
  }

  /** By chance, but a swarm keeps its last member: its messages would be gone with it. */
  #chooseLeavers(candidates: readonly Member[], count: number): Member[] {
    const leavers: Member[] = [];
    for (const member of candidates) {
      if (leavers.length === count) break;
      const stays = (other: Member): boolean => other.listed && !leavers.includes(other) && other !== member;
      const isNeeded = !candidates.some((other) => stays(other) && other.swarmId === member.swarmId);
      if (member.listed && !isNeeded) leavers.push(member);
    }
    return leavers;
  }

  /** The next ones go down, those that were down come back. */
  async #takeTurn(turn: Turn): Promise<void> {
    if (this.#turn !== turn || this.#closed) return;
    const { order, nodes, everyMs } = turn;
    const upNext = Array.from({ length: Math.min(nodes, order.length) }, (_, index) => {
      return order[(turn.next + index) % order.length];
    }).filter((node) => node !== undefined);
    turn.next += upNext.length;
    const failed: ServiceNode[] = [];
    const start = async (node: ServiceNode): Promise<void> => {
      try {
        await node.start();
      } catch {
        // somebody has its port for the moment; the next turn tries again
        this.#options.logger.error('a devnet node could not come back', { port: node.port });
        failed.push(node);
      }
    };
    await Promise.all(this.#inTurn.filter((node) => !upNext.includes(node)).map(start));
    await Promise.all(upNext.map((node) => node.stop()));
    this.#inTurn = [...upNext, ...failed];
    this.#stopTimer = this.#options.clock.after(everyMs, () => {
      void this.#afterTheLast(() => this.#takeTurn(turn));
    });
  }

  #afterTheLast(act: () => Promise<void>): Promise<void> {
    const done = this.#last.then(() => (this.#closed ? undefined : act()));
    this.#last = done.catch(() => {});
    return done;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    const shuffled: T[] = [];
    while (left.length > 0) shuffled.push(...left.splice(this.#options.below(left.length), 1));
    return shuffled;
  }
}
