import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const altN = '\x1bn';

/** A long conversation whose newest message quotes one far above. */
function longConversation(): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.fill(alice, 600, (i) => `old ${i}`);
  session.setNetwork(onlineNetwork);
  return session;
}

async function openChat(session: FakeSession, size: ScreenSize, last: string) {
  const { screen } = startChat({ size, session, openConversation: alice });
  await screen.waitFor(last);
  await screen.settle();
  return screen;
}

describe.each(screenSizes)('jumping at %i×%i', (columns, rows) => {
  const size: ScreenSize = [columns, rows];

  it('goes to the first message that was unread when the conversation was opened, and back to the newest', async () => {
    const session = longConversation();
    for (let i = 0; i < 250; i++) session.receive(alice, `new ${i}`);
    const screen = await openChat(session, size, 'new 0');
    await screen.press('\x1b[1;5F');
    await screen.waitFor('new 249');
    expect(session.getState().conversations[0]?.unread).toBe(0);
    await screen.press(altN);
    await screen.waitFor(/> +new 0\b/);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/>.*old 599/);
    await screen.press(keys.end);
    await screen.waitFor(/> +new 249/);
  });

  it('goes from a message to the one it quotes, however far above', async () => {
    const session = longConversation();
    const quoted = session.stored(alice)[30];
    const quote = { author: quoted?.from ?? '', sentAt: quoted?.sentAt ?? 0 };
    session.receive(alice, 'as I said', { quote });
    const screen = await openChat(session, size, 'as I said');
    await screen.press(keys.shiftTab);
    expect(screen.text()).toContain('q to the quoted message');
    await screen.press('q');
    await screen.waitFor(/> +old 30\b/);
    expect(screen.text()).toContain('old 29');
  });
});

describe('a jump that leads nowhere', () => {
  it('says so: nothing unread, nothing quoted, a quoted message that is not here', async () => {
    const session = longConversation();
    session.receive(alice, 'lost', { quote: { author: alice, sentAt: 12345 } });
    await session.markRead(alice);
    const screen = await openChat(session, [80, 24], 'lost');
    await screen.press(altN);
    expect(screen.text()).toContain('Nothing here is unread.');
    await screen.press(keys.shiftTab, 'q');
    expect(screen.text()).toContain('The quoted message is not on this device.');
    await screen.press(keys.up, 'q');
    expect(screen.text()).toContain('Select a message that quotes another one first.');
  });
});
