import type { Context } from '../context.ts';
import type { ChangesResult } from '../types.ts';

/** Something that tells the network what was changed here. */
export type Teller = Readonly<{
  /** nothing is left to tell */
  isDone(): boolean;
}>;

/** Waits until all have told the network what they have to, or `waitMs` is over. They must be online already. */
export async function settleChanges(
  { platform, network }: Context,
  tellers: readonly Teller[],
  subscribe: (listener: () => void) => () => void,
  waitMs: number,
  signal: AbortSignal,
): Promise<ChangesResult> {
  const startedAt = platform.clock.now();
  const isDone = (): boolean => tellers.every((teller) => teller.isDone());
  const told = Promise.withResolvers<void>();
  const check = (): void => {
    if (isDone()) told.resolve();
  };
  const unsubscribe = subscribe(check);
  check();
  const timer = new AbortController();
  try {
    await Promise.race([
      told.promise,
      platform.clock.sleep(waitMs, AbortSignal.any([signal, timer.signal])).catch(() => undefined),
    ]);
    signal.throwIfAborted();
    const { lastAnswerAt } = network.status();
    return { done: isDone(), anythingAnswered: lastAnswerAt !== null && lastAnswerAt >= startedAt };
  } finally {
    unsubscribe();
    timer.abort();
  }
}
