/** A slow line between the UI and its terminal, in the time of a moved clock: when each byte would have arrived. */
import type { MovedClock } from './moved-clock.ts';
import type { TestScreen } from './screen.ts';

export type LinkStep = Readonly<{
  bytes: number;
  /** from the key on this side to the last byte of the answer to it */
  ms: number;
}>;

export class SlowLink {
  readonly #clock: MovedClock;
  readonly #delayMs: number;
  readonly #bytesPerMs: number;
  #idleAt = 0;
  #bytes = 0;

  /** Puts itself between; `delayMs` is each way. The terminal behind it answers the question whether it is there. */
  constructor(
    screen: TestScreen,
    clock: MovedClock,
    { bitsPerSecond, delayMs }: Readonly<{ bitsPerSecond: number; delayMs: number }>,
  ) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    // A start bit and a stop bit come with each byte.
    this.#bytesPerMs = bitsPerSecond / 10 / 1000;
    const { stdout } = screen;
    const write = stdout.write.bind(stdout);
    stdout.write = (data: string | Uint8Array) => {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
      const bytes = Buffer.byteLength(text);
      this.#bytes += bytes;
      this.#idleAt = Math.max(this.#idleAt, clock.monotonic()) + bytes / this.#bytesPerMs;
      const roundTrip = this.#idleAt - clock.monotonic() + 2 * delayMs;
      for (const _ of text.matchAll(/\x1b\[5n/g)) clock.after(roundTrip, () => screen.send('\x1b[0n'));
      return write(text);
    };
  }

  /** A step that somebody takes once everything before it has arrived: `act` presses keys and lets them take effect. */
  async step(act: () => Promise<void>): Promise<LinkStep> {
    const wait = Math.max(0, this.#idleAt - this.#clock.monotonic()) + 2 * this.#delayMs;
    this.#clock.advance(Math.ceil(wait));
    const start = this.#clock.monotonic();
    const before = this.#bytes;
    await act();
    const ms = Math.max(0, this.#idleAt - start) + 2 * this.#delayMs;
    return { bytes: this.#bytes - before, ms: Math.round(ms) };
  }
}
