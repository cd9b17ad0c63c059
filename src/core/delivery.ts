import { NotFoundError } from '../errors.ts';
import type { Context } from './context.ts';
import type { SendResult } from './types.ts';
import { toMessage } from './views.ts';

/** Resolves when the recipient's swarm has the message, or after `waitMs` with why it has not. */
export async function waitForDelivery(
  context: Context,
  messageId: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<SendResult> {
  const { store, events, platform, network } = context;
  const startedAt = platform.clock.now();
  const result = Promise.withResolvers<SendResult>();
  const stop = new AbortController();
  let reason = '';
  const unsubscribe = events.on((event) => {
    if (event.event === 'sent' && event.message.id === messageId) {
      result.resolve({ status: 'sent', message: event.message, hash: event.hash });
    } else if (event.event === 'queued' && event.message.id === messageId) {
      reason = event.reason;
    } else if (event.event === 'message-changed' && event.message.id === messageId) {
      if (event.message.status === 'failed') giveUp();
    }
  });
  const giveUp = () => {
    store.message(messageId).then((stored) => {
      if (stored === undefined) {
        result.reject(new NotFoundError('no-message', 'There is no such message.'));
        return;
      }
      const status = network.status();
      const answered = status.lastAnswerAt !== null && status.lastAnswerAt >= startedAt;
      const why = stored.reason ?? (reason === '' ? status.detail : reason);
      result.resolve({
        status: 'queued',
        message: toMessage(stored, store),
        reason: why === '' ? 'no node of the recipient’s swarm has confirmed it yet' : why,
        anythingAnswered: answered,
      });
    }, result.reject);
  };
  const stored = await store.message(messageId);
  const item = store.get('outbox', messageId);
  if (stored?.status === 'sent' && (item === undefined || item.data === '')) {
    // It went out between the queueing and this call.
    const hash = context.delivered.get(messageId) ?? stored.hash ?? '';
    result.resolve({ status: 'sent', message: toMessage(stored, store), hash });
  }
  const waiting = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  platform.clock.sleep(waitMs, waiting).then(giveUp, () => {
    if (signal?.aborted) result.reject(signal.reason);
  });
  try {
    return await result.promise;
  } finally {
    unsubscribe();
    stop.abort();
  }
}
