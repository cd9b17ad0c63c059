/** lowdb as the typed holder of one sealed file: `LowSync` reads it, `Low` writes it, our adapter seals it. */
import { Low, LowSync } from 'lowdb';
import type { FileKind } from './key-ring.ts';
import type { SealedFolder } from './sealed-folder.ts';

/** Content of a sealed file, checked by `parse`. Throws DamagedFile and what `parse` throws. */
export function readHolder<T>(
  folder: SealedFolder,
  kind: FileKind,
  number: number,
  parse: (json: unknown) => T,
): T {
  const holder = new LowSync<T | null>(
    {
      read: () => parse(folder.read(kind, number).json),
      write() {
        throw new Error('sealed files are written through writeHolder');
      },
    },
    null,
  );
  holder.read();
  if (holder.data === null) throw new Error('unreachable: the adapter gives data or throws');
  return holder.data;
}

/** Writes a sealed file durably (temporary file, fsync, rename); its name is durable after `syncFolder`. */
export async function writeHolder<T>(
  folder: SealedFolder,
  kind: FileKind,
  number: number,
  data: T,
): Promise<void> {
  const holder = new Low<T | null>(
    {
      read: async () => null,
      write: async (content) => folder.write(kind, number, content),
    },
    null,
  );
  holder.data = data;
  await holder.write();
}
