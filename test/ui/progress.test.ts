import { expect, it } from 'vitest';
import { silentLogger } from '../../src/util/logger.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, testId } from '../support/fake-session.ts';
import { movedClock } from '../support/moved-clock.ts';

it('opening a conversation says that it takes its time after half a second, and no longer than it does', async () => {
  const clock = movedClock();
  const session = new FakeSession();
  const alice = testId('a');
  session.addConversation(alice, 'Alice');
  session.receive(alice, 'good morning');
  const { promise: isReady, resolve } = Promise.withResolvers<void>();
  const openConversation = session.openConversation.bind(session);
  session.openConversation = async (...args) => {
    await isReady;
    return openConversation(...args);
  };
  const platform = { clock, randomBytes: (length: number) => new Uint8Array(length), logger: silentLogger };
  const { screen } = startChat({ session, platform, openConversation: alice });
  await screen.waitFor('Write a message', 20_000);
  clock.advance(499);
  await screen.settle();
  expect(screen.text()).not.toContain('Opening the conversation…');
  clock.advance(1);
  await screen.settle();
  expect(screen.text()).toContain('Opening the conversation…');
  resolve();
  await screen.waitFor('good morning');
  await screen.settle();
  expect(screen.text()).not.toContain('Opening the conversation…');
});

it('so does a jump to a message that has to be looked for', async () => {
  const clock = movedClock();
  const session = new FakeSession();
  const alice = testId('a');
  session.addConversation(alice, 'Alice');
  session.receive(alice, 'good morning');
  const { promise: isFound, resolve } = Promise.withResolvers<string | null>();
  const openConversation = session.openConversation.bind(session);
  session.openConversation = async (...args) => {
    const view = await openConversation(...args);
    view.firstUnread = () => isFound;
    return view;
  };
  const platform = { clock, randomBytes: (length: number) => new Uint8Array(length), logger: silentLogger };
  await session.markRead(alice);
  const { screen } = startChat({ session, platform, openConversation: alice });
  await screen.waitFor('good morning');
  await screen.press('\x1bn');
  expect(screen.text()).not.toContain('Looking for that message…');
  clock.advance(500);
  await screen.settle();
  expect(screen.text()).toContain('Looking for that message…');
  resolve(null);
  await screen.waitFor('Nothing here is unread.');
  expect(screen.text()).not.toContain('Looking for that message…');
});
