import { expect, it } from 'vitest';
import { inSteadyOrder } from '../../src/net/status-board.ts';

const path = (id: number, failures = 0) => ({ id, failures });
const ids = (paths: readonly Readonly<{ id: number }>[]) => paths.map(({ id }) => id);

it('names the path in use first, and keeps it there while others take their turn', () => {
  expect(ids(inSteadyOrder([path(2), path(3), path(1)], null))).toEqual([2, 1, 3]);
  expect(ids(inSteadyOrder([path(3), path(1), path(2)], 2))).toEqual([2, 1, 3]);
});

it('names another once that one fails or is gone', () => {
  expect(ids(inSteadyOrder([path(3), path(2, 1), path(1)], 2))).toEqual([3, 1, 2]);
  expect(ids(inSteadyOrder([path(3), path(1)], 2))).toEqual([3, 1]);
  expect(inSteadyOrder([], 2)).toEqual([]);
});
