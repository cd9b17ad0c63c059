import { setTimeout as nodeSleep } from 'node:timers/promises';

/** What the timers of Node take; beyond it they run at once. */
const longestTimerMs = 2_147_483_647;

/** Time as the program sees it; tests hand in one they can move. */
export type Clock = Readonly<{
  /** ms since 1970 UTC by this machine's clock */
  now(): number;
  /** ms that only go forward (not wall time), for measuring durations */
  monotonic(): number;
  /** resolves after `ms`; rejects with `signal.reason` when aborted */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** calls back once after `ms`; the returned function cancels. Never keeps the process alive by itself */
  after(ms: number, run: () => void): () => void;
}>;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await nodeSleep(timerMs(ms), undefined, signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw error;
    }
  },
  after(ms, run) {
    // What is over by now is due: Node warns of a negative time.
    const timer = setTimeout(run, timerMs(ms));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

function timerMs(ms: number): number {
  return Math.min(longestTimerMs, Math.max(0, ms));
}
