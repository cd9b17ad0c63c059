import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/core/types.ts';
import { type RunningChat, startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { outsideSession } from '../support/output-grammar.ts';
import { keys, type ScreenSize } from '../support/screen.ts';

const alice = testId('a');

const running: RunningChat[] = [];

async function open(session: FakeSession, size: ScreenSize, color = true): Promise<RunningChat> {
  const chat = startChat({
    size,
    session,
    openConversation: alice,
    colors: { depth: color ? '16' : 'none', background: null },
  });
  running.push(chat);
  await chat.screen.waitFor(/\S/);
  await chat.screen.settle();
  return chat;
}

afterEach(async () => {
  for (const { screen, done } of running.splice(0)) {
    screen.send(keys.ctrl('q'));
    screen.send('y');
    await done;
  }
});

function session(change: Partial<Conversation> = {}): FakeSession {
  const made = new FakeSession();
  made.addConversation(alice, 'Alice', change);
  made.fill(alice, 5, (i) => `message ${i}`);
  made.setNetwork(onlineNetwork);
  return made;
}

const attacks = [
  '\x1b[2J\x1b[H\x1b[31mowned',
  '\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\',
  '\x1bPq#0;2;0;0;0~~@@vv\x1b\\',
  '\x1b_Gf=24,s=1,v=1;AAAA\x1b\\',
  '\x1bc\x1b[?1049l\x1b[?25l\x1b(0',
  '\x9b2J\x9d0;x\x9c\x90q\x9c',
  'over\rwritten\b\b\b\x7f',
  '\u202eevil\u202c \u2066 isolate',
  `z${'\u0301'.repeat(500)}algo`,
  'tab\ttab\ttab\vff\f',
  '\u2028line\u2029sep\u0085nel',
  '\ud800 lone \udc00',
  'tag\u{e0041}\u{e0042} \u034f\u200b\u200d\ufeff',
  '你好'.repeat(200),
  '👨‍👩‍👧‍👦'.repeat(40),
  'x'.repeat(5000),
  '\n'.repeat(300),
  '\x00\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10\x1a\x1c\x1d\x1e\x1f',
];

describe.each([
  [40, 10],
  [80, 24],
] as const)('hostile text at %i×%i', (columns, rows) => {
  it.each(attacks.map((attack) => [attack]))('%j stays within its cells', async (attack) => {
    const hostile = session({ name: attack, request: true });
    const { screen } = await open(hostile, [columns, rows]);
    hostile.receive(alice, attack);
    hostile.notice(attack, alice);
    await screen.settle();
    expect(outsideSession(screen.written)).toBeNull();
    expect(screen.isAlternate).toBe(true);
    expect(screen.rows().at(-1)).toContain('127.0.11.1');
    await screen.press(`${keys.pageUp}${keys.ctrl('k')}${keys.ctrl('c')}${keys.f3}`);
    expect(outsideSession(screen.written)).toBeNull();
    // The list beside it is still where it was.
    if (columns >= 70) for (const row of screen.rows().slice(0, 3)) expect(row.length).toBeGreaterThan(20);
  });
});

describe('pasted and typed control characters', () => {
  it('never act: a paste is text, a reply of the terminal is nothing', async () => {
    const { screen, done } = await open(session(), [80, 24]);
    await screen.press(keys.paste('one\r\ntwo\x1b[A\x03\x11\x1b]0;x\x07 end'));
    expect(screen.text()).toMatch(/> one\n.*two\[A\]0;x end/);
    await screen.press('\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\', '\x1b[?62;c', '\x1b[I', '\x1b[<0;3;4M');
    expect(screen.text()).toMatch(/> one\n.*two\[A\]0;x end/);
    expect(outsideSession(screen.written)).toBeNull();
    expect(await Promise.race([done, 'running'])).toBe('running');
  });

  it('a paste of 300 KB is cut with a word about it, and editing goes on', async () => {
    const { screen } = await open(session(), [80, 24]);
    await screen.press(keys.paste('0123456789'.repeat(30_000)));
    expect(screen.text()).toContain('Only a part was taken');
    await screen.press(keys.ctrl('c'), 'short');
    expect(screen.text()).toContain('> short');
  });
});

describe('resizing', () => {
  it('through many sizes, the screen shows what a fresh start at that size shows', async () => {
    const sizes: ScreenSize[] = [
      [40, 10],
      [200, 60],
      [69, 11],
      [70, 24],
      [39, 10],
      [12, 3],
      [1, 1],
      [120, 12],
      [80, 24],
    ];
    const { screen } = await open(session(), [80, 24]);
    await screen.press('draft');
    for (const size of sizes) {
      screen.resize(...size);
      await screen.settle();
      const fresh = await open(session({ draft: 'draft' }), size);
      expect(screen.text()).toBe(fresh.screen.text());
    }
  });

  it('any storm of sizes ends in a clean screen', async () => {
    const { screen } = await open(session(), [80, 24]);
    const random = fc.sample(fc.tuple(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 50 })), {
      numRuns: 60,
      seed: 7,
    });
    for (const size of random) screen.resize(...size);
    screen.resize(80, 24);
    await screen.settle(40);
    const fresh = await open(session(), [80, 24]);
    expect(screen.text()).toBe(fresh.screen.text());
    expect(outsideSession(screen.written)).toBeNull();
  });

  it('says so on a terminal that is too small, and can be left there', async () => {
    const { screen, done } = await open(session(), [30, 5]);
    expect(screen.text()).toContain('Too small: 30x5');
    await screen.press('typed', keys.enter, keys.ctrl('k'));
    screen.resize(80, 24);
    await screen.settle();
    expect(screen.text()).toContain('Write a message');
    running.length = 0;
    screen.resize(20, 4);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });
});

describe('bytes on the wire', () => {
  it('a typed character costs at most 16 bytes at 120×40 with 5 000 messages', async () => {
    const full = session();
    full.fill(alice, 5000, (i) => `Message ${i} ${i % 5 === 0 ? 'with some more words '.repeat(8) : ''}`);
    const { screen } = await open(full, [120, 40]);
    await screen.press('a');
    for (const character of 'The quick brown fox') {
      const before = screen.bytes;
      await screen.press(character);
      expect(screen.bytes - before).toBeLessThanOrEqual(16);
      expect(screen.bytes - before).toBeGreaterThan(0);
    }
  });

  it('nothing is written while nothing happens', async () => {
    const { screen } = await open(session(), [80, 24]);
    await screen.press('draft');
    const before = screen.bytes;
    // Longer than the moment after which a draft is saved.
    await screen.settle(700);
    expect(screen.bytes).toBe(before);
  });
});

describe('colours', () => {
  it('are 16 at most, and none without colour', async () => {
    const made = session({ unread: 2 });
    made.receive(testId('b'), 'hi', { request: true });
    const plain = await open(made, [80, 24], false);
    await plain.screen.press(keys.ctrl('k'), keys.escape, keys.f1);
    expect(plain.screen.written).not.toMatch(/\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]/);
    expect(plain.screen.hasColour).toBe(false);
    const coloured = await open(session(), [80, 24]);
    expect(coloured.screen.hasColour).toBe(true);
    expect(coloured.screen.written).not.toMatch(/\x1b\[(?:\d+;)*(?:38|48);/);
  });
});

describe('the cursor', () => {
  it('stands where one types', async () => {
    const { screen } = await open(session(), [80, 24]);
    await screen.press('héllo 你', keys.left);
    const { x, y } = screen.cursor;
    expect(screen.rows()[y]?.slice(0, x)).toMatch(/> héllo $/);
    await screen.press(keys.ctrl('n'), '05a');
    expect(screen.rows()[screen.cursor.y]).toContain('> 05a');
  });
});

it('a terminal that goes away ends the chat in order', async () => {
  const made = session();
  const { screen, done } = await open(made, [80, 24]);
  running.length = 0;
  screen.hangUp();
  expect(await done).toBe(129);
  expect(made.closed).toBe(true);
});
