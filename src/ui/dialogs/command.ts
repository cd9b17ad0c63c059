/** The dialogs around commands: the exact line that runs, that it runs, and what it wrote, made safe. Pure. */
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { codePointCount } from '../input/text-buffer.ts';
import type {
  CommandDialog,
  CommandOutput,
  OutputDialog,
  PipeDialog,
  RunDialog,
} from '../state/command-dialogs.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';
import { fieldLine } from './field.ts';

export function commandView(dialog: CommandDialog, room: DialogRoom, theme: Theme): DialogView {
  switch (dialog.kind) {
    case 'pipe':
      return pipeView(dialog, room, theme);
    case 'run':
      return runView(dialog, room, theme);
    case 'output':
      return outputView(dialog, room, theme);
  }
}

/** Program and arguments as one would type them in a shell. */
export function shellLine(argv: readonly string[]): SafeText {
  return sanitizeText(argv.map(quoted).join(' '));
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const said = (words: SafeText, room: DialogRoom, paint: Theme['plain']): DialogLine[] =>
  wrapCells(words, room.width).map((line) => dialogLine(line, room, paint));

function pipeView({ message, field, shell }: PipeDialog, room: DialogRoom, theme: Theme): DialogView {
  const input = fieldLine(field, room.width, theme, safe('wc -w'));
  const count = codePointCount(message.body);
  const what = safe(
    `It gets the text of the message (${count} characters) on its standard input. What it writes is shown here; nothing is sent.`,
  );
  const line = field.text.trim() === '' ? [] : said(shellLine([...shell, field.text]), room, theme.strong);
  return {
    title: safe('Pipe the message into a command'),
    lines: [input.line, ...line, ...said(what, room, theme.dim)],
    footer: safe('Enter runs it · Esc closes'),
    cursor: { row: 0, column: input.cursor },
  };
}

function runView({ command, shell, message, phase }: RunDialog, room: DialogRoom, theme: Theme): DialogView {
  const line = said(shellLine([...shell, command]), room, theme.strong);
  if (phase === 'running')
    return {
      title: safe('Running…'),
      lines: [...line, ...said(safe('It is stopped after a minute.'), room, theme.dim)],
      footer: safe('Esc stops it'),
      cursor: null,
    };
  const what = safe(
    message === null
      ? 'What it writes comes into the composer, to be read before it is sent.'
      : 'What it writes is shown; nothing is sent.',
  );
  return {
    title: safe('Run this on your machine?'),
    lines: [...line, ...said(what, room, theme.dim)],
    footer: safe('Enter runs · t sends as text · Esc back'),
    cursor: null,
  };
}

/** How a command ended, in words; empty for one that did what it should. */
export function endWords({ how, code }: CommandOutput): string {
  switch (how) {
    case 'exited':
      return code === 0 ? '' : `It ended with exit code ${code}.`;
    case 'killed':
      return 'It was killed by a signal.';
    case 'timed-out':
      return 'It was stopped: it took more than a minute. This is what it had written.';
    case 'too-much':
      return 'It was stopped: it wrote too much. This is the beginning.';
    case 'cancelled':
      return 'It was stopped.';
  }
}

const wrapped = new WeakMap<CommandOutput, Readonly<{ width: number; lines: readonly DialogLine[] }>>();

/** All lines of an output; the dialog shows a window of them. */
export function outputLines(result: CommandOutput, room: DialogRoom, theme: Theme): readonly DialogLine[] {
  const known = wrapped.get(result);
  if (known?.width === room.width) return known.lines;
  const { stdout, stderr } = result;
  const lines: DialogLine[] = [];
  const end = endWords(result);
  if (end !== '') lines.push(...said(safe(end), room, theme.warning));
  if (stdout !== '') lines.push(...said(sanitizeText(stdout.replace(/\n$/, '')), room, theme.plain));
  if (stderr !== '') {
    lines.push(dialogLine(safe('On standard error:'), room, theme.warning));
    lines.push(...said(sanitizeText(stderr.replace(/\n$/, '')), room, theme.plain));
  }
  if (stdout === '' && stderr === '') lines.push(dialogLine(safe('It wrote nothing.'), room, theme.dim));
  wrapped.set(result, { width: room.width, lines });
  return lines;
}

const narrow = 50;

function outputFooter(copied: boolean, width: number): SafeText {
  if (width < narrow) return safe(copied ? 'Copied, if allowed · Esc' : 'c copies · i inserts · Esc closes');
  return safe(`${copied ? 'Copied, if the terminal allows' : 'c copies'} · i into the composer · Esc closes`);
}

function outputView(
  { command, result, top, copied }: OutputDialog,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  const lines = outputLines(result, room, theme);
  const last = Math.max(0, lines.length - room.height);
  const from = Math.min(top, last);
  const place =
    last === 0 ? '' : ` ${from + 1}-${Math.min(lines.length, from + room.height)}/${lines.length}`;
  return {
    title: joinSafe([safe(`Output${place} of`), sanitizeName(command)], safe(' ')),
    lines: lines.slice(from, from + room.height),
    footer: outputFooter(copied, room.width),
    cursor: null,
  };
}
