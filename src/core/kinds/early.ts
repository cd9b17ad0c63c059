/**
 * What is known of messages that are not here: reactions, receipts and deletions that come before their message (swarm
 * members hand things over in orders of their own), and what was deleted here and must not come again.
 */
import type { StoredEarly, StoredMessage, StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { mergeReactions } from './reactions.ts';

/** Swarms keep messages for 14 days; a day more for clocks that differ. */
const keptForMs = 15 * 86_400_000;
/** Whoever writes to us can make entries: the oldest make room. */
const maxEntries = 2_000;

/** The key of one's own message of which only the sent time is known, not the conversation. */
export function ownKey(sentAt: number): string {
  return `own-${sentAt}`;
}

/** The key of a call. */
export function callKey(uuid: string): string {
  return `call-${uuid}`;
}

/** Adds to what is known under a key: a message's ID, or one of the above. */
export function putEarly(
  tx: StoreTransaction,
  { store, platform }: Context,
  key: string,
  known: Omit<StoredEarly, 'until'>,
): void {
  const now = platform.clock.now();
  const before = tx.get('early', key);
  if (before === undefined) makeRoom(tx, store.entries('early'), now);
  const reactions = mergeReactions(before?.reactions ?? [], known.reactions ?? []);
  tx.put('early', key, {
    ...before,
    ...known,
    ...(reactions.length === 0 ? {} : { reactions }),
    until: now + keptForMs,
  });
}

function makeRoom(
  tx: StoreTransaction,
  entries: readonly (readonly [string, StoredEarly])[],
  now: number,
): void {
  if (entries.length < maxEntries) return;
  const kept: (readonly [string, StoredEarly])[] = [];
  for (const entry of entries) {
    if (entry[1].until <= now) tx.delete('early', entry[0]);
    else kept.push(entry);
  }
  // Several at a time, so that this is not done for each.
  kept.sort((a, b) => a[1].until - b[1].until);
  const most = maxEntries - maxEntries / 20;
  for (const [key] of kept.slice(0, Math.max(0, kept.length - most))) tx.delete('early', key);
}

/** A message that has just come, with what came before it; null where it was deleted already. */
export function takeEarly(tx: StoreTransaction, message: StoredMessage): StoredMessage | null {
  const known = tx.get('early', message.id);
  const own = message.direction === 'out' ? tx.get('early', ownKey(message.sentAt)) : undefined;
  if (known?.gone || own?.gone) return null;
  if (known === undefined) return message;
  tx.delete('early', message.id);
  return {
    ...message,
    ...(known.read && message.direction === 'out' ? { status: 'read' as const } : {}),
    ...(known.reactions === undefined ? {} : { reactions: known.reactions }),
  };
}
