/** Which nodes make a path (network.md 2.1, 2.2). Pure: the pool, the rules and randomness are arguments. */
import type { ServiceNode } from '../protocol/service-node.ts';
import { chooseCheapest, type RandomBytes } from './choice.ts';

export type SelectionRules = Readonly<{
  /** no two nodes of a path, and no two guards, in one /24 */
  subnetDiversity: boolean;
  /** what speaks against a node; the choice is among those with the lowest cost */
  cost(node: ServiceNode): number;
  random: RandomBytes;
}>;

/** The /24 of an IPv4 address: the text before the last dot. */
export function subnetOf(ip: string): string {
  return ip.slice(0, ip.lastIndexOf('.'));
}

/**
 * A guard that is none of `avoid`, and not in the /24 of one of `guards`. Null if there is none. The cheapest is
 * taken by `rules.cost`.
 */
export function selectGuard(
  pool: readonly ServiceNode[],
  guards: readonly ServiceNode[],
  avoid: ReadonlySet<string>,
  rules: SelectionRules,
): ServiceNode | null {
  const taken = new Set(guards.map((guard) => guard.ed25519));
  const subnets = new Set(rules.subnetDiversity ? guards.map((guard) => subnetOf(guard.ip)) : []);
  const fit = pool.filter(
    (node) => !taken.has(node.ed25519) && !avoid.has(node.ed25519) && !subnets.has(subnetOf(node.ip)),
  );
  return chooseCheapest(fit, rules.cost, rules.random) ?? null;
}

/**
 * Middle and exit for a guard: neither is the guard or one of `avoid` (the destination), all three in different /24s.
 * Null if the pool has no such pair.
 */
export function selectHops(
  pool: readonly ServiceNode[],
  guard: ServiceNode,
  avoid: ReadonlySet<string>,
  rules: SelectionRules,
): readonly [ServiceNode, ServiceNode] | null {
  const middle = selectGuard(pool, [guard], avoid, rules);
  if (middle === null) return null;
  const exit = selectGuard(pool, [guard, middle], avoid, rules);
  // any middle will do: whichever it is, the exit needs one more /24 beside it
  return exit === null ? null : [middle, exit];
}
