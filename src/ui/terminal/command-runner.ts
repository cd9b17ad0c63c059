/** Programs of the person's own, run for what they write to standard output; `cli/command-runner.ts` starts them. */

export type CommandResult =
  | Readonly<{
      kind: 'ended';
      /** decoded as UTF-8, bounded; foreign */
      stdout: string;
      stderr: string;
      /** null where it did not end by itself */
      code: number | null;
      how: 'exited' | 'killed' | 'timed-out' | 'too-much' | 'cancelled';
    }>
  /** it could not be started; `reason`: our own words for a person */
  | Readonly<{ kind: 'failed'; reason: string }>;

export type CommandRunner = Readonly<{
  /** what is executed, program and arguments; the command line is the last argument */
  shell: readonly string[];
  /**
   * Runs a command line with `input` as its standard input (null: nothing). Bounded in time and output; all that it
   * started is ended with it, and when the signal aborts. Never rejects.
   */
  run(command: string, input: string | null, signal: AbortSignal): Promise<CommandResult>;
}>;
