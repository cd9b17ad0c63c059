import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guardCount } from '../../src/net/guards.ts';
import { NodeBook } from '../../src/net/node-book.ts';
import { subnetOf } from '../../src/net/path-selection.ts';
import { type OnionPath, Paths } from '../../src/net/paths.ts';
import type { Blame } from '../../src/net/verdict.ts';
import type { ServiceNode } from '../../src/protocol/service-node.ts';
import { movedClock } from '../support/moved-clock.ts';
import { seededRandom } from '../support/seeded-random.ts';

function fakeNodes(count: number): ServiceNode[] {
  return Array.from({ length: count }, (_, id) => {
    const key = (id + 1).toString(16).padStart(64, '0');
    return { ip: `10.0.${id}.1`, port: 22021, ed25519: key, x25519: key, swarmId: null };
  });
}

function setUp(count = 12, minimumUsable = 6, seed = 1) {
  const clock = movedClock();
  const book = new NodeBook({ clock, minimumUsable, changed() {} });
  book.replace(fakeNodes(count), clock.now());
  const paths = new Paths({ book, clock, random: seededRandom(seed), subnetDiversity: true, changed() {} });
  return { clock, book, paths };
}

const none: ReadonlySet<OnionPath> = new Set();
const guardOf = (path: OnionPath) => path.hops[0].ed25519;

/** Two guards that were tested, each with a path. */
function standing(count?: number) {
  const all = setUp(count);
  for (let i = 0; i < guardCount; i++) {
    const path = all.paths.drawWithFreshGuard();
    if (path === null) throw new Error('no path');
    all.paths.succeeded(path);
  }
  return all;
}

function choose(paths: Paths, destination: string | null = null, tried = none): OnionPath {
  const path = paths.choose(destination, tried);
  if (path === null) throw new Error('no path');
  return path;
}

describe('standing paths', () => {
  test('go over two guards in two /24s, which stay while hops are drawn anew every ten minutes', () => {
    const { clock, paths } = standing();
    const guards = paths.guards().map((guard) => guard.ed25519);
    expect(new Set(guards).size).toBe(2);
    const before = choose(paths);
    clock.advance(599_000);
    expect(paths.standing()).toContain(before);
    clock.advance(2_000);
    const after = choose(paths);
    expect(paths.standing()).not.toContain(before);
    expect(guards).toContain(guardOf(after));
    expect(paths.guards().map((guard) => guard.ed25519)).toEqual(guards);
  });

  test('never lead over their destination', () => {
    const { paths, book } = standing(9);
    for (let i = 0; i < 50; i++) {
      for (const node of book.all()) {
        const path = choose(paths, node.ed25519);
        expect(path.hops).not.toContain(node);
        expect(new Set(path.hops.map((hop) => subnetOf(hop.ip))).size).toBe(3);
      }
    }
    expect(paths.standing().length).toBeLessThanOrEqual(4);
  });

  test('are used again: not every request draws fresh hops', () => {
    const { paths } = standing();
    const used = new Set(Array.from({ length: 50 }, () => choose(paths)));
    expect(used.size).toBe(2);
  });

  test('spread what goes on at the same time', () => {
    const { paths } = standing();
    const first = choose(paths);
    first.active += 1;
    expect(choose(paths)).not.toBe(first);
  });
});

describe('a failed path', () => {
  test('is left at once, and its guard kept', () => {
    const { paths } = standing();
    const path = choose(paths);
    paths.failed(path, { kind: 'path' }, true);
    for (let i = 0; i < 20; i++) expect(choose(paths)).not.toBe(path);
    expect(paths.guards().map((guard) => guard.ed25519)).toContain(guardOf(path));
  });

  test('counts against middle and exit, which are left out at three', () => {
    const { paths, book } = standing();
    const path = choose(paths);
    paths.failed(path, { kind: 'path' }, true);
    expect(path.hops.map((hop) => book.strikes(hop.ed25519))).toEqual([0, 1, 1]);
    for (let i = 0; i < 2; i++) {
      paths.failed(path, { kind: 'path' }, true);
      paths.succeeded({ ...path, hops: [path.hops[0], path.hops[0], path.hops[0]] });
    }
    expect(path.hops.map((hop) => book.isUsable(hop.ed25519))).toEqual([true, false, false]);
    for (const other of paths.standing()) {
      expect(other.hops.slice(1)).not.toContain(path.hops[1]);
    }
  });

  test('drops its guard after three in a row, and not before', () => {
    const { paths, book } = standing();
    const path = choose(paths);
    const guard = guardOf(path);
    paths.failed(path, { kind: 'guard' }, true);
    paths.failed(path, { kind: 'guard' }, true);
    paths.succeeded(path);
    paths.failed(path, { kind: 'guard' }, true);
    paths.failed(path, { kind: 'guard' }, true);
    expect(paths.guards().map((one) => one.ed25519)).toContain(guard);
    paths.failed(path, { kind: 'guard' }, true);
    expect(paths.guards().map((one) => one.ed25519)).not.toContain(guard);
    expect(paths.guards()).toHaveLength(1);
    expect(book.isUsable(guard)).toBe(false);
    for (const other of paths.standing()) expect(guardOf(other)).not.toBe(guard);
  });

  test('without any answer counts nothing until something answers', () => {
    const { paths, book, clock } = standing();
    const path = choose(paths);
    for (let i = 0; i < 10; i++) paths.failed(path, { kind: 'path' }, false);
    expect(path.hops.map((hop) => book.strikes(hop.ed25519))).toEqual([0, 0, 0]);
    clock.advance(61_000);
    paths.answered();
    expect(path.hops.map((hop) => book.strikes(hop.ed25519))).toEqual([0, 0, 0]);
    paths.failed(path, { kind: 'path' }, false);
    paths.answered();
    expect(path.hops.map((hop) => book.strikes(hop.ed25519))).toEqual([0, 1, 1]);
  });

  test('a node that is gone leaves pool and paths at once', () => {
    const { paths, book } = standing();
    const path = choose(paths);
    const gone = path.hops[1].ed25519;
    paths.failed(path, { kind: 'gone', node: gone }, true);
    expect(book.isUsable(gone)).toBe(false);
    expect(paths.standing()).not.toContain(path);
  });

  test('a guard that can’t be reached rests while the other works', () => {
    const { paths, clock } = standing();
    const path = choose(paths);
    paths.failed(path, { kind: 'guard' }, false);
    for (let i = 0; i < 20; i++) expect(guardOf(choose(paths))).not.toBe(guardOf(path));
    expect(paths.choosePathInDoubt()).toBeNull();
    clock.advance(31_000);
    // then it is tested, and used again once it works
    const test = paths.choosePathInDoubt();
    expect(test && guardOf(test)).toBe(guardOf(path));
    if (test) paths.succeeded(test);
    const guards = new Set(Array.from({ length: 50 }, () => guardOf(choose(paths))));
    expect(guards).toContain(guardOf(path));
    expect(paths.choosePathInDoubt()).toBeNull();
  });

  test('no hop becomes a guard when its guard is dropped', () => {
    const { paths } = standing();
    const path = choose(paths);
    for (let i = 0; i < 3; i++) paths.failed(path, { kind: 'guard' }, true);
    for (const other of paths.standing()) {
      expect(paths.guards().map((guard) => guard.ed25519)).toContain(guardOf(other));
    }
  });
});

describe('what was stored', () => {
  test('comes back, guards one at a time', () => {
    const { paths, book, clock } = standing();
    const guards = paths.guards().map((guard) => ({ ...guard }));
    const stored = paths.standing().map((path) => ({
      hops: path.hops.map((hop) => hop.ed25519),
      builtAt: path.builtAt,
      failures: path.failures,
    }));
    const restored = new Paths({ book, clock, random: seededRandom(2), subnetDiversity: true, changed() {} });
    restored.restore({ guards, paths: stored });
    expect(restored.standing().map((path) => path.hops)).toEqual(
      expect.arrayContaining(paths.standing().map((path) => path.hops)),
    );
    const lost = guards[0]?.ed25519;
    book.replace(
      book.all().filter((node) => node.ed25519 !== lost),
      clock.now(),
    );
    const later = new Paths({ book, clock, random: seededRandom(2), subnetDiversity: true, changed() {} });
    later.restore({ guards, paths: stored });
    expect(later.guards().map((guard) => guard.ed25519)).toEqual([guards[1]?.ed25519]);
    expect(later.missingGuards()).toBe(1);
  });
});

type Step = Readonly<{
  at: 'path' | 'guard' | 'strike' | 'gone' | 'ok' | 'wait';
  certain: boolean;
  who: number;
  ms: number;
}>;

test('no sequence of answers leads to a state without a way back', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    at: fc.constantFrom('path', 'guard', 'strike', 'gone', 'ok', 'wait'),
    certain: fc.boolean(),
    who: fc.nat({ max: 3 }),
    ms: fc.nat({ max: 700_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.nat(), (steps, seed) => {
      const { clock, book, paths } = setUp(9, 6, seed);
      const destination = () => book.usable()[0]?.ed25519 ?? null;
      const play = ({ at, certain, who, ms }: Step) => {
        if (at === 'wait') return clock.advance(ms);
        const path = paths.choose(destination(), none);
        if (path === null) return clock.advance(1_000);
        if (at === 'ok') return paths.succeeded(path);
        const node = path.hops[who]?.ed25519 ?? destination() ?? '';
        const blame: Blame = at === 'strike' || at === 'gone' ? { kind: at, node } : { kind: at };
        if (certain) paths.answered();
        paths.failed(path, blame, certain);
      };
      for (const one of steps) play(one);
      // a minute later at most, there is a path again, and a good one stands after it has worked
      clock.advance(60_001);
      expect(book.usable().length).toBeGreaterThanOrEqual(6);
      for (const node of book.usable()) {
        const path = choose(paths, node.ed25519);
        expect(path.hops).not.toContain(node);
        paths.succeeded(path);
        expect(path.failures).toBe(0);
      }
      expect(paths.guards().length).toBeGreaterThan(0);
      expect(paths.standing().length).toBeLessThanOrEqual(4);
    }),
    { numRuns: 300 },
  );
});
