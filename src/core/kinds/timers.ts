/** When disappearing messages vanish (messages.md section 13.4). */
import type { StoredExpiry, StoredMessage, StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { toMessage } from '../views.ts';

/** A node that answers with an old time must not make a message vanish at once. */
const oldestAnswerMs = 60_000;
/** What storage servers take as a time to live, ms. */
const minTtlMs = 10_000;
const maxTtlMs = 1_209_600_000;

/** A time of the network's clock, ms, by this machine's clock. */
export function toLocalTime({ network, platform }: Context, at: number): number {
  return at - (network.now() - platform.clock.now());
}

/** The other way. */
export function toNetworkTime({ network, platform }: Context, at: number): number {
  return at + (network.now() - platform.clock.now());
}

/** How long the network keeps a message (section 2): the recipient's copy, and the one for one's own devices. */
export function timesToLive(expiry: StoredExpiry | null): { ttlMs: number; syncTtlMs: number } {
  if (expiry === null) return { ttlMs: maxTtlMs, syncTtlMs: maxTtlMs };
  const timer = Math.min(maxTtlMs, Math.max(minTtlMs, expiry.seconds * 1000));
  // One that vanishes after reading waits for its reader.
  return { ttlMs: expiry.mode === 'after-send' ? timer : maxTtlMs, syncTtlMs: timer };
}

/** The setting that applies to what is written in a conversation; among notes to oneself nothing waits for a reader. */
export function expiryFor(
  tx: Pick<StoreTransaction, 'get'>,
  conversation: string,
  self: string,
): StoredExpiry | null {
  const expiry = tx.get('conversations', conversation)?.expiry;
  if (!expiry || expiry.seconds <= 0) return null;
  return conversation === self
    ? { mode: 'after-send', seconds: expiry.seconds }
    : { mode: expiry.mode, seconds: expiry.seconds };
}

/** One's own message, whose time runs from when the network stored it (`storedAt`, network time, ms). */
export function startTimer(message: StoredMessage, context: Context, storedAt: number): StoredMessage {
  const { expiry } = message;
  if (expiry === undefined || message.expiresAt !== undefined) return message;
  const now = context.platform.clock.now();
  const start = Math.max(now - oldestAnswerMs, Math.min(now, toLocalTime(context, storedAt)));
  return { ...message, expiresAt: start + expiry.seconds * 1000 };
}

/**
 * A message that came from the own swarm, with the time when it vanishes; null where that is over. One that waits to be
 * read is remembered. `item` is where it came from, times in ms by the network's clock.
 */
export function timedArrival(
  tx: StoreTransaction,
  context: Context,
  message: StoredMessage,
  item: Readonly<{ hash: string; timestamp: number; expiresAt: number }>,
): StoredMessage | null {
  const { expiry, direction, conversation, sentAt } = message;
  if (expiry === undefined) return message;
  const now = context.platform.clock.now();
  const timerMs = expiry.seconds * 1000;
  const swarmEnd = toLocalTime(context, item.expiresAt);
  const ending = (expiresAt: number): StoredMessage | null =>
    expiresAt <= now ? null : { ...message, expiresAt };
  if (direction === 'out')
    return ending(Math.min(swarmEnd, Math.min(now, toLocalTime(context, item.timestamp)) + timerMs));
  if (expiry.mode === 'after-send') return ending(swarmEnd);
  if (sentAt > (tx.get('conversations', conversation)?.readUpTo ?? 0)) {
    tx.put('readTimers', message.id, { conversation, sentAt });
    return message;
  }
  // Read on another device, which may have said so to the swarm already.
  if (swarmEnd <= now + timerMs) return ending(swarmEnd);
  tx.put('swarmChanges', item.hash, toNetworkTime(context, now + timerMs));
  return ending(now + timerMs);
}

/**
 * Starts the time of messages that vanish after reading and have been read, on whichever device; the own swarm is to
 * shorten their lives alike. Whether there were any.
 */
export async function startReadTimers(context: Context): Promise<boolean> {
  const { store, platform } = context;
  // Without a conversation there is no message either, and nothing to wait for.
  const readUpTo = (conversation: string): number =>
    store.get('conversations', conversation)?.readUpTo ?? Number.POSITIVE_INFINITY;
  const read = store
    .entries('readTimers')
    .filter(([, { conversation, sentAt }]) => sentAt <= readUpTo(conversation));
  if (read.length === 0) return false;
  const now = platform.clock.now();
  const started = await store.transact((tx) => {
    const changed: StoredMessage[] = [];
    for (const [id] of read) {
      tx.delete('readTimers', id);
      const message = tx.message(id);
      if (message?.expiry === undefined || message.expiresAt !== undefined) continue;
      const running = { ...message, expiresAt: now + message.expiry.seconds * 1000 };
      tx.putMessage(running);
      if (message.hash !== undefined)
        tx.put('swarmChanges', message.hash, Math.round(toNetworkTime(context, running.expiresAt)));
      changed.push(running);
    }
    return changed;
  });
  context.changed();
  for (const message of started)
    context.events.emit({ event: 'message-changed', message: toMessage(message, store) });
  return true;
}

/**
 * Messages of which another device has told the own swarm that they vanish earlier, by their hashes there (network time,
 * ms): they were read there first, and vanish here then, too.
 */
export async function takeEarlierEnds(context: Context, ends: ReadonlyMap<string, number>): Promise<void> {
  if (ends.size === 0) return;
  const { store } = context;
  const changed = await store.transact((tx) => {
    const ending: StoredMessage[] = [];
    for (const [id, expiresAt] of store.entries('expiring')) {
      const message = tx.message(id);
      const end = message?.hash === undefined ? undefined : ends.get(message.hash);
      if (message === undefined || end === undefined) continue;
      const earlier = toLocalTime(context, end);
      if (earlier >= expiresAt || message.direction === 'out') continue;
      const next = { ...message, expiresAt: earlier };
      tx.putMessage(next);
      ending.push(next);
    }
    return ending;
  });
  for (const message of changed)
    context.events.emit({ event: 'message-changed', message: toMessage(message, store) });
}
