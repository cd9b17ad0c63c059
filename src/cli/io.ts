/** The streams and variables the command line talks to; tests hand in others. */
import type { isatty } from 'node:tty';

export type CliIo = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  /** opened when first asked for: most commands never read it */
  stdin: () => NodeJS.ReadableStream;
  stdinIsTerminal: boolean;
  stdout: NodeJS.WritableStream;
  stdoutIsTerminal: boolean;
  stderr: NodeJS.WritableStream;
  stderrIsTerminal: boolean;
}>;

/** The process's own. Everything is looked up when asked for: `--help` pays for standard output alone. */
export function processIo(): CliIo {
  return {
    env: process.env,
    stdin: () => process.stdin,
    get stdinIsTerminal() {
      return isTerminal(0);
    },
    get stdout() {
      return withoutCrash(process.stdout);
    },
    get stdoutIsTerminal() {
      return isTerminal(1);
    },
    get stderr() {
      return withoutCrash(process.stderr);
    },
    get stderrIsTerminal() {
      return isTerminal(2);
    },
  };
}

const listened = new WeakSet<NodeJS.WritableStream>();

/** A reader that went away is noticed where we write; without a listener Node would crash. */
function withoutCrash(stream: NodeJS.WritableStream): NodeJS.WritableStream {
  if (!listened.has(stream)) stream.on('error', () => undefined);
  listened.add(stream);
  return stream;
}

/** `node:tty` brings half of the network stack; it is loaded only by commands that need to know. */
function isTerminal(descriptor: number): boolean {
  const tty: { isatty: typeof isatty } = process.getBuiltinModule('node:tty');
  return tty.isatty(descriptor);
}
