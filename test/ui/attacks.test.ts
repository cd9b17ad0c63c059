import { afterAll, describe, expect, it } from 'vitest';
import { parseAccountId } from '../../src/protocol/ids.ts';
import { attacks } from '../fixtures/attacks.ts';
import { type RunningChat, startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { outsideSession } from '../support/output-grammar.ts';
import { keys } from '../support/screen.ts';

const columns = 100;
const rows = 30;
const listWidth = 27;
const chatLeft = listWidth + 1;
/** Head above the messages; rule, composer and status line below them. */
const messageRows = { from: 1, to: rows - 4 };
const alice = testId('a');
const bob = testId('b');

const running: RunningChat[] = [];
afterAll(async () => {
  for (const { screen, done } of running) {
    screen.send(keys.ctrl('q'));
    screen.send('y');
    await done;
  }
});

async function open(session: FakeSession) {
  session.setNetwork(onlineNetwork);
  const chat = startChat({ size: [columns, rows], session, openConversation: alice });
  running.push(chat);
  await chat.screen.waitFor('Write a message');
  await chat.screen.settle();
  return chat.screen;
}

type Screen = Awaited<ReturnType<typeof open>>;

/** Everything but the messages: the list, the head, and the rows below. */
function around(screen: Screen): string[] {
  return Array.from({ length: rows }, (_, y) => {
    const inPane = y >= messageRows.from && y <= messageRows.to;
    return screen.cells(y, 0, inPane ? chatLeft : columns);
  });
}

/** What of the terminal an attack could have changed, drawing aside. */
function state(screen: Screen) {
  return {
    modes: screen.allModes,
    cursor: screen.cursor,
    alternate: screen.isAlternate,
    // The UI itself asks now and then how slow the line is.
    reports: screen.reports.filter((report) => report !== 'answer "\\u001b[0n"'),
  };
}

const visible = /[^\s\p{Default_Ignorable_Code_Point}\u2800]/u;

describe('what strangers send, on the screen', () => {
  it('a message, its quote and the name of its file stay in the pane of the messages, and show something', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Alice');
    session.receive(alice, 'end -1');
    await session.markRead(alice);
    const screen = await open(session);
    const before = { around: around(screen), state: state(screen) };
    const pane = () =>
      screen
        .rows()
        .slice(messageRows.from, messageRows.to + 1)
        .map((row) => row.slice(chatLeft));
    for (const [index, { name, text }] of attacks.entries()) {
      const attachments = [{ id: 'f', name: text, contentType: text, sizeBytes: 5 }];
      const { sentAt } = session.receive(alice, text);
      session.receive(alice, '', { quote: { author: alice, sentAt }, attachments });
      session.receive(alice, `end ${index}`);
      // At once, so that no count of unread messages comes and goes beside them.
      await session.markRead(alice);
      await screen.waitFor(new RegExp(`end ${index}$`, 'm'));
      expect(state(screen), name).toEqual(before.state);
      expect(around(screen), name).toEqual(before.around);
      const shown = pane();
      const start = shown.findLastIndex((row) => row.trim() === `end ${index - 1}`);
      const end = shown.findLastIndex((row) => row.trim() === `end ${index}`);
      const quote = shown.findLastIndex((row, y) => y < end && row.startsWith('   > '));
      expect(
        shown.slice(start + 1, quote).some((row) => visible.test(row)),
        name,
      ).toBe(true);
      expect(shown[quote]?.slice(5), name).toMatch(visible);
      expect(shown.slice(quote + 1, end).join(' '), name).toMatch(/\[attachment: +[^\s,]/);
      if (index % 40 === 39) {
        // What the terminal shows is what a fresh frame makes of it.
        const drawn = screen.text();
        await screen.press(keys.ctrl('l'));
        expect(screen.text(), name).toBe(drawn);
      }
    }
    expect(outsideSession(screen.written)).toBeNull();
  });

  it('names stay in the list, each in its row', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Ursula', { lastMessageAt: 9e12 });
    session.receive(alice, 'hello');
    await session.markRead(alice);
    const screen = await open(session);
    const size = 24;
    const ids = Array.from(
      { length: size },
      (_, i) => parseAccountId(`05${String(i + 10).repeat(32)}`) ?? bob,
    );
    const right = () => Array.from({ length: rows }, (_, y) => screen.cells(y, chatLeft, columns - chatLeft));
    for (const id of ids) session.addConversation(id, 'plain');
    await screen.settle();
    const before = { right: right(), state: state(screen) };
    for (let first = 0; first < attacks.length; first += size) {
      for (const [i, id] of ids.entries())
        session.addConversation(id, attacks[first + i]?.text ?? '', {
          preview: attacks[first + i]?.text ?? '',
        });
      await screen.settle(10);
      const names = attacks[first]?.name;
      expect(state(screen), names).toEqual(before.state);
      expect(right(), names).toEqual(before.right);
      for (const row of screen.rows().slice(2, 2 + size))
        expect(row.slice(0, listWidth), names).toMatch(visible);
      const drawn = screen.text();
      await screen.press(keys.ctrl('l'));
      expect(screen.text(), names).toBe(drawn);
    }
    expect(outsideSession(screen.written)).toBeNull();
  });

  it('a name stays in the head of its conversation, beside the end of the Account ID', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Ursula');
    const screen = await open(session);
    await screen.waitFor('No messages yet');
    const below = () =>
      Array.from({ length: rows - 1 }, (_, y) => screen.cells(y + 1, chatLeft - 1, columns - chatLeft + 1));
    const before = { below: below(), state: state(screen) };
    for (const [index, { name, text }] of attacks.entries()) {
      if (index % 3 !== 0) continue;
      session.addConversation(alice, text);
      await screen.settle(5);
      expect(state(screen), name).toEqual(before.state);
      expect(below(), name).toEqual(before.below);
      const head = screen.rows()[0]?.slice(chatLeft) ?? '';
      expect(head, name).toMatch(visible);
      expect(head, name).toContain('05aa…aaaa');
    }
    expect(outsideSession(screen.written)).toBeNull();
  });
});
