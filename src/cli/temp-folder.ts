import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TempFolder = Readonly<{ path: string; remove(): Promise<void> }>;

/** A new 0700 folder that `remove` deletes, and that is deleted also when the process exits without it. */
export async function makeTempFolder(prefix: string): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const options = { recursive: true, force: true } as const;
  const atExit = (): void => rmSync(path, options);
  process.on('exit', atExit);
  return {
    path,
    remove: async () => {
      await rm(path, options);
      process.off('exit', atExit);
    },
  };
}
