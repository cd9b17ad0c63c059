import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const [alice, bob, carol, eve] = [testId('a'), testId('b'), testId('c'), testId('e')];
const altT = '\x1bt';

function session(): FakeSession {
  const made = new FakeSession();
  for (const [id, name] of [
    [carol, 'Carol'],
    [bob, 'Bob'],
    [alice, 'Alice'],
  ] as const) {
    made.addConversation(id, name);
    made.fill(id, 40, (i) => `${name} old ${i}`);
    made.receive(id, `${name} asks`);
    made.receive(id, `${name} asks again`);
  }
  made.setNetwork(onlineNetwork);
  return made;
}

const unreadOf = (made: FakeSession, id: string) =>
  made.getState().conversations.find((one) => one.id === id)?.unread;

async function start(made: FakeSession, size: ScreenSize) {
  const { screen } = startChat({ size, session: made });
  await screen.waitFor('Carol');
  return screen;
}

describe.each(screenSizes)('going through the unread conversations at %i×%i', (columns, rows) => {
  it('walks them in the order they had: read, answered, muted, left for later; and sums up', async () => {
    const made = session();
    const screen = await start(made, [columns, rows]);
    await screen.press(altT);
    await screen.waitFor('triage 1/3');
    await screen.waitFor(/> {2}Alice asks$/m);
    expect(screen.text()).toMatch(/─ 2 new ─/);
    // What comes in meanwhile changes neither the queue nor what is read.
    for (let i = 0; i < 4; i++) made.receive(carol, 'more and more');
    made.receive(eve, 'a stranger writes');
    made.receive(alice, 'one more thing');
    await screen.settle();
    expect(unreadOf(made, alice)).toBe(3);
    await screen.press('d');
    await screen.waitFor('triage 2/3');
    await screen.waitFor(/> {2}Bob asks$/m);
    await screen.settle();
    expect(unreadOf(made, alice)).toBe(0);
    await screen.press('a', 'my answer', keys.enter);
    await screen.waitFor('my answer');
    await screen.press(altT);
    await screen.waitFor('triage 3/3');
    await screen.waitFor(/> {2}Carol asks$/m);
    expect(unreadOf(made, bob)).toBe(0);
    await screen.press('u');
    await screen.waitFor(/Triage of 3: 2 read, 1 answered, 1\s+left\s+unread\. 1 more has come since\./);
    expect(screen.text()).not.toContain('triage 3/3');
    await screen.settle();
    expect(unreadOf(made, carol)).toBe(6);
  });

  it('mutes, and ends with Esc; what was not decided stays unread', async () => {
    const made = session();
    const screen = await start(made, [columns, rows]);
    await screen.press(altT);
    await screen.waitFor(/> {2}Alice asks$/m);
    await screen.press('m');
    await screen.waitFor(/> {2}Bob asks$/m);
    expect(made.getState().conversations.find(({ id }) => id === alice)?.mutedUntil).toBeGreaterThan(9e12);
    await screen.press(keys.end);
    await screen.waitFor('Bob asks again');
    await screen.press(keys.escape);
    await screen.waitFor(/Triage of 3: 0 read, 1 muted, 2 left\s+unread\./);
    await screen.settle();
    expect([alice, bob, carol].map((id) => unreadOf(made, id))).toEqual([0, 2, 2]);
  });
});

describe('going through the unread conversations', () => {
  it('never moves the list, and leads back to what was open before', async () => {
    const made = session();
    await made.markRead(carol);
    const { screen } = startChat({ size: [100, 30], session: made, openConversation: carol });
    await screen.waitFor('Carol asks again');
    const order = () => [...screen.text().matchAll(/^[> -] (Alice|Bob|Carol)/gm)].map((match) => match[1]);
    await screen.press(altT);
    await screen.waitFor('triage 1/2');
    made.receive(carol, 'me first');
    await screen.settle();
    expect(order()).toEqual(['Alice', 'Bob', 'Carol']);
    await screen.press('d');
    await screen.waitFor('triage 2/2');
    await screen.press('d');
    await screen.waitFor(/Triage of 2: 2 read, 0 left unread/);
    expect(screen.text()).toContain('me first');
    expect(order()).toEqual(['Carol', 'Alice', 'Bob']);
  });

  it('goes on with the next one when a conversation is gone, and ends when one goes elsewhere', async () => {
    const made = session();
    made.addConversation(eve, 'Eve', { request: true, unread: 1 });
    const screen = await start(made, [100, 30]);
    await screen.press(altT);
    await screen.waitFor('triage 1/4');
    await made.removeContact(alice);
    await screen.waitFor('triage 2/4');
    await screen.waitFor(/> {2}Bob asks$/m);
    await screen.press(keys.ctrl('k'), 'Carol', keys.enter);
    await screen.waitFor('Triage of 4: 1 read, 3 left unread.');
    await screen.settle();
    expect(unreadOf(made, bob)).toBe(2);
    expect(unreadOf(made, carol)).toBe(0);
  });
});
