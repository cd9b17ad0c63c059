import { setImmediate as nextTurn } from 'node:timers/promises';
import type { History, Place } from '../history.ts';
import type { StoredMessage } from '../types.ts';
import type { FilterSet } from './filter-set.ts';
import type { Words } from './words.ts';

/**
 * All messages that have the words, each once: first those that only the journal has, then shard after shard, the
 * one with the newest message first. What comes in meanwhile may be missed. Ends where `signal` is aborted.
 */
export async function* searchMessages(
  history: History,
  filters: FilterSet,
  words: Words,
  signal?: AbortSignal,
): AsyncGenerator<StoredMessage> {
  const given = new Set<string>();
  const opened = new Set<number>();
  const matching = (messages: readonly StoredMessage[]): StoredMessage[] =>
    messages.filter(({ id, body }) => !given.has(id) && words.matches(body)).reverse();
  for (const message of matching(history.unfolded())) {
    given.add(message.id);
    yield message;
  }
  const mayHold = await filters.test(words);
  let queue: Place[] = [];
  for (let version = -1; signal?.aborted !== true; ) {
    // A fold, or a damaged shard, moves messages to other shards.
    if (version !== history.version) {
      version = history.version;
      queue = history.shards(mayHold, opened);
    }
    const next = queue.pop();
    if (next === undefined) return;
    opened.add(next.shard.file);
    const { stored, current } = history.open(next.conversation, next.shard);
    if (version === history.version) filters.learn(next.shard.file, stored);
    for (const message of matching(current)) {
      given.add(message.id);
      yield message;
    }
    // A search through years of messages leaves room for key presses.
    await nextTurn();
  }
}
