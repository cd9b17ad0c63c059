import type { Backup, BackupSource, Session } from '../../core/index.ts';
import { type BackupPassword, backupPassword, backupSource } from '../backup.ts';
import { type Context, openMessenger, runInSession, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { accountLine } from '../output/json-lines.ts';
import { withProgress } from '../progress.ts';

/**
 * `backup import FILE`: into a new profile, or merged into one of the same account, alone with it. All of the file is
 * verified before anything is written.
 */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const source = await backupSource(invocation.args[0] ?? '');
  const own = await backupPassword(context, invocation);
  const { settings, signal } = context;
  const messenger = await openMessenger(context);
  const { profile } = settings;
  if ((await messenger.profileState(profile)) !== 'none') {
    const merge = async (session: Session): Promise<number> => {
      const backup = await verified(context, source, own);
      const { added } = await withProgress(context, 'import', (onProgress) =>
        session.importBackup(backup, { onProgress, signal }),
      );
      return done(context, session, backup, added);
    };
    return withSession(context, merge, { alone: true });
  }
  // Where nobody can be asked, a password that is missing is told at once; a person chooses one when it is of use.
  const chosen = context.io.stdinIsTerminal ? null : { password: await newPassword(context) };
  const backup = await verified(context, source, own);
  const { password } = chosen ?? { password: await newPassword(context) };
  const session = await withProgress(context, 'import', (onProgress) =>
    messenger.createFromBackup({ profile, password, backup, onProgress, signal }),
  );
  return runInSession(context, session, () => done(context, session, backup, backup.messages));
}

function newPassword(context: Context): Promise<string | null> {
  return context.password.forNewAccount(context.settings.noPassword);
}

/** Opens it with its own password, else with that of the profile, else asks. */
async function verified(context: Context, source: BackupSource, own: BackupPassword): Promise<Backup> {
  const { password, signal } = context;
  const { openBackup } = await context.modules.core();
  const given = own.isGiven ? await own.read() : await password.given();
  return password.openBackup(given, (tried) =>
    withProgress(context, 'verify', (onProgress) => openBackup(source, tried, { onProgress, signal })),
  );
}

async function done(context: Context, session: Session, backup: Backup, added: number): Promise<number> {
  const { io, printer } = context;
  await printer.print(accountLine(session.getState().account));
  if (backup.skipped > 0)
    printer.note(`${backup.skipped} entries of the backup are of a later version and were left out.`);
  if (io.stderrIsTerminal) printer.note(`${added} of ${backup.messages} messages were new.`);
  return exitCodes.done;
}
