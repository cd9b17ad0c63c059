/** The dialogs around commands of the person's own: which one to run, what exactly will run, what it wrote. */
import type { Message } from '../../core/types.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import type { CommandResult, CommandRunner } from '../terminal/command-runner.ts';

export type CommandOutput = CommandResult & Readonly<{ kind: 'ended' }>;

/** Asks for the command that gets a message's text on its standard input. */
export type PipeDialog = Readonly<{
  kind: 'pipe';
  message: Message;
  field: TextBuffer;
  shell: CommandRunner['shell'];
}>;

/** Asks whether a command that stands in the composer shall run; or says that a command runs. */
export type RunDialog = Readonly<{
  kind: 'run';
  command: string;
  shell: CommandRunner['shell'];
  /** the message whose text it gets; null: it came from the composer, and its output goes there */
  message: Message | null;
  phase: 'ask' | 'running';
}>;

/** What a command wrote. */
export type OutputDialog = Readonly<{
  kind: 'output';
  command: string;
  result: CommandOutput;
  top: number;
  /** it was just put on the clipboard */
  copied: boolean;
}>;

export type CommandDialog = PipeDialog | RunDialog | OutputDialog;
