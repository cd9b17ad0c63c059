import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxSizeFor } from '../../src/net/fetch-round.ts';
import { parseNetworkState } from '../../src/net/memory.ts';
import { agreedNodes } from '../../src/net/node-list.ts';
import { testNode, testNodes } from '../support/node-list.ts';

const nodes = testNodes(8);
const keysOf = (list: readonly { ed25519: string }[]) => list.map((node) => node.ed25519).sort();

describe('agreement of three nodes', () => {
  test('a single liar can neither bring in, nor change, nor throw out a node that is known', () => {
    fc.assert(
      fc.property(fc.subarray(nodes), fc.nat({ max: 2 }), (kept, place) => {
        const lie = [...kept, testNode(500), { ...(nodes[0] ?? testNode(0)), ip: '10.66.6.6' }];
        const lists = [nodes, nodes, nodes].map((list, index) => (index === place ? lie : list));
        expect(
          agreedNodes(lists, nodes)
            .map((node) => node.ip)
            .sort(),
        ).toEqual(nodes.map((node) => node.ip).sort());
      }),
    );
  });

  test('a new node needs all three, one that left is gone', () => {
    const fresh = testNode(500);
    expect(keysOf(agreedNodes([[...nodes, fresh], [...nodes, fresh], nodes], nodes))).toEqual(keysOf(nodes));
    const lists = [0, 1, 2].map(() => [...nodes.slice(1), fresh]);
    expect(keysOf(agreedNodes(lists, nodes))).toEqual(keysOf([...nodes.slice(1), fresh]));
  });

  test('an entry listed twice by one node counts once', () => {
    const fresh = testNode(500);
    expect(keysOf(agreedNodes([[fresh, fresh, fresh], nodes, nodes], nodes))).toEqual(keysOf(nodes));
  });
});

test('the shares of an answer are those of the official clients', () => {
  const own = [0, 2, 3, 5, 4];
  expect(own.map((namespace) => maxSizeFor(namespace, own))).toEqual([-2, -8, -8, -8, -8]);
  expect(maxSizeFor(0, [0])).toBe(-2);
  expect(maxSizeFor(2, [2, 3])).toBe(-2);
});

test('any stored state is read without an error', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (a, b) => {
      parseNetworkState(a);
      const state = parseNetworkState({
        version: 1,
        nodes: [],
        guards: a,
        paths: b,
        swarms: [a, b],
        clock: b,
      });
      expect(state.version).toBe(1);
    }),
  );
});
