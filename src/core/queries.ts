import { NotFoundError } from '../errors.ts';
import {
  compareMessages,
  type ProfileStore,
  parseWords,
  type StoredMessage,
  startOf,
} from '../store/index.ts';
import { acceptedNotice } from './people/incoming.ts';
import type { Message, MessageQuery } from './types.ts';
import { toMessage } from './views.ts';

/**
 * The newest messages of a conversation that match, oldest first.
 * Throws NotFoundError `no-conversation`, or `no-message` for a `before` that is not in it.
 */
export async function listMessages(
  store: ProfileStore,
  conversation: string,
  query: MessageQuery,
): Promise<readonly Message[]> {
  await checkQuery(store, conversation, query);
  const words = parseWords(query.search ?? '');
  const found = await store.messagesBefore(conversation, {
    // one more: there is at most one line that says that a request was accepted
    limit: query.limit + 1,
    ...(query.before === undefined ? {} : { beforeId: query.before }),
    ...(words === null ? {} : { words }),
  });
  const printed = found.filter(isPrinted).slice(-query.limit);
  return printed.map((stored) => toMessage(stored, store));
}

/** Whether it is part of the history that commands print: all but that a request was accepted, which the chat shows. */
export function isPrinted({ notice }: StoredMessage): boolean {
  return notice?.kind !== acceptedNotice;
}

/** Messages read from the disk at a time. */
const pageMessages = 200;

/**
 * All messages of a conversation that match, oldest first, a page at a time. What comes in meanwhile is given too.
 * Throws as `listMessages`.
 */
export async function* readHistory(
  store: ProfileStore,
  conversation: string,
  query: Omit<MessageQuery, 'limit'>,
): AsyncGenerator<Message> {
  await checkQuery(store, conversation, query);
  const words = parseWords(query.search ?? '');
  const before = query.before === undefined ? null : await store.message(query.before);
  let afterId = startOf(conversation);
  for (;;) {
    const page = await store.messagesAfter(conversation, { limit: pageMessages, afterId });
    for (const stored of page) {
      afterId = stored.id;
      if (before && compareMessages(stored, before) >= 0) return;
      if (isPrinted(stored) && (words?.matches(stored.body) ?? true)) yield toMessage(stored, store);
    }
    if (page.length < pageMessages) return;
  }
}

async function checkQuery(
  store: ProfileStore,
  conversation: string,
  { before }: Omit<MessageQuery, 'limit'>,
): Promise<void> {
  if (store.get('conversations', conversation) === undefined && store.countMessages(conversation) === 0) {
    throw new NotFoundError('no-conversation', 'There is no conversation with that account.');
  }
  if (before !== undefined && (await store.message(before))?.conversation !== conversation) {
    throw new NotFoundError('no-message', 'There is no message of that ID in this conversation.');
  }
}

/** See `Session.search`; none for no words. */
export async function* searchAll(
  store: ProfileStore,
  search: string,
  signal?: AbortSignal,
): AsyncGenerator<Message> {
  const words = parseWords(search);
  if (words === null) return;
  for await (const stored of store.search(words, signal)) {
    if (signal?.aborted) return;
    yield toMessage(stored, store);
  }
}
