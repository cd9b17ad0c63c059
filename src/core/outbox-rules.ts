/** What deliveries and copies for one's own devices have in common. */
import { NetworkError } from '../errors.ts';
import { maxStoredTogether } from '../net/index.ts';
import type { OutboxItem } from '../store/index.ts';
import type { Platform } from '../util/platform.ts';

/** Waits between attempts at the same message: doubling from the first, up to the last; ±20 % jitter. */
const firstRetryMs = 1_000;
export const lastRetryMs = 60_000;
/** The last wait while the network answers: only this swarm, or the ways to it, are in trouble, and those change. */
const lastOnlineRetryMs = 5_000;
/** Base64 of messages that travel in one request: a second of a slow line. */
const maxGroupCharacters = 200_000;

/** An own stored message stays on the seen list as long as its swarm keeps it, ms. */
export const seenForMs = 1_209_600_000;

/** When a message that has just failed with `error` is tried again; local clock, ms. */
export function retryAt(
  item: Pick<OutboxItem, 'attempts'>,
  error: unknown,
  { clock, randomBytes }: Platform,
): number {
  const last = anythingAnswered(error) ? lastOnlineRetryMs : lastRetryMs;
  const base = Math.min(last, firstRetryMs * 2 ** Math.min(item.attempts, 10));
  const [byte = 0] = randomBytes(1);
  return clock.now() + Math.round(base * (0.8 + (0.4 * byte) / 255));
}

/** Whether any node at all answered while this failed. */
export function anythingAnswered(error: unknown): boolean {
  return error instanceof NetworkError && error.fields.answered === true;
}

/** The beginning of a queue that fits into one request, by the payload that is to be stored. */
export function groupOf(items: readonly OutboxItem[], payload: 'data' | 'syncData'): readonly OutboxItem[] {
  const first = items[0];
  const group: OutboxItem[] = [];
  let characters = 0;
  for (const item of items) {
    characters += item[payload].length;
    const fits = characters <= maxGroupCharacters && group.length < maxStoredTogether;
    // Deliveries of a group have one time to live; copies bring their own.
    const isAlike = payload === 'syncData' || item.ttlMs === first?.ttlMs;
    if (group.length > 0 && (!fits || !isAlike)) break;
    group.push(item);
  }
  return group;
}

/** What a log line says about an error. */
export function codeOf(error: unknown): string {
  return error instanceof NetworkError ? error.code : 'other';
}
