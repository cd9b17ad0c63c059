/** The streams and variables the command line talks to; tests hand in others. */
import { isatty } from 'node:tty';

export type CliIo = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  /** opened when first asked for: `--help` must not touch it */
  stdin: () => NodeJS.ReadableStream;
  stdinIsTerminal: boolean;
  stdout: NodeJS.WritableStream;
  stdoutIsTerminal: boolean;
  stderr: NodeJS.WritableStream;
  stderrIsTerminal: boolean;
}>;

export function processIo(): CliIo {
  // A reader that went away is noticed where we write; without a listener Node would crash.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  return {
    env: process.env,
    stdin: () => process.stdin,
    stdinIsTerminal: isatty(0),
    stdout: process.stdout,
    stdoutIsTerminal: isatty(1),
    stderr: process.stderr,
    stderrIsTerminal: isatty(2),
  };
}
