import { type Context, openMessenger, runInSession } from '../context.ts';
import { displayName } from '../display-name.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { accountLine } from '../output/json-lines.ts';
import { ask } from '../prompt.ts';
import { accountExists } from './account-create.ts';

/** `account restore`: from 13 words on standard input, or asked for at a terminal. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { io, settings, stdin, signal } = context;
  const name = displayName(textOption(invocation.options, 'name'));
  const messenger = await openMessenger(context);
  const exists = (await messenger.profileState(settings.profile)) !== 'none';
  if (exists) throw accountExists(settings.profile);
  const phrase = io.stdinIsTerminal
    ? await ask(io, 'The 13 words of the recovery phrase: ', { typed: 'erased', signal })
    : await stdin.rest('The recovery phrase');
  // a mistyped word is told before anybody thinks up a password
  (await context.modules.core()).checkRecoveryPhrase(phrase);
  const session = await messenger.restoreAccount({
    profile: settings.profile,
    name,
    phrase,
    password: await context.password.forNewAccount(settings.noPassword),
  });
  return runInSession(context, session, async () => {
    await context.printer.print(accountLine(session.getState().account));
    return exitCodes.done;
  });
}
