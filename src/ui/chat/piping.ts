/** Commands of the person's own: `!command` in the composer, and the text of a message piped into one. */

import type { Message } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { endWords, outputLines } from '../dialogs/command.ts';
import { dialogRoom } from '../dialogs/dialog-view.ts';
import { scrolledTop } from '../dialogs/scroll-keys.ts';
import { textBuffer } from '../input/text-buffer.ts';
import { keyWords } from '../keys/hints.ts';
import { settingOf } from '../setting-of.ts';
import type { CommandDialog, CommandOutput, OutputDialog, RunDialog } from '../state/command-dialogs.ts';
import type { CommandRunner } from '../terminal/command-runner.ts';
import type { Chord } from '../terminal/keys.ts';
import type { Environment } from './environment.ts';

/** What actions ask of it. */
export type PipeCommands = Readonly<{
  /** asks for a command that gets the text of the selected message */
  pipeSelected(): void;
}>;

export type PipingOptions = Readonly<{
  runner: CommandRunner | null;
  /** the selected message; null, and a word to the person, while none is */
  chosen: () => Message | null;
  copy: (text: string) => void;
  /** puts a text at the cursor of the composer */
  insert: (text: string) => void;
  /** puts a text in place of what stands in the composer */
  replace: (text: string) => void;
  sendAsText: (text: string) => void;
}>;

/** `!` and a command, on one line; `!!`, `! ` and `!?` begin words. */
const commandText = /^!([^\s!?.,][^\n]*)$/;

export class Piping implements PipeCommands {
  readonly #env: Environment;
  readonly #options: PipingOptions;
  #running: AbortController | null = null;

  constructor(env: Environment, options: PipingOptions) {
    this.#env = env;
    this.#options = options;
  }

  stop(): void {
    this.#running?.abort();
  }

  /** Asks whether to run what the composer's text commands; false if it commands nothing. */
  ask(text: string): boolean {
    const command = commandText.exec(text.trimEnd())?.[1];
    if (command === undefined || !this.#isOn) return false;
    const { runner } = this.#options;
    if (runner === null) this.#env.notify(safe('No command can be started from here.'), 'error');
    else this.#env.dialog({ kind: 'run', command, shell: runner.shell, message: null, phase: 'ask' });
    return true;
  }

  pipeSelected(): void {
    const { runner } = this.#options;
    const message = this.#options.chosen();
    if (message === null) return;
    if (!this.#isOn) this.#env.notify(safe('The setting pipes is off.'));
    else if (runner === null) this.#env.notify(safe('No command can be started from here.'), 'error');
    else if (message.body === '') this.#env.notify(safe('That message has no text.'));
    else this.#env.dialog({ kind: 'pipe', message, field: textBuffer(), shell: runner.shell });
  }

  /** Keys that these dialogs know; false for all others. */
  press(dialog: CommandDialog, chord: Chord): boolean {
    switch (dialog.kind) {
      case 'pipe':
        if (chord !== 'enter') return false;
        if (dialog.field.text.trim() !== '') void this.#run(dialog.field.text, dialog.message);
        return true;
      case 'run':
        return this.#pressRun(dialog, chord);
      case 'output':
        return this.#pressOutput(dialog, chord);
    }
  }

  get #isOn(): boolean {
    return settingOf(this.#env.session, 'pipes') !== 'off';
  }

  #pressRun({ command, message, phase }: RunDialog, chord: Chord): boolean {
    if (phase === 'running') return false;
    if (chord === 'enter' || chord === 'y') void this.#run(command, message);
    else if (chord === 't') {
      this.#env.dialog(null);
      this.#options.sendAsText(this.#env.ui.composer.text);
    } else return false;
    return true;
  }

  #pressOutput(dialog: OutputDialog, chord: Chord): boolean {
    const { columns, rows } = this.#env.ui.size;
    const room = dialogRoom(columns, rows);
    const { result, top } = dialog;
    const last = Math.max(0, outputLines(result, room, this.#env.theme).length - room.height);
    const scrolled = scrolledTop(top, last, room.height, chord);
    if (scrolled !== null) this.#env.dialog({ ...dialog, copied: false, top: scrolled });
    else if (chord === 'c') {
      this.#options.copy(sanitizeText(textOf(result)));
      this.#env.dialog({ ...dialog, copied: true });
    } else if (chord === 'i') {
      this.#env.dialog(null);
      this.#options.insert(textOf(result));
    } else return false;
    return true;
  }

  async #run(command: string, message: Message | null): Promise<void> {
    const { runner } = this.#options;
    if (runner === null || this.#running !== null) return;
    const { store } = this.#env;
    const running = new AbortController();
    const waiting: RunDialog = {
      kind: 'run',
      command,
      shell: runner.shell,
      message,
      phase: 'running',
    };
    const { open } = this.#env.ui;
    this.#running = running;
    this.#env.dialog(waiting);
    // Closing the dialog, in whatever way, stops it.
    const unsubscribe = store.subscribe(() => {
      if (this.#env.ui.dialog !== waiting) running.abort();
    });
    try {
      const result = await runner.run(command, message?.body ?? null, running.signal);
      unsubscribe();
      this.#running = null;
      if (running.signal.aborted) this.#env.notify(safe('The command was stopped.'));
      else if (result.kind === 'failed') {
        this.#env.dialog(null);
        this.#env.notify(sanitizeText(result.reason), 'error');
      } else if (message !== null)
        this.#env.dialog({ kind: 'output', command, result, top: 0, copied: false });
      else {
        this.#env.dialog(null);
        if (this.#env.ui.open === open) this.#intoComposer(result);
      }
    } finally {
      unsubscribe();
      this.#running = null;
    }
  }

  #intoComposer(result: CommandOutput): void {
    const text = textOf(result);
    const end = endWords(result);
    if (text === '') this.#env.notify(safe(`The command wrote nothing. ${end}`.trim()));
    else {
      this.#options.replace(text);
      if (end !== '') this.#env.notify(joinSafe([safe(end), lastError(result)], safe(' ')), 'error');
      else if (this.#env.ui.notice === null)
        this.#env.notify(
          keyWords(
            this.#env.ui.keymap,
            'What the command wrote. Nothing is sent before you press {composer.send}; {edit.undo} undoes.',
          ),
        );
    }
  }
}

/** What it said last on standard error, where that is not in the composer. */
function lastError({ stdout, stderr }: CommandOutput): SafeText {
  return stdout === '' ? safe('') : sanitizeName(stderr.trimEnd().split('\n').at(-1) ?? '');
}

/** Standard output, or what stands for it where there is none; without the line end at its end. */
function textOf({ stdout, stderr }: CommandOutput): string {
  return (stdout === '' ? stderr : stdout).replace(/\r?\n$/, '');
}
