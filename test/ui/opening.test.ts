/** Where a conversation opens, and what of it counts as read. */
import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, screenSizes } from '../support/screen.ts';

const [alice, bob] = [testId('a'), testId('b')];

function sessionWith(unread: number): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bob');
  session.fill(alice, 30, (i) => `old ${i}`);
  for (let i = 0; i < unread; i++) session.receive(alice, `new ${i}.`);
  session.setNetwork(onlineNetwork);
  return session;
}

function unreadOf(session: FakeSession): number | undefined {
  return session.getState().conversations.find(({ id }) => id === alice)?.unread;
}

describe.each(screenSizes)('more unread than fits at %i×%i', (columns, rows) => {
  it.each([150, 300])('opens %i unread at the first one, and all is read at the end only', async (count) => {
    const session = sessionWith(count);
    const { screen } = startChat({ size: [columns, rows], session, openConversation: alice });
    await screen.waitFor(new RegExp(`─ ${count} new ─`));
    const lines = screen.text().split('\n');
    const line = lines.findIndex((one) => one.includes(` ${count} new `));
    expect(line).toBeLessThanOrEqual(4);
    expect(screen.text()).toContain('new 0.');
    expect(screen.text()).not.toContain(`new ${count - 1}.`);
    await screen.settle();
    expect(unreadOf(session)).toBe(count);
    await screen.press(keys.pageDown);
    await screen.settle();
    expect(unreadOf(session)).toBe(count);
    await screen.press('\x1b[1;5F');
    await screen.waitFor(`new ${count - 1}.`);
    await screen.settle();
    expect(unreadOf(session)).toBe(0);
  });
});

it('what fits opens at its end and is read, and one can write at once', async () => {
  const session = sessionWith(5);
  const { screen } = startChat({ size: [100, 30], session, openConversation: alice });
  await screen.waitFor('new 4.');
  await screen.settle();
  expect(unreadOf(session)).toBe(0);
});

it('paging down to the newest message reads all', async () => {
  const session = sessionWith(60);
  const { screen } = startChat({ size: [100, 30], session, openConversation: alice });
  await screen.waitFor(/─ 60 new ─/);
  for (let i = 0; i < 6 && unreadOf(session) !== 0; i++) {
    await screen.press(keys.pageDown);
    await screen.settle();
  }
  expect(screen.text()).toContain('new 59.');
  expect(unreadOf(session)).toBe(0);
});

it.each(['Enter', 'Tab'])(
  'what came in while the list was in its place begins where reading stopped: %s',
  async (key) => {
    const session = sessionWith(0);
    const { screen } = startChat({ size: [60, 12], session, openConversation: alice });
    await screen.waitFor('old 29');
    await screen.press(keys.escape);
    await screen.waitFor('Bob');
    for (let i = 0; i < 40; i++) session.receive(alice, `new ${i}.`);
    await screen.settle();
    await screen.press(key === 'Enter' ? keys.enter : keys.tab);
    await screen.waitFor(/─ 40 new ─/);
    await screen.settle();
    expect(screen.text()).toContain('new 0.');
    expect(unreadOf(session)).toBe(40);
  },
);
