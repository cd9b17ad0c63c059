/** The file with a person's own keys of the chat UI: beside the profiles, for all of them. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyFile } from '../ui/index.ts';

/** Not `keys.json`: a profile's own `keys.json` holds its data key. */
export const keyFileName = 'keybindings.json';

export function keyFileIn(dataDir: string): KeyFile {
  const path = join(dataDir, keyFileName);
  return {
    path,
    async read(maxLength) {
      const file = await open(path).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      if (file === null) return null;
      try {
        // A character has four bytes at most: what is longer than that is too long in any case.
        const bytes = new Uint8Array(maxLength * 4 + 1);
        let length = 0;
        for (;;) {
          const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
          if (bytesRead === 0) break;
          length += bytesRead;
        }
        return new TextDecoder().decode(bytes.subarray(0, length));
      } finally {
        await file.close();
      }
    },
    async write(text) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Where the file is a link into somebody's collection of settings, it stays one.
      const target = await realpath(path).catch(() => path);
      const temporary = `${target}.${randomUUID()}`;
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, target);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

/** The same keys, but changes of them are kept nowhere: for the demonstration. */
export function unkept(file: KeyFile): KeyFile {
  let changed: string | null = null;
  return {
    path: 'memory only: a demonstration leaves nothing',
    read: async (maxLength) => changed ?? file.read(maxLength),
    write: async (text) => {
      changed = text;
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
