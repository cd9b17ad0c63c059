import type { Context } from '../context.ts';

/** A day of grace covers clocks that differ. */
const graceMs = 86_400_000;
/** Fewer than so many are not worth a commit. */
const leastWorth = 64;

/** Seen hashes are needed no longer than the swarm keeps the item. */
export async function forgetExpiredHashes({
  store,
  platform,
}: Pick<Context, 'store' | 'platform'>): Promise<void> {
  const limit = platform.clock.now() - graceMs;
  const expired = store.entries('seen').filter(([, expiresAt]) => expiresAt < limit);
  if (expired.length < leastWorth) return;
  await store.transact((tx) => {
    for (const [hash] of expired) tx.delete('seen', hash);
  });
}
