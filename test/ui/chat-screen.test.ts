import { describe, expect, it } from 'vitest';
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
    expect(screen.modes.bracketedPaste).toBe(false);
    expect(session.closed).toBe(true);
  });

  it('fills exactly the screen and shows the path in use', async () => {
    const { screen } = startChat({ size, session: twoPeople(), openConversation: alice });
    await screen.waitFor('old message 29');
    expect(screen.rows()).toHaveLength(rows);
    expect(screen.rows().at(-1)).toMatch(/127\.0\.11\.1 ?→ ?127\.0\.12\.1 ?→ ?127\.0\.13\.1/);
    screen.send(keys.ctrl('q'));
  });
});
