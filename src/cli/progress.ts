/** How far a long command has come: a bar on standard error at a terminal, `progress` lines with `--json`. */
import type { Context } from './context.ts';
import type { LineOf } from './output/schemas.ts';

const barCells = 30;

export class Progress {
  readonly #context: Context;
  readonly #task: LineOf<'progress'>['task'];
  #percent = -1;
  #printed: Promise<unknown> = Promise.resolve();

  constructor(context: Context, task: LineOf<'progress'>['task']) {
    this.#context = context;
    this.#task = task;
  }

  /** Shown when another percent is done. */
  readonly report = (done: number, total: number): void => {
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    if (percent === this.#percent) return;
    this.#percent = percent;
    const { io, printer } = this.#context;
    if (printer.json) {
      this.#printed = printer.print({ event: 'progress', task: this.#task, done, total });
    } else if (io.stderrIsTerminal) {
      const cells = Math.floor((percent * barCells) / 100);
      const bar = `${'#'.repeat(cells)}${'-'.repeat(barCells - cells)}`;
      io.stderr.write(`\r${this.#task.padEnd(6)}  ${bar}  ${String(percent).padStart(3)} %`);
    }
  };

  /** Wipes the bar. */
  async end(): Promise<void> {
    await this.#printed;
    const { io, printer } = this.#context;
    if (!printer.json && io.stderrIsTerminal && this.#percent >= 0) io.stderr.write('\r\x1b[K');
  }
}

/** Shows how far `work` has come, and clears away behind it whatever happens. */
export async function withProgress<T>(
  context: Context,
  task: LineOf<'progress'>['task'],
  work: (report: Progress['report']) => Promise<T>,
): Promise<T> {
  const progress = new Progress(context, task);
  try {
    return await work(progress.report);
  } finally {
    await progress.end();
  }
}
