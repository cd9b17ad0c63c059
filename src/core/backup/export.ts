/** From a profile to the bytes of a backup. */
import type { Argon2idCost } from '../../crypto/pwhash.ts';
import {
  type CollectionName,
  type ProfileStore,
  type StoredAccount,
  type StoredMessage,
  startOf,
} from '../../store/index.ts';
import type { Platform } from '../../util/platform.ts';
import { sealBackup } from './container.ts';
import { type BackupHead, type BackupRecord, encodeRecord } from './records.ts';

/** Messages read from the disk at a time. */
const pageMessages = 200;

/**
 * Whether a collection is part of a backup: whoever adds one has to say so. The rest is of this machine (what it knows
 * of the network, how far it has read which node) or follows from the messages.
 */
export const inBackup: Readonly<Record<CollectionName, boolean>> = {
  account: true,
  settings: true,
  contacts: true,
  conversations: true,
  outbox: true,
  fresh: true,
  configs: true,
  erased: false,
  seen: true,
  expiring: false,
  readTimers: false,
  early: true,
  swarmChanges: false,
  cursors: false,
  network: false,
};

/**
 * All of a profile but the account, a page of messages at a time; the head comes first. It may change meanwhile: each
 * message is as it was when it was read, and goes with what the outbox has of it.
 */
export async function* exportRecords(
  store: ProfileStore,
  now: number,
): AsyncGenerator<BackupHead | BackupRecord> {
  const conversations = store.messageConversations();
  let messages = 0;
  for (const id of conversations) messages += store.countMessages(id);
  yield { r: 'backup', madeAt: now, messages };
  for (const [key, value] of store.entries('settings')) yield { r: 'setting', key, value };
  for (const [, value] of store.entries('contacts')) yield { r: 'contact', value };
  for (const [, value] of store.entries('conversations')) yield { r: 'conversation', value };
  for (const [kind, dump] of store.entries('configs')) yield { r: 'config', kind, dump };
  for (const conversation of conversations) {
    for (let afterId = startOf(conversation); ; ) {
      const page = await store.messagesAfter(conversation, { limit: pageMessages, afterId });
      for (const message of page) {
        const record = await messageRecord(store, message);
        if (record !== null) yield record;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageMessages) break;
      afterId = last.id;
    }
  }
  for (const [key, value] of store.entries('early')) if (value.until > now) yield { r: 'early', key, value };
  for (const [hash, expiresAt] of store.entries('seen'))
    if (expiresAt > now) yield { r: 'seen', hash, expiresAt };
}

async function messageRecord(store: ProfileStore, read: StoredMessage): Promise<BackupRecord | null> {
  const isWaiting = read.status === 'queued' || read.status === 'failed';
  // Since its page was read it may have been delivered, or deleted.
  const isStale = isWaiting && (store.get('outbox', read.id)?.data ?? '') === '';
  const message = isStale ? await store.message(read.id) : read;
  if (message === undefined) return null;
  const outbox = store.get('outbox', message.id);
  return {
    r: 'message',
    value: message,
    ...(outbox === undefined ? {} : { outbox }),
    ...(store.get('fresh', message.id) === undefined ? {} : { fresh: true }),
  };
}

export type WriteOptions = Readonly<{
  platform: Platform;
  password: string;
  cost: Argon2idCost;
  /** called after each message */
  onProgress?: (done: number, total: number) => void;
}>;

/** The bytes of a backup of the records that `exportRecords` gives, and of the account. */
export function writeBackup(
  account: StoredAccount,
  records: AsyncIterable<BackupHead | BackupRecord>,
  { platform, password, cost, onProgress }: WriteOptions,
): AsyncIterable<Uint8Array> {
  async function* content(): AsyncGenerator<Uint8Array> {
    let count = 0;
    let total = 0;
    let done = 0;
    for await (const record of records) {
      yield encodeRecord(record);
      count += 1;
      if (record.r === 'backup') {
        total = record.messages;
        yield encodeRecord({ r: 'account', value: account });
        count += 1;
      } else if (record.r === 'message') {
        done += 1;
        onProgress?.(done, Math.max(done, total));
      }
    }
    yield encodeRecord({ r: 'end', records: count });
  }
  return sealBackup(content(), password, { randomBytes: platform.randomBytes, cost });
}
