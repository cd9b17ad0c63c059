import { describe, expect, it } from 'vitest';
import { type ChatSetup, startChat } from '../support/chat.ts';
import { FakeSession, testId } from '../support/fake-session.ts';
import { outsideSession } from '../support/output-grammar.ts';
import { keys, type ScreenSize, type TestScreen } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');

/** A chat with Alice open and the mouse as it is asked for. */
async function openChat(size: ScreenSize, mouse: 'on' | 'off' = 'on', more: ChatSetup = {}) {
  const session = new FakeSession();
  session.addConversation(bob, 'Bobby');
  session.addConversation(alice, 'Alice');
  session.fill(alice, 60, (i) => `Message ${i}`);
  await session.setSetting('mouse', mouse);
  const { screen, done } = startChat({ size, session, openConversation: alice, ...more });
  await screen.waitFor('Message 59', 20_000);
  return { session, screen, done };
}

/** What a terminal sends for the left button on the first cell that shows a text. */
function clickOn(screen: TestScreen, text: string, further = 0): string {
  const y = screen.rows().findIndex((row) => row.includes(text));
  const x = screen.rows()[y]?.indexOf(text) ?? -1;
  if (y < 0) throw new Error(`not on the screen: ${text}\n${screen.text()}`);
  return `\x1b[<0;${x + further + 1};${y + 1}M\x1b[<0;${x + further + 1};${y + 1}m`;
}

const wheel = (direction: 'up' | 'down', x: number, y: number) =>
  `\x1b[<${direction === 'up' ? 64 : 65};${x + 1};${y + 1}M`;

describe.each([
  [100, 30],
  [80, 24],
] as const)('with the mouse on, at %i×%i', (...size) => {
  it('a click opens a conversation, selects a message, places the cursor', async () => {
    const { screen } = await openChat(size);
    await screen.press(clickOn(screen, 'Bobby'));
    expect(screen.text()).toContain('No messages yet');
    await screen.press(clickOn(screen, 'Alice'));
    await screen.waitFor('Message 59');
    await screen.press(clickOn(screen, 'Message 57'));
    expect(screen.text()).toMatch(/>.*Message 57/);
    expect(screen.text()).not.toMatch(/>.*Message 59/);
    await screen.press(clickOn(screen, 'Write a message'), 'hello');
    await screen.press(clickOn(screen, 'hello', 2), 'y');
    expect(screen.text()).toContain('> heyllo');
    expect(outsideSession(screen.written)).toBeNull();
  });

  it('the wheel scrolls what is under it, and a click on the rule goes back to the newest', async () => {
    const { screen } = await openChat(size);
    const [columns] = size;
    for (let i = 0; i < 4; i++) await screen.press(wheel('up', columns - 5, 5));
    expect(screen.text()).toMatch(/\d+ newer below/);
    const [, below] = /(\d+) newer below/.exec(screen.text()) ?? [];
    await screen.press(wheel('down', columns - 5, 5));
    const [, fewer] = /(\d+) newer below/.exec(screen.text()) ?? [];
    expect(Number(fewer)).toBeLessThan(Number(below));
    await screen.press(clickOn(screen, 'newer below'));
    expect(screen.text()).toContain('Message 59');
    await screen.press(keys.escape, wheel('up', 3, 5));
    expect(screen.rows()[1]).toMatch(/^>/);
  });

  it('a click chooses in a dialog, the wheel scrolls it, and a click beside it closes it', async () => {
    const { screen } = await openChat(size);
    await screen.press(keys.ctrl('k'), 'Bobby');
    await screen.press(clickOn(screen, 'Bobby'));
    expect(screen.text()).not.toContain('Go to');
    await screen.press(keys.escape, keys.f1);
    const first = screen.text();
    await screen.press(wheel('down', 20, 10));
    expect(screen.text()).not.toBe(first);
    expect(screen.text()).toContain('Help');
    await screen.press('\x1b[<0;1;1M');
    expect(screen.text()).not.toContain('Esc closes');
  });
});

it('in one column, list and conversation take clicks each in their turn', async () => {
  const { screen } = await openChat([40, 10]);
  await screen.press(keys.escape);
  await screen.press(clickOn(screen, 'Bobby'));
  expect(screen.text()).toContain('No messages yet');
});

it('clicks anywhere, at any size, break nothing', async () => {
  const { screen } = await openChat([70, 12]);
  for (const size of [
    [70, 12],
    [40, 10],
    [39, 9],
    [100, 30],
  ] as const) {
    const [columns, rows] = size;
    screen.resize(columns, rows);
    for (const dialog of ['', keys.f1, keys.ctrl('k'), keys.f3]) {
      if (dialog !== '') await screen.press(dialog);
      for (let y = 0; y <= rows; y += 2)
        for (let x = 0; x <= columns; x += 13) screen.send(`\x1b[<0;${x + 1};${y + 1}M${wheel('up', x, y)}`);
      await screen.settle();
    }
    await screen.press(keys.escape, keys.escape);
  }
  expect(outsideSession(screen.written)).toBeNull();
  expect(screen.text()).toContain('Alice');
});

describe('the terminal’s own mouse', () => {
  const tracking = (screen: TestScreen) => JSON.parse(screen.allModes).mouseTrackingMode;

  it('is left alone while the setting is off, and stray reports do nothing', async () => {
    const { screen } = await openChat([80, 24], 'off');
    expect(tracking(screen)).toBe('none');
    const before = screen.text();
    await screen.press(clickOn(screen, 'Bobby'), '\x1b[M #%');
    expect(screen.text()).toBe(before);
    expect(screen.written).not.toContain('1000');
  });

  it('is taken when the setting changes, given back when it changes again, and at the end', async () => {
    const { session, screen, done } = await openChat([80, 24], 'off');
    await session.setSetting('mouse', 'on');
    await screen.settle();
    expect(tracking(screen)).toBe('vt200');
    await session.setSetting('mouse', 'off');
    await screen.settle();
    expect(tracking(screen)).toBe('none');
    await session.setSetting('mouse', 'on');
    await screen.press(keys.ctrl('q'));
    await done;
    await screen.settle();
    expect(tracking(screen)).toBe('none');
    expect(outsideSession(screen.written)).toBeNull();
  });
});
