import { describe, expect, it } from 'vitest';
import { multiplexerOf } from '../../src/ui/index.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type ChatSetup, startChat } from '../support/chat.ts';
import { FakeMessenger, FakeSession, testId } from '../support/fake-session.ts';
import { movedClock } from '../support/moved-clock.ts';
import { outsideSession, splitNotifications } from '../support/output-grammar.ts';
import { keys } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');
const blur = '\x1b[O';
const focus = '\x1b[I';
const password = 'correct horse';

/** A chat with Alice's conversation open, and what rang since the last look. */
async function openChat(bobs: Parameters<FakeSession['addConversation']>[2] = {}, more: ChatSetup = {}) {
  const clock = movedClock();
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bobby', bobs);
  session.receive(alice, 'first words');
  const platform = { clock, randomBytes: (length: number) => new Uint8Array(length), logger: silentLogger };
  const messenger = FakeMessenger.with(session, password);
  const { screen } = startChat({ messenger, password, platform, openConversation: alice, ...more });
  await screen.waitFor('first words');
  let before = screen.written.length;
  return {
    clock,
    session,
    screen,
    async rung(): Promise<string[]> {
      await screen.settle();
      const { notifications } = splitNotifications(screen.written.slice(before));
      before = screen.written.length;
      expect(outsideSession(splitNotifications(screen.written).rest)).toBeNull();
      return notifications;
    },
  };
}

describe('a notification', () => {
  it('comes for a conversation that is not open, and at most once in five seconds', async () => {
    const { clock, session, rung } = await openChat();
    session.receive(bob, 'one');
    session.receive(bob, 'two');
    session.receive(testId('c'), 'of a stranger');
    expect(await rung()).toEqual(['\x07']);
    clock.advance(4999);
    session.receive(bob, 'three');
    expect(await rung()).toEqual([]);
    clock.advance(1);
    session.receive(bob, 'four');
    expect(await rung()).toEqual(['\x07']);
  });

  it('comes for the open conversation only while the window has no focus', async () => {
    const { clock, session, screen, rung } = await openChat();
    session.receive(alice, 'seen');
    expect(await rung()).toEqual([]);
    await screen.press(blur);
    session.receive(alice, 'not seen');
    expect(await rung()).toEqual(['\x07']);
    clock.advance(5000);
    await screen.press(focus);
    session.receive(alice, 'seen again');
    expect(await rung()).toEqual([]);
  });

  it('does not come for muted contacts, one of one’s own messages, or while locked', async () => {
    const { clock, session, screen, rung } = await openChat({ mutedUntil: 1_800_000_010_000 });
    await screen.press(blur);
    session.receive(bob, 'shouting');
    session.receive(alice, 'written elsewhere', { direction: 'out', status: 'sent' });
    expect(await rung()).toEqual([]);
    clock.advance(10_000);
    session.receive(bob, 'the mute is over');
    expect(await rung()).toEqual(['\x07']);
    clock.advance(10_000);
    await screen.press('\x1bl');
    await screen.waitFor('Unlock profile');
    session.receive(alice, 'to nobody');
    expect(await rung()).toEqual([]);
    screen.send(keys.ctrl('q'));
  });

  const body = 'New message\x07';
  it.each([
    ['off', null, []],
    ['bell', 'tmux', ['\x07']],
    ['osc9', null, [`\x1b]9;${body}`]],
    ['osc777', null, [`\x1b]777;notify;session-tui;${body}`]],
    ['osc99', null, [`\x1b]99;;session-tui: ${body}`]],
    ['osc9', 'tmux', [`\x1bPtmux;\x1b\x1b]9;${body}\x1b\\`]],
    ['osc777', 'screen', [`\x1bP\x1b]777;notify;session-tui;${body}\x1b\\`]],
  ] as const)(
    'set to %s, with %s between: says that a message came and nothing of it',
    async (way, multiplexer, all) => {
      const { session, screen, rung } = await openChat({}, { multiplexer });
      await session.setSetting('notifications', way);
      const shown = screen.text();
      session.receive(bob, 'a secret');
      expect(await rung()).toEqual(all);
      // The terminal shows none of it among the messages.
      expect(screen.text()).not.toContain('New message');
      expect(screen.text()).toContain(shown.split('\n').at(-3)?.trim());
    },
  );
});

it('a multiplexer is known by its own variables; a TERM that may be either wraps nothing', () => {
  expect(multiplexerOf({ TMUX: '/tmp/x,1,0', TERM: 'screen' })).toBe('tmux');
  expect(multiplexerOf({ TERM: 'tmux-256color' })).toBe('tmux');
  expect(multiplexerOf({ STY: '1.pts', TERM: 'screen' })).toBe('screen');
  expect(multiplexerOf({ TERM: 'screen-256color' })).toBeNull();
  expect(multiplexerOf({})).toBeNull();
});
