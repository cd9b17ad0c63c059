/** When disappearing messages vanish (messages.md section 13.4). */
import type { StoredMessage } from '../../store/index.ts';
import type { Context } from '../context.ts';

/** A node that answers with an old time must not make a message vanish at once. */
const oldestAnswerMs = 60_000;

/** A time of the network's clock, ms, by this machine's clock. */
export function toLocalTime({ network, platform }: Context, at: number): number {
  return at - (network.now() - platform.clock.now());
}

/** The other way. */
export function toNetworkTime({ network, platform }: Context, at: number): number {
  return at + (network.now() - platform.clock.now());
}

/** One's own message, whose time runs from when the network stored it (`storedAt`, network time, ms). */
export function startTimer(message: StoredMessage, context: Context, storedAt: number): StoredMessage {
  const { expiry } = message;
  if (expiry === undefined || message.expiresAt !== undefined) return message;
  const now = context.platform.clock.now();
  const start = Math.max(now - oldestAnswerMs, Math.min(now, toLocalTime(context, storedAt)));
  return { ...message, expiresAt: start + expiry.seconds * 1000 };
}
