import type { StoreTransaction } from '../store/index.ts';

const key = 'lastSentAt';

/**
 * Strictly increasing sent times of one account on this device (messages.md section 6): clients identify a message
 * by author and sent time, and some drop a second message of the same millisecond.
 */
export type SentTimes = Readonly<{
  /**
   * The next sent time; the transaction remembers it, so that it is not given twice after a restart. With `gap`, so
   * many milliseconds before it were never given either: for what must sort right before it.
   */
  next(tx: StoreTransaction, networkNow: number, gap?: number): number;
}>;

export function createSentTimes(): SentTimes {
  return {
    next(tx, networkNow, gap = 0) {
      const stored = tx.get('settings', key);
      const last = typeof stored === 'number' ? stored : 0;
      const sentAt = Math.max(networkNow, last + 1 + gap);
      tx.put('settings', key, sentAt);
      return sentAt;
    },
  };
}
