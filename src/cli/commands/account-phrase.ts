import type { Session } from '../../core/index.ts';
import { UsageError } from '../../errors.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { type Context, withSession } from '../context.ts';
import { exitCodes, Interrupted } from '../exit-codes.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { confirm } from '../prompt.ts';

/** `account phrase`: the 13 words and nothing else, after asking at a terminal or with `--yes`. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { io, printer, signal } = context;
  const sure = flagOption(invocation.options, 'yes');
  if (!sure && !io.stdinIsTerminal) {
    throw new UsageError('usage', 'The recovery phrase is shown at a terminal after asking, or with --yes.');
  }
  // Never through another process: who reads the words has given the password.
  const access = { alone: true };
  const show = async (session: Session): Promise<number> => {
    const question = 'Whoever sees these words can read and write as you, for good. Show them?';
    if (!sure && !(await confirm(io, question, signal))) throw new Interrupted('SIGINT');
    // Words and nothing else, with `--json` too: they are made to be piped on.
    await printer.text(sanitizeText(session.recoveryPhrase()));
    return exitCodes.done;
  };
  return withSession(context, show, access);
}
