/**
 * Logging that can't give anything away: a message is a fixed text, its fields are numbers, booleans and
 * short codes. Text of others, IDs, keys and addresses go through `sensitive`, which only the level `trace` prints.
 */

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

/** A value printed at level `trace` only; everywhere else it reads `[…]`. */
export class Sensitive {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[…]';
  }
  toJSON(): string {
    return '[…]';
  }
}

export function sensitive(value: string): Sensitive {
  return new Sensitive(value);
}

/** Short machine words only (`wrong-swarm`, `retrieve`): letters, digits, `-`, `_`, `.`, at most 40; else redacted. */
export type LogFields = Readonly<Record<string, number | boolean | string | Sensitive | undefined>>;

export type Logger = Readonly<{
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
}>;

const plainWord = /^[A-Za-z0-9_.-]{0,40}$/;
const looksLikeId = /[0-9a-fA-F]{16,}|\d+\.\d+\.\d+\.\d+/;

export function formatFields(fields: LogFields, level: LogLevel): string {
  let out = '';
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    let text: string;
    if (value instanceof Sensitive) text = level === 'trace' ? JSON.stringify(value.reveal()) : '[…]';
    else if (typeof value === 'string')
      text = plainWord.test(value) && !looksLikeId.test(value) ? value : '[…]';
    else text = String(value);
    out += ` ${key}=${text}`;
  }
  return out;
}

/** A logger that hands finished lines to `write`; levels below `threshold` cost one comparison. */
export function createLogger(threshold: LogLevel, write: (line: string) => void, now: () => number): Logger {
  const limit = logLevels.indexOf(threshold);
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(level) > limit) return;
      write(
        `${new Date(now()).toISOString()} ${level} ${message}${formatFields(fields, threshold === 'trace' ? level : 'info')}\n`,
      );
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), trace: at('trace') };
}

export const silentLogger: Logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  trace() {},
};
