import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, screenSizes } from '../support/screen.ts';

const [alice, bob] = [testId('a'), testId('b')];

function unreadSession(): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bob');
  session.fill(alice, 30, (i) => `old ${i}`);
  for (let i = 0; i < 3; i++) session.receive(alice, `new ${i}`);
  session.setNetwork(onlineNetwork);
  return session;
}

describe.each(screenSizes)('the unread line at %i×%i', (columns, rows) => {
  it('stands where reading stopped, also after all is read, until something is sent', async () => {
    const session = unreadSession();
    const { screen } = startChat({ size: [columns, rows], session, openConversation: alice });
    await screen.waitFor('new 2');
    await screen.waitFor(/─ 3 new ─/);
    expect(session.getState().conversations.find(({ id }) => id === alice)?.unread).toBe(0);
    session.receive(alice, 'one more');
    await screen.waitFor('one more');
    expect(screen.text()).not.toMatch(/─ 4 new/);
    await screen.press('hi', keys.enter);
    await screen.waitFor(/hi {2}sent/);
    expect(screen.text()).not.toMatch(/─ \d+ new ─/);
  });
});

it('the unread line is gone when the conversation is left and opened again', async () => {
  const session = unreadSession();
  const { screen } = startChat({ size: [100, 30], session, openConversation: alice });
  await screen.waitFor(/─ 3 new ─/);
  await screen.press(keys.ctrl('k'), 'Bob', keys.enter);
  await screen.waitFor('No messages yet');
  await screen.press(keys.ctrl('k'), 'Alice', keys.enter);
  await screen.waitFor('new 2');
  await screen.settle();
  expect(screen.text()).not.toMatch(/─ \d+ new ─/);
});

it('what comes in while one reads further up is counted below, and End leads there', async () => {
  const session = unreadSession();
  const { screen } = startChat({ size: [100, 30], session, openConversation: alice });
  await screen.waitFor('new 2');
  await screen.press(keys.pageUp);
  await screen.waitFor(/\d+ newer below/);
  session.receive(alice, 'later');
  session.receive(alice, 'later still');
  await screen.waitFor('2 new below');
  await screen.press('\x1b[1;5F');
  await screen.waitFor('later still');
  expect(screen.text()).not.toContain('below');
});
