/** From an argument list to an exit code. Loads commander at once, and the rest only for a command that runs. */
import { CommanderError } from 'commander';
import { UsageError } from '../errors.ts';
import type { Modules } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { buildProgram } from './program.ts';

/** Runs one command line (without node and script). Prints errors; never throws. `modules` replaces parts in tests. */
export async function runCli(
  argv: readonly string[],
  io: CliIo,
  modules?: Partial<Modules>,
): Promise<number> {
  const found: { invocation?: Invocation } = {};
  let help = '';
  try {
    const program = buildProgram(
      (invocation) => {
        found.invocation = invocation;
      },
      (text) => {
        help += text;
      },
    );
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await new Promise((resolve) => io.stdout.write(help, resolve));
      return exitCodes.done;
    }
    const { reportError } = await import('./output/report.ts');
    return reportError(io, argv.includes('--json'), asUsageError(error, argv));
  }
  if (found.invocation === undefined) return exitCodes.done;
  const { execute } = await import('./execute.ts');
  return execute(found.invocation, io, modules);
}

function asUsageError(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  const words = argv.filter((word) => !word.startsWith('-')).map((word) => word.slice(0, 40));
  // commander's own "help on error" prints pages; one line and a pointer will do.
  if (error.code === 'commander.help') {
    const group =
      words.find((word) =>
        ['account', 'profile', 'lock-password', 'backup', 'settings', 'network'].includes(word),
      ) ?? '';
    return new UsageError('usage', `Say what to do: session-tui ${group} --help lists the commands.`);
  }
  // Arguments may be message text, which no error repeats.
  const text = error.message
    .replace(/^error: /, '')
    .replace(/( but got \d+): .*$/s, '$1')
    .replaceAll('\n', ' ');
  const message = unknownCommandIn(error) ?? `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return new UsageError('usage', `${message.replace(/\.?$/, '.')} See session-tui --help.`);
}

/** At the root, an argument too many is a command that does not exist. */
function unknownCommandIn(error: CommanderError): string | null {
  if (error.code !== 'commander.excessArguments') return null;
  const match = /^error: too many arguments\. Expected 0 arguments but got \d+: (.*?)(?:, .*)?\.$/s.exec(
    error.message,
  );
  return match === null ? null : `Unknown command '${(match[1] ?? '').slice(0, 40)}'`;
}
