import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, NetworkTime } from '../../src/net/network-time.ts';
import { movedClock } from '../support/moved-clock.ts';

function setUp() {
  const clock = movedClock();
  const time = new NetworkTime(clock);
  const hear = (node: string, offsetMs: number, roundTripMs = 0) => {
    const sentAt = clock.now();
    clock.advance(roundTripMs);
    time.learn(node, sentAt + roundTripMs / 2 + offsetMs, sentAt, clock.now());
  };
  return { clock, time, hear };
}

describe('network time', () => {
  test('is our own until a node has spoken, then the median of the nodes', () => {
    const { clock, time, hear } = setUp();
    expect(time.known).toBe(false);
    expect(time.now()).toBe(clock.now());
    hear('a', 600_000, 400);
    expect(time.known).toBe(true);
    expect(time.now()).toBe(clock.now() + 600_000);
    hear('b', 600_100);
    hear('c', -9e9);
    expect(time.offsetMs).toBe(600_000);
  });

  test('one node that lies does not shift it, however often it speaks', () => {
    const { time, hear } = setUp();
    for (const node of ['a', 'b', 'c']) hear(node, 100);
    for (let i = 0; i < 30; i++) hear('liar', 3_600_000);
    expect(time.offsetMs).toBe(100);
  });

  test('is not shifted beyond what honest nodes say by any minority', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 4 }),
        fc.integer({ min: -5_000, max: 5_000 }),
        (lies, honest) => {
          const { time, hear } = setUp();
          for (const [i, lie] of lies.entries()) hear(`liar${i}`, lie);
          for (let i = 0; i <= lies.length; i++) hear(`honest${i}`, honest);
          expect(time.offsetMs).toBe(honest);
        },
      ),
    );
  });

  test('ignores times before 2021, nonsense, and answers that took too long', () => {
    const { clock, time, hear } = setUp();
    time.learn('a', 1_500_000_000_000, clock.now(), clock.now());
    time.learn('a', Number.NaN, clock.now(), clock.now());
    expect(time.known).toBe(false);
    hear('a', 50);
    hear('b', 5_000, 11_000);
    expect(time.samples()).toHaveLength(1);
  });

  test('is a whole number', () => {
    const { clock, time } = setUp();
    time.learn('a', clock.now() + 7, clock.now(), clock.now() + 1);
    expect(Number.isInteger(time.now())).toBe(true);
  });

  test('is unknown again once somebody sets the clock, and keeps its samples for a day', () => {
    const { clock, time, hear } = setUp();
    hear('a', 10);
    clock.advance(3_600_000);
    expect(time.known).toBe(true);
    clock.setWall(clock.now() + 60_000);
    expect(time.known).toBe(false);
    hear('a', 10);
    const samples = time.samples();
    const later = new NetworkTime(clock);
    later.restore(samples);
    expect(later.known).toBe(true);
    clock.advance(25 * 3_600_000);
    const muchLater = new NetworkTime(clock);
    muchLater.restore(samples);
    expect(muchLater.known).toBe(false);
  });

  test('median', () => {
    expect(median([3])).toBe(3);
    expect(median([1, 4])).toBe(3);
    expect(median([0, 3_600_000])).toBe(0);
    expect(median([-3_600_000, 100])).toBe(100);
    expect(median([5, 1, 9])).toBe(5);
  });
});
