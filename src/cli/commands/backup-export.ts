import type { BackupExport } from '../../core/index.ts';
import { backupPassword } from '../backup.ts';
import { type Context, noAccount, openMessenger, repeatedly, runInSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { checkNewFile, writeNewFile } from '../new-file.ts';
import { withProgress } from '../progress.ts';

/**
 * `backup export FILE`: the whole profile in one encrypted file, under the password of the profile or one of its own.
 * A process that holds the profile serves it.
 */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { io, printer, settings, signal } = context;
  const file = invocation.args[0] ?? '';
  await checkNewFile(file);
  const own = await backupPassword(context, invocation);
  const messenger = await openMessenger(context);
  const { profile } = settings;
  const state = await messenger.profileState(profile);
  if (state === 'none') throw noAccount(profile);
  return repeatedly(async () => {
    let profilePassword: string | null = null;
    const open = async (
      password: string | null,
      typed?: Readonly<{ signal: AbortSignal }>,
    ): Promise<BackupExport> => {
      const opened = await messenger.openForBackup(profile, password, signal, typed);
      profilePassword = state === 'password' ? password : null;
      return opened;
    };
    const backup = state === 'no-password' ? await open(null) : await context.password.unlock(open);
    return runInSession(context, backup.session, async () => {
      const password =
        own.isGiven || profilePassword === null
          ? await context.password.forNewBackup(await own.read())
          : profilePassword;
      await withProgress(context, 'export', (onProgress) =>
        writeNewFile(file, async (out) => {
          for await (const bytes of backup.write(password, { onProgress })) {
            signal.throwIfAborted();
            await out.write(bytes);
          }
        }),
      );
      if (io.stderrIsTerminal)
        printer.note(`The backup is in ${file}. Without its password nobody can read it.`);
      return exitCodes.done;
    });
  });
}
