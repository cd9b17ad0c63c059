/** What may be read back from an authentic file; later versions' extra fields are kept. Nothing else gets in. */
import * as v from 'valibot';
import { messageId } from './message-id.ts';
import type { CollectionName, Collections, StoredMessage } from './types.ts';

const text = v.string();
const time = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const json = v.custom<Collections['settings']>((value) => value !== undefined);

const whole = v.pipe(v.number(), v.safeInteger());
const picture = v.exactOptional(v.nullable(v.looseObject({ url: text, keyHex: text })));

const expiry = v.looseObject({ mode: v.picklist(['after-send', 'after-read']), seconds: count });
const reactions = v.array(
  v.looseObject({ emoji: text, from: text, at: count, removed: v.exactOptional(v.literal(true)) }),
);

const schemas: { readonly [C in CollectionName]: v.GenericSchema<Collections[C]> } = {
  account: v.looseObject({
    seedHex: v.pipe(text, v.regex(/^[0-9a-f]{32}$/)),
    name: text,
    createdAt: time,
    restored: v.boolean(),
    picture,
    profileUpdatedAtSec: v.exactOptional(count),
    blindedRequests: v.exactOptional(v.nullable(v.boolean())),
  }),
  settings: json,
  contacts: v.looseObject({
    id: text,
    name: text,
    nickname: v.nullable(text),
    profileUpdatedAtSec: time,
    approved: v.boolean(),
    approvedMe: v.boolean(),
    blocked: v.boolean(),
    picture,
    createdAtSec: v.exactOptional(count),
    blockedAt: v.exactOptional(time),
    unblockedAt: v.exactOptional(time),
  }),
  conversations: v.looseObject({
    id: text,
    kind: v.picklist(['contact', 'group', 'community', 'self']),
    unread: count,
    lastMessageAt: time,
    preview: text,
    draft: text,
    draftAnswers: v.exactOptional(text),
    pinned: v.boolean(),
    mutedUntil: v.nullable(time),
    readUpTo: time,
    hidden: v.boolean(),
    markedUnread: v.exactOptional(v.boolean()),
    pinOrder: v.exactOptional(whole),
    expiry: v.exactOptional(v.nullable(expiry)),
    timerNotices: v.exactOptional(v.record(text, text)),
  }),
  outbox: v.looseObject({
    id: text,
    conversation: text,
    recipient: text,
    sentAt: time,
    ttlMs: time,
    data: text,
    syncData: text,
    syncTtlMs: v.exactOptional(time),
    control: v.exactOptional(v.literal(true)),
    attempts: count,
    nextAttemptAt: time,
  }),
  fresh: time,
  configs: text,
  erased: time,
  seen: time,
  expiring: time,
  readTimers: v.looseObject({ conversation: text, sentAt: time }),
  early: v.looseObject({
    until: time,
    gone: v.exactOptional(v.literal(true)),
    read: v.exactOptional(v.literal(true)),
    reactions: v.exactOptional(reactions),
    message: v.exactOptional(text),
  }),
  swarmChanges: time,
  cursors: v.looseObject({ hash: text, expiresAt: time }),
  network: json,
};

export const collectionNames = Object.keys(schemas) as readonly CollectionName[]; // its keys are those, by its type

const message = v.pipe(
  v.looseObject({
    id: text,
    conversation: text,
    from: text,
    direction: v.picklist(['in', 'out']),
    sentAt: count,
    receivedAt: time,
    body: text,
    status: v.picklist(['received', 'queued', 'sent', 'failed', 'read']),
    reason: v.exactOptional(text),
    hash: v.exactOptional(text),
    quote: v.exactOptional(v.looseObject({ author: text, sentAt: time })),
    attachments: v.array(v.looseObject({ id: text, name: text, contentType: text, sizeBytes: count })),
    reactions: v.exactOptional(reactions),
    notice: v.exactOptional(
      v.looseObject({
        kind: text,
        expiry: v.exactOptional(v.nullable(expiry)),
        call: v.exactOptional(text),
      }),
    ),
    expiry: v.exactOptional(expiry),
    expiresAt: v.exactOptional(time),
    trail: v.exactOptional(
      v.looseObject({
        attempts: v.exactOptional(count),
        storedAt: v.exactOptional(time),
        keptUntil: v.exactOptional(time),
        copiedAt: v.exactOptional(time),
        readAt: v.exactOptional(time),
      }),
    ),
    extra: v.exactOptional(v.record(text, json)),
  }),
  v.check(({ id, conversation, from, sentAt }) => id === messageId(conversation, from, sentAt)),
);

export function isCollectionName(name: string): name is CollectionName {
  return Object.hasOwn(schemas, name);
}

/** The value if it fits its collection, else undefined. */
export function parseValue<C extends CollectionName>(
  collection: C,
  value: unknown,
): Collections[C] | undefined {
  const result = v.safeParse(schemas[collection], value);
  return result.success ? result.output : undefined;
}

/** The message if it is whole and its ID is that of its conversation, author and sent time; else undefined. */
export function parseMessage(value: unknown): StoredMessage | undefined {
  const result = v.safeParse(message, value, { abortEarly: true, abortPipeEarly: true });
  return result.success ? result.output : undefined;
}
