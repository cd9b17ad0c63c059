/** A program in a real pseudo-terminal with a headless emulator behind it: keys in, screen out, exit code. */
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { programPath } from './program.ts';

export class PtyScreen {
  /** resolves with the exit code */
  readonly exited: Promise<number>;
  readonly pid: number;
  readonly #pty: pty.IPty;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #waiting = new Set<() => void>();
  /** everything that was written, escape sequences included */
  output = '';
  #hasEnded = false;
  /** the terminal was not told to hide its cursor */
  cursorShown = true;

  /** Starts the built program. Nothing of the environment comes along but what a shell would need, and `env`. */
  constructor(
    args: readonly string[],
    [cols, rows]: readonly [number, number] = [80, 24],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    for (const final of ['h', 'l'] as const) {
      this.#terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
        if (params.includes(25)) this.cursorShown = final === 'h';
        return false;
      });
    }
    this.#pty = pty.spawn(process.execPath, [programPath, ...args], {
      cols,
      rows,
      name: env.TERM ?? 'xterm-256color',
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', ...env },
    });
    this.pid = this.#pty.pid;
    this.#pty.onData((data) => {
      this.output += data;
      this.#terminal.write(data, () => this.#check());
    });
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#hasEnded = true;
        // What came last is parsed first.
        this.#terminal.write('', () => {
          this.#check();
          resolve(exitCode);
        });
      });
    });
  }

  send(...keys: readonly string[]): void {
    for (const data of keys) this.#pty.write(data);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  text(): string {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: this.#terminal.rows }, (_, y) =>
      (buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '').trimEnd(),
    ).join('\n');
  }

  /** the emulator, for pictures */
  get terminal(): InstanceType<typeof xterm.Terminal> {
    return this.#terminal;
  }

  /** Waits until nothing has been written for half a second. */
  async settled(): Promise<void> {
    let before = '';
    for (let now = this.text(); now !== before; now = this.text()) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** Waits until the screen shows it; fails with the screen as it is, also when the program ends before. */
  waitFor(wanted: string | RegExp, timeoutMs = 30_000): Promise<void> {
    const found = Promise.withResolvers<void>();
    const done = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(check);
    };
    const timer = setTimeout(() => {
      done();
      found.reject(new Error(`not shown in ${timeoutMs} ms: ${wanted}\n${this.text()}`));
    }, timeoutMs);
    const check = (): void => {
      const text = this.text();
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) {
        done();
        found.resolve();
      } else if (this.#hasEnded) {
        done();
        found.reject(new Error(`ended before it showed ${wanted}\n${text}`));
      }
    };
    this.#waiting.add(check);
    check();
    return found.promise;
  }

  /** Ends it for certain; for clean-up. */
  kill(): void {
    if (!this.#hasEnded) this.#pty.kill('SIGKILL');
  }

  #check(): void {
    for (const check of [...this.#waiting]) check();
  }
}
