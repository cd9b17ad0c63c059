import { UsageError } from '../../errors.ts';
import { type Context, openMessenger, runInSession } from '../context.ts';
import { displayName } from '../display-name.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { accountLine } from '../output/json-lines.ts';

/** `account create`: makes an account, contacts nobody, prints its account ID and never the phrase. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { settings, printer, password } = context;
  const name = displayName(textOption(invocation.options, 'name'));
  const messenger = await openMessenger(context);
  if ((await messenger.profileState(settings.profile)) !== 'none') throw accountExists(settings.profile);
  const session = await messenger.createAccount({
    profile: settings.profile,
    name,
    password: await password.forNewAccount(settings.noPassword),
  });
  return runInSession(context, session, async () => {
    await printer.print(accountLine(session.getState().account));
    if (context.io.stderrIsTerminal) {
      printer.note(
        'Write down the recovery phrase, the only way back to this account: session-tui account phrase',
      );
    }
    return exitCodes.done;
  });
}

export function accountExists(profile: string): UsageError {
  return new UsageError(
    'account-exists',
    `The profile "${profile}" has an account already; it was not touched. Name another with --profile.`,
  );
}
