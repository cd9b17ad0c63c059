import { describe, expect, it } from 'vitest';
import { multiplexerOf } from '../../src/ui/index.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { attacks } from '../fixtures/attacks.ts';
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
  const { screen, done } = startChat({ messenger, password, platform, openConversation: alice, ...more });
  await screen.waitFor('first words');
  let before = screen.written.length;
  return {
    clock,
    session,
    screen,
    done,
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
    // All that came meanwhile makes one more.
    clock.advance(1);
    expect(await rung()).toEqual(['\x07']);
    session.receive(bob, 'four');
    expect(await rung()).toEqual([]);
  });

  it('is one for 2 000 messages that were missed, once they are all here', async () => {
    const { clock, session, rung } = await openChat();
    await session.setSetting('notifications', 'osc9');
    const hour = 3_600_000;
    const sentAt = Date.UTC(2026, 10, 20);
    for (let i = 0; i < 2000; i++) {
      session.receive(i % 3 === 0 ? alice : bob, `missed ${i}`, {
        sentAt: sentAt + i,
        receivedAt: sentAt + hour,
      });
      if (i % 100 === 0) clock.advance(900);
    }
    expect(await rung()).toEqual([]);
    clock.advance(1500);
    const [only, ...others] = await rung();
    expect(only).toBe('\x1b]9;New messages: 1333\x07');
    expect(others).toEqual([]);
    clock.advance(60_000);
    expect(await rung()).toEqual([]);
  });

  it('of one that comes now does not wait for those that were missed', async () => {
    const { clock, session, rung } = await openChat();
    await session.setSetting('notifications', 'osc9');
    session.receive(bob, 'missed', { receivedAt: Date.UTC(2027, 0, 1) });
    session.receive(bob, 'now');
    expect(await rung()).toEqual(['\x1b]9;New messages: 2\x07']);
    clock.advance(60_000);
    expect(await rung()).toEqual([]);
  });

  it('is not made of what was read before it was due', async () => {
    const { clock, session, screen, rung } = await openChat();
    await screen.press(blur);
    session.receive(alice, 'one');
    session.receive(alice, 'two');
    expect(await rung()).toEqual(['\x07']);
    await screen.press(focus);
    clock.advance(5000);
    expect(await rung()).toEqual([]);
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

describe('what a notification tells', () => {
  it.each([
    ['none', 'New message'],
    ['name', 'New message from Bobby'],
    ['text', 'New message from Bobby: lunch, today␛]0,x␇ at one'],
  ] as const)('is %s where the setting says so', async (content, expected) => {
    const { session, rung } = await openChat();
    await session.setSetting('notifications', 'osc777');
    await session.setSetting('notification-content', content);
    session.receive(bob, 'lunch; today\x1b]0;x\x07\nat one');
    expect(await rung()).toEqual([`\x1b]777;notify;session-tui;${expected}\x07`]);
  });

  it('has names in place of the Account IDs that a text mentions', async () => {
    const { session, rung } = await openChat();
    await session.setSetting('notifications', 'osc777');
    await session.setSetting('notification-content', 'text');
    session.receive(bob, `ask @${alice}`);
    expect(await rung()).toEqual(['\x1b]777;notify;session-tui;New message from Bobby: ask @Alice\x07']);
  });

  it('is within the grammar whatever the attack, in name and text', async () => {
    const { clock, session, rung } = await openChat();
    await session.setSetting('notification-content', 'text');
    for (const way of ['osc9', 'osc777', 'osc99']) {
      await session.setSetting('notifications', way);
      for (const [i, attack] of attacks.entries()) {
        if (i % 12 !== 0) continue;
        session.addConversation(bob, attack.text);
        session.receive(bob, attack.text);
        clock.advance(5000);
      }
      // The grammar is checked with each look.
      expect((await rung()).length).toBeGreaterThan(20);
    }
  });
});

describe('a program of the person’s own', () => {
  it('is run with title and words, and trouble with it is said once', async () => {
    const ran: unknown[] = [];
    const notificationCommand = async (command: string, text: unknown) => {
      ran.push([command, text]);
      return 'It could not be started.';
    };
    const { clock, session, screen, rung } = await openChat({}, { notificationCommand });
    session.receive(bob, 'before it is set');
    clock.advance(5000);
    await session.setSetting('notification-command', 'notify-send {title} {body}');
    await session.setSetting('notifications', 'off');
    session.receive(bob, 'one');
    await screen.settle();
    const told = { title: 'session-tui', body: 'New message' };
    expect(ran).toEqual([['notify-send {title} {body}', told]]);
    expect(screen.text()).toContain('It could not be started.');
    expect(await rung()).toEqual(['\x07']);
    await screen.press('x');
    clock.advance(5000);
    session.receive(bob, 'two');
    await screen.settle();
    expect(ran).toHaveLength(2);
    expect(screen.text()).not.toContain('It could not be started.');
  });
});

describe('the title of the window', () => {
  const titles = (written: string) =>
    [...written.matchAll(/\x1b\]2;([^\x1b]*)\x1b/g)].map(([, title]) => title);

  it('counts what is unread and not before one’s eyes, nothing else', async () => {
    const { session, screen, rung } = await openChat();
    session.receive(bob, 'a secret');
    session.receive(bob, 'another');
    session.receive(alice, 'seen at once');
    await rung();
    // The conversation is opened, which makes nothing unread of one; then the others come.
    const one = 'session-tui (1)';
    expect(titles(screen.written)).toEqual([one, 'session-tui', one, 'session-tui (2)']);
  });

  it.each([
    ['of a terminal, or tmux', null, '\x1b[22;2t\x1b]2;session-tui (1)\x1b\\', '\x1b[23;2t'],
    ['of screen', 'screen', '\x1b]2;session-tui (1)\x1b\\', '\x1b]2;\x1b\\'],
  ] as const)('%s is put back at the end', async (_, multiplexer, taken, given) => {
    const { screen, done } = await openChat({}, { multiplexer });
    await screen.press(keys.ctrl('q'));
    await done;
    const at = screen.written.indexOf(taken);
    expect(at).toBeGreaterThan(0);
    expect(screen.written.lastIndexOf(given)).toBeGreaterThan(at);
    expect(outsideSession(splitNotifications(screen.written).rest)).toBeNull();
  });

  it('is left alone where the setting says so, and has no number while locked', async () => {
    const { session, screen } = await openChat();
    session.receive(bob, 'one');
    await screen.press('\x1bl');
    await screen.waitFor('Unlock profile');
    expect(titles(screen.written).slice(-2)).toEqual(['session-tui (1)', 'session-tui']);
    const other = new FakeSession();
    other.addConversation(alice, 'Alice');
    await other.setSetting('title', 'off');
    const chat = startChat({ session: other });
    await chat.screen.waitFor('Alice');
    expect(chat.screen.written).not.toMatch(/\x1b\]2;|\x1b\[2[23];2t/);
    await other.setSetting('title', 'on');
    await other.setSetting('title', 'off');
    await chat.screen.settle();
    expect(chat.screen.written.endsWith('\x1b[23;2t')).toBe(true);
  });
});

it('a multiplexer is known by its own variables; a TERM that may be either wraps nothing', () => {
  expect(multiplexerOf({ TMUX: '/tmp/x,1,0', TERM: 'screen' })).toBe('tmux');
  expect(multiplexerOf({ TERM: 'tmux-256color' })).toBe('tmux');
  expect(multiplexerOf({ STY: '1.pts', TERM: 'screen' })).toBe('screen');
  expect(multiplexerOf({ TERM: 'screen-256color' })).toBeNull();
  expect(multiplexerOf({})).toBeNull();
});
