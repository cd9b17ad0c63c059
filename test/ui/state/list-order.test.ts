import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../src/core/types.ts';
import { cursorPlaces, heldChanges, listEntries, orderOf } from '../../../src/ui/state/list-order.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';

const [template] = (() => {
  const session = new FakeSession();
  session.addConversation(testId('a'), 'A');
  return session.getState().conversations;
})();

function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  if (template === undefined) throw new Error('no template');
  return { ...template, id, ...change };
}

const content = (
  conversations: readonly Conversation[],
  order: ReturnType<typeof orderOf> | null = null,
) => ({
  conversations,
  order,
  requestsShown: true,
});

describe('the order of the list', () => {
  const before = [
    conversation('p', { pinned: true }),
    conversation('a'),
    conversation('b'),
    conversation('c'),
    conversation('r', { request: true }),
  ];

  it('is pinned ones, requests below their row, all others', () => {
    expect(cursorPlaces(content(before))).toEqual(['p', 'requests', 'r', 'a', 'b', 'c']);
    expect(listEntries(content(before)).map(({ kind }) => kind)).toEqual([
      'conversation',
      'requests',
      'conversation',
      'others',
      'conversation',
      'conversation',
      'conversation',
    ]);
  });

  it('is held while messages come in; what would move is counted, and new ones stand at the end', () => {
    const held = orderOf(before);
    const [p, a, b, c, r] = before as [Conversation, Conversation, Conversation, Conversation, Conversation];
    const after = [
      c,
      b,
      { ...p, pinned: false },
      a,
      conversation('new'),
      r,
      conversation('r2', { request: true }),
    ];
    expect(cursorPlaces(content(after, held))).toEqual(['p', 'requests', 'r', 'a', 'b', 'c', 'new']);
    expect(heldChanges(content(before, held))).toBe(0);
    expect(heldChanges(content([p, c, a, b, r], held))).toBe(1);
    expect(heldChanges(content(after, held))).toBeGreaterThan(1);
    expect(heldChanges(content(after))).toBe(0);
  });

  it('held, keeps every row that is still there in its place among the others, whatever happens', () => {
    const one = fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      pinned: fc.boolean(),
      request: fc.boolean(),
    });
    const some = fc.uniqueArray(one, { selector: ({ id }) => id });
    const made = (all: readonly { id: number; pinned: boolean; request: boolean }[]) =>
      all.map(({ id, ...rest }) => conversation(`c${id}`, rest));
    fc.assert(
      fc.property(some, some, (first, second) => {
        const held = orderOf(made(first));
        const now = made(second);
        const places = cursorPlaces(content(now, held)).filter((place) => place !== 'requests');
        const stay = held.map(({ id }) => id).filter((id) => now.some((other) => other.id === id));
        expect(places.slice(0, stay.length)).toEqual(stay);
        expect(new Set(places).size).toBe(places.length);
        expect(heldChanges(content(now, orderOf(now)))).toBe(0);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
