/**
 * What Ink takes for its terminal. It gathers the pieces of a frame into one write, so that a frame is one packet
 * and never shows half; it keeps resize events to itself, because Ink would lay out the old screen in the new
 * size; and it can be muted, so that nothing of Ink's teardown reaches a terminal that was restored already.
 */
import { EventEmitter } from 'node:events';
import type { OutputStream } from './streams.ts';

/** Ink steps over each unchanged row with a "next line" of its own; one with a count says the same. */
const nextLines = /(?:\x1b\[E){2,}/g;
const nextLineLength = 3;

export class FrameStream extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #target: OutputStream;
  #gathered = '';
  #callbacks: (() => void)[] = [];
  #scheduled = false;
  #muted = false;

  constructor(target: OutputStream) {
    super();
    this.#target = target;
  }

  get columns(): number | undefined {
    return this.#target.columns;
  }

  get rows(): number | undefined {
    return this.#target.rows;
  }

  write(data: string, callback?: () => void): boolean {
    if (!this.#muted) this.#gathered += data;
    if (callback !== undefined) this.#callbacks.push(callback);
    if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => this.flush());
    }
    return true;
  }

  /** Writes what was gathered, at once. */
  flush(): void {
    this.#scheduled = false;
    const frame = this.#gathered;
    const callbacks = this.#callbacks;
    this.#gathered = '';
    this.#callbacks = [];
    if (frame !== '')
      this.#target.write(frame.replace(nextLines, (run) => `\x1b[${run.length / nextLineLength}E`));
    for (const callback of callbacks) callback();
  }

  /** Writes what was gathered; from now on everything is dropped (callbacks are still called). */
  mute(): void {
    this.flush();
    this.#muted = true;
  }
}
