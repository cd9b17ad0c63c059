/**
 * The terminal in linear output: raw mode for the line being typed, bracketed paste where the terminal may know it,
 * and everything put back on `close`, which may be called at any time and from any way out. No alternate screen.
 */
import type { Clock } from '../../util/clock.ts';
import { guard } from '../terminal/guard.ts';
import {
  type InputToken,
  InputTokenizer,
  stalledPasteMs,
  type TerminalToken,
} from '../terminal/input-tokenizer.ts';
import type { JobControl } from '../terminal/job-control.ts';
import { type InputStream, type OutputStream, sizeOf } from '../terminal/streams.ts';

const escapeWaitMs = 30;
const replyWaitMs = 1000;
/** 128 and the number of SIGHUP, as a shell reports it. */
const hangupCode = 129;
const interruptCode = 130;

const pasteOn = '\x1b[?2004h';
const pasteOff = '\x1b[?2004l';

export type DeviceOptions = Readonly<{
  stdin: InputStream;
  stdout: OutputStream;
  clock: Clock;
  jobs: JobControl | null;
  /** nothing but printable characters, BEL, BS, CR and LF may reach it */
  isPlain: boolean;
  onToken: (token: InputToken) => void;
  /** another program had the terminal: the row of the cursor is a new one */
  onTakenBack: () => void;
  /** the terminal is about to be given away */
  onLeave: () => void;
}>;

export class Device {
  /** resolves with an exit code when a signal or a hang-up ends the program, rejects with a crash */
  readonly ended: Promise<number>;
  readonly #options: DeviceOptions;
  readonly #tokenizer = new InputTokenizer();
  readonly #decoder = new TextDecoder('utf-8');
  readonly #end: (code: number) => void;
  readonly #unguard: () => void;
  readonly #closing = new AbortController();
  #unwatch: () => void = () => {};
  #cancelFlush: () => void = () => {};
  /** when something came last */
  #heardAt = 0;
  #open = true;
  #held = false;
  #failed = false;
  #isLent = false;

  /** Takes the terminal. */
  constructor(options: DeviceOptions) {
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.ended = promise;
    promise.catch(() => {});
    this.#end = resolve;
    this.#unguard = guard({
      onSignal: (code) => {
        // Ctrl-C while another program has the terminal is meant for that one.
        if (!this.#isLent || code !== interruptCode) resolve(code);
      },
      onCrash: reject,
      onExit: () => this.close(),
    });
    options.stdout.on('error', this.#onGone);
    this.#take();
    this.#watch();
  }

  get columns(): number {
    return sizeOf(this.#options.stdout).columns;
  }

  readonly write = (bytes: string): void => {
    if (this.#held && !this.#failed) this.#options.stdout.write(bytes);
  };

  /** A sequence that moves nothing: a notification, the clipboard. A plain terminal gets none but a bell. */
  readonly signal = (sequence: string): void => {
    if (!this.#options.isPlain || sequence === '\x07') this.write(sequence);
  };

  /** Gives the terminal back and stops the program until the shell brings it back; false where none can. */
  readonly suspend = async (): Promise<boolean> => {
    const { jobs } = this.#options;
    if (jobs === null || this.#isLent) return false;
    this.#isLent = true;
    this.#giveBack();
    const wasStopped = await jobs.stop();
    this.#isLent = false;
    this.#takeBack();
    return wasStopped;
  };

  /** Lends the terminal to another program while `work` runs; its signal aborts when this one ends. */
  readonly lend = async (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (this.#isLent) return;
    this.#isLent = true;
    this.#unwatch();
    this.#giveBack();
    // Node stops reading a moment after it was asked to.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await work(this.#closing.signal);
    } finally {
      this.#isLent = false;
      if (!this.#closing.signal.aborted) {
        this.#watch();
        this.#takeBack();
      }
    }
  };

  /** Gives the terminal back as it was. Idempotent, synchronous. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#giveBack();
    this.#closing.abort();
    this.#unwatch();
    this.#unguard();
    // `error` stays heard: a write may fail after a hang-up, and must not become a crash.
  }

  #watch(): void {
    const { jobs } = this.#options;
    this.#unwatch =
      jobs?.watch({ onStopAsked: () => void this.suspend(), onContinued: () => this.#takeBack() }) ??
      (() => {});
  }

  #take(): void {
    const { stdin, isPlain } = this.#options;
    if (this.#held) this.#letGo();
    this.#held = true;
    // Raw mode first: a program in the background is stopped here, before it writes anything.
    this.#setRawMode(true);
    stdin.ref?.();
    if (!isPlain) this.write(pasteOn);
    stdin.on('data', this.#onData).on('end', this.#onGone).on('error', this.#onGone);
    stdin.resume();
  }

  #takeBack(): void {
    if (this.#isLent || !this.#open) return;
    this.#take();
    this.#options.jobs?.refreshSize();
    this.#options.onTakenBack();
  }

  #giveBack(): void {
    if (!this.#held) return;
    this.#options.onLeave();
    if (!this.#options.isPlain) this.write(pasteOff);
    this.#letGo();
  }

  #letGo(): void {
    const { stdin } = this.#options;
    this.#held = false;
    this.#cancelFlush();
    stdin.off('data', this.#onData).off('end', this.#onGone).off('error', this.#onGone);
    this.#setRawMode(false);
    stdin.pause();
    stdin.unref?.();
  }

  #setRawMode(on: boolean): void {
    try {
      this.#options.stdin.setRawMode?.(on);
    } catch {
      // The terminal is gone: there is nothing to take or to restore.
    }
  }

  readonly #onData = (chunk: Buffer | string): void => {
    this.#cancelFlush();
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    const silence = this.#options.clock.monotonic() - this.#heardAt;
    this.#heardAt += silence;
    const stops = silence >= stalledPasteMs && this.#tokenizer.stopsPaste(text);
    this.#give(stops ? this.#tokenizer.flush() : this.#tokenizer.push(text));
    const { pending } = this.#tokenizer;
    if (!this.#held || pending === 'none' || pending === 'paste') return;
    this.#cancelFlush = this.#options.clock.after(pending === 'escape' ? escapeWaitMs : replyWaitMs, () =>
      this.#give(this.#tokenizer.flush()),
    );
  };

  #give(tokens: readonly TerminalToken[]): void {
    for (const token of tokens) if (this.#held && token.kind !== 'mouse') this.#options.onToken(token);
  }

  readonly #onGone = (): void => {
    this.#failed = true;
    if (this.#open) this.#end(hangupCode);
  };
}
