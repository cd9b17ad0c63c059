import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');

async function openChat(size: ScreenSize = [80, 24], body = 'shall we meet') {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.addConversation(bob, 'Bob');
  session.fill(alice, 30, (i) => `old ${i}`);
  session.setNetwork(onlineNetwork);
  const asked = session.receive(alice, body);
  session.receive(alice, 'or not');
  const { screen } = startChat({ size, session, openConversation: alice });
  await screen.waitFor('or not');
  await screen.settle();
  return { screen, session, asked };
}

describe.each(screenSizes)('a selected message at %i×%i', (columns, rows) => {
  it('is answered with a quote, once', async () => {
    const { screen, session, asked } = await openChat([columns, rows]);
    await screen.press(keys.shiftTab, keys.up, keys.enter);
    expect(screen.text()).toMatch(/Answers Alice: sh.*Esc drops it/);
    await screen.press('yes', keys.enter);
    await screen.waitFor(/> shall we meet/);
    expect(session.stored(alice).at(-1)).toMatchObject({
      body: 'yes',
      quote: { author: alice, sentAt: asked.sentAt },
    });
    expect(screen.text()).not.toContain('Answers Alice');
    await screen.press('more', keys.enter);
    expect(session.stored(alice).at(-1)?.quote).toBeUndefined();
  });

  it('is shown with all that is known about it', async () => {
    const { screen, asked } = await openChat([columns, rows]);
    await screen.press(keys.shiftTab, keys.up, 'i');
    expect(screen.text()).toContain('From: Alice');
    expect(screen.text()).toMatch(/Sent: \w+day \d+ November 2026/);
    await screen.press(keys.end);
    expect(screen.text()).toContain(`Message ID: ${asked.id}`);
    await screen.press(keys.escape);
    expect(screen.text()).not.toContain('Message ID');
    expect(screen.text()).toMatch(/> +shall we meet/);
  });
});

describe('an answer', () => {
  it('is dropped by Esc, and the text stays', async () => {
    const { screen, session } = await openChat();
    await screen.press(keys.shiftTab, 'a', 'fine');
    expect(screen.text()).toContain('Answers Alice: or not');
    await screen.press(keys.escape);
    expect(screen.text()).not.toContain('Answers Alice');
    await screen.press(keys.enter);
    expect(session.stored(alice).at(-1)).toMatchObject({ body: 'fine' });
    expect(session.stored(alice).at(-1)?.quote).toBeUndefined();
  });

  it('waits in its own conversation while one looks at another', async () => {
    const { screen, session, asked } = await openChat();
    await screen.press(keys.shiftTab, keys.up, keys.enter, 'half');
    await screen.press(keys.ctrl('k'), 'bob', keys.enter);
    expect(screen.text()).not.toContain('Answers');
    await screen.press('to bob', keys.enter);
    expect(session.stored(bob).at(-1)?.quote).toBeUndefined();
    await screen.press(keys.ctrl('k'), 'alice', keys.enter);
    expect(screen.text()).toContain('Answers Alice: shall we meet');
    await screen.press(keys.enter);
    expect(session.stored(alice).at(-1)?.quote?.sentAt).toBe(asked.sentAt);
  });

  it('comes back with its text when it could not be stored', async () => {
    const { screen, session } = await openChat();
    session.refuseNext = new UsageError('disk', 'The disk is full.');
    await screen.press(keys.shiftTab, keys.enter, 'precious', keys.enter);
    await screen.waitFor('The disk is full');
    expect(screen.text()).toContain('> precious');
    expect(screen.text()).toContain('Answers Alice: or not');
  });

  it('and the facts of a message show foreign text and never obey it', async () => {
    const attack = '\x1b]0;owned\x07\x1b[2Jhi\u202e\x9b31m';
    const { screen } = await openChat([80, 24], attack);
    const before = screen.written.length;
    await screen.press(keys.shiftTab, keys.up, 'i', keys.escape, keys.enter);
    expect(screen.text()).toMatch(/Answers Alice: .*hi/);
    const written = screen.written.slice(before);
    for (const piece of ['\x1b]0;owned', '\x1b[2J', '\u202e', '\x9b']) expect(written).not.toContain(piece);
  });
});

describe('copying', () => {
  it.each(screenSizes)('puts the text on the clipboard as it is shown, at %i×%i', async (columns, rows) => {
    const { screen } = await openChat([columns, rows], 'rm -rf\x1b[31m /\x07 日本');
    const before = screen.written.length;
    await screen.press(keys.shiftTab, keys.up, 'c');
    const [, copied = ''] = /\x1b\]52;c;([^\x07]*)\x07/.exec(screen.written.slice(before)) ?? [];
    expect(Buffer.from(copied, 'base64').toString()).toBe('rm -rf␛[31m /␇ 日本');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('The text is on the clipboard');
  });

  it('says so where there is no text', async () => {
    const { screen } = await openChat([80, 24], '');
    await screen.press(keys.shiftTab, keys.up, 'c');
    expect(screen.text()).toContain('That message has no text.');
    expect(screen.written).not.toContain('\x1b]52');
  });
});

describe('without a selected message', () => {
  it('its actions say what to do', async () => {
    const { screen } = await openChat();
    await screen.press(keys.ctrl('k'), 'show all about', keys.enter);
    expect(screen.text()).toContain('Select a message first');
    await screen.press(keys.ctrl('k'), 'copy the text', keys.enter);
    expect(screen.text()).toContain('Select a message first');
    await screen.press(keys.ctrl('k'), 'answer the selected', keys.enter);
    expect(screen.text()).toContain('Select a message first');
  });
});
