/** Bytes on the wire, exact: what issue 5 allows for what people do most, in the whole chat UI. */
import { afterEach, describe, expect, it } from 'vitest';
import { parseAccountId } from '../../../src/protocol/ids.ts';
import { type RunningChat, startChat } from '../../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../../support/fake-session.ts';
import { outsideSession } from '../../support/output-grammar.ts';
import { keys, type ScreenSize } from '../../support/screen.ts';

const alice = testId('a');
const running: RunningChat[] = [];

afterEach(async () => {
  for (const { screen, done } of running.splice(0)) {
    expect(outsideSession(screen.written)).toBeNull();
    screen.send(keys.ctrl('q'));
    screen.send('y');
    await done;
  }
});

async function open(
  size: ScreenSize,
  answers = '',
): Promise<RunningChat & Readonly<{ session: FakeSession }>> {
  const session = new FakeSession();
  for (let i = 0; i < 200; i++) {
    const id = parseAccountId(`05${String(i).padStart(64, '0')}`);
    if (id !== null) session.addConversation(id, `Person ${i}`);
  }
  session.addConversation(alice, 'Alice');
  session.fill(alice, 2000, (i) =>
    i % 4 === 0
      ? `A longer message that has to be wrapped, number ${i}: ${'and so on and on '.repeat(6)}`
      : i % 9 === 0
        ? `消息 ${i} 👍🏽`
        : `Message ${i}`,
  );
  session.setNetwork(onlineNetwork);
  const chat = startChat({ size, session, openConversation: alice });
  running.push(chat);
  await chat.screen.waitFor(/Message 1999/);
  await chat.screen.settle();
  if (answers !== '') await chat.screen.press(answers);
  return { ...chat, session };
}

/** The bytes of each step, smallest first. */
async function bytesOf(
  { screen }: RunningChat,
  steps: readonly unknown[],
  act: (step: number) => Promise<void>,
): Promise<number[]> {
  const bytes: number[] = [];
  for (const step of steps.keys()) {
    const before = screen.bytes;
    await act(step);
    await screen.settle(8);
    bytes.push(screen.bytes - before);
  }
  return bytes.toSorted((one, other) => one - other);
}

const p95 = (sorted: readonly number[]) => sorted[Math.floor((sorted.length - 1) * 0.95)] ?? Number.NaN;

/** What a terminal with synchronised output answers. */
const knowsSync = '\x1b[?2026;2$y';

describe('at 120×40 with 200 conversations', () => {
  it('a typed character costs at most 16 bytes, at the end, in the middle and in other scripts', async () => {
    const chat = await open([120, 40]);
    for (const text of ['The quick brown fox jumps over the lazy dog', 'Привет, мир', '你好世界']) {
      const letters = [...text];
      const bytes = await bytesOf(chat, letters, async (i) => chat.screen.send(letters[i] ?? ''));
      expect(bytes[0]).toBeGreaterThan(0);
      expect(p95(bytes)).toBeLessThanOrEqual(16);
    }
  });

  it('moving the selection within the view costs at most 110 bytes', async () => {
    // The first step scrolls the list.
    const chat = await open([120, 40], keys.tab + keys.up);
    const steps = Array.from({ length: 30 });
    const bytes = await bytesOf(chat, steps, async () => chat.screen.send(keys.up));
    expect(bytes[0]).toBeGreaterThan(0);
    expect(bytes.at(-1)).toBeLessThanOrEqual(110);
  });

  it.each([
    ['2 400 bytes beside the list', '', 2400],
    ['1 200 bytes where the terminal shows a scrolled frame at once', knowsSync, 1200],
  ])('a message that comes in costs at most %s', async (_, answer, limit) => {
    const chat = await open([120, 40], answer);
    const bytes = await bytesOf(chat, Array.from({ length: 12 }), async (i) => {
      chat.session.receive(alice, `A message that comes in, number ${i}`);
    });
    expect(bytes[0]).toBeGreaterThan(0);
    expect(bytes.at(-1)).toBeLessThanOrEqual(limit);
  });
});

it.each([
  [40, 10],
  [60, 24],
  [69, 40],
] as const)(
  'in one column, %i×%i, a message that comes in costs at most 400 bytes',
  async (columns, rows) => {
    const chat = await open([columns, rows]);
    const bytes = await bytesOf(chat, Array.from({ length: 12 }), async (i) => {
      chat.session.receive(alice, `A message that comes in, number ${i}`);
    });
    expect(bytes[0]).toBeGreaterThan(0);
    expect(bytes.at(-1)).toBeLessThanOrEqual(400);
  },
);
