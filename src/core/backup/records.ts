/** What a backup says, a record a line of JSON (docs/store.md, section Backups). */
import * as v from 'valibot';
import {
  type CollectionName,
  type Collections,
  type JsonValue,
  type OutboxItem,
  parseMessage,
  parseValue,
  type StoredAccount,
  type StoredContact,
  type StoredConversation,
  type StoredEarly,
  type StoredMessage,
} from '../../store/index.ts';
import { concatBytes, utf8Decode, utf8Encode } from '../../util/bytes.ts';
import { damagedBackup } from './container.ts';

/** What stands between the account and the end. */
export type BackupRecord =
  | Readonly<{ r: 'setting'; key: string; value: JsonValue }>
  | Readonly<{ r: 'contact'; value: StoredContact }>
  | Readonly<{ r: 'conversation'; value: StoredConversation }>
  /** base64 of a config's dump, by `ConfigKind` */
  | Readonly<{ r: 'config'; kind: string; dump: string }>
  /** `outbox`: it is still to be sent, or its copy for one's own devices; `fresh`: no front end has shown it yet */
  | Readonly<{ r: 'message'; value: StoredMessage; outbox?: OutboxItem; fresh?: true }>
  | Readonly<{ r: 'seen'; hash: string; expiresAt: number }>
  /** what is known of a message that is not there (core/kinds/early.ts) */
  | Readonly<{ r: 'early'; key: string; value: StoredEarly }>;

/** The first record: when it was made, and how many messages there were then (for the progress bar alone). */
export type BackupHead = Readonly<{ r: 'backup'; madeAt: number; messages: number }>;
export type BackupAccount = Readonly<{ r: 'account'; value: StoredAccount }>;
/** The last record; `records` counts all lines before it. */
export type BackupEnd = Readonly<{ r: 'end'; records: number }>;

export type AnyRecord = BackupHead | BackupAccount | BackupRecord | BackupEnd;

const text = v.string();
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const valueIn = <C extends CollectionName>(collection: C) =>
  v.custom<Collections[C]>((value) => parseValue(collection, value) !== undefined);

const contents = [
  v.object({ r: v.literal('setting'), key: text, value: valueIn('settings') }),
  v.object({ r: v.literal('contact'), value: valueIn('contacts') }),
  v.object({ r: v.literal('conversation'), value: valueIn('conversations') }),
  v.object({ r: v.literal('config'), kind: text, dump: valueIn('configs') }),
  v.object({
    r: v.literal('message'),
    value: v.custom<StoredMessage>((value) => parseMessage(value) !== undefined),
    outbox: v.exactOptional(valueIn('outbox')),
    fresh: v.exactOptional(v.literal(true)),
  }),
  v.object({ r: v.literal('seen'), hash: text, expiresAt: valueIn('seen') }),
  v.object({ r: v.literal('early'), key: text, value: valueIn('early') }),
] as const;

const headSchema = v.object({ r: v.literal('backup'), madeAt: v.number(), messages: count });

/** What the process that holds a profile gives for a backup: all but the account. */
export const exportedSchema: v.GenericSchema<unknown, BackupHead | BackupRecord> = v.variant('r', [
  headSchema,
  ...contents,
]);

const anySchema: v.GenericSchema<unknown, AnyRecord> = v.variant('r', [
  headSchema,
  v.object({ r: v.literal('account'), value: valueIn('account') }),
  ...contents,
  v.object({ r: v.literal('end'), records: count }),
]);

/** No message or setting comes near this; an end to what a line costs in memory. */
const maxLineBytes = 16_777_216;
const newline = 0x0a;

export function encodeRecord(record: AnyRecord): Uint8Array {
  return utf8Encode(`${JSON.stringify(record)}\n`);
}

/** A record and the bytes of its line; null for one that this version does not know. */
export type ReadRecord = Readonly<{ record: AnyRecord | null; bytes: number }>;

/** The records of content that comes in pieces; zeros follow the last line. StoreError `damaged`. */
export async function* decodeRecords(content: AsyncIterable<Uint8Array>): AsyncGenerator<ReadRecord> {
  let parts: Uint8Array[] = [];
  let held = 0;
  let padding = false;
  for await (const chunk of content) {
    let at = 0;
    while (!padding) {
      const end = chunk.indexOf(newline, at);
      if (end < 0) break;
      parts.push(chunk.subarray(at, end));
      held += end - at;
      if (held > maxLineBytes) break;
      yield { record: parseRecord(parts), bytes: held };
      parts = [];
      held = 0;
      at = end + 1;
      padding = chunk[at] === 0;
    }
    const rest = chunk.subarray(at);
    // A line never begins with a zero.
    if (padding || (held === 0 && rest[0] === 0)) {
      padding = true;
      if (rest.some((byte) => byte !== 0)) throw damagedBackup('holds something behind its end');
      continue;
    }
    parts.push(rest);
    held += rest.length;
    if (held > maxLineBytes) throw damagedBackup('holds a line longer than any');
  }
  if (held > 0) throw damagedBackup('ends within a line');
}

function parseRecord(parts: readonly Uint8Array[]): AnyRecord | null {
  const [first] = parts;
  const line = utf8Decode(first !== undefined && parts.length === 1 ? first : concatBytes(...parts));
  let json: unknown;
  try {
    json = JSON.parse(line ?? '');
  } catch (error) {
    throw damagedBackup('holds what is no JSON', error);
  }
  const parsed = v.safeParse(anySchema, json);
  return parsed.success ? parsed.output : null;
}
