import { describe, expect, test } from 'vitest';
import { NodeBook } from '../../src/net/node-book.ts';
import { Swarms } from '../../src/net/swarms.ts';
import { movedClock } from '../support/moved-clock.ts';
import { testNode, testNodes } from '../support/node-list.ts';

function setUp(count = 9, minimumUsable = 6) {
  const clock = movedClock();
  const book = new NodeBook({ clock, minimumUsable, changed() {} });
  const nodes = testNodes(count);
  book.replace(nodes, clock.now());
  return { clock, book, nodes, keys: nodes.map((node) => node.ed25519) };
}

describe('what is held against a node', () => {
  test('three strikes leave it out for an hour; a success forgets them', () => {
    const { book, clock, keys } = setUp();
    const [key = ''] = keys;
    expect([book.strike(key), book.strike(key)]).toEqual([false, false]);
    book.clear(key);
    expect([book.strike(key), book.strike(key), book.strike(key)]).toEqual([false, false, true]);
    expect(book.isUsable(key)).toBe(false);
    expect(book.usable()).toHaveLength(8);
    clock.advance(3_600_001);
    expect(book.isUsable(key)).toBe(true);
    expect(book.strikes(key)).toBe(0);
  });

  test('strikes are forgotten after two days, and count for nothing if the clock was set back', () => {
    const { book, clock, keys } = setUp();
    const [key = ''] = keys;
    book.strike(key);
    clock.advance(48 * 3_600_000);
    expect(book.strikes(key)).toBe(0);
    book.exile(key);
    clock.setWall(clock.now() - 30 * 86_400_000);
    expect(book.isUsable(key)).toBe(true);
  });

  test('never leaves out more than a quarter: those left out longest come back, on probation', () => {
    const { book, clock, keys } = setUp();
    for (const key of keys) {
      book.exile(key);
      clock.advance(1_000);
    }
    const usable = book.usable().map((node) => node.ed25519);
    expect(usable).toEqual(keys.slice(0, Math.ceil(keys.length * 0.75)));
    expect(book.strike(keys[0] ?? '')).toBe(true);
  });

  test('a new list forgets those that left it and keeps the rest', () => {
    const { book, clock, nodes, keys } = setUp();
    book.strike(keys[0] ?? '');
    book.strike(keys[1] ?? '');
    book.replace(nodes.slice(1), clock.now());
    expect([...book.records().keys()]).toEqual([keys[1]]);
    expect(book.strike(keys[0] ?? '')).toBe(false);
  });
});

describe('swarms that are remembered', () => {
  const account = `05${'11'.repeat(32)}`;

  test('take only nodes of the list, with the address and keys of the list', () => {
    const { book, clock, nodes } = setUp();
    const swarms = new Swarms(book, clock, () => {});
    const [a = testNode(0), b = testNode(1), c = testNode(2)] = nodes;
    expect(swarms.learn(account, [testNode(99), { ...a, ip: '10.9.9.9' }])).toBe(false);
    expect(swarms.find(account, false)).toBeNull();
    expect(swarms.learn(account, [testNode(99), { ...a, port: 1 }, { ...b, swarmId: 7n }, c])).toBe(true);
    expect(swarms.find(account, false)).toEqual([b, c]);
  });

  test('are asked for again when few members are left, and the own one every hour', () => {
    const { book, clock, nodes, keys } = setUp();
    const swarms = new Swarms(book, clock, () => {});
    swarms.learn(account, nodes.slice(0, 4));
    clock.advance(3_600_001);
    expect(swarms.find(account, false)).toHaveLength(4);
    expect(swarms.find(account, true)).toBeNull();
    swarms.leave(account, keys[0] ?? '');
    swarms.leave(account, keys[1] ?? '');
    expect(swarms.find(account, false)).toBeNull();
    expect(swarms.lastKnown(account)).toHaveLength(2);
  });

  test('lose what leaves the list', () => {
    const { book, clock, nodes } = setUp();
    const swarms = new Swarms(book, clock, () => {});
    swarms.learn(account, nodes.slice(0, 3));
    book.replace(nodes.slice(2), clock.now());
    swarms.listChanged();
    expect(swarms.lastKnown(account)).toEqual([nodes[2]]);
  });
});
