import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomBelow, shuffle } from '../../src/net/choice.ts';
import { type SelectionRules, selectGuard, selectHops, subnetOf } from '../../src/net/path-selection.ts';
import type { ServiceNode } from '../../src/protocol/service-node.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Selection looks at keys as names only, so these need not be real. */
function node(id: number, subnet: number): ServiceNode {
  const key = id.toString(16).padStart(64, '0');
  return { ip: `10.0.${subnet}.${(id % 250) + 1}`, port: 22021, ed25519: key, x25519: key, swarmId: null };
}

const pools = fc
  .array(fc.nat({ max: 6 }), { minLength: 0, maxLength: 14 })
  .map((subnets) => subnets.map((subnet, id) => node(id, subnet)));
const rulesWith = (seed: number, subnetDiversity: boolean): SelectionRules => ({
  subnetDiversity,
  cost: () => 0,
  random: seededRandom(seed),
});

describe('the hops of a path', () => {
  test('are three different nodes, none the destination, in three /24s where that is asked for', () => {
    fc.assert(
      fc.property(pools, fc.nat(), fc.boolean(), fc.nat({ max: 13 }), (pool, seed, diverse, avoided) => {
        const rules = rulesWith(seed, diverse);
        const destination = pool[avoided]?.ed25519 ?? 'none';
        const guard = selectGuard(pool, [], new Set([destination]), rules);
        if (guard === null) return;
        const hops = selectHops(pool, guard, new Set([destination]), rules);
        if (hops === null) return;
        const path = [guard, ...hops];
        expect(new Set(path.map((hop) => hop.ed25519)).size).toBe(3);
        expect(path.map((hop) => hop.ed25519)).not.toContain(destination);
        if (!diverse) return;
        const [first, middle, exit] = path.map((hop) => subnetOf(hop.ip));
        expect(first).not.toBe(middle);
        expect(middle).not.toBe(exit);
        expect(first).not.toBe(exit);
      }),
    );
  });

  test('lead back into the guard’s /24 at no place, even where its neighbours are the best nodes', () => {
    const guard = node(0, 1);
    const neighbours = [node(1, 1), node(2, 1), node(3, 1)];
    const pool = [guard, ...neighbours, node(4, 2), node(5, 2), node(6, 3)];
    const rules = (seed: number, subnetDiversity: boolean) => ({
      ...rulesWith(seed, subnetDiversity),
      cost: (one: ServiceNode) => (neighbours.includes(one) ? 0 : 100),
    });
    for (let seed = 0; seed < 50; seed++) {
      const hops = selectHops(pool, guard, new Set(), rules(seed, true));
      expect(hops?.map((hop) => subnetOf(hop.ip)).sort()).toEqual(['10.0.2', '10.0.3']);
      // where one /24 is all there is, as on a machine of one's own, they may
      expect(neighbours).toEqual(
        expect.arrayContaining([...(selectHops(pool, guard, new Set(), rules(seed, false)) ?? [])]),
      );
    }
    expect(selectHops([guard, ...neighbours, node(4, 2)], guard, new Set(), rules(1, true))).toBeNull();
  });

  test('are found whenever the pool has them', () => {
    fc.assert(
      fc.property(pools, fc.nat(), fc.boolean(), (pool, seed, diverse) => {
        const rules = rulesWith(seed, diverse);
        const guard = selectGuard(pool, [], new Set(), rules);
        if (guard === null) {
          expect(pool).toHaveLength(0);
          return;
        }
        const others = new Set(
          pool
            .filter((other) => other.ed25519 !== guard.ed25519)
            .map((other) => (diverse ? subnetOf(other.ip) : other.ed25519)),
        );
        if (diverse) others.delete(subnetOf(guard.ip));
        expect(selectHops(pool, guard, new Set(), rules) !== null).toBe(others.size >= 2);
      }),
    );
  });

  test('are the cheapest, and every one of the cheapest has its turn', () => {
    const pool = Array.from({ length: 9 }, (_, id) => node(id, id));
    const rules = {
      ...rulesWith(1, true),
      cost: (one: ServiceNode) => (Number(`0x${one.ed25519}`) < 5 ? 0 : 1),
    };
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) seen.add(selectGuard(pool, [], new Set(), rules)?.ed25519 ?? '');
    expect(seen).toEqual(new Set(pool.slice(0, 5).map((one) => one.ed25519)));
  });

  test('keep two guards in two /24s', () => {
    const pool = [node(0, 1), node(1, 1), node(2, 2)];
    for (let seed = 0; seed < 20; seed++) {
      expect(selectGuard(pool, [pool[0] ?? node(9, 9)], new Set(), rulesWith(seed, true))).toEqual(pool[2]);
    }
  });
});

describe('choices', () => {
  test('fall evenly', () => {
    const random = seededRandom(5);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 5_000; i++) {
      const drawn = randomBelow(5, random);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('a shuffle keeps all and changes the order', () => {
    const items = Array.from({ length: 30 }, (_, i) => i);
    const shuffled = shuffle(items, seededRandom(1));
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    expect(shuffled).not.toEqual(items);
  });
});
