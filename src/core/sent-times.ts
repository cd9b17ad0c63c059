import type { StoreTransaction } from '../store/index.ts';

const key = 'lastSentAt';

/**
 * Strictly increasing sent times of one account on this device (messages.md section 6): clients identify a message
 * by author and sent time, and some drop a second message of the same millisecond.
 */
export type SentTimes = Readonly<{
  /** the next sent time; the transaction remembers it, so that it is not given twice after a restart */
  next(tx: StoreTransaction, networkNow: number): number;
}>;

export function createSentTimes(): SentTimes {
  return {
    next(tx, networkNow) {
      const stored = tx.get('settings', key);
      const last = typeof stored === 'number' ? stored : 0;
      const sentAt = Math.max(networkNow, last + 1);
      tx.put('settings', key, sentAt);
      return sentAt;
    },
  };
}
