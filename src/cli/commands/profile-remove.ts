import { NotFoundError } from '../../errors.ts';
import { type Context, openMessenger } from '../context.ts';
import { exitCodes, Interrupted } from '../exit-codes.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { confirm } from '../prompt.ts';
import { checkProfileName } from '../settings.ts';

/** `profile remove NAME`: keys first, then the rest; asks only where somebody can answer. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { io, printer, signal } = context;
  const name = checkProfileName(invocation.args[0] ?? '');
  const messenger = await openMessenger(context);
  const unknown =
    (await messenger.profileState(name)) === 'none' && !(await messenger.listProfiles()).includes(name);
  if (unknown) throw new NotFoundError('no-account', `There is no profile "${name}". Nothing was removed.`);
  const question = `Remove the profile "${name}" with its keys and messages? Only the recovery phrase brings the account back.`;
  const asks = io.stdinIsTerminal && !flagOption(invocation.options, 'yes');
  if (asks && !(await confirm(io, question, signal))) throw new Interrupted('SIGINT');
  await messenger.removeProfile(name);
  if (io.stderrIsTerminal) printer.note(`The profile "${name}" was removed.`);
  return exitCodes.done;
}
