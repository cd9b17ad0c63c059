import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../src/core/types.ts';
import { defaultKeymap } from '../../../src/ui/keymap.ts';
import { type ListInput, listPane, listTop } from '../../../src/ui/panes/list-pane.ts';
import { cellWidth } from '../../../src/ui/text/cells.ts';
import { theme } from '../../../src/ui/theme/theme.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';

const [alice, bob, eve] = [testId('a'), testId('b'), testId('e')];

function conversations(): readonly Conversation[] {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice', { unread: 3, lastMessageAt: 3 });
  session.addConversation(bob, '', { draft: 'unsent', lastMessageAt: 2 });
  session.addConversation(eve, 'Eve', { request: true, unread: 1, lastMessageAt: 9 });
  return session.getState().conversations;
}

function list(input: Partial<ListInput>, width = 30, height = 8): string[] {
  const account = new FakeSession().getState().account;
  const full = {
    order: null,
    requestsShown: null,
    now: 0,
    account,
    conversations: conversations(),
    cursor: alice,
    open: null,
    top: 0,
    focused: true,
    keymap: defaultKeymap,
  };
  return listPane({ ...full, ...input }, width, height, theme).map((line) =>
    line.replace(/\x1b\[\d+m/g, '').trimEnd(),
  );
}

describe('the conversation list', () => {
  it('shows names, unread counts, drafts, and requests apart with the ends of their IDs', () => {
    expect(list({})).toEqual([
      ' Me                     4 new',
      '- Message requests (1)',
      '  Eve 05ee…eeee             1',
      ' Conversations',
      '> Alice                     3',
      '  05bb…bbbb                 +',
      '',
      '',
    ]);
  });

  it('says what to do while there is nothing', () => {
    expect(list({ conversations: [] }).join(' ')).toMatch(/No conversations yet.*Ctrl-N.*F2/s);
  });

  it('is never wider or higher than its pane, whatever the names', () => {
    const names = [
      '你'.repeat(80),
      '👨‍👩‍👧‍👦'.repeat(30),
      'a\u0301\u0302\u0303'.repeat(50),
      '\x1b[31mred\x07',
      '\u202eevil',
      'n\nl',
    ];
    const session = new FakeSession();
    for (const [index, name] of names.entries())
      session.addConversation(testId(String(index)), name, { unread: 10 ** index, pinned: true });
    for (const width of [22, 36, 40]) {
      const lines = list({ conversations: session.getState().conversations }, width, 5);
      expect(lines).toHaveLength(5);
      for (const line of lines) {
        expect(cellWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
      }
    }
  });

  it('scrolls no further than the cursor needs, and shows the heading above the first request', () => {
    const many = Array.from({ length: 20 }, (_, i) => ({
      ...conversations()[0],
      id: `c${i}`,
    })) as Conversation[];
    const content = (all: readonly Conversation[]) => ({
      conversations: all,
      order: null,
      requestsShown: true,
    });
    expect(listTop(content(many), 'c3', 0, 5)).toBe(0);
    expect(listTop(content(many), 'c7', 0, 5)).toBe(3);
    expect(listTop(content(many), 'c6', 3, 5)).toBe(3);
    expect(listTop(content(many), 'c1', 3, 5)).toBe(1);
    const requests = many.map((conversation) => ({ ...conversation, request: true }));
    expect(listTop(content(requests), 'c0', 5, 5)).toBe(0);
  });

  it('says without colour what is pinned and muted, and folds requests that are many or not wanted', () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Alice', { mutedUntil: 10 });
    session.addConversation(bob, 'Bob', { pinned: true, mutedUntil: 10, unread: 2 });
    for (const digit of '3456') session.addConversation(testId(digit), '', { request: true, unread: 1 });
    const { conversations } = session.getState();
    const rows = (change: Partial<ListInput>) => list({ conversations, cursor: bob, ...change }).slice(1);
    expect(rows({})).toEqual([
      '> Bob                    *z 2',
      '+ Message requests (4)      4',
      ' Conversations',
      '  Alice                     z',
      '',
      '',
      '',
    ]);
    expect(rows({ now: 10 })[0]).toBe('> Bob                     * 2');
    expect(rows({ requestsShown: true }).slice(1, 3)).toEqual([
      '- Message requests (4)',
      '  0533…3333                 1',
    ]);
    expect(rows({ cursor: 'requests' })[1]).toBe('> Message requests (4)      4');
  });
});
