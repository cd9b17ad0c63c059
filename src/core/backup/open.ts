/** Opening a backup: all of it is read and verified once before anything of it is used. */
import type { StoredAccount } from '../../store/index.ts';
import { BackupOpener, damagedBackup } from './container.ts';
import { type BackupRecord, decodeRecords } from './records.ts';

/** Reads the file from its beginning; called twice. */
export type BackupSource = () => AsyncIterable<Uint8Array>;

/** A backup that was found whole. Only core looks into it. */
export type Backup = Readonly<{
  account: StoredAccount;
  madeAt: number;
  messages: number;
  /** records that this version does not know */
  skipped: number;
  /** reads it once more; StoreError `damaged` if it is not the same any more */
  records(): AsyncGenerator<Readonly<{ record: BackupRecord; bytes: number }>>;
}>;

export type ReadOptions = Readonly<{
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}>;

/** StoreError `wrong-password`, `damaged`, `too-new`. */
export async function openBackup(
  source: BackupSource,
  password: string,
  { onProgress, signal }: ReadOptions = {},
): Promise<Backup> {
  const opener = new BackupOpener(password);
  let head: Readonly<{ madeAt: number; messages: number }> | null = null;
  let account: StoredAccount | null = null;
  let count = 0;
  let messages = 0;
  let skipped = 0;
  let ended = false;
  for await (const { record } of decodeRecords(opener.open(source()))) {
    signal?.throwIfAborted();
    if (ended) throw damagedBackup('goes on behind its end');
    if ((count === 0) !== (record?.r === 'backup') || (count === 1) !== (record?.r === 'account'))
      throw damagedBackup('does not begin as one does');
    if (record === null) skipped += 1;
    else if (record.r === 'backup') head = record;
    else if (record.r === 'account') account = record.value;
    else if (record.r === 'end') ended = record.records === count;
    else if (record.r === 'message') {
      messages += 1;
      onProgress?.(messages, Math.max(messages, head?.messages ?? 0));
    }
    count += 1;
  }
  if (!ended || head === null || account === null) throw damagedBackup('ends too soon');
  return {
    account,
    madeAt: head.madeAt,
    messages,
    skipped,
    async *records() {
      for await (const { record, bytes } of decodeRecords(opener.open(source()))) {
        if (record === null || record.r === 'backup' || record.r === 'account' || record.r === 'end')
          continue;
        yield { record, bytes };
      }
    },
  };
}
