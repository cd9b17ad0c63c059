/** One Ink instance on one terminal, and the stage that has it: unlock, onboarding, chat. */
import { type Instance, render } from 'ink';
import type { ReactElement } from 'react';
import type { Clock } from '../../util/clock.ts';
import { SurfaceContext } from '../present/hooks.ts';
import { guard } from '../terminal/guard.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import type { JobControl } from '../terminal/job-control.ts';
import type { LinkMeasure } from '../terminal/link-meter.ts';
import type { MouseInput } from '../terminal/mouse.ts';
import type { Multiplexer } from '../terminal/notification.ts';
import type { InputStream, OutputStream, Size } from '../terminal/streams.ts';
import { Terminal } from '../terminal/terminal.ts';
import { type Background, backgroundOf, type TerminalColors } from '../theme/detect.ts';
import { looksOf, type ThemeChoice } from '../theme/looks.ts';

/** What is on the screen, and who hears the keys. */
export type Stage = Readonly<{
  element: ReactElement;
  onToken(token: InputToken): void;
  onMouse?(mouse: MouseInput): void;
  onLink?(measure: LinkMeasure): void;
  onResize(size: Size): void;
}>;

/** 128 and the number of SIGHUP, as a shell reports it. */
const hangupCode = 129;
const interruptCode = 130;

export class ScreenHost {
  /** resolves with an exit code when a signal or a hang-up ends the program, rejects with a crash */
  readonly ended: Promise<number>;
  readonly #terminal: Terminal;
  readonly #jobs: JobControl | null;
  #unwatch: () => void = () => {};
  readonly #colors: TerminalColors;
  #background: Background;
  #theme: ThemeChoice = 'auto';
  #isLent = false;
  readonly #closing = new AbortController();
  readonly #unguard: () => void;
  readonly #onRenderError: (error: unknown) => void;
  #instance: Instance | null = null;
  #stage: Stage | null = null;

  /** Takes the terminal. Without job control it can't be suspended. */
  constructor(
    stdin: InputStream,
    stdout: OutputStream,
    clock: Clock,
    colors: TerminalColors,
    jobs: JobControl | null = null,
    multiplexer: Multiplexer = null,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.ended = promise;
    // Whoever races this promise hears of a crash; when nobody does any more, it is no news.
    promise.catch(() => {});
    this.#terminal = new Terminal(
      stdin,
      stdout,
      clock,
      {
        onToken: (token) => this.#stage?.onToken(token),
        onMouse: (mouse) => this.#stage?.onMouse?.(mouse),
        onResize: (size) => {
          this.#stage?.onResize(size);
          this.repaint();
        },
        onBackground: (color) => {
          this.#background = backgroundOf(color);
          this.#applyLooks();
        },
        onLink: (measure) => this.#stage?.onLink?.(measure),
        onHangup: () => resolve(hangupCode),
      },
      multiplexer,
    );
    this.#unguard = guard({
      onSignal: (code) => {
        // Ctrl-C while another program has the terminal is meant for that one.
        if (!this.#isLent || code !== interruptCode) resolve(code);
      },
      onCrash: reject,
      onExit: () => this.#terminal.close(),
    });
    this.#onRenderError = reject;
    this.#jobs = jobs;
    this.#colors = colors;
    this.#background = colors.background;
    this.#applyLooks();
    this.#terminal.open();
    this.#watch();
  }

  get size(): Size {
    return this.#terminal.size;
  }

  /** The terminal's window has the keyboard, as far as it says. */
  get hasFocus(): boolean {
    return this.#terminal.hasFocus;
  }

  /** Reports of the mouse, or none. */
  setMouse(isWanted: boolean): void {
    this.#terminal.setMouse(isWanted);
  }

  /** Names the window; null: it gets back the title it had. */
  setTitle(title: string | null): void {
    this.#terminal.setTitle(title);
  }

  /** What is known of how slow the line to the terminal is. */
  get link(): LinkMeasure {
    return this.#terminal.link;
  }

  /** Fewer frames, for a slow line. */
  setLean(isLean: boolean): void {
    this.#terminal.surface.setLean(isLean);
  }

  readonly signal = (sequence: string): void => this.#terminal.signal(sequence);

  /** Changes how everything looks, from the next frame on. */
  setTheme(theme: ThemeChoice): void {
    this.#theme = theme;
    this.#applyLooks();
  }

  #applyLooks(): void {
    this.#terminal.surface.setLooks(looksOf(this.#theme, this.#colors.depth, this.#background));
  }

  /** Puts a stage on the screen; when this returns, its first frame is written. */
  show(stage: Stage): void {
    this.#stage = stage;
    const isFirst = this.#instance === null;
    if (this.#instance === null) {
      this.#instance = render(this.#on(stage), {
        // Ink takes any object that behaves as a terminal; its types ask for Node's own stream.
        stdout: this.#terminal.surface.door as unknown as NodeJS.WritableStream,
        // Whole frames, at once, and nothing else: the way to the terminal is ours (docs/terminal.md).
        debug: true,
        interactive: true,
        exitOnCtrlC: false,
        patchConsole: false,
      });
      // An error inside a component ends Ink; it must end the program too.
      this.#instance.waitUntilExit().catch(this.#onRenderError);
    } else {
      this.#instance.rerender(this.#on(stage));
      // React keeps the tree before the last one for reuse. After a lock nothing may keep the chat.
      this.#instance.rerender(this.#on(stage));
      this.#terminal.surface.forget();
    }
    this.#terminal.surface.flush();
    if (isFirst) this.#terminal.measureLink();
  }

  /** Draws the whole screen anew, with nothing taken for granted about what is there. */
  readonly repaint = (): void => {
    if (this.#instance === null || this.#stage === null) return;
    this.#terminal.surface.invalidate();
    this.#instance.rerender(this.#on(this.#stage));
  };

  /**
   * Gives the terminal back and stops the program until the shell brings it back (`fg`). False where that can't be:
   * no shell with job control started it.
   */
  readonly suspend = async (): Promise<boolean> => {
    const jobs = this.#jobs;
    if (jobs === null || this.#isLent) return false;
    this.#isLent = true;
    await this.#terminal.settleAnswers();
    this.#terminal.lend();
    const wasStopped = await jobs.stop();
    this.#isLent = false;
    this.#takeBack();
    return wasStopped;
  };

  /**
   * Lends the terminal to another program while `work` runs; its signal aborts when this one ends. False, and nothing
   * was done, if it is lent already. Ctrl-Z there stops both.
   */
  readonly lend = async (work: (signal: AbortSignal) => Promise<void>): Promise<boolean> => {
    if (this.#isLent) return false;
    this.#isLent = true;
    this.#unwatch();
    await this.#terminal.settleAnswers();
    this.#terminal.lend();
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
    return true;
  };

  #watch(): void {
    const handlers = { onStopAsked: () => void this.suspend(), onContinued: () => this.#takeBack() };
    this.#unwatch = this.#jobs?.watch(handlers) ?? (() => {});
  }

  /** The terminal as it is now, whatever was done to it, and the whole screen anew. */
  #takeBack(): void {
    if (this.#isLent) return;
    this.#terminal.take();
    const before = this.size;
    this.#jobs?.refreshSize();
    const { columns, rows } = this.size;
    if (columns === before.columns && rows === before.rows) this.repaint();
  }

  #on({ element }: Stage): ReactElement {
    return <SurfaceContext value={this.#terminal.surface}>{element}</SurfaceContext>;
  }

  /** Hears no more keys, and waits a moment for answers of the terminal that are on their way. Then: `close`. */
  async settle(): Promise<void> {
    this.#stage = null;
    await this.#terminal.settleAnswers();
  }

  /** Gives the terminal back. Idempotent. */
  close(): void {
    this.#stage = null;
    this.#terminal.close();
    this.#instance?.unmount();
    this.#instance = null;
    this.#closing.abort();
    this.#unwatch();
    this.#unguard();
  }
}
