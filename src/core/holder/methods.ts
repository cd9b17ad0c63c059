/**
 * What the holder of a profile does for other commands of the same user: this list and nothing else. Secrets are not
 * on it (`sealedAccount` gives one that only the profile's password opens). A method is added here and in remote-session.ts.
 */
import * as v from 'valibot';
import { ProtocolError } from '../../errors.ts';
import { exportedSchema } from '../backup/records.ts';
import type { FreshReader } from '../fresh.ts';
import type { Session } from '../types.ts';
import {
  accountIdSchema,
  changesSchema,
  contactSchema,
  conversationSchema,
  expirySchema,
  messageSchema,
  messageTraceSchema,
  roundSchema,
  sendResultSchema,
  syncResultSchema,
} from './schemas.ts';

/** What one connection works on: the session, and its own share of the fresh messages. */
export type Served = Readonly<{ session: Session; fresh: FreshReader }>;

type Method<P extends readonly unknown[], R> = Readonly<{
  params: v.GenericSchema<unknown, P>;
  result: v.GenericSchema<unknown, R>;
  /** asking again, after nobody has said whether it was done, does no harm */
  repeatable: boolean;
  run(served: Served, params: P, signal: AbortSignal): Promise<R>;
}>;

/** Its items travel in parts. All of these only read. */
type ListMethod<P extends readonly unknown[], R> = Readonly<{
  params: v.GenericSchema<unknown, P>;
  item: v.GenericSchema<unknown, R>;
  list(served: Served, params: P): AsyncIterable<R> | Promise<readonly R[]>;
}>;

/** Adds what the server calls with parameters that nobody has looked at yet. */
const method = <P extends readonly unknown[], R>(one: Method<P, R>) => ({
  ...one,
  invoke: (served: Served, params: unknown, signal: AbortSignal): Promise<unknown> =>
    one.run(served, parseParams(one.params, params), signal),
});

const listMethod = <P extends readonly unknown[], R>(one: ListMethod<P, R>) => ({
  ...one,
  invoke: (served: Served, params: unknown): AsyncIterable<unknown> | Promise<readonly unknown[]> =>
    one.list(served, parseParams(one.params, params)),
});

function parseParams<P>(schema: v.GenericSchema<unknown, P>, params: unknown): P {
  const parsed = v.safeParse(schema, params);
  if (parsed.success) return parsed.output;
  throw new ProtocolError(
    'malformed',
    'The holder of the profile was asked in a way it does not understand.',
  );
}

const text = v.string();
const none = v.tuple([]);
const conversationOnly = v.tuple([text]);
const ids = v.tuple([v.array(text)]);
const nothing = v.null();
const done = async (work: Promise<void>): Promise<null> => {
  await work;
  return null;
};

export const methods = {
  resolveRecipient: method({
    params: conversationOnly,
    result: text,
    repeatable: true,
    run: ({ session }, [name], signal) => session.resolveRecipient(name, signal),
  }),
  queueMessage: method({
    params: v.tuple([text, text, v.object({ replyTo: v.exactOptional(text) })]),
    result: messageSchema,
    repeatable: false,
    run: ({ session }, [conversation, body, options]) => session.queueMessage(conversation, body, options),
  }),
  waitForDelivery: method({
    params: v.tuple([text, v.pipe(v.number(), v.minValue(0))]),
    result: sendResultSchema,
    repeatable: true,
    run: ({ session }, [id, waitMs], signal) => session.waitForDelivery(id, waitMs, signal),
  }),
  retryMessage: method({
    params: conversationOnly,
    result: nothing,
    repeatable: true,
    run: ({ session }, [id]) => done(session.retryMessage(id)),
  }),
  fetchRound: method({
    params: none,
    result: roundSchema,
    repeatable: true,
    run: ({ session }, _, signal) => session.fetchRound(signal),
  }),
  flushOutbox: method({
    params: none,
    result: nothing,
    repeatable: true,
    run: ({ session }, _, signal) => done(session.flushOutbox(signal)),
  }),
  waitForSync: method({
    params: v.tuple([v.pipe(v.number(), v.minValue(0))]),
    result: syncResultSchema,
    repeatable: true,
    run: ({ session }, [waitMs], signal) => session.waitForSync(waitMs, signal),
  }),
  acknowledge: method({
    params: ids,
    result: nothing,
    repeatable: true,
    run: ({ fresh }, [shown]) => done(fresh.acknowledge(shown)),
  }),
  messageTrace: method({
    params: conversationOnly,
    result: messageTraceSchema,
    repeatable: true,
    run: ({ session }, [id]) => session.messageTrace(id),
  }),
  startConversation: method({
    params: v.tuple([accountIdSchema]),
    result: conversationSchema,
    repeatable: true,
    run: ({ session }, [id]) => session.startConversation(id),
  }),
  markRead: method({
    params: conversationOnly,
    result: nothing,
    repeatable: true,
    run: ({ session }, [id]) => done(session.markRead(id)),
  }),
  addContact: method({
    params: v.tuple([accountIdSchema, v.nullable(text)]),
    result: contactSchema,
    repeatable: true,
    run: ({ session }, [id, nickname]) => session.addContact(id, nickname),
  }),
  changeContact: method({
    params: v.tuple([
      text,
      v.object({
        nickname: v.exactOptional(v.nullable(text)),
        pinned: v.exactOptional(v.boolean()),
        mutedUntil: v.exactOptional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)))),
        hidden: v.exactOptional(v.boolean()),
      }),
    ]),
    result: contactSchema,
    repeatable: true,
    run: ({ session }, [id, change]) => session.changeContact(id, change),
  }),
  acceptContact: method({
    params: conversationOnly,
    result: contactSchema,
    repeatable: true,
    run: ({ session }, [id]) => session.acceptContact(id),
  }),
  declineRequest: method({
    params: conversationOnly,
    result: contactSchema,
    repeatable: false,
    run: ({ session }, [id]) => session.declineRequest(id),
  }),
  setBlocked: method({
    params: v.tuple([text, v.boolean()]),
    result: contactSchema,
    repeatable: true,
    run: ({ session }, [id, blocked]) => session.setBlocked(id, blocked),
  }),
  removeContact: method({
    params: conversationOnly,
    result: contactSchema,
    repeatable: false,
    run: ({ session }, [id]) => session.removeContact(id),
  }),
  react: method({
    params: v.tuple([text, v.pipe(text, v.maxLength(64)), v.boolean()]),
    result: nothing,
    repeatable: true,
    run: ({ session }, [id, emoji, on]) => done(session.react(id, emoji, on)),
  }),
  deleteMessage: method({
    params: v.tuple([text, v.object({ everyone: v.boolean() })]),
    result: v.object({ conversation: text }),
    repeatable: false,
    run: ({ session }, [id, options]) => session.deleteMessage(id, options),
  }),
  setExpiry: method({
    params: v.tuple([text, v.nullable(expirySchema)]),
    result: conversationSchema,
    repeatable: true,
    run: ({ session }, [id, expiry]) => session.setExpiry(id, expiry),
  }),
  reportSaved: method({
    params: conversationOnly,
    result: nothing,
    repeatable: false,
    run: ({ session }, [id]) => done(session.reportSaved(id)),
  }),
  settleChanges: method({
    params: v.tuple([v.pipe(v.number(), v.minValue(0))]),
    result: changesSchema,
    repeatable: true,
    run: ({ session }, [waitMs], signal) => session.settleChanges(waitMs, signal),
  }),
  message: method({
    params: v.tuple([text]),
    result: v.nullable(messageSchema),
    repeatable: true,
    run: ({ session }, [id]) => session.message(id),
  }),
  setDraft: method({
    params: v.tuple([text, text, v.nullable(text)]),
    result: nothing,
    repeatable: true,
    run: ({ session }, [id, draft, answers]) => done(session.setDraft(id, draft, answers)),
  }),
  setDisplayName: method({
    params: conversationOnly,
    result: nothing,
    repeatable: true,
    run: ({ session }, [name]) => done(session.setDisplayName(name)),
  }),
  setSetting: method({
    params: v.tuple([text, text]),
    result: nothing,
    repeatable: true,
    run: ({ session }, [key, value]) => done(session.setSetting(key, value)),
  }),
  refreshNodes: method({
    params: none,
    result: nothing,
    repeatable: true,
    run: ({ session }, _, signal) => done(session.refreshNodes(signal)),
  }),
  sealedAccount: method({
    params: none,
    result: text,
    repeatable: true,
    run: ({ session }) => session.sealedAccount(),
  }),
  connect: method({
    params: none,
    result: nothing,
    repeatable: true,
    run: ({ session }, _, signal) => done(session.connect(signal)),
  }),
} as const;

export const listMethods = {
  contacts: listMethod({ params: none, item: contactSchema, list: ({ session }) => session.contacts() }),
  freshMessages: listMethod({
    params: none,
    item: messageSchema,
    list: ({ session }) => session.freshMessages(),
  }),
  takeFresh: listMethod({ params: none, item: messageSchema, list: ({ fresh }) => fresh.take() }),
  messages: listMethod({
    params: v.tuple([
      text,
      v.object({
        limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
        before: v.exactOptional(text),
        search: v.exactOptional(text),
      }),
    ]),
    item: messageSchema,
    list: ({ session }, [conversation, query]) => session.messages(conversation, query),
  }),
  exportRecords: listMethod({
    params: none,
    item: exportedSchema,
    list: ({ session }) => session.exportRecords(),
  }),
  history: listMethod({
    params: v.tuple([text, v.object({ before: v.exactOptional(text), search: v.exactOptional(text) })]),
    item: messageSchema,
    list: ({ session }, [conversation, query]) => session.history(conversation, query),
  }),
  search: listMethod({
    params: conversationOnly,
    item: messageSchema,
    list: ({ session }, [words]) => session.search(words),
  }),
  messagesSince: listMethod({
    params: v.tuple([v.number()]),
    item: messageSchema,
    list: ({ session }, [since]) => session.messagesSince(since),
  }),
} as const;

export type MethodName = keyof typeof methods;
export type ListMethodName = keyof typeof listMethods;
export type ParamsOf<N extends MethodName> = v.InferOutput<(typeof methods)[N]['params']>;
export type ResultOf<N extends MethodName> = v.InferOutput<(typeof methods)[N]['result']>;
export type ListParamsOf<N extends ListMethodName> = v.InferOutput<(typeof listMethods)[N]['params']>;
export type ItemOf<N extends ListMethodName> = v.InferOutput<(typeof listMethods)[N]['item']>;
