/** The text of a message to send, checked before anything is opened or stored. */
import { UsageError } from '../errors.ts';
import type { Context } from './context.ts';

/** Message length limit in code points (messages.md section 19); core checks it again. */
const maxCodePoints = 2000;

/** TEXT, or all of standard input with one final newline removed. UsageError if empty, too long, or not UTF-8. */
export async function readMessageText(argument: string | undefined, context: Context): Promise<string> {
  const fromStdin = argument === undefined || argument === '-';
  if (fromStdin && context.io.stdinIsTerminal) context.printer.note('Type the message; Ctrl-D ends it.');
  const text = fromStdin ? (await context.stdin.rest('The message')).replace(/\r?\n$/, '') : argument;
  if (text.trim() === '') throw new UsageError('empty-message', 'The message is empty. Nothing was sent.');
  let count = 0;
  for (const _ of text) count += 1;
  if (count > maxCodePoints) {
    throw new UsageError(
      'message-too-long',
      `The message has ${count} characters; the limit is ${maxCodePoints}. Nothing was sent. Split it.`,
    );
  }
  return text;
}
