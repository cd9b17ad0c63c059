/**
 * What people do most, at 120×40 with the list beside it, 200 conversations and 100 000 messages, 5 000 of them in the
 * open one: bytes written to the terminal, and milliseconds from the byte on standard input to the last byte written. The whole chat UI
 * runs on a fake TTY, with React's production build as in the bundle.
 */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputStream } from '../src/ui/terminal/streams.ts';
import type { Benchmark } from './types.ts';

const conversations = 200;
const messagesEach = 475;
const messagesOfOpen = 5000;
const keyPresses = 150;
const warmUp = 30;
const idleMs = 3000;
const text = 'The quick brown fox jumps over the lazy dog. ';

class Terminal extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns = 120;
  rows = 40;
  bytes = 0;
  lastWriteAt = 0;

  write(data: string, callback?: () => void): boolean {
    this.bytes += Buffer.byteLength(data);
    this.lastWriteAt = performance.now();
    callback?.();
    return true;
  }
}

const composer: Benchmark = async (report) => {
  process.env.NODE_ENV = 'production';
  const { runChat } = await import('../src/ui/index.ts');
  const { systemClock } = await import('../src/util/clock.ts');
  const { parseAccountId } = await import('../src/protocol/ids.ts');
  const { silentLogger } = await import('../src/util/logger.ts');
  const { FakeMessenger, FakeSession, onlineNetwork, testId } = await import(
    '../test/support/fake-session.ts'
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

  const terminal = new Terminal();
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => {},
    ref: () => {},
    unref: () => {},
  });
  const done = runChat({
    messenger: FakeMessenger.with(session),
    profile: 'default',
    password: null,
    noPassword: false,
    openConversation: alice,
    colors: { depth: '16', background: null },
    platform: { clock: systemClock, randomBytes: (length) => new Uint8Array(length), logger: silentLogger },
    stdin: input,
    // What the UI uses of a stream is there.
    stdout: terminal as unknown as OutputStream,
  });
  await sleep(500);

  const steps = async (count: number, pauseMs: number, act: (step: number) => void) => {
    const bytes: number[] = [];
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const before = terminal.bytes;
      const start = performance.now();
      act(i);
      await sleep(pauseMs);
      if (terminal.bytes === before) continue;
      bytes.push(terminal.bytes - before);
      times.push(terminal.lastWriteAt - start);
    }
    return { bytes, times };
  };
  const figure = (name: string, value: number, unit: string, limit: number) =>
    report({ name: `composer: ${name}`, value, unit, limit, ok: value <= limit });
  const type = (i: number) => input.write(text[i % text.length] ?? ' ');

  await steps(warmUp, 40, type);
  const typed = await steps(keyPresses, 40, type);
  figure('bytes per key, p50', quantile(typed.bytes, 0.5), 'B', 16);
  figure('bytes per key, p95', quantile(typed.bytes, 0.95), 'B', 16);
  figure('time per key, p50', quantile(typed.times, 0.5), 'ms', 5);
  figure('time per key, p95', quantile(typed.times, 0.95), 'ms', 10);

  const incoming = await steps(30, 40, (i) => session.receive(alice, `A message that comes in, number ${i}`));
  figure('bytes per incoming message, most', Math.max(...incoming.bytes), 'B', 2400);

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
  figure('time per key with 50 messages a second, p95', quantile(busy, 0.95), 'ms', 16);

  input.write('\t\x1b[B');
  await sleep(60);
  const moved = await steps(30, 40, () => input.write('\x1b[B'));
  figure('bytes per move of the selection, p95', quantile(moved.bytes, 0.95), 'B', 110);

  const resized = await steps(30, 80, (i) => {
    terminal.columns = 90 + i;
    terminal.rows = 50 - (i % 20);
    terminal.emit('resize');
  });
  figure('time from a resize to the last byte, p95', quantile(resized.times, 0.95), 'ms', 50);

  const before = terminal.bytes;
  const cpu = process.cpuUsage();
  await sleep(idleMs);
  const { user, system } = process.cpuUsage(cpu);
  figure('bytes while idle', terminal.bytes - before, 'B', 0);
  figure('processor while idle', (user + system) / 10 / idleMs, '%', 0.5);
  input.write('\x11');
  await done;
};

export default composer;

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
