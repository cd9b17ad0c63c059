/** Files that a person has the chat UI write: new, private, whole or not at all. */
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { SessionTuiError, UsageError } from '../errors.ts';
import type { FileSaver } from '../ui/index.ts';
import { writeNewFile } from './new-file.ts';

/** Writes where the person may; names begin in `folder`. */
export function fileSaver(
  env: Readonly<Record<string, string | undefined>>,
  folder: string = process.cwd(),
): FileSaver {
  const home = env.HOME !== undefined && isAbsolute(env.HOME) ? env.HOME : homedir();
  return {
    async save(name, text) {
      const typed = name.trim();
      if (typed === '') throw new UsageError('usage', 'Say which file is to be written.');
      const expanded = typed === '~' || typed.startsWith('~/') ? join(home, typed.slice(1)) : typed;
      const path = resolve(folder, expanded);
      // A name that ends like a folder's would be written as a file otherwise.
      if (/[/\\]$/.test(expanded))
        throw new UsageError('output-file', `${typed} is a folder. Say also what the file is to be called.`);
      try {
        await writeNewFile(path, (file) => file.write(text));
      } catch (error) {
        throw inWords(error, path);
      }
      return path;
    },
  };
}

const reasons: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no folder ${dirname(path)}.`,
  ENOTDIR: (path) => `${dirname(path)} is no folder.`,
  EACCES: (path) => `You have no permission to write in ${dirname(path)}.`,
  EPERM: (path) => `You have no permission to write in ${dirname(path)}.`,
  EROFS: (path) => `${dirname(path)} can only be read.`,
  ENAMETOOLONG: () => 'That name is too long.',
  ENOSPC: () => 'The disk is full.',
};

/** The system's own reason in words, where it is one that a person can do something about. */
function inWords(error: unknown, path: string): unknown {
  const reason = error instanceof SessionTuiError ? reasons[codeOf(error.cause)] : undefined;
  if (reason === undefined) return error;
  return new UsageError('output-file', `${reason(path)} Nothing was written; name another file.`, {
    cause: error,
  });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
