/** What the holder's answers look like, checked by the command that asked (types.ts has the meaning of each field). */
import * as v from 'valibot';
import { parseAccountId } from '../../protocol/ids.ts';
import {
  type Conversation,
  type CoreEvent,
  type Message,
  type MessageTrace,
  type SendResult,
  type SyncResult,
  settingGroups,
  settingKeys,
} from '../types.ts';

const text = v.string();
const time = v.number();

export const accountIdSchema = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const id = parseAccountId(dataset.value);
    if (id !== null) return id;
    addIssue({ message: 'no account ID' });
    return NEVER;
  }),
);

export const expirySchema = v.object({ mode: v.picklist(['after-send', 'after-read']), seconds: v.number() });

export const messageSchema: v.GenericSchema<unknown, Message> = v.object({
  id: text,
  conversation: text,
  from: accountIdSchema,
  direction: v.picklist(['in', 'out']),
  sentAt: time,
  receivedAt: time,
  body: text,
  status: v.picklist(['received', 'queued', 'sent', 'failed', 'read']),
  reason: v.exactOptional(text),
  quote: v.exactOptional(v.object({ author: text, sentAt: time })),
  attachments: v.array(v.object({ id: text, name: text, contentType: text, sizeBytes: v.number() })),
  reactions: v.exactOptional(v.array(v.object({ emoji: text, from: v.array(text) }))),
  notice: v.exactOptional(
    v.variant('kind', [
      v.object({
        kind: v.picklist(['deleted', 'media-saved', 'screenshot', 'missed-call', 'accepted', 'unknown']),
      }),
      v.object({ kind: v.literal('timer'), expiry: v.nullable(expirySchema) }),
    ]),
  ),
  expiry: v.exactOptional(expirySchema),
  expiresAt: v.exactOptional(time),
  request: v.exactOptional(v.boolean()),
});

const lookAlikeSchema = v.object({
  kind: v.picklist(['another', 'own', 'mixed', 'hidden', 'imitates-mark']),
  id: v.exactOptional(text),
  name: v.exactOptional(text),
});

export const conversationSchema: v.GenericSchema<unknown, Conversation> = v.object({
  id: text,
  kind: v.picklist(['contact', 'group', 'community', 'self']),
  name: text,
  unread: v.number(),
  lastMessageAt: time,
  preview: text,
  request: v.boolean(),
  blocked: v.exactOptional(v.literal(true)),
  waiting: v.exactOptional(v.literal(true)),
  pinned: v.boolean(),
  mutedUntil: v.nullable(time),
  draft: text,
  draftAnswers: v.exactOptional(text),
  lookAlike: v.exactOptional(lookAlikeSchema),
  expiry: v.exactOptional(expirySchema),
  typing: v.exactOptional(v.literal(true)),
});

export const contactSchema = v.object({
  id: text,
  name: text,
  nickname: v.nullable(text),
  approved: v.boolean(),
  approvedMe: v.boolean(),
  blocked: v.boolean(),
  request: v.boolean(),
  pinned: v.boolean(),
  mutedUntil: v.nullable(time),
  lookAlike: v.exactOptional(lookAlikeSchema),
});

const hop = { ip: text, port: v.number(), ed25519: text };

const swarmTraceSchema = v.object({
  storedAt: v.nullable(time),
  keptUntil: v.nullable(time),
  hash: v.nullable(text),
  node: v.nullable(v.object(hop)),
  path: v.nullable(v.array(v.object(hop))),
});

export const messageTraceSchema: v.GenericSchema<unknown, MessageTrace> = v.object({
  namespace: v.number(),
  failures: v.number(),
  lastFailure: v.nullable(v.object({ at: v.nullable(time), reason: text, remedy: v.nullable(text) })),
  nextAttemptAt: v.nullable(time),
  swarm: v.nullable(swarmTraceSchema),
  copy: v.nullable(v.union([v.literal('waiting'), swarmTraceSchema])),
  fetchedAt: v.nullable(time),
  isRead: v.boolean(),
  readAt: v.nullable(time),
  clockOffsetMs: v.nullable(v.number()),
});

const networkSchema = v.object({
  phase: v.picklist(['idle', 'connecting', 'online', 'offline']),
  detail: text,
  proxy: v.nullable(text),
  proxySource: v.nullable(v.picklist(['--proxy', '--tor', 'SESSION_TUI_PROXY', 'ALL_PROXY'])),
  nodes: v.number(),
  nodeListAt: time,
  clockOffsetMs: v.nullable(v.number()),
  guards: v.array(
    v.object({ ...hop, state: v.picklist(['good', 'troubled', 'testing']), failures: v.number() }),
  ),
  paths: v.array(v.object({ hops: v.array(v.object(hop)), builtAt: time, failures: v.number() })),
});

const settingValue = v.union([text, v.number()]);

/** All that `Session` gives without waiting. */
export const viewSchema = v.object({
  state: v.object({
    account: v.object({ accountId: accountIdSchema, name: text, profile: text }),
    conversations: v.array(conversationSchema),
    network: networkSchema,
    queued: v.number(),
    unprotected: v.boolean(),
    skipped: v.record(text, v.number()),
  }),
  settings: v.array(
    v.object({
      key: v.picklist(settingKeys),
      group: v.picklist(settingGroups),
      value: settingValue,
      default: settingValue,
      description: text,
      allowed: text,
      choices: v.nullable(v.array(text)),
    }),
  ),
});

export const damageSchema = v.object({ file: text, keptAs: text, what: text });

export const roundSchema = v.object({ answered: v.number(), stored: v.number(), skipped: v.number() });

export const changesSchema = v.object({ done: v.boolean(), anythingAnswered: v.boolean() });

export const sendResultSchema: v.GenericSchema<unknown, SendResult> = v.variant('status', [
  v.object({ status: v.literal('sent'), message: messageSchema, hash: text }),
  v.object({
    status: v.literal('queued'),
    message: messageSchema,
    reason: text,
    anythingAnswered: v.boolean(),
  }),
]);

export const syncResultSchema: v.GenericSchema<unknown, SyncResult> = v.variant('status', [
  v.object({ status: v.literal('synced') }),
  v.object({ status: v.literal('pending'), reason: v.nullable(text) }),
]);

export const eventSchema: v.GenericSchema<unknown, CoreEvent> = v.variant('event', [
  v.object({ event: v.literal('message'), message: messageSchema }),
  v.object({ event: v.literal('message-changed'), message: messageSchema }),
  v.object({ event: v.literal('sent'), message: messageSchema, hash: text }),
  v.object({
    event: v.literal('queued'),
    message: messageSchema,
    reason: text,
    anythingAnswered: v.boolean(),
  }),
  v.object({ event: v.literal('conversation'), conversation: conversationSchema }),
  v.object({ event: v.literal('network'), network: networkSchema }),
  v.object({ event: v.literal('round'), answered: v.number(), stored: v.number() }),
  v.object({
    event: v.literal('progress'),
    task: v.literal('restore'),
    done: v.number(),
    total: v.number(),
  }),
  v.object({ event: v.literal('notice'), conversation: v.nullable(text), text }),
  v.object({
    event: v.literal('reaction'),
    message: messageSchema,
    from: text,
    emoji: text,
    removed: v.boolean(),
  }),
  v.object({ event: v.literal('receipt'), message: messageSchema }),
  v.object({ event: v.literal('typing'), conversation: text, from: text, typing: v.boolean() }),
  v.object({
    event: v.literal('deleted'),
    conversation: text,
    id: text,
    why: v.picklist(['unsent', 'here', 'expired', 'replaced']),
    left: v.nullable(messageSchema),
  }),
]);
