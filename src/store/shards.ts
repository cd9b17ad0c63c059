/** A shard: up to about 200 messages of one conversation, sorted by sent time, in one sealed file. */
import * as v from 'valibot';
import { readHolder } from './holder.ts';
import { compareMessages } from './message-id.ts';
import { parseMessage } from './schemas.ts';
import { DamagedFile, type SealedFolder } from './sealed-folder.ts';
import type { StoredMessage } from './types.ts';

/** What the index knows of a shard: enough to find, count and skip without opening it. */
export type ShardRef = Readonly<{
  file: number;
  /** sent times of its first and last message */
  from: number;
  to: number;
  count: number;
  /** how many of them are incoming */
  incoming: number;
  /** the latest time of receipt in it */
  received: number;
}>;

export type ShardLimits = Readonly<{ messages: number; bytes: number }>;

export const defaultShardLimits: ShardLimits = { messages: 200, bytes: 131_072 };

const fileSchema = v.object({ conversation: v.string(), messages: v.array(v.unknown()) });

export type ShardFile = Readonly<{
  conversation: string;
  messages: readonly StoredMessage[];
  /** entries that made no sense and were left out */
  skipped: number;
}>;

/** Reads a shard's file. Throws DamagedFile. */
export function readShard(folder: SealedFolder, file: number): ShardFile {
  return readHolder(folder, 'shard', file, (json) => {
    const parsed = v.safeParse(fileSchema, json);
    if (!parsed.success) throw new DamagedFile('holds no data that this version can read');
    const { conversation } = parsed.output;
    const messages: StoredMessage[] = [];
    let skipped = 0;
    for (const entry of parsed.output.messages) {
      const message = parseMessage(typeof entry === 'object' ? { ...entry, conversation } : entry);
      if (message) messages.push(message);
      else skipped += 1;
    }
    messages.sort(compareMessages);
    return { conversation, messages, skipped };
  });
}

/** The JSON form of a shard: the conversation once instead of in each message. */
export function shardJson(conversation: string, messages: readonly StoredMessage[]): unknown {
  return { conversation, messages: messages.map(({ conversation: _, ...rest }) => rest) };
}

export function refOf(file: number, messages: readonly StoredMessage[]): ShardRef {
  let incoming = 0;
  let received = 0;
  for (const message of messages) {
    if (message.direction === 'in') incoming += 1;
    received = Math.max(received, message.receivedAt);
  }
  return {
    file,
    from: messages[0]?.sentAt ?? 0,
    to: messages.at(-1)?.sentAt ?? 0,
    count: messages.length,
    incoming,
    received,
  };
}

/**
 * Cuts sorted messages into shards. At the end of a conversation full shards are left behind and the rest goes on
 * growing; within it the parts are made equal, so that both halves have room. Messages of one sent time stay
 * together: a sent time belongs to one shard.
 */
export function cut(
  messages: readonly StoredMessage[],
  limits: ShardLimits,
  atEnd: boolean,
): StoredMessage[][] {
  const sizes = messages.map((message) => JSON.stringify(message).length);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const parts = Math.max(1, Math.ceil(messages.length / limits.messages), Math.ceil(bytes / limits.bytes));
  const maxMessages = atEnd ? limits.messages : Math.ceil(messages.length / parts);
  const out: StoredMessage[][] = [];
  let current: StoredMessage[] = [];
  let size = 0;
  messages.forEach((message, i) => {
    const full =
      current.length >= maxMessages || (current.length > 0 && size + (sizes[i] ?? 0) > limits.bytes);
    if (full && current.at(-1)?.sentAt !== message.sentAt) {
      out.push(current);
      current = [];
      size = 0;
    }
    current.push(message);
    size += sizes[i] ?? 0;
  });
  if (current.length > 0) out.push(current);
  return out;
}
