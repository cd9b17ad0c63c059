import { describe, expect, it, vi } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeMessenger, FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');

/** Long conversations: what is found lies far outside of what is loaded at first. */
function twoPeople(): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bob');
  session.fill(bob, 600, (i) => (i === 50 ? 'we met an ocelot at the zoo' : `bob ${i}`));
  session.fill(alice, 600, (i) => (i % 300 === 20 ? `Ocelot number ${i}` : `alice ${i}`));
  session.setNetwork(onlineNetwork);
  return session;
}

async function openChat(session = twoPeople(), size: ScreenSize = [80, 24]) {
  const chat = startChat({ size, session, openConversation: alice });
  await chat.screen.waitFor('alice 599');
  await chat.screen.settle();
  return { ...chat, session };
}

describe.each(screenSizes)('search at %i×%i', (columns, rows) => {
  it('finds in all conversations, and opens the conversation at the message', async () => {
    const { screen, session } = await openChat(undefined, [columns, rows]);
    await screen.press(keys.ctrl('r'));
    expect(screen.text()).toContain('Search all');
    await screen.press('ocelot');
    await screen.waitFor('3 found');
    expect(screen.text()).toMatch(/> Alice .*\n.*Ocelot number 320/);
    await screen.press(keys.down, keys.down);
    expect(screen.text()).toMatch(/> Bob .*\n.*we met an ocelot/);
    await screen.press(keys.enter);
    await screen.waitFor(/>.*we met an ocelot at the zoo/);
    expect(screen.text()).toContain('bob 49');
    expect(screen.text()).toContain('bob 51');
    expect(screen.text()).not.toContain('Search all');
    // What is newer is not taken for read, and is paged in without a gap.
    expect(session.calls).not.toContain('markRead 05bb');
    const seen = new Set<string>();
    for (let i = 0; i < 12; i++) {
      await screen.press(keys.pageDown);
      for (const [line] of screen.text().matchAll(/bob \d+/g)) seen.add(line);
    }
    const numbers = [...seen].map((line) => Number(line.slice(4))).toSorted((a, b) => a - b);
    expect(numbers.length).toBeGreaterThan(12);
    expect(numbers.every((number, i) => i === 0 || number === (numbers[i - 1] ?? 0) + 1)).toBe(true);
    await screen.press(keys.ctrlEnd);
    await screen.waitFor(/>.*bob 599/);
  });

  it('finds in the open conversation, back to its beginning', async () => {
    const { screen } = await openChat(undefined, [columns, rows]);
    await screen.press(keys.ctrl('s'), 'ocelot');
    await screen.waitFor('2 found');
    expect(screen.text()).not.toContain('zoo');
    await screen.press(keys.down, keys.enter);
    await screen.waitFor(/>.*Ocelot number 20/);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/>.*alice 19/);
    await screen.press(keys.escape);
    await screen.waitFor('alice 599');
  });

  it('says what it is doing, and what to do', async () => {
    const { screen, session } = await openChat(undefined, [columns, rows]);
    const first = Promise.withResolvers<void>();
    session.searchPace = (given) => (given === 1 ? first.promise : Promise.resolve());
    await screen.press(keys.ctrl('r'));
    expect(screen.text()).toContain('In all conversations');
    expect(screen.text()).toContain('Tab this');
    await screen.press('ocelot');
    await screen.waitFor('Searching… 1 so far');
    expect(screen.text()).toContain('Ocelot number 320');
    first.resolve();
    await screen.waitFor('3 found');
    await screen.press('x');
    await screen.waitFor('No message has these words');
    expect(screen.text()).not.toContain('Ocelot number');
    await screen.press(keys.enter);
    expect(screen.text()).toContain('No message has these words');
    await screen.press(keys.escape);
    expect(screen.text()).not.toContain('Search all');
  });
});

describe('a search', () => {
  it('is given up when its words change, when its place changes and when it is closed', async () => {
    const { screen, session } = await openChat();
    const held = Promise.withResolvers<void>();
    session.searchPace = () => held.promise;
    const begun = (call: string, times: number) =>
      vi.waitFor(() => expect(session.calls.filter((one) => one === call)).toHaveLength(times));
    await screen.press(keys.ctrl('r'), 'ocelot');
    await screen.waitFor('Searching…');
    await begun('search ocelot', 1);
    await screen.press(' number');
    await begun('search ocelot number', 1);
    await screen.press(keys.tab);
    await screen.waitFor('2 found');
    await screen.press(keys.tab);
    await begun('search ocelot number', 2);
    await screen.press(keys.escape);
    held.resolve();
    await screen.settle();
    const calls = session.calls.filter((call) => call.startsWith('search'));
    expect(calls.filter((call) => call.endsWith('given up'))).toEqual([
      'search of ocelot given up',
      'search of ocelot number given up',
      'search of ocelot number given up',
    ]);
    expect(screen.text()).not.toContain('Ocelot');
  });

  it('is told of its place, and Tab leads to the other one with the same words', async () => {
    const { screen } = await openChat();
    await screen.press(keys.ctrl('s'));
    expect(screen.text()).toContain('Search Alice');
    await screen.press('zoo');
    await screen.waitFor('No message has these words');
    await screen.press(keys.tab);
    await screen.waitFor('1 found');
    expect(screen.text()).toContain('Search all');
    expect(screen.text()).toMatch(/Bob .*\n.*at the zoo/);
  });

  it('lists a bounded number, and says that there is more', async () => {
    const { screen } = await openChat();
    await screen.press(keys.ctrl('r'), 'alice');
    await screen.waitFor('The first 100; more words find less');
  });

  it('shows the place in a long message, and nothing of it reaches the terminal raw', async () => {
    const session = twoPeople();
    const attack = '\x1b]0;owned\x07\x1b[2J\u202e\x9b31m';
    session.receive(
      bob,
      `${'lead '.repeat(100)}${attack}\nhe said ${attack} wombat\nnext ${'tail '.repeat(100)}`,
    );
    const { screen } = await openChat(session);
    const before = screen.written.length;
    await screen.press(keys.ctrl('r'), 'wombat');
    await screen.waitFor('1 found');
    expect(screen.text()).toMatch(/….*31m wombat next tail/);
    const written = screen.written.slice(before);
    for (const piece of ['\x1b]0;owned', '\x1b[2J', '\u202e', '\x9b']) expect(written).not.toContain(piece);
    await screen.press(keys.enter);
    await screen.waitFor('he said');
    expect(screen.text()).toContain('wombat');
  });

  it('that fails says why', async () => {
    const { screen, session } = await openChat();
    session.searchPace = () => Promise.reject(new Error('the disk is gone'));
    await screen.press(keys.ctrl('r'), 'ocelot');
    await screen.waitFor('the disk is gone');
  });

  it('leaves nothing behind when the chat locks', async () => {
    const session = twoPeople();
    const messenger = FakeMessenger.with(session, 'pw');
    const { screen } = startChat({ messenger, password: 'pw', openConversation: alice });
    await screen.waitFor('alice 599');
    const held = Promise.withResolvers<void>();
    session.searchPace = (given) => (given === 1 ? held.promise : Promise.resolve());
    await screen.press(keys.ctrl('r'), 'ocelot');
    await screen.waitFor('Searching… 1 so far');
    await screen.press('\x1bl');
    await screen.waitFor('Unlock profile');
    held.resolve();
    await screen.settle();
    expect(screen.text()).not.toMatch(/ocelot/i);
    expect(session.calls).toContain('search of ocelot given up');
    await screen.press('pw', keys.enter);
    await screen.waitFor('alice 599');
    expect(screen.text()).not.toMatch(/ocelot|Search all/i);
  });
});

it('has names in place of the Account IDs that what was found mentions', async () => {
  const session = twoPeople();
  session.receive(bob, `look at @${alice} and the pangolin`);
  const { screen } = await openChat(session);
  await screen.press(keys.ctrl('r'), 'pangolin');
  await screen.waitFor('1 found');
  expect(screen.text()).toContain('look at @Alice and the pangolin');
});
