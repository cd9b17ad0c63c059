/**
 * A terminal without a window: a fake TTY on both ends, fed into @xterm/headless, so that tests see what a person
 * would see. Sizes are real, resizes are real, bytes are counted.
 */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import type { InputStream, OutputStream } from '../../src/ui/terminal/streams.ts';

export type ScreenSize = readonly [columns: number, rows: number];

/** Sizes that every screen test is worth running at. */
export const screenSizes: readonly ScreenSize[] = [
  [40, 10],
  [80, 24],
  [200, 60],
];

/** Input as a terminal in raw mode gives it. */
class FakeInput extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(on: boolean): this {
    this.isRaw = on;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Output that an emulator reads. Writes are taken in order; the emulator parses them a moment later. */
class FakeOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  bytes = 0;
  written = '';
  broken = false;
  readonly #parse: (data: string) => void;

  constructor([columns, rows]: ScreenSize, parse: (data: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#parse = parse;
  }

  write(data: string | Uint8Array, callback?: unknown): boolean {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
    if (this.broken) {
      queueMicrotask(() => this.emit('error', new Error('write EIO')));
      return false;
    }
    this.bytes += Buffer.byteLength(text);
    this.written += text;
    this.#parse(text);
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  }
}

export class TestScreen {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly #input = new FakeInput();
  readonly #output: FakeOutput;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #reports: string[] = [];
  #parsing: Promise<void> = Promise.resolve();

  constructor(size: ScreenSize) {
    const [cols, rows] = size;
    // A pseudo-terminal turns line feeds into new lines; here the emulator does.
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true, convertEol: true });
    this.#terminal.onTitleChange((title) => this.#reports.push(`title ${title}`));
    this.#terminal.onBell(() => this.#reports.push('bell'));
    this.#terminal.onData((answer) => this.#reports.push(`answer ${JSON.stringify(answer)}`));
    for (const code of [4, 7, 8, 9, 10, 11, 52, 99, 133, 633, 777, 1337])
      this.#terminal.parser.registerOscHandler(code, (data) => {
        this.#reports.push(`OSC ${code} ${data}`);
        return false;
      });
    this.#output = new FakeOutput(size, (data) => {
      this.#parsing = new Promise((resolve) => {
        this.#terminal.write(data, resolve);
      });
    });
    this.stdin = this.#input;
    // Only what the UI uses of a stream is there, and the UI's own type says what that is.
    this.stdout = this.#output as unknown as OutputStream;
  }

  /** Sends what a terminal would send for key presses. */
  send(data: string): void {
    this.#input.write(data);
  }

  /** The other side hangs up. */
  hangUp(): void {
    this.#output.broken = true;
    this.#input.end();
  }

  resize(...[columns, rows]: ScreenSize): void {
    this.#terminal.resize(columns, rows);
    this.#output.columns = columns;
    this.#output.rows = rows;
    this.#output.emit('resize');
  }

  get isRaw(): boolean {
    return this.#input.isRaw;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#output.bytes;
  }

  /** Everything written so far, escape sequences included. */
  get written(): string {
    return this.#output.written;
  }

  /** The rows as text, without spaces at their ends. */
  rows(): string[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, y) =>
      (buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  text(): string {
    return this.rows().join('\n');
  }

  /** The alternate screen is on. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  get cursor(): Readonly<{ x: number; y: number }> {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  get modes(): Readonly<{ bracketedPaste: boolean; synchronizedOutput: boolean; wrap: boolean }> {
    const { bracketedPasteMode, synchronizedOutputMode, wraparoundMode } = this.#terminal.modes;
    return {
      bracketedPaste: bracketedPasteMode,
      synchronizedOutput: synchronizedOutputMode,
      wrap: wraparoundMode,
    };
  }

  /** What the terminal did besides drawing: titles, bells, answers to questions, operating system commands. */
  get reports(): readonly string[] {
    return this.#reports;
  }

  /** Every mode that the terminal tells of, in one word. */
  get allModes(): string {
    return JSON.stringify(this.#terminal.modes);
  }

  /** Each cell of a part of the screen with its looks: `width` cells from column `left` of the given row. */
  cells(row: number, left: number, width: number): string {
    const buffer = this.#terminal.buffer.active;
    const line = buffer.getLine(buffer.baseY + row);
    const reused = buffer.getNullCell();
    return Array.from({ length: width }, (_, x) => {
      const cell = line?.getCell(left + x, reused);
      if (cell === undefined) return '';
      const look = [cell.getFgColor(), cell.getBgColor(), cell.isBold(), cell.isDim(), cell.isInverse()];
      return `${cell.getChars() || ' '}${look.map(Number).join(',')}`;
    }).join('|');
  }

  /** True if any cell of the screen has a colour of its own. */
  get hasColour(): boolean {
    const buffer = this.#terminal.buffer.active;
    for (let y = 0; y < this.#terminal.rows; y++) {
      const line = buffer.getLine(buffer.baseY + y);
      for (let x = 0; x < this.#terminal.cols; x++) {
        const cell = line?.getCell(x);
        if (cell !== undefined && (!cell.isFgDefault() || !cell.isBgDefault())) return true;
      }
    }
    return false;
  }

  /** Resolves when everything written is parsed and nothing more comes for a moment. */
  async settle(quietMs = 25): Promise<void> {
    let before = -1;
    while (before !== this.#output.bytes) {
      before = this.#output.bytes;
      await sleep(quietMs);
      await this.#parsing;
    }
  }

  /** Waits until the screen shows the text (or matches); fails with the screen as it is. The first one of a file waits for modules too. */
  async waitFor(wanted: string | RegExp, timeoutMs = 20_000): Promise<void> {
    const shows = () => {
      const text = this.text();
      return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    };
    const deadline = performance.now() + timeoutMs;
    while (!shows()) {
      if (performance.now() > deadline)
        throw new Error(
          `never shown: ${wanted}\n${this.rows()
            .map((row) => `|${row}`)
            .join('\n')}`,
        );
      await sleep(5);
      await this.#parsing;
    }
  }

  /** Sends keys and waits for the screen to come to rest. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const data of keys) {
      this.send(data);
      // A lone ESC is a key only after a moment of silence.
      await this.settle(data === '\x1b' ? 60 : undefined);
    }
  }
}

/** What terminals send for keys that are no characters. */
export const keys = {
  enter: '\r',
  altEnter: '\x1b\r',
  ctrlJ: '\n',
  escape: '\x1b',
  tab: '\t',
  shiftTab: '\x1b[Z',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  ctrlEnd: '\x1b[1;5F',
  ctrlHome: '\x1b[1;5H',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f3: '\x1bOR',
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 0x40),
  paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
} as const;
