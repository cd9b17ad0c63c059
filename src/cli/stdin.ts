/** Standard input, shared between a password in its first line and whatever reads the rest. */
import { UsageError } from '../errors.ts';
import { concatBytes, utf8Decode } from '../util/bytes.ts';
import { whenAborted } from './interrupt.ts';

/** More than any password, phrase or message can be; reading stops there. */
const maxInputBytes = 1_048_576;

export class StdinReader {
  readonly #open: () => NodeJS.ReadableStream;
  readonly #passwordFirst: boolean;
  readonly #signal: AbortSignal;
  readonly #firstLine = Promise.withResolvers<Uint8Array>();
  readonly #rest = Promise.withResolvers<Uint8Array>();
  #started = false;

  /** `passwordFirst`: the first line is the password (`--password-file -`) and never part of the rest. */
  constructor(open: () => NodeJS.ReadableStream, passwordFirst: boolean, signal: AbortSignal) {
    this.#open = open;
    this.#passwordFirst = passwordFirst;
    this.#signal = signal;
    // Either may fail without anybody waiting for it.
    this.#firstLine.promise.catch(() => undefined);
    this.#rest.promise.catch(() => undefined);
  }

  /** The first line without its newline, as soon as it is there. UsageError `bad-utf8`. */
  async firstLine(): Promise<string> {
    return decode(await this.#wait(this.#firstLine.promise), 'The password');
  }

  /** Everything after the password line, or everything. UsageError `bad-utf8`, or `too-long` above 1 MiB. */
  async rest(what: string): Promise<string> {
    return decode(await this.#wait(this.#rest.promise), what);
  }

  async #wait(bytes: Promise<Uint8Array>): Promise<Uint8Array> {
    this.#start();
    const aborted = whenAborted(this.#signal);
    try {
      return await Promise.race([bytes, aborted.promise]);
    } finally {
      aborted.stop();
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const stream = this.#open();
    const chunks: Uint8Array[] = [];
    let size = 0;
    const fail = (error: unknown): void => {
      this.#firstLine.reject(error);
      this.#rest.reject(error);
      stream.pause();
    };
    stream.on('data', (chunk: Uint8Array | string) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > maxInputBytes)
        return fail(new UsageError('too-long', 'Standard input is longer than 1 MiB.'));
      chunks.push(bytes);
      if (bytes.includes(0x0a)) this.#firstLine.resolve(firstLineOf(concatBytes(...chunks)).line);
    });
    stream.on('end', () => {
      const whole = concatBytes(...chunks);
      const { line, rest } = firstLineOf(whole);
      this.#firstLine.resolve(line);
      this.#rest.resolve(this.#passwordFirst ? rest : whole);
    });
    stream.on('error', fail);
  }
}

/** Splits at the first newline; a carriage return before it belongs to the newline. */
export function firstLineOf(bytes: Uint8Array): { line: Uint8Array; rest: Uint8Array } {
  const at = bytes.indexOf(0x0a);
  if (at < 0) return { line: bytes, rest: new Uint8Array() };
  const end = at > 0 && bytes[at - 1] === 0x0d ? at - 1 : at;
  return { line: bytes.subarray(0, end), rest: bytes.subarray(at + 1) };
}

function decode(bytes: Uint8Array, what: string): string {
  const text = utf8Decode(bytes);
  if (text === null) throw new UsageError('bad-utf8', `${what} is not valid UTF-8.`);
  return text;
}
