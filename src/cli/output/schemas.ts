/** The shape of every JSON line (contracts.md section 2). Types for the printers, JSON Schema for `schema`. */
import * as v from 'valibot';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const timestamp = v.pipe(count, v.description('milliseconds since 1970 UTC'));
const accountId = v.pipe(text, v.regex(/^05[0-9a-f]{64}$/));

/** Unknown fields may be added within a major version: consumers must ignore what they do not know. */
const line = v.looseObject;

const expiry = v.looseObject({ mode: v.picklist(['after-send', 'after-read']), seconds: count });

export const accountEvent = line({
  event: v.literal('account'),
  accountId,
  name: text,
  profile: text,
});

export const profileEvent = line({ event: v.literal('profile'), name: text });

export const messageEvent = line({
  event: v.literal('message'),
  id: text,
  conversation: text,
  from: text,
  direction: v.picklist(['in', 'out']),
  timestamp: v.pipe(timestamp, v.description('when the sender says it was sent')),
  receivedAt: timestamp,
  body: text,
  status: v.picklist(['received', 'queued', 'sent', 'failed', 'read']),
  reason: v.optional(v.pipe(text, v.description('why it is still queued, or has failed'))),
  quote: v.optional(v.looseObject({ author: text, timestamp })),
  attachments: v.array(v.looseObject({ id: text, name: text, contentType: text, size: count })),
  reactions: v.optional(v.array(v.looseObject({ emoji: text, from: v.array(text) }))),
  expiry: v.optional(v.pipe(expiry, v.description('how it vanishes; expiresAt is there once the time runs'))),
  expiresAt: v.optional(timestamp),
  request: v.optional(v.literal(true)),
});

export const sentEvent = line({
  event: v.literal('sent'),
  id: text,
  conversation: text,
  timestamp,
  hash: v.pipe(text, v.description('given by the service node that stored it')),
});

export const queuedEvent = line({ event: v.literal('queued'), id: text, conversation: text, reason: text });

const lookAlike = v.pipe(
  v.picklist(['another', 'own', 'mixed', 'hidden', 'imitates-mark']),
  v.description('why the name is not to be trusted by its look: like another one, like the own one, …'),
);

export const conversationEvent = line({
  event: v.literal('conversation'),
  id: text,
  kind: v.picklist(['contact', 'group', 'community', 'self']),
  name: text,
  unread: count,
  lastMessageAt: timestamp,
  request: v.boolean(),
  expiry: v.optional(v.pipe(expiry, v.description('how the messages written here vanish'))),
  lookAlike: v.optional(lookAlike),
});

export const contactEvent = line({
  event: v.literal('contact'),
  id: text,
  name: text,
  nickname: v.nullable(text),
  approved: v.boolean(),
  approvedMe: v.boolean(),
  blocked: v.boolean(),
  request: v.pipe(v.boolean(), v.description('waits to be accepted or declined')),
  removed: v.optional(v.pipe(v.literal(true), v.description('deleted by this command; this is how it was'))),
  pinned: v.boolean(),
  mutedUntil: v.nullable(timestamp),
  lookAlike: v.optional(lookAlike),
});

export const networkEvent = line({
  event: v.literal('network'),
  online: v.boolean(),
  detail: v.pipe(text, v.description('what is slow or failing; empty when all is well')),
  proxy: v.nullable(text),
  proxySource: v.optional(v.pipe(text, v.description('the option or variable that named the proxy'))),
  nodes: count,
  nodeListAt: timestamp,
  guards: v.array(
    v.looseObject({
      ip: text,
      port: count,
      ed25519: text,
      state: v.picklist(['good', 'troubled', 'testing']),
      failures: count,
    }),
  ),
  paths: v.array(v.looseObject({ hops: v.array(v.looseObject({ ip: text, port: count, ed25519: text })) })),
});

export const checkEvent = line({
  event: v.literal('check'),
  name: v.pipe(text, v.description('terminal, store, proxy, network, clock or swarm')),
  ok: v.pipe(v.boolean(), v.description('false for a problem')),
  level: v.picklist(['ok', 'warning', 'problem']),
  message: v.pipe(text, v.description('how things stand, and what to mend')),
});

export const settingEvent = line({
  event: v.literal('setting'),
  key: v.pipe(text, v.description('settings list names all of them')),
  value: v.union([text, count]),
  default: v.union([text, count]),
  description: text,
  allowed: v.optional(v.pipe(text, v.description('what it can be, for a person'))),
});

export const progressEvent = line({
  event: v.literal('progress'),
  task: v.picklist(['export', 'verify', 'import', 'restore']),
  done: v.pipe(count, v.description('messages; of restore, parts of the account that have come in')),
  total: count,
});

export const noticeEvent = line({
  event: v.literal('notice'),
  conversation: v.nullable(text),
  message: v.pipe(text, v.description('what happened, in words')),
  id: v.optional(v.pipe(text, v.description('of a notice that stands in the conversation'))),
  kind: v.optional(
    v.picklist(['deleted', 'timer', 'media-saved', 'screenshot', 'missed-call', 'accepted', 'unknown']),
  ),
  from: v.optional(text),
  timestamp: v.optional(timestamp),
  expiry: v.optional(v.pipe(v.nullable(expiry), v.description('timer: the new one; null for off'))),
  expiresAt: v.optional(timestamp),
});

export const reactionEvent = line({
  event: v.literal('reaction'),
  id: v.pipe(text, v.description('of the message')),
  conversation: text,
  from: v.pipe(text, v.description('who reacts')),
  emoji: text,
  removed: v.boolean(),
});

export const receiptEvent = line({
  event: v.literal('receipt'),
  id: v.pipe(text, v.description('of the message that was read')),
  conversation: text,
  timestamp: v.pipe(timestamp, v.description('when the message was sent')),
});

export const typingEvent = line({
  event: v.literal('typing'),
  conversation: text,
  from: text,
  typing: v.boolean(),
});

export const deletedEvent = line({
  event: v.literal('deleted'),
  id: text,
  conversation: text,
  reason: v.pipe(
    v.picklist(['unsent', 'here', 'expired']),
    v.description('taken back by its author, deleted on this device, or its time is over'),
  ),
});

export const readyEvent = line({
  event: v.literal('ready'),
  networkFile: text,
  echo: v.optional(accountId),
});

export const errorEvent = line({
  event: v.literal('error'),
  code: v.pipe(text, v.description('stable, in kebab-case')),
  message: text,
  file: v.optional(text),
});

export const jsonLine = v.variant('event', [
  accountEvent,
  profileEvent,
  messageEvent,
  sentEvent,
  queuedEvent,
  conversationEvent,
  contactEvent,
  networkEvent,
  checkEvent,
  settingEvent,
  progressEvent,
  noticeEvent,
  reactionEvent,
  receiptEvent,
  typingEvent,
  deletedEvent,
  readyEvent,
  errorEvent,
]);

export type JsonLine = v.InferOutput<typeof jsonLine>;
export type LineOf<E extends JsonLine['event']> = Extract<JsonLine, { event: E }>;
