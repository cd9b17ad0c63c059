/** From a verified backup into a profile of the same account. */
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../errors.ts';
import type { ProfileStore, StoredConversation, StoreTransaction } from '../../store/index.ts';
import { countReadable } from '../unread.ts';
import { mergeContact, mergeConversation, mergeMessage, mergeSetting } from './merge.ts';
import type { Backup, ReadOptions } from './open.ts';
import type { BackupRecord } from './records.ts';

/** What goes into one transaction at most. */
const batchRecords = 256;
const batchBytes = 1_048_576;

type MessageRecord = Extract<BackupRecord, { r: 'message' }>;

export type ImportResult = Readonly<{
  /** messages that the profile did not have */
  added: number;
}>;

/**
 * Merges, a batch a transaction: what an interruption leaves is whole messages, and another import does the rest. A
 * backup that is merged already writes nothing. UsageError `other-account`; StoreError `damaged`, `write-failed`.
 */
export async function importBackup(
  store: ProfileStore,
  backup: Backup,
  now: number,
  { onProgress, signal }: ReadOptions = {},
): Promise<ImportResult> {
  const account = store.get('account', 'account');
  if (account?.seedHex !== backup.account.seedHex) {
    throw new UsageError(
      'other-account',
      'The backup is of another account than this profile. Nothing was changed; name another profile with --profile.',
    );
  }
  if (account.name === '' && backup.account.name !== '') {
    const { name } = backup.account;
    await store.transact((tx) => tx.put('account', 'account', { ...account, name }));
  }
  const lines = new Map<string, StoredConversation>();
  /** by conversation: the newest sent time of a message that has expired since */
  const expired = new Map<string, number>();
  let added = 0;
  let done = 0;
  let batch: BackupRecord[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    added += await mergeBatch(store, batch, now);
    batch = [];
    bytes = 0;
    onProgress?.(done, backup.messages);
  };
  for await (const { record, bytes: size } of backup.records()) {
    signal?.throwIfAborted();
    if (record.r === 'message') done += 1;
    if (record.r === 'conversation') lines.set(record.value.id, record.value);
    else if (record.r === 'message' && (record.value.expiresAt ?? Number.POSITIVE_INFINITY) <= now) {
      const { conversation, sentAt } = record.value;
      expired.set(conversation, Math.max(sentAt, expired.get(conversation) ?? 0));
    } else {
      batch.push(record);
      bytes += size;
    }
    if (batch.length >= batchRecords || bytes >= batchBytes) await flush();
  }
  await flush();
  // Last, because how many are unread follows from the messages.
  for (const [id, line] of lines) await mergeLine(store, line, expired.get(id));
  return { added };
}

/** How many messages are new. */
async function mergeBatch(store: ProfileStore, batch: readonly BackupRecord[], now: number): Promise<number> {
  const changes: ((tx: StoreTransaction) => void)[] = [];
  let added = 0;
  for (const record of batch) {
    if (record.r === 'message') {
      const known = await store.message(record.value.id);
      if (known === undefined) added += 1;
      changes.push(...messageChanges(store, record, known, now));
    } else if (record.r === 'contact') {
      const own = store.get('contacts', record.value.id);
      const value = mergeContact(own, record.value);
      if (!isDeepStrictEqual(value, own)) changes.push((tx) => tx.put('contacts', value.id, value));
    } else if (record.r === 'setting') {
      const own = store.get('settings', record.key);
      const value = mergeSetting(record.key, own, record.value);
      if (!isDeepStrictEqual(value, own)) changes.push((tx) => tx.put('settings', record.key, value));
    } else if (record.r === 'config') {
      // What a profile has is newer, or will be with the next round of fetching.
      if (store.get('configs', record.kind) === undefined)
        changes.push((tx) => tx.put('configs', record.kind, record.dump));
    } else if (record.r === 'early') {
      const { key, value } = record;
      // A message that is there is there: in this profile, or by this very backup.
      if (
        value.until > now &&
        store.get('early', key) === undefined &&
        (await store.message(key)) === undefined
      )
        changes.push((tx) => tx.put('early', key, value));
    } else if (
      record.r === 'seen' &&
      record.expiresAt > now &&
      store.get('seen', record.hash) === undefined
    ) {
      changes.push((tx) => tx.put('seen', record.hash, record.expiresAt));
    }
  }
  if (changes.length > 0)
    await store.transact((tx) => {
      for (const change of changes) change(tx);
    });
  return added;
}

function messageChanges(
  store: ProfileStore,
  record: MessageRecord,
  known: MessageRecord['value'] | undefined,
  now: number,
): ((tx: StoreTransaction) => void)[] {
  const { id } = record.value;
  const waiting = store.get('outbox', id);
  const { message, outbox } = mergeMessage({ message: known, outbox: waiting }, record, now);
  const changes: ((tx: StoreTransaction) => void)[] = [];
  if (!isDeepStrictEqual(message, known)) changes.push((tx) => tx.putMessage(message));
  const { conversation, sentAt, direction, expiry, expiresAt } = message;
  const waits = direction === 'in' && expiry?.mode === 'after-read' && expiresAt === undefined;
  if (waits && store.get('readTimers', id) === undefined)
    changes.push((tx) => tx.put('readTimers', id, { conversation, sentAt }));
  if (outbox !== null && !isDeepStrictEqual(outbox, waiting))
    changes.push((tx) => tx.put('outbox', id, outbox));
  if (outbox === null && waiting !== undefined) changes.push((tx) => tx.delete('outbox', id));
  // A message that was here before has been shown, or is fresh already.
  if (record.fresh === true && known === undefined) changes.push((tx) => tx.put('fresh', id, message.sentAt));
  return changes;
}

async function mergeLine(
  store: ProfileStore,
  other: StoredConversation,
  expiredAt: number | undefined,
): Promise<void> {
  const own = store.get('conversations', other.id);
  const line = mergeConversation(own, other);
  const unread = await countReadable(store, other.id, line.readUpTo);
  // What has expired must not be read in the list either.
  const isGone = expiredAt === line.lastMessageAt && line.preview === other.preview;
  const value = { ...line, unread, preview: isGone ? '' : line.preview };
  if (isDeepStrictEqual(value, own)) return;
  await store.transact((tx) => tx.put('conversations', value.id, value));
}
