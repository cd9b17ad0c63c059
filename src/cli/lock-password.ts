/** What `lock-password set`, `change` and `remove` have in common. */
import type { PasswordChange } from '../core/index.ts';
import { NotFoundError, UsageError } from '../errors.ts';
import { type Context, openMessenger } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Invocation, textOption } from './invocation.ts';
import { readPasswordFile } from './password.ts';

const done: Readonly<Record<PasswordChange, string>> = {
  set: 'The profile has a password now.',
  change: 'The password was changed.',
  remove: 'The profile has no password any more: whoever reads its folder can read everything in it.',
};

/** Alone with the profile: exit code 7 while a process holds it, 2 where the change does not fit it. */
export async function changeLockPassword(
  context: Context,
  invocation: Invocation,
  change: PasswordChange,
): Promise<number> {
  const { io, settings, password, printer, stdin } = context;
  const file = textOption(invocation.options, 'newPasswordFile');
  if (file === '-' && settings.passwordFile === '-') {
    throw new UsageError('usage', 'Standard input can be the old password or the new one, not both.');
  }
  const given = file === undefined || file === '-' ? null : await readPasswordFile(file);
  const messenger = await openMessenger(context);
  const { profile } = settings;
  const state = await messenger.profileState(profile);
  if (state === 'none') {
    throw new NotFoundError('no-account', `There is no account in the profile "${profile}".`);
  }
  const newPassword = async (): Promise<string> =>
    password.forChange(file === '-' ? await stdin.firstLine() : given);
  if (change === 'set') await messenger.changePassword(profile, change, null, newPassword);
  else await password.unlock((old) => messenger.changePassword(profile, change, old, newPassword));
  if (io.stderrIsTerminal) printer.note(done[change]);
  return exitCodes.done;
}
