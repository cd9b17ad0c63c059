/**
 * One key press in the composer, at 120×40 with the list beside it, 60 conversations and 5 000 messages in the open
 * one: bytes written to the terminal, and milliseconds from the byte on standard input to the last byte written.
 * The whole chat UI runs on a fake TTY, with React's production build as in the bundle.
 */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputStream } from '../src/ui/terminal/streams.ts';
import type { Benchmark } from './types.ts';

const columns = 120;
const rows = 40;
const messages = 5000;
const conversations = 60;
const keyPresses = 150;
const warmUp = 30;

class Terminal extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly columns = columns;
  readonly rows = rows;
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
    if (id !== null) session.addConversation(id, `Person ${i}`);
  }
  const alice = testId('a');
  session.addConversation(alice, 'Alice');
  session.fill(alice, messages, (i) =>
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
    color: true,
    platform: { clock: systemClock, randomBytes: (length) => new Uint8Array(length), logger: silentLogger },
    stdin: input,
    // What the UI uses of a stream is there.
    stdout: terminal as unknown as OutputStream,
  });
  await sleep(500);

  const bytes: number[] = [];
  const times: number[] = [];
  const text = 'The quick brown fox jumps over the lazy dog. ';
  for (let i = 0; i < keyPresses + warmUp; i++) {
    const before = terminal.bytes;
    const start = performance.now();
    input.write(text[i % text.length] ?? ' ');
    await sleep(40);
    if (i < warmUp) continue;
    bytes.push(terminal.bytes - before);
    times.push(terminal.lastWriteAt - start);
  }
  input.write('\x11');
  await done;

  const figure = (name: string, value: number, unit: string, limit: number) =>
    report({ name, value, unit, limit, ok: value <= limit });
  figure('composer: bytes per key, p50', quantile(bytes, 0.5), 'B', 260);
  figure('composer: bytes per key, p95', quantile(bytes, 0.95), 'B', 260);
  figure('composer: time per key, p50', quantile(times, 0.5), 'ms', 15);
};

export default composer;

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
