/** What `backup export` and `backup import` have in common: the backup's own password, and its file. */
import { open, stat } from 'node:fs/promises';
import type { BackupSource } from '../core/index.ts';
import { messageOf, SessionTuiError, UsageError } from '../errors.ts';
import type { Context } from './context.ts';
import { type Invocation, textOption } from './invocation.ts';
import { readPasswordFile } from './password.ts';

/** `--backup-password-file`: whether it was given, and what it says; null where a person is to be asked. */
export type BackupPassword = Readonly<{ isGiven: boolean; read(): Promise<string | null> }>;

/** A file is read at once, standard input when the password is needed. UsageError for what can't be meant. */
export async function backupPassword(context: Context, invocation: Invocation): Promise<BackupPassword> {
  const file = textOption(invocation.options, 'backupPasswordFile');
  if (file === undefined) return { isGiven: false, read: async () => null };
  const { io, settings, stdin } = context;
  if (file !== '-') {
    const password = await readPasswordFile(file);
    return { isGiven: true, read: async () => password };
  }
  if (settings.passwordFile === '-') {
    throw new UsageError(
      'usage',
      'Standard input can be the password of the profile or of the backup, not both.',
    );
  }
  return { isGiven: true, read: async () => (io.stdinIsTerminal ? null : stdin.firstLine()) };
}

const pieceBytes = 65_536;

/** A file that can be read as often as need be. UsageError `backup-file` if it can't. */
export async function backupSource(path: string): Promise<BackupSource> {
  let isFile: boolean;
  try {
    isFile = (await stat(path)).isFile();
    await (await open(path, 'r')).close();
  } catch (error) {
    throw new UsageError('backup-file', `The backup can't be read: ${messageOf(error)}.`, { cause: error });
  }
  if (!isFile) throw new UsageError('backup-file', 'The backup has to be a file: it is read twice.');
  return async function* () {
    try {
      const file = await open(path, 'r');
      try {
        for (;;) {
          const { bytesRead, buffer } = await file.read(new Uint8Array(pieceBytes), 0, pieceBytes);
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof SessionTuiError) throw error;
      throw new SessionTuiError('input-failed', `The backup can't be read on: ${messageOf(error)}.`, {
        cause: error,
      });
    }
  };
}
