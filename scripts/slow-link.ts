/**
 * The real program on a devnet, over a line of 9 600 bit/s with 300 ms each way: what each step costs and how long it
 * takes until the person sees it. Prints a table and judges nothing.
 *
 *   npm run --silent build && npm run slow-link -- [BITS-PER-SECOND] [DELAY-MS]
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

const bitsPerSecond = Number(process.argv[2] ?? 9600);
const delayMs = Number(process.argv[3] ?? 300);
/** A start bit and a stop bit come with each byte. */
const bytesPerMs = bitsPerSecond / 10 / 1000;
/** What lies between program and line; once it is full, the program's writes wait. */
const bufferBytes = 2048;
/** Nothing came for so long: what was under way has arrived. */
const quietMs = 1500;
const columns = 100;
const rows = 30;

/** Each direction carries its bytes one after the other, and each needs the delay on top. */
class Line {
  readonly #deliver: (data: string) => void;
  #freeAt = 0;

  constructor(deliver: (data: string) => void) {
    this.#deliver = deliver;
  }

  send(data: string): void {
    const now = performance.now();
    this.#freeAt = Math.max(this.#freeAt, now) + Buffer.byteLength(data) / bytesPerMs;
    setTimeout(() => this.#deliver(data), this.#freeAt - now + delayMs);
  }

  /** Bytes that have not left yet. */
  get waiting(): number {
    return Math.max(0, this.#freeAt - performance.now()) * bytesPerMs;
  }
}

const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
const program = pty.spawn(
  process.execPath,
  [fileURLToPath(new URL('../bin/session-tui.js', import.meta.url)), '--demo'],
  { cols: columns, rows, name: 'xterm-256color', env: { ...process.env, TERM: 'xterm-256color' } },
);
const hasEnded = new Promise<void>((resolve) => program.onExit(() => resolve()));

let bytes = 0;
let lastAt = performance.now();
const down = new Line((data) => {
  lastAt = performance.now();
  terminal.write(data);
});
const up = new Line((data) => program.write(data));
program.onData((data) => {
  bytes += Buffer.byteLength(data);
  // A line that carries a piece at a time shows it as it comes, not at its end.
  for (let at = 0; at < data.length; at += 64) down.send(data.slice(at, at + 64));
  if (down.waiting > bufferBytes) {
    program.pause();
    setTimeout(() => program.resume(), (down.waiting - bufferBytes) / bytesPerMs);
  }
});
terminal.onData((answer) => up.send(answer));

const text = () =>
  Array.from(
    { length: rows },
    (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true).trimEnd() ?? '',
  ).join('\n');

type Step = Readonly<{ name: string; bytes: number; shownMs: number; restMs: number }>;

/** Presses keys; ends when the screen shows what is wanted and nothing more comes. */
async function step(
  name: string,
  keys: string,
  wanted: (screen: string) => boolean,
  limitMs = 120_000,
): Promise<Step> {
  const start = performance.now();
  const before = bytes;
  if (keys !== '') up.send(keys);
  let shownMs: number | null = null;
  while (shownMs === null || performance.now() - Math.max(lastAt, start) < quietMs) {
    if (shownMs === null && wanted(text())) shownMs = performance.now() - start;
    if (performance.now() - start > limitMs) throw new Error(`never shown after: ${name}\n${text()}`);
    await sleep(5);
  }
  return { name, bytes: bytes - before, shownMs, restMs: Math.max(shownMs, lastAt - start) };
}

const shows = (words: string) => (screen: string) => screen.includes(words);

/** The same few things that people do all day. */
async function day(): Promise<Step[]> {
  const word = `w${Math.random().toString(36).slice(2, 8)}`;
  const typed = await step('a word of seven letters, at once', word, shows(`> ${word}`));
  const one = await step('one letter', '!', shows(`> ${word}!`));
  const sent = await step('Enter, until echo answers', '\r', shows(`echo: ${word}!`));
  const lines = Array.from({ length: 30 }, (_, i) => `${word} line ${i}`).join('\n');
  const pasted = await step('a paste of 30 lines', `\x1b[200~${lines}\x1b[201~`, shows(`${word} line 29`));
  const echoed = (screen: string) => /Write a message/.test(screen) && screen.includes(`${word} line 29`);
  const long = await step('Enter, until it stands among the messages', '\r', echoed);
  const paged = await step('PgUp', '\x1b[5~', shows('newer below'));
  const back = await step('Ctrl-End', '\x1b[1;5F', (screen) => !screen.includes('newer below'));
  const palette = await step('Ctrl-K', '\x0b', shows('Go to'));
  const closed = await step('Esc', '\x1b', (screen) => !screen.includes('Go to'));
  return [typed, one, sent, pasted, long, paged, back, palette, closed];
}

function print(title: string, steps: readonly Step[]): void {
  process.stdout.write(`\n${title}\n| step | bytes | seen after | at rest after |\n|---|---|---|---|\n`);
  for (const { name, bytes: cost, shownMs, restMs } of steps)
    process.stdout.write(`| ${name} | ${cost} B | ${seconds(shownMs)} | ${seconds(restMs)} |\n`);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const start = await step('the start, until the echo conversation is there', '', shows('Write a message'));
const full = /lean/.test(text()) ? 'lean' : 'full';
const leanDay = await day();
print(`As it comes (${full} after the start, ${/lean/.test(text()) ? 'lean' : 'full'} at the end)`, [
  start,
  ...leanDay,
]);
const toggled = await step('F6', '\x1b[17~', shows('shown again'));
print('After F6, which shows everything again', [toggled, ...(await day())]);
process.stdout.write(`\nStatus line at the end: ${text().split('\n').at(-1)}\n`);
up.send('\x11');
await Promise.race([hasEnded, sleep(5000)]);
program.kill();
process.exit(0);
