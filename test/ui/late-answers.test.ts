import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, testId } from '../support/fake-session.ts';
import { keys } from '../support/screen.ts';

const answers = '\x1b[?2026;2$y\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[0n';

async function start() {
  const session = new FakeSession();
  session.addConversation(testId('a'), 'Alice');
  const chat = startChat({ session });
  await chat.screen.waitFor('Alice', 20_000);
  return chat;
}

it('quitting at once takes the terminal’s answers along that are still on their way', async () => {
  const { screen, done } = await start();
  screen.send(keys.ctrl('q'));
  await sleep(20);
  expect(screen.isRaw).toBe(true);
  screen.send(answers);
  await done;
  expect(screen.isRaw).toBe(false);
  // Nothing of it is left for the shell.
  expect(screen.stdin.read()).toBeNull();
});

it('and of a terminal that never answers it does not wait for long, nor for one that has answered', async () => {
  for (const isAnswered of [false, true]) {
    const { screen, done } = await start();
    if (isAnswered) await screen.press(answers);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
    await screen.settle();
    expect(screen.isRaw).toBe(false);
    expect(screen.isAlternate).toBe(false);
  }
});
