import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/util/logger.ts';
import { startChat } from '../../support/chat.ts';
import { FakeMessenger, FakeSession, testId } from '../../support/fake-session.ts';
import { outsideLinear, startLinear } from '../../support/linear.ts';
import { movedClock } from '../../support/moved-clock.ts';
import { keys } from '../../support/screen.ts';

const ana = testId('a');
const password = 'correct horse';
const phrase = 'inbound gambit hydrogen abbey bicycle cousin dozen eels fudge goat hobby ivory inbound';

describe('the first run, in words', () => {
  it('explains account ID, password and phrase, makes the account, and asks words of the phrase back', async () => {
    const messenger = new FakeMessenger();
    const { screen, done, lines } = startLinear({ messenger });
    await screen.waitFor('c or r:');
    const said = () => lines().join('\n');
    expect(said()).toMatch(/An account is a pair of keys/);
    await screen.press('c', keys.enter, 'Ada', keys.enter);
    expect(said()).toContain('> Ada'.slice(2));
    expect(said()).toMatch(/The password encrypts messages/);
    await screen.press(password, keys.enter, 'other', keys.enter);
    expect(said()).toMatch(/That was another one\./);
    await screen.press(password, keys.enter);
    await screen.waitFor('written down');
    expect(said()).toMatch(/Write these 13 words on paper/);
    for (const [index, word] of phrase.split(' ').entries())
      expect(lines()).toContain(`${index + 1}. ${word}`);
    expect(lines()).toContain(testId('f'));
    await screen.press(keys.enter);
    for (let i = 0; i < 3; i++) {
      const asked = lines().findLast((row) => /What is word (\d+)/.test(row)) ?? '';
      const number = Number(/word (\d+)/.exec(asked)?.[1]);
      if (i === 0) {
        await screen.press('wrong', keys.enter);
        expect(said()).toMatch(/That is not word/);
      }
      await screen.press(phrase.split(' ')[number - 1] ?? '', keys.enter);
    }
    await screen.waitFor('No conversations yet');
    expect(messenger.profiles.get('default')).toMatchObject({ password });
    // No answer but the name stays on the paper, and the password was never there.
    expect(screen.written).not.toContain(password);
    expect(lines().filter((row) => row.startsWith('Word: '))).toEqual([]);
    screen.send(keys.ctrl('d'));
    expect(await done).toBe(0);
    expect(outsideLinear(screen.written)).toBeNull();
  });

  it('restores from 13 words, says what is wrong with them, and goes back a step with Esc', async () => {
    const messenger = new FakeMessenger();
    const { screen, done, lines } = startLinear({ messenger, noPassword: true });
    await screen.waitFor('c or r:');
    await screen.press('r', keys.enter, keys.escape);
    expect(lines().filter((row) => row.startsWith('c or r:'))).toHaveLength(2);
    await screen.press('r', keys.enter, keys.enter, 'one two', keys.enter);
    expect(lines().join('\n')).toContain('too few words');
    await screen.press(phrase, keys.enter);
    await screen.waitFor('No conversations yet');
    expect(messenger.profiles.get('default')).toMatchObject({ password: null });
    expect(lines().join('\n')).not.toContain(phrase);
    screen.send(keys.ctrl('d'));
    expect(await done).toBe(0);
  });

  it('is left with Ctrl-C (130) and Ctrl-Q (0), and no account is made', async () => {
    for (const [key, code] of [
      [keys.ctrl('c'), 130],
      [keys.ctrl('q'), 0],
    ] as const) {
      const messenger = new FakeMessenger();
      const { screen, done } = startLinear({ messenger });
      await screen.waitFor('c or r:');
      await screen.press('c', keys.enter);
      screen.send(key);
      expect(await done).toBe(code);
      expect(messenger.profiles.size).toBe(0);
      expect(screen.isRaw).toBe(false);
    }
  });
});

describe('a profile with a password', () => {
  it('is asked for it, without showing what is typed, until it fits; what is typed ahead is heard', async () => {
    const session = new FakeSession();
    session.addConversation(ana, 'Ana');
    const messenger = FakeMessenger.with(session, password);
    const { screen, done, lines } = startLinear({ messenger });
    await screen.waitFor('Password:');
    await screen.press('wrong', keys.enter);
    expect(lines().join('\n')).toContain('That is not the password of this profile.');
    screen.send(`${password}\r/open Ana\rhello\r`);
    await screen.waitFor('#1 sent');
    expect(screen.written).not.toMatch(/wrong\b|correct/);
    expect(session.stored(ana).map(({ body }) => body)).toEqual(['hello']);
    screen.send(keys.ctrl('d'));
    expect(await done).toBe(0);
  });

  it('is locked by a word, tells nothing until it is unlocked, and has the draft again', async () => {
    const session = new FakeSession();
    session.addConversation(ana, 'Ana');
    const messenger = FakeMessenger.with(session, password);
    const { screen, done, lines } = startLinear({ messenger, password, openConversation: ana });
    await screen.waitFor('No messages yet');
    await screen.press('half a thought');
    session.receive(ana, 'held back');
    await screen.press('\x1bl');
    expect(lines().at(-1)).toBe('Password:');
    expect(lines().join('\n')).toContain('Locked. What was said before stays on this terminal.');
    expect(session.calls).toContain('lock');
    session.receive(ana, 'meanwhile');
    session.notice('meanwhile too');
    await screen.press('wrong', keys.enter);
    expect(screen.written).not.toMatch(/held back|meanwhile/);
    await screen.press(password, keys.enter);
    await screen.waitFor('Unlocked.');
    await screen.waitFor('half a thought');
    expect(lines().join('\n')).toMatch(/Ana: held back\n#\d+ \d\d:\d\d Ana: meanwhile/);
    expect(session.calls.filter((call) => call === 'goOnline true')).toHaveLength(2);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
    expect(outsideLinear(screen.written)).toBeNull();
  });

  it('locks itself after the idle time, announced before, also where a line is half typed', async () => {
    const session = new FakeSession();
    session.addConversation(ana, 'Ana');
    const clock = movedClock();
    const messenger = FakeMessenger.with(session, password);
    const platform = { clock, randomBytes: (length: number) => new Uint8Array(length), logger: silentLogger };
    const { screen, done, lines } = startLinear({ messenger, password, openConversation: ana, platform });
    await screen.waitFor('No messages yet');
    await screen.press('half');
    clock.advance(14 * 60_000 + 55_000);
    await screen.settle();
    expect(lines().slice(-2)).toEqual(['Locks in 10 seconds; any key keeps it open.', '> half']);
    clock.advance(10_000);
    await screen.settle();
    expect(lines().at(-1)).toBe('Password:');
    screen.send(keys.ctrl('c'));
    expect(await done).toBe(130);
    expect(session.calls).toContain('let go');
  });

  it('that has the setting `screen` goes line by line once it is open, the screen given back', async () => {
    const session = new FakeSession();
    session.addConversation(ana, 'Ana');
    await session.setSetting('screen', 'linear');
    const messenger = FakeMessenger.with(session, password);
    const { screen, done } = startChat({ messenger, openConversation: ana });
    await screen.waitFor('Unlock profile default');
    expect(screen.isAlternate).toBe(true);
    await screen.press(password, keys.enter);
    await screen.waitFor('No messages yet');
    expect(screen.isAlternate).toBe(false);
    await screen.press('hello', keys.enter, '/lock', keys.enter);
    expect(session.stored(ana)).toHaveLength(1);
    // Locked, it stays line by line.
    await screen.waitFor('Password:');
    await screen.press(password, keys.enter);
    await screen.waitFor('Unlocked.');
    screen.send(keys.ctrl('d'));
    expect(await done).toBe(0);
    expect(session.closed).toBe(true);
    expect(screen.isRaw).toBe(false);
  });

  it('without a password there is nothing to lock with, which is said', async () => {
    const session = new FakeSession();
    const { screen, done } = startLinear({ session });
    await screen.waitFor('No conversations yet');
    await screen.press('/lock', keys.enter);
    await screen.waitFor('Without a password there is nothing to lock with.');
    screen.send(keys.ctrl('d'));
    expect(await done).toBe(0);
  });
});
