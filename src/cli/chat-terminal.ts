import type { ChatUiOptions } from '../ui/index.ts';
import { commandRunner } from './command-runner.ts';
import type { Context } from './context.ts';
import { fileSaver } from './file-saver.ts';
import { keyFileIn } from './key-file.ts';
import type { LinearChoice } from './linear-choice.ts';
import { linkOpener } from './link-opener.ts';
import { boundMemory } from './memory-bounds.ts';
import { notificationCommand } from './notification-command.ts';
import { runtimeDirs } from './runtime-dirs.ts';
import { textEditor } from './text-editor.ts';

/** What the chat UI gets of the terminal and the machine, whichever messenger it shows. */
export function chatTerminal(
  { io, settings, platform }: Context,
  { colorsOf, multiplexerOf, systemJobControl }: typeof import('../ui/index.ts'),
) {
  boundMemory(platform.clock);
  return {
    colors: colorsOf(io.env, settings.color),
    jobs: systemJobControl(),
    editor: textEditor(io.env, runtimeDirs(io.env, process.platform, process.getuid?.())),
    keyFile: keyFileIn(settings.dataDir),
    runner: commandRunner(io.env),
    saver: fileSaver(io.env),
    opener: linkOpener(io.env, process.platform),
    notificationCommand: notificationCommand(io.env),
    multiplexer: multiplexerOf(io.env),
    platform,
    stdin: process.stdin,
    stdout: process.stdout,
  };
}

/** The chat UI, on the whole screen or line by line; gives its exit code. */
export function showChat(
  ui: typeof import('../ui/index.ts'),
  linear: LinearChoice | null,
  options: ChatUiOptions,
): Promise<number> {
  return linear === null ? ui.runChat(options) : ui.runLinear({ ...options, ...linear });
}
