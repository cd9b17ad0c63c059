import { describe, expect, it } from 'vitest';
import type { EditedText } from '../../src/ui/index.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type ChatSetup, type RunningChat, startChat } from '../support/chat.ts';
import { FakeMessenger, FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { type MovedClock, movedClock } from '../support/moved-clock.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const password = 'correct horse';
const lockKey = '\x1bl';
const secrets = /Alice|Bobby|old message|half a thought|127\.0|online|3 new|aaaa/;

function twoPeople(): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(testId('b'), 'Bobby', { unread: 3 });
  session.fill(alice, 30, (i) => `old message ${i}`);
  session.setNetwork(onlineNetwork);
  return session;
}

/** A chat of a profile with a password, Alice's conversation open and a draft typed. */
async function openChat(
  session = twoPeople(),
  size: ScreenSize = [80, 24],
  more: ChatSetup = {},
): Promise<RunningChat> {
  const messenger = FakeMessenger.with(session, password);
  const chat = startChat({ size, messenger, password, openConversation: alice, ...more });
  await chat.screen.waitFor('old message 29');
  await chat.screen.press('half a thought');
  return chat;
}

const withClock = (clock: MovedClock): ChatSetup => ({
  platform: { clock, randomBytes: (length) => new Uint8Array(length), logger: silentLogger },
});

const minutes = (count: number) => count * 60_000;

describe.each(screenSizes)('locking by key at %i×%i', (columns, rows) => {
  it('leaves nothing of the chat on the screen, and gives it back for the password only', async () => {
    const session = twoPeople();
    const { screen, done } = await openChat(session, [columns, rows]);
    const before = screen.written.length;
    await screen.press(lockKey);
    expect(screen.text()).toContain('Unlock profile default');
    expect(screen.text()).not.toMatch(secrets);
    expect(session.calls).toContain('lock');
    // A message that comes in while it is locked is not told of.
    session.receive(alice, 'old message of now');
    session.notice('Alice did something');
    await screen.press('wrong', keys.enter);
    expect(screen.text().replace(/\s+/g, ' ')).toContain('That is not the password of this profile');
    expect(screen.text()).not.toMatch(/wrong\b/);
    screen.resize(columns + 1, rows);
    await screen.settle();
    expect(screen.text()).toContain('Unlock profile default');
    expect(screen.written.slice(before)).not.toMatch(secrets);

    await screen.press(password, keys.enter);
    await screen.waitFor('half a thought');
    expect(screen.text()).toContain('old message of now');
    expect(session.calls.filter((call) => call === 'goOnline true')).toHaveLength(2);
    await screen.press('!', keys.enter);
    expect(session.stored(alice).at(-1)?.body).toBe('half a thought!');
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });
});

describe('locking', () => {
  it.each([
    ['the palette', keys.ctrl('k')],
    ['the help', keys.f1],
    ['the account', keys.f2],
    ['the list', keys.escape],
  ])('works from %s', async (_, key) => {
    const { screen, done } = await openChat();
    await screen.press(key, lockKey);
    expect(screen.text()).toContain('Unlock profile');
    expect(screen.text()).not.toMatch(secrets);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });

  it('is in the palette by name', async () => {
    const { screen } = await openChat();
    await screen.press(keys.ctrl('k'), 'lock now', keys.enter);
    expect(screen.text()).toContain('Unlock profile');
    screen.send(keys.ctrl('q'));
  });

  it('keeps what was sent a moment before', async () => {
    const session = twoPeople();
    const { screen } = await openChat(session);
    await screen.press(`\r${lockKey}`);
    expect(session.stored(alice).at(-1)?.body).toBe('half a thought');
    expect(session.getState().conversations.find(({ id }) => id === alice)?.draft).toBe('');
    screen.send(keys.ctrl('q'));
  });

  it('ends in order from the unlock screen: the profile is let go, the terminal restored', async () => {
    const session = twoPeople();
    const { screen, done } = await openChat(session);
    await screen.press(lockKey);
    screen.hangUp();
    expect(await done).toBe(129);
    expect(session.calls.at(-1)).toBe('let go');
    expect(session.getState().conversations.find(({ id }) => id === alice)?.draft).toBe('half a thought');
    expect(screen.isRaw).toBe(false);
  });

  it('is refused without a password, with a word on how to set one', async () => {
    const session = twoPeople();
    const clock = movedClock();
    const { screen } = startChat({ session, openConversation: alice, ...withClock(clock) });
    await screen.waitFor('old message 29');
    await screen.press(lockKey);
    expect(screen.text().replace(/\s+/g, ' ')).toContain('session-tui lock-password set');
    clock.advance(minutes(2000));
    await screen.settle();
    expect(screen.text()).toContain('old message 29');
    expect(session.calls).not.toContain('lock');
    screen.send(keys.ctrl('q'));
  });
});

describe('locking by idle time', () => {
  it('waits for the editor that has the message, and comes before the chat is seen again', async () => {
    const clock = movedClock();
    const session = twoPeople();
    const { promise: edited, resolve: endEditor } = Promise.withResolvers<EditedText>();
    const { screen } = await openChat(session, [80, 24], { ...withClock(clock), editor: () => edited });
    await screen.press('\x1be');
    clock.advance(minutes(16));
    await screen.settle();
    expect(session.calls).not.toContain('lock');
    const before = screen.written.length;
    endEditor({ kind: 'edited', text: 'a whole thought' });
    await screen.waitFor('Unlock profile');
    expect(screen.written.slice(before)).not.toMatch(/Alice|old message|whole thought/);
    expect(session.getState().conversations.find(({ id }) => id === alice)?.draft).toBe('a whole thought');
    screen.send(keys.ctrl('q'));
  });

  it('comes after 15 minutes without a key, is announced 10 seconds before, and a key puts it off', async () => {
    const clock = movedClock();
    const { screen } = await openChat(twoPeople(), [80, 24], withClock(clock));
    clock.advance(minutes(15) - 10_001);
    await screen.settle();
    expect(screen.text()).not.toContain('Locks in');
    clock.advance(1);
    await screen.waitFor('Locks in 10 seconds');
    await screen.press('x');
    expect(screen.text()).not.toContain('Locks in');
    clock.advance(minutes(15) - 1);
    await screen.settle();
    expect(screen.text()).toContain('old message 29');
    clock.advance(1);
    await screen.waitFor('Unlock profile');
    expect(screen.text()).not.toMatch(secrets);
    screen.send(keys.ctrl('q'));
  });

  it('follows the setting while it runs', async () => {
    const clock = movedClock();
    const session = twoPeople();
    const { screen } = await openChat(session, [80, 24], withClock(clock));
    await session.setSetting('auto-lock', 'off');
    clock.advance(minutes(3000));
    await screen.settle();
    expect(screen.text()).toContain('old message 29');
    await screen.press('x');
    await session.setSetting('auto-lock', '1');
    clock.advance(minutes(1));
    await screen.waitFor('Unlock profile');
    screen.send(keys.ctrl('q'));
  });

  it('whoever wakes a machine that slept gets the unlock screen, and the key does nothing', async () => {
    const clock = movedClock();
    const session = twoPeople();
    const { screen } = await openChat(session, [80, 24], withClock(clock));
    clock.setWall(clock.now() + minutes(60));
    await screen.press(keys.enter);
    expect(screen.text()).toContain('Unlock profile');
    expect(session.calls.filter((call) => call.startsWith('queueMessage'))).toEqual([]);
    screen.send(keys.ctrl('q'));
  });

  it('begins anew after unlocking', async () => {
    const clock = movedClock();
    const { screen } = await openChat(twoPeople(), [80, 24], withClock(clock));
    clock.advance(minutes(15));
    await screen.waitFor('Unlock profile');
    clock.advance(minutes(100));
    await screen.press(password, keys.enter);
    await screen.waitFor('half a thought');
    clock.advance(minutes(14));
    await screen.settle();
    expect(screen.text()).toContain('half a thought');
    screen.send(keys.ctrl('q'));
  });
});
