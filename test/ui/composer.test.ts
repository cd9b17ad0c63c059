import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');

async function openChat(size: ScreenSize = [80, 24], prepare: (session: FakeSession) => void = () => {}) {
  const session = new FakeSession();
  session.addConversation(bob, 'Bob Ünal');
  session.addConversation(alice, 'Alice');
  session.receive(alice, 'hello there');
  session.setNetwork(onlineNetwork);
  prepare(session);
  const { screen } = startChat({ size, session, openConversation: alice });
  await screen.waitFor('hello there');
  await screen.settle();
  const sent = () =>
    session
      .stored(alice)
      .filter(({ direction }) => direction === 'out')
      .map(({ body }) => body);
  return { screen, session, sent };
}

const alt = (key: string) => `\x1b${key}`;
const altUp = '\x1b[1;3A';
const altDown = '\x1b[1;3B';

describe('what was sent before', () => {
  it('comes back with Up in an empty composer, and Down leads back to the empty one', async () => {
    const { screen } = await openChat();
    await screen.press('first', keys.enter, 'second', keys.enter, 'second', keys.enter);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/> second/);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/> first/);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/> first/);
    await screen.press(keys.down, keys.down);
    expect(screen.text()).toMatch(/> Write a message/);
  });

  it('is walked through with Alt-Up from a text begun, which is kept', async () => {
    const { screen, sent } = await openChat();
    await screen.press('one\x1b\rtwo', keys.enter, 'begun', altUp, altUp);
    expect(screen.text()).toMatch(/> one[^\n]*\n[^\n]*two/);
    await screen.press(altDown);
    expect(screen.text()).toMatch(/> begun/);
    await screen.press(altUp, '!', keys.enter);
    expect(sent()).toEqual(['one\ntwo', 'one\ntwo!']);
  });

  it('is only what was sent here, not what others wrote or was sent elsewhere', async () => {
    const { screen } = await openChat();
    await screen.press('to alice', keys.enter, keys.ctrl('k'), 'bob', keys.enter, keys.up);
    expect(screen.text()).toMatch(/> Write a message/);
  });
});

it('what was cut in one conversation is put back in another', async () => {
  const { screen } = await openChat();
  await screen.press('cut me', keys.ctrl('u'), keys.ctrl('k'), 'bob', keys.enter, keys.ctrl('y'));
  expect(screen.text()).toMatch(/> cut me/);
  await screen.press(keys.ctrl('u'), 'x', keys.ctrl('u'), keys.ctrl('y'), alt('y'));
  expect(screen.text()).toMatch(/> cut me/);
});

describe('a paste', () => {
  it('of 100 KB stays in the composer whole, says how much too long it is, and is not sent', async () => {
    const { screen, sent } = await openChat();
    const book = 'A line of a book, 書\n'.repeat(5000);
    await screen.press(`\x1b[200~${book}\x1b[201~`);
    expect(screen.text()).toMatch(/100000 of 2000 characters: too long to send by 98000/);
    await screen.press('x', keys.enter);
    expect(screen.text()).toContain('Too long to send by 98001: it has 100001 characters');
    expect(sent()).toEqual([]);
    await screen.press(keys.ctrl('c'));
    expect(screen.text()).toMatch(/> Write a message/);
    await screen.press(alt('u'));
    expect(screen.text()).toMatch(/100001 of 2000/);
  });

  it('with control bytes in it is text without them', async () => {
    const { screen, sent } = await openChat();
    await screen.press('\x1b[200~a\x03b\x1b]0;evil\x07c\rd\x9b31m\x1b[201~', keys.enter);
    expect(sent()).toEqual(['ab]0;evilc\nd31m']);
  });
});
