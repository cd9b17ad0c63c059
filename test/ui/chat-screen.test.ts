import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');

function twoPeople(options: ConstructorParameters<typeof FakeSession>[0] = {}): FakeSession {
  const session = new FakeSession(options);
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bob');
  session.fill(alice, 30, (i) => `old message ${i}`);
  session.setNetwork(onlineNetwork);
  return session;
}

/** A running chat with Alice's conversation open and the composer focused. */
async function openChat(session = twoPeople(), size: readonly [number, number] = [80, 24]) {
  const chat = startChat({ size, session, openConversation: alice });
  await chat.screen.waitFor('old message 29');
  await chat.screen.settle();
  return { ...chat, session };
}

describe.each(screenSizes)('the chat screen at %i×%i', (columns, rows) => {
  const size = [columns, rows] as const;

  it('lists conversations, opens one, sends what is typed, shows what comes back, and quits', async () => {
    const session = twoPeople();
    const { screen, done } = startChat({ size, session });
    await screen.waitFor('Alice');
    expect(screen.isAlternate).toBe(true);
    expect(screen.isRaw).toBe(true);
    await screen.press(keys.home, keys.enter);
    await screen.waitFor('old message 29');
    await screen.press('hello there', keys.enter);
    await screen.waitFor(/hello there {2}sent/);
    session.receive(alice, 'hello back');
    await screen.waitFor('hello back');
    expect(session.calls).toContain('queueMessage hello there');
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
    await screen.settle();
    expect(screen.isAlternate).toBe(false);
    expect(screen.isRaw).toBe(false);
    expect(screen.modes).toEqual({ bracketedPaste: false, synchronizedOutput: false, wrap: true });
    expect(session.closed).toBe(true);
  });

  it('shows the path in use, the open dialog and the way out of it', async () => {
    const { screen } = await openChat(twoPeople(), size);
    expect(screen.rows().at(-1)).toMatch(/127\.0\.11\.1 ?→ ?127\.0\.12\.1 ?→ ?127\.0\.13\.1/);
    await screen.press(keys.f3);
    expect(screen.text()).toMatch(/● guard/);
    await screen.press(keys.escape);
    await screen.press(keys.f2);
    expect(screen.text().replace(/[^0-9a-f]/g, '')).toContain(testId('f').slice(0, 34));
    await screen.press(keys.escape);
    expect(screen.text()).not.toContain('Your account');
    screen.send(keys.ctrl('q'));
  });
});

describe('sending', () => {
  it('takes several key presses in one read for what they are', async () => {
    const { screen, session } = await openChat();
    await screen.press('one\rtwo\r');
    expect(
      session
        .stored(alice)
        .slice(-2)
        .map(({ body }) => body),
    ).toEqual(['one', 'two']);
  });

  it('starts a new line with Alt-Enter and Ctrl-J', async () => {
    const { screen, session } = await openChat();
    await screen.press('one', keys.altEnter, 'two', keys.ctrlJ, 'three');
    expect(screen.text()).toMatch(/> one\n.*two\n.*three/);
    await screen.press(keys.enter);
    expect(session.stored(alice).at(-1)?.body).toBe('one\ntwo\nthree');
  });

  it('sends nothing while there is nothing but blanks', async () => {
    const { screen, session } = await openChat();
    await screen.press('  ', keys.enter);
    expect(session.calls.filter((call) => call.startsWith('queueMessage'))).toEqual([]);
  });

  it('refuses more than a message holds and keeps the text', async () => {
    const { screen, session } = await openChat();
    await screen.press(keys.paste('x'.repeat(2001)));
    expect(screen.text()).toContain('2001 of 2000');
    await screen.press(keys.enter);
    await screen.waitFor('Too long to send by 1: it has 2001 characters');
    expect(session.stored(alice)).toHaveLength(30);
    await screen.press(keys.backspace, keys.enter);
    expect(session.stored(alice)).toHaveLength(31);
  });

  it('gives the text back when it could not be stored, and says why', async () => {
    const { screen, session } = await openChat();
    session.refuseNext = new UsageError('disk', 'The disk is full. Make room and send again.');
    await screen.press('precious', keys.enter);
    await screen.waitFor('The disk is full');
    expect(screen.text()).toContain('> precious');
  });

  it('shows a message as queued with the reason, and as sent once it went out', async () => {
    const { screen, session } = await openChat(twoPeople({ delivery: 'queued' }));
    await screen.press('later', keys.enter);
    await screen.waitFor(/later {2}queued/);
    expect(screen.rows().at(-1)).toContain('1 queued');
    const id = session.stored(alice).at(-1)?.id ?? '';
    session.queue(id, 'no network');
    await screen.waitFor('queued: no network');
    session.deliver(id);
    await screen.waitFor(/later {2}sent/);
    expect(screen.rows().at(-1)).not.toContain('queued');
  });

  it('a failed message says why; selected and r, it goes out again', async () => {
    const { screen, session } = await openChat(twoPeople({ delivery: 'queued' }));
    await screen.press('again', keys.enter);
    const id = session.stored(alice).at(-1)?.id ?? '';
    session.fail(id, 'The swarm refused it');
    await screen.waitFor('failed: The swarm refused it. Select it and press r');
    await screen.press(keys.shiftTab);
    expect(screen.text()).toMatch(/>! again/);
    expect(screen.text()).toContain('r tries again');
    await screen.press('r');
    expect(session.calls).toContain(`retryMessage ${id}`);
    await screen.waitFor(/again {2}queued/);
  });
});

describe('getting around', () => {
  it('Tab goes from list to messages to composer and round again, Shift-Tab back', async () => {
    const { screen } = await openChat();
    const hints = async (key: string) => {
      await screen.press(key);
      return screen.text();
    };
    expect(await hints(keys.tab)).toContain('Enter opens');
    expect(await hints(keys.tab)).toContain('Enter answers');
    expect(await hints(keys.tab)).toContain('Enter sends');
    expect(await hints(keys.shiftTab)).toContain('Enter answers');
    expect(await hints(keys.escape)).toContain('Enter sends');
    expect(await hints(keys.escape)).toContain('Enter opens');
  });

  it('PgUp and PgDn scroll, more is below says so, and Ctrl-End comes back', async () => {
    const session = twoPeople();
    session.fill(alice, 500, (i) => `many ${i}`);
    const { screen } = startChat({ session, openConversation: alice });
    await screen.waitFor('many 499');
    await screen.press(keys.pageUp, keys.pageUp);
    expect(screen.text()).not.toContain('many 499');
    expect(screen.text()).toMatch(/\d+ newer below/);
    session.receive(alice, 'brand new');
    await screen.settle();
    expect(screen.text()).not.toContain('brand new');
    await screen.press(keys.pageDown, keys.pageDown);
    expect(screen.text()).toContain('many 499');
    await screen.press(keys.pageUp, keys.ctrlEnd);
    expect(screen.text()).toContain('brand new');
  });

  it('scrolls back to the very first of many messages', async () => {
    const session = twoPeople();
    session.fill(alice, 1500, (i) => `many ${i}`);
    const { screen } = startChat({ session, openConversation: alice });
    await screen.waitFor('many 1499');
    for (let i = 0; i < 12 && !screen.text().includes('old message 0'); i++)
      await screen.press(keys.ctrlHome);
    expect(screen.text()).toContain('old message 0');
    await screen.press(keys.ctrlEnd);
    expect(screen.text()).toContain('many 1499');
  });

  it('does not lose one’s place when older messages are fetched or the width changes', async () => {
    const session = twoPeople();
    session.fill(alice, 600, (i) => `many ${i}`);
    const { screen } = startChat({ session, openConversation: alice });
    await screen.waitFor('many 599');
    for (let i = 0; i < 6; i++) await screen.press(keys.pageUp);
    const last = /many (\d+)(?!.*many)/s.exec(screen.text())?.[1];
    screen.resize(100, 24);
    await screen.settle();
    expect(/many (\d+)(?!.*many)/s.exec(screen.text())?.[1]).toBe(last);
  });

  it('finds a conversation in the palette by part of its name', async () => {
    const { screen } = await openChat();
    await screen.press(keys.ctrl('k'), 'bo', keys.enter);
    expect(screen.text()).toContain('Bob  05bb…bbbb');
  });

  it('runs an action from the palette', async () => {
    const { screen } = await openChat();
    await screen.press(keys.ctrl('k'), 'own account');
    expect(screen.text()).toContain('Show your own Account ID');
    await screen.press(keys.enter);
    expect(screen.text()).toContain('Your account');
  });

  it('opens help with F1 while typing and with ? elsewhere; a typed ? is text', async () => {
    const { screen } = await openChat();
    await screen.press('why?', keys.f1);
    expect(screen.text()).toContain('Help 1-');
    await screen.press(keys.pageDown);
    expect(screen.text()).not.toContain('Help 1-');
    await screen.press(keys.escape);
    expect(screen.text()).toContain('> why?');
    await screen.press(keys.tab, '?');
    expect(screen.text()).toContain('Help 1-');
    expect(screen.text()).toContain('Ctrl-K finds');
    await screen.press(keys.ctrl('k'), 'new');
    expect(screen.text()).toContain('> new');
    expect(screen.text()).toContain('Go to');
  });

  it('starts a conversation by Account ID, and refuses what is none with a reason', async () => {
    const { screen, session } = await openChat();
    await screen.press(keys.ctrl('n'), '05zz', keys.enter);
    expect(screen.text()).toContain('character 3 is none of the digits');
    await screen.press(keys.ctrl('c'), '05abc', keys.enter);
    expect(screen.text()).toContain('this has 5 (61 are missing)');
    expect(session.calls).not.toContain('startConversation');
    await screen.press(keys.ctrl('c'), keys.paste(`${testId('9').toUpperCase()}\n`), keys.enter);
    await screen.waitFor('0599…9999');
    expect(screen.text()).toContain('No messages yet');
  });

  it('starts a conversation by name, says when there is no such name, and opens nothing once closed', async () => {
    const { screen, session } = await openChat();
    let answer = Promise.withResolvers<AccountId | null>();
    session.names = () => answer.promise;
    await screen.press(keys.ctrl('n'), 'nobody', keys.enter);
    expect(screen.text()).toContain('Looking that up');
    answer.resolve(null);
    await screen.waitFor('That is no account ID.');
    answer = Promise.withResolvers();
    await screen.press(keys.ctrl('c'), 'carol', keys.enter, keys.escape);
    answer.resolve(testId('8'));
    await screen.settle();
    expect(session.calls).not.toContain('startConversation');
    answer = Promise.withResolvers();
    answer.resolve(testId('9'));
    await screen.press(keys.ctrl('n'), 'dave', keys.enter);
    await screen.waitFor('0599…9999');
  });

  it('says what to do when there is nothing yet', async () => {
    const { screen } = startChat({ session: new FakeSession() });
    await screen.waitFor('Ctrl-N starts one');
    expect(screen.text()).toContain('No conversation is open');
    await screen.press(keys.tab);
    expect(screen.text()).toContain('There is no conversation yet: Ctrl-N starts one.');
  });
});

describe('what was read', () => {
  it('the open conversation at its end is marked as read, others count', async () => {
    const { screen, session } = await openChat();
    session.receive(alice, 'seen');
    session.receive(bob, 'unseen');
    await screen.settle();
    const unread = session.getState().conversations.map(({ name, unread }) => `${name} ${unread}`);
    expect(unread.toSorted()).toEqual(['Alice 0', 'Bob 1']);
    expect(screen.text()).toMatch(/Bob +1/);
  });

  it('is not marked while one is scrolled up, or in one column while the list is shown', async () => {
    const { screen, session } = await openChat();
    await screen.press(keys.pageUp);
    session.receive(alice, 'below');
    await screen.settle();
    expect(session.getState().conversations.find(({ id }) => id === alice)?.unread).toBe(1);
    await screen.press(keys.pageDown, keys.pageDown);
    expect(session.getState().conversations.find(({ id }) => id === alice)?.unread).toBe(0);
    screen.resize(40, 10);
    await screen.press(keys.escape);
    session.receive(alice, 'hidden');
    await screen.settle();
    expect(session.getState().conversations.find(({ id }) => id === alice)?.unread).toBe(1);
  });

  it('only messages that were on the screen are acknowledged for `receive`', async () => {
    const session = twoPeople();
    const before = session.receive(alice, 'came while nobody looked');
    const { screen } = startChat({ session });
    await screen.waitFor('Alice');
    await screen.settle();
    expect(session.freshIds).toEqual([before.id]);
    await screen.press(keys.home, keys.enter);
    await screen.waitFor('came while nobody looked');
    await screen.settle();
    expect(session.freshIds).toEqual([]);
    const other = session.receive(bob, 'for later');
    session.receive(alice, 'now');
    await screen.waitFor('now');
    await screen.settle();
    expect(session.freshIds).toEqual([other.id]);
  });
});

describe('drafts', () => {
  it('stay with their conversation, and are saved when the program ends', async () => {
    const { screen, session, done } = await openChat();
    await screen.press('for alice', keys.ctrl('k'), 'bob', keys.enter);
    expect(screen.text()).not.toContain('> for alice');
    await screen.press('for bob', keys.ctrl('k'), 'alice', keys.enter);
    expect(screen.text()).toContain('> for alice');
    screen.send(keys.ctrl('q'));
    await done;
    const drafts = session.getState().conversations.map(({ name, draft }) => `${name}: ${draft}`);
    expect(drafts.toSorted()).toEqual(['Alice: for alice', 'Bob: for bob']);
  });

  it('come back at the next start, and are gone once sent', async () => {
    const session = twoPeople();
    await session.setDraft(alice, 'unfinished');
    const { screen, done } = await openChat(session);
    expect(screen.text()).toContain('> unfinished');
    await screen.press(keys.enter);
    screen.send(keys.ctrl('q'));
    await done;
    expect(session.getState().conversations.map(({ draft }) => draft)).toEqual(['', '']);
  });
});

describe('quitting', () => {
  it('Ctrl-C clears the composer first, then asks for a second one', async () => {
    const { screen, done } = await openChat();
    await screen.press('typed', keys.ctrl('c'));
    expect(screen.text()).toContain('Write a message');
    await screen.press(keys.ctrl('c'));
    expect(screen.text()).toContain('Press Ctrl-C again to quit');
    await screen.press('x', keys.backspace, keys.ctrl('c'));
    expect(screen.text()).toContain('Press Ctrl-C again to quit');
    screen.send(keys.ctrl('c'));
    expect(await done).toBe(0);
  });

  it('asks while something is queued, and stays if told so', async () => {
    const { screen, done } = await openChat(twoPeople({ delivery: 'queued' }));
    await screen.press('later', keys.enter, keys.ctrl('q'));
    expect(screen.text()).toContain('1 message is still waiting');
    await screen.press('n');
    expect(screen.text()).not.toContain('still waiting');
    await screen.press(keys.ctrl('q'));
    screen.send('y');
    expect(await done).toBe(0);
  });
});

describe('what happens without words', () => {
  it('takes a deleted message off the screen, and says where one was taken back', async () => {
    const { screen, session } = await openChat();
    const kept = session.receive(alice, 'first words');
    const unsent = await session.queueMessage(alice, 'second words');
    await screen.waitFor('second words');
    await session.deleteMessage(kept.id, { everyone: false });
    await session.deleteMessage(unsent.id, { everyone: true });
    await screen.waitFor('You deleted this message');
    expect(screen.text()).not.toMatch(/first words|second words/);
  });

  it('drops what one was answering, and the dialog about it, when it vanishes', async () => {
    const { screen, session } = await openChat();
    const now = Date.now();
    const message = session.receive(alice, 'words that vanish', { expiresAt: now + 3_600_000 });
    await screen.waitFor('words that vanish');
    await screen.press(keys.tab, keys.tab, keys.end, 'a');
    await screen.waitFor('Answers Alice: words');
    await screen.press(keys.tab, keys.tab, keys.end, 'i');
    await screen.waitFor('Disappears:');
    await session.deleteMessage(message.id, { everyone: false });
    await screen.waitFor(/^(?!.*(words that vanish|Disappears))/s);
    expect(screen.text()).not.toMatch(/words that vanish|Disappears/);
  });

  it('sets when messages disappear by /timer, says so beside the name, and tells how', async () => {
    const { screen, session } = await openChat();
    await screen.press('/timer 12h', keys.enter);
    await screen.waitFor('12 hours');
    expect(session.calls).toContain('setExpiry after-read 43200');
    await screen.press('/timer 1d send', keys.enter);
    await screen.waitFor('1 day');
    expect(session.calls).toContain('setExpiry after-send 86400');
    await screen.press('/timer soon', keys.enter);
    await screen.waitFor('That is no time');
    await screen.press('/timer off', keys.enter);
    await expect.poll(() => session.calls).toContain('setExpiry off');
  });

  it('tells the session of typing, and of a composer that is empty again; what is sent says it all', async () => {
    const { screen, session } = await openChat();
    await screen.press('ab');
    await screen.press(keys.backspace, keys.backspace);
    expect(session.typed).toEqual([true, true, false]);
    await screen.press('c', keys.enter);
    await screen.waitFor(/c {2}sent/);
    expect(session.typed).toEqual([true, true, false, true]);
  });

  it('says beside the name that somebody is typing', async () => {
    const session = twoPeople();
    session.addConversation(alice, 'Alice', { typing: true });
    const { screen } = await openChat(session);
    await screen.waitFor('is typing');
  });
});
