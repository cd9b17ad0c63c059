/** A terminal that counts: what was written, and when; all of it can be shown to a real emulator afterwards. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InputStream, OutputStream } from '../../src/ui/terminal/streams.ts';
import type { Figure } from '../types.ts';

export class CountingTerminal extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns = 120;
  rows = 40;
  bytes = 0;
  lastWriteAt = 0;
  /** all that was written and all sizes since the start, in order */
  readonly log: (string | Readonly<{ columns: number; rows: number }>)[] = [];

  write(data: string, callback?: () => void): boolean {
    this.bytes += Buffer.byteLength(data);
    this.lastWriteAt = performance.now();
    this.log.push(data);
    callback?.();
    return true;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.log.push({ columns, rows });
    this.emit('resize');
  }

  get stream(): OutputStream {
    // What the UI uses of a stream is there.
    return this as unknown as OutputStream;
  }
}

export type Keyboard = PassThrough & InputStream;

export function keyboard(): Keyboard {
  return Object.assign(new PassThrough(), {
    isTTY: true as const,
    setRawMode: () => {},
    ref: () => {},
    unref: () => {},
    // A stream in memory has all else that the UI uses of a terminal's.
  }) as unknown as Keyboard;
}

/** Bytes, and milliseconds to the last of them, of each step that wrote something. */
export async function steps(
  terminal: CountingTerminal,
  count: number,
  pauseMs: number,
  act: (step: number) => void,
): Promise<{ bytes: number[]; times: number[] }> {
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
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export const atMost = (name: string, value: number, unit: string, limit: number): Figure => ({
  name: `ui: ${name}`,
  value,
  unit,
  limit,
  ok: value <= limit,
});
