/**
 * What people do most, at 120×40 with the list beside it, 200 conversations and 100 000 messages, 5 000 of them in the
 * open one: bytes written to the terminal, and milliseconds from the byte on standard input to the last byte written.
 * The whole chat UI runs on a terminal in memory, with React's production build as in the bundle. In the end all bytes
 * are shown to an emulator, whose screen has to equal a frame drawn whole.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import type { Figure } from '../types.ts';
import { atMost, CountingTerminal, keyboard, quantile, steps } from './terminal.ts';

const conversations = 200;
const messagesEach = 475;
const messagesOfOpen = 5000;
const keyPresses = 150;
const warmUp = 30;
const idleMs = 3000;
const text = 'The quick brown fox jumps over the lazy dog. ';

export async function screenFigures(report: (figure: Figure) => void): Promise<void> {
  const { runChat } = await import('../../src/ui/index.ts');
  const { systemClock } = await import('../../src/util/clock.ts');
  const { parseAccountId } = await import('../../src/protocol/ids.ts');
  const { silentLogger } = await import('../../src/util/logger.ts');
  const { FakeMessenger, FakeSession, onlineNetwork, testId } = await import(
    '../../test/support/fake-session.ts'
  );

  const session = new FakeSession();
  for (let i = 0; i < conversations; i++) {
    const id = parseAccountId(`05${String(i).padStart(64, '0')}`);
    if (id === null) continue;
    session.addConversation(id, `Person ${i}`);
    session.fill(id, messagesEach, (n) => `Message ${n}`);
  }
  const alice = testId('a');
  session.addConversation(alice, 'Alice');
  session.fill(alice, messagesOfOpen, (i) =>
    i % 4 === 0
      ? `A longer message that has to be wrapped, number ${i}: ${'and so on and on '.repeat(6)}`
      : i % 9 === 0
        ? `消息 ${i} 👍🏽`
        : `Message ${i}`,
  );
  session.setNetwork(onlineNetwork);

  const terminal = new CountingTerminal();
  const input = keyboard();
  const done = runChat({
    messenger: FakeMessenger.with(session),
    profile: 'default',
    password: null,
    noPassword: false,
    openConversation: alice,
    colors: { depth: '16', background: null },
    platform: { clock: systemClock, randomBytes: (length) => new Uint8Array(length), logger: silentLogger },
    stdin: input,
    stdout: terminal.stream,
  });
  await sleep(500);
  const type = (i: number) => input.write(text[i % text.length] ?? ' ');

  await steps(terminal, warmUp, 40, type);
  const typed = await steps(terminal, keyPresses, 40, type);
  report(atMost('bytes per key, p50', quantile(typed.bytes, 0.5), 'B', 16));
  report(atMost('bytes per key, p95', quantile(typed.bytes, 0.95), 'B', 16));
  report(atMost('time per key, p50', quantile(typed.times, 0.5), 'ms', 5));
  report(atMost('time per key, p95', quantile(typed.times, 0.95), 'ms', 10));

  const incoming = await steps(terminal, 30, 40, (i) =>
    session.receive(alice, `A message that comes in, number ${i}`),
  );
  report(atMost('bytes per incoming message, most', Math.max(...incoming.bytes), 'B', 2400));

  // The key is read before the next timer runs, so that the first bytes are its own.
  const arriving = setInterval(() => session.receive(alice, 'One of fifty a second'), 20);
  const busy: number[] = [];
  for (let i = 0; i < keyPresses; i++) {
    const start = performance.now();
    const before = terminal.bytes;
    type(i);
    while (terminal.bytes === before) await new Promise(setImmediate);
    busy.push(performance.now() - start);
    await sleep(7 + (i % 13));
  }
  clearInterval(arriving);
  report(atMost('time per key with 50 messages a second, p95', quantile(busy, 0.95), 'ms', 16));

  input.write('\t\x1b[B');
  await sleep(60);
  const moved = await steps(terminal, 30, 40, () => input.write('\x1b[B'));
  report(atMost('bytes per move of the selection, p95', quantile(moved.bytes, 0.95), 'B', 110));

  const resized = await steps(terminal, 30, 80, (i) => terminal.resize(90 + i, 50 - (i % 20)));
  report(atMost('time from a resize to the last byte, p95', quantile(resized.times, 0.95), 'ms', 50));
  terminal.resize(120, 40);
  await sleep(100);

  const before = terminal.bytes;
  const cpu = process.cpuUsage();
  await sleep(idleMs);
  const { user, system } = process.cpuUsage(cpu);
  report(atMost('bytes while idle', terminal.bytes - before, 'B', 0));
  report(atMost('processor while idle', (user + system) / 10 / idleMs, '%', 0.5));

  const ofDifferences = await screenOf(terminal.log);
  const drawn = terminal.log.length;
  input.write('\x0c');
  await sleep(100);
  const ofOneFrame = await screenOf(terminal.log.slice(drawn));
  const wrong = ofDifferences.filter((row, i) => row !== ofOneFrame[i]).length;
  report(atMost('rows that differ from a frame drawn whole', wrong, 'rows', 0));
  input.write('\x11');
  await done;
}

/** The rows that an emulator shows after these bytes. */
async function screenOf(log: CountingTerminal['log']): Promise<string[]> {
  const emulator = new xterm.Terminal({ cols: 120, rows: 40, allowProposedApi: true });
  for (const entry of log) {
    if (typeof entry === 'string') await new Promise<void>((resolve) => emulator.write(entry, resolve));
    else emulator.resize(entry.columns, entry.rows);
  }
  const { active } = emulator.buffer;
  return Array.from(
    { length: 40 },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
}
