import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, screenSizes } from '../support/screen.ts';

const [alice, bob, carol, eve] = [testId('a'), testId('b'), testId('c'), testId('e')];

function session(): FakeSession {
  const made = new FakeSession();
  for (const [id, name] of [
    [carol, 'Carol'],
    [bob, 'Bob'],
    [alice, 'Alice'],
  ] as const) {
    made.addConversation(id, name);
    made.fill(id, 3, (i) => `${name} ${i}`);
    made.receive(id, `from ${name}`);
  }
  made.setNetwork(onlineNetwork);
  return made;
}

const order = (text: string) =>
  [...text.matchAll(/(?:^|\n)[> -] (Alice|Bob|Carol|Eve)/g)].map((match) => match[1]);

describe.each(screenSizes)('the list at %i×%i', (columns, rows) => {
  it('does not move under the cursor while it has the focus; what moved is counted, and moves by key or on leaving', async () => {
    const made = session();
    const { screen } = startChat({ size: [columns, rows], session: made });
    await screen.waitFor('Carol');
    expect(order(screen.text())).toEqual(['Alice', 'Bob', 'Carol']);
    await screen.press(keys.down, keys.down);
    await screen.waitFor('> Carol');
    for (let i = 0; i < 5; i++) made.receive(bob, `more ${i}`);
    made.receive(carol, 'and I');
    await screen.waitFor('2 moved: u');
    expect(order(screen.text())).toEqual(['Alice', 'Bob', 'Carol']);
    expect(screen.text()).toContain('> Carol');
    await screen.press('u');
    await screen.waitFor(/> Carol[\s\S]*Bob[\s\S]*Alice/);
    expect(screen.text()).not.toContain('moved');
    made.receive(alice, 'last');
    await screen.waitFor('1 moved: u');
    await screen.press(keys.enter);
    await screen.waitFor('and I');
    await screen.press(keys.escape);
    await screen.waitFor('> Carol');
    expect(order(screen.text())).toEqual(['Alice', 'Carol', 'Bob']);
  });

  it('folds the message requests, and shows them again', async () => {
    const made = session();
    made.addConversation(eve, 'Eve', { request: true, unread: 1 });
    const { screen } = startChat({ size: [columns, rows], session: made });
    await screen.waitFor('- Message requests (1)');
    await screen.waitFor('Eve 05ee…eeee');
    await screen.press('r');
    await screen.waitFor('> Message requests (1)');
    expect(screen.text()).not.toContain('Eve');
    await screen.press(keys.down);
    await screen.waitFor('+ Message requests (1)');
    await screen.press(keys.up);
    await screen.press(keys.enter);
    await screen.waitFor('Eve 05ee…eeee');
    await screen.press('r', '\x1br');
    await screen.waitFor('> Eve');
  });
});
