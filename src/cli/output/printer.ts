/** Standard output of a command: lines as JSON or for a person, flushed before they count as shown. */
import { messageOf, SessionTuiError } from '../../errors.ts';
import { toJsonLine } from '../../text/json.ts';
import { type SafeText, sanitizeText } from '../../text/sanitize.ts';
import type { CliIo } from '../io.ts';
import { formatHuman, type NameOf } from './human.ts';
import { printError } from './report.ts';
import type { JsonLine } from './schemas.ts';

export class Printer {
  readonly json: boolean;
  readonly #io: CliIo;
  #closed = false;

  constructor(io: CliIo, json: boolean) {
    this.#io = io;
    this.json = json;
  }

  /** True once the reader of standard output has gone away: there is nothing more to print for. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Prints one line; true when it was handed over, false when nobody reads any more. */
  print(line: JsonLine, nameOf: NameOf = () => null): Promise<boolean> {
    const text = this.json ? toJsonLine(line) : formatHuman(line, nameOf);
    return text === null ? Promise.resolve(true) : this.#write(`${text}\n`);
  }

  /** Prints the line as JSON whatever was asked for: scripts wait for it. */
  machine(line: JsonLine): Promise<boolean> {
    return this.#write(`${toJsonLine(line)}\n`);
  }

  /** Prints text that is no JSON line (a QR code, the schema). */
  text(text: SafeText): Promise<boolean> {
    return this.#write(`${text}\n`);
  }

  /** A remark on standard error; not an error. */
  note(text: string): void {
    this.#io.stderr.write(`${sanitizeText(text)}\n`);
  }

  /** An error that does not end the command. */
  error(error: unknown): Promise<void> {
    return printError(this.#io, this.json && !this.#closed, error);
  }

  #write(text: string): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      this.#io.stdout.write(text, (error?: Error | null) => {
        if (!error) return resolve(true);
        const code = 'code' in error ? error.code : undefined;
        if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') {
          this.#closed = true;
          return resolve(false);
        }
        reject(
          new SessionTuiError('output-failed', `Standard output can't be written: ${messageOf(error)}.`, {
            cause: error,
          }),
        );
      });
    });
  }
}
