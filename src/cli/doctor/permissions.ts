/** Who else can open the files of a profile. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Names of what other users could read or write in a profile's folder: everything must be 0600, and folders 0700
 * (contracts.md section 3). `.` is the folder itself. Empty where there is no such
 * folder, or no such permissions.
 */
export async function openToOthers(folder: string): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const names = ['.', ...(await readdir(folder, { recursive: true }).catch(() => []))];
  const open: string[] = [];
  for (const name of names) {
    // a file of the journal may be folded away between the two calls
    const stats = await lstat(join(folder, name)).catch(() => null);
    if (stats !== null && (stats.mode & 0o077) !== 0) open.push(name);
  }
  return open;
}
