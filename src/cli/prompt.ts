/** Questions at a terminal, on standard error, with what is typed hidden or wiped afterwards. */
import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { Interrupted } from './exit-codes.ts';
import type { CliIo } from './io.ts';

export type Asking = Readonly<{
  /** `hidden` shows nothing · `erased` shows the typed text and wipes it after Enter · `shown` leaves it there */
  typed: 'hidden' | 'erased' | 'shown';
  signal: AbortSignal;
}>;

/** Asks and gives the typed line. Throws Interrupted on Ctrl-C, and on Ctrl-D or a hang-up before anything was typed. */
export async function ask(io: CliIo, question: string, { typed, signal }: Asking): Promise<string> {
  const input = terminalInput(io);
  const echo = (text: string): void => {
    if (typed !== 'hidden') io.stderr.write(text);
  };
  const line = Promise.withResolvers<string>();
  const points: string[] = [];
  const decoder = new TextDecoder();
  const onData = (chunk: Uint8Array | string): void => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let taken = 0;
    for (const char of text) {
      taken += char.length;
      const end = takeKey(points, char, echo);
      if (end === null) continue;
      if (end === 'enter') line.resolve(points.join(''));
      else line.reject(new Interrupted('SIGINT'));
      // What was typed ahead belongs to the next question.
      input.pause();
      input.off('data', onData);
      if (taken < text.length) input.unshift(Buffer.from(text.slice(taken)));
      return;
    }
  };
  const onEnd = (): void => line.reject(new Interrupted('SIGINT'));
  const onAbort = (): void => line.reject(signal.reason);
  // Before the question: whoever answers at once must not see it echoed by the terminal.
  input.setRawMode(true);
  io.stderr.write(question);
  input.on('data', onData).on('end', onEnd);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  input.resume();
  try {
    return await line.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    input.off('data', onData).off('end', onEnd);
    input.setRawMode(false);
    input.pause();
    if (typed === 'erased') io.stderr.write(eraseRows(question, points.length));
    io.stderr.write('\n');
  }
}

/** A yes-or-no question; anything but y or yes means no. */
export async function confirm(io: CliIo, question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await ask(io, `${question} [y/N] `, { typed: 'shown', signal });
  return /^\s*y(es)?\s*$/i.test(answer);
}

/** Applies one typed character to the line; `points` is changed in place. */
function takeKey(points: string[], char: string, echo: (text: string) => void): 'enter' | 'interrupt' | null {
  switch (char) {
    case '\r':
    case '\n':
      return 'enter';
    case '\x03':
      return 'interrupt';
    case '\x04':
      return points.length === 0 ? 'interrupt' : 'enter';
    case '\x7f':
    case '\b':
      if (points.pop() !== undefined) echo('\b \b');
      return null;
    case '\x15':
      echo('\b \b'.repeat(points.length));
      points.length = 0;
      return null;
    default:
      if (char < ' ') return null;
      points.push(char);
      echo(char);
      return null;
  }
}

/** Back to the start of the question's rows, and wipe from there. */
function eraseRows(question: string, typedLength: number): string {
  const columns = process.stderr.columns ?? 80;
  const rowsAbove = Math.floor(Math.max(0, question.length + typedLength - 1) / columns);
  return `\r${rowsAbove > 0 ? `\x1b[${rowsAbove}A` : ''}\x1b[0J${question}`;
}

/** Standard input, or the controlling terminal where that has been read to its end already. */
function terminalInput(io: CliIo): ReadStream {
  const stdin = io.stdin();
  if (stdin instanceof ReadStream && !stdin.readableEnded && !stdin.destroyed) return stdin;
  return new ReadStream(openSync('/dev/tty', 'r'));
}
