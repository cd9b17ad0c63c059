import { NotFoundError } from '../errors.ts';
import type { ProfileStore, StoredMessage } from '../store/index.ts';
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
  if (store.get('conversations', conversation) === undefined && store.countMessages(conversation) === 0) {
    throw new NotFoundError('no-conversation', 'There is no conversation with that account.');
  }
  if (query.before !== undefined && (await store.message(query.before))?.conversation !== conversation) {
    throw new NotFoundError('no-message', 'There is no message of that ID in this conversation.');
  }
  const words = (query.search ?? '').normalize('NFKC').toLowerCase().split(/\s+/u).filter(Boolean);
  const match = (message: StoredMessage): boolean => {
    const body = message.body.normalize('NFKC').toLowerCase();
    return words.every((word) => body.includes(word));
  };
  const found = await store.messagesBefore(conversation, {
    limit: query.limit,
    ...(query.before === undefined ? {} : { beforeId: query.before }),
    ...(words.length === 0 ? {} : { match }),
  });
  return found.map((stored) => toMessage(stored, store));
}
