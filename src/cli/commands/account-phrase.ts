import { UsageError } from '../../errors.ts';
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
  return withSession(context, async (session) => {
    const question = 'Whoever sees these words can read and write as you, for good. Show them?';
    if (!sure && !(await confirm(io, question, signal))) throw new Interrupted('SIGINT');
    await printer.print({ event: 'phrase', phrase: session.recoveryPhrase() });
    return exitCodes.done;
  });
}
