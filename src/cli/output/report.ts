/** Errors: one line on standard error, and with `--json` one object on standard output. */
import { messageOf, SessionTuiError } from '../../errors.ts';
import { toJsonLine } from '../../text/json.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { exitCodeOf, Interrupted } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import type { LineOf } from './schemas.ts';

/** Prints the error (an interruption is none) and gives its exit code. */
export async function reportError(io: CliIo, json: boolean, error: unknown): Promise<number> {
  if (!(error instanceof Interrupted)) await printError(io, json, error);
  return exitCodeOf(error);
}

export async function printError(io: CliIo, json: boolean, error: unknown): Promise<void> {
  const line = errorLine(error);
  await write(io.stderr, `session-tui: ${oneLine(line.message)}\n`);
  if (json) await write(io.stdout, `${toJsonLine(line)}\n`);
}

function errorLine(error: unknown): LineOf<'error'> {
  if (error instanceof SessionTuiError) {
    const { file } = error.fields;
    return {
      event: 'error',
      code: error.code,
      message: error.message,
      ...(typeof file === 'string' ? { file } : {}),
    };
  }
  return {
    event: 'error',
    code: 'internal',
    message: `Something went wrong in the program: ${messageOf(error)}. Please report it, with a log (--log-level debug --log-file FILE).`,
  };
}

function oneLine(text: string): string {
  return sanitizeText(text).replaceAll('\n', ' ');
}

/** Resolves when written, or when nobody is there to read it. */
function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
