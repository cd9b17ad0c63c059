/** A clock that stands still until it is moved. */
import type { Clock } from '../../src/util/clock.ts';

export type MovedClock = Clock & {
  /** moves time on, calling back whatever falls due */
  advance(ms: number): void;
  /** sets the wall clock only, as a person or NTP does */
  setWall(ms: number): void;
};

export function movedClock(start = 1_800_000_000_000): MovedClock {
  let wall = start;
  let monotonic = 1_000;
  const timers = new Set<{ at: number; run: () => void }>();
  const after = (ms: number, run: () => void) => {
    const timer = { at: monotonic + ms, run };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  return {
    now: () => wall,
    monotonic: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
      }),
    after,
    advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        wall += due.at - monotonic;
        monotonic = due.at;
        due.run();
      }
      wall += end - monotonic;
      monotonic = end;
    },
    setWall(ms) {
      wall = ms;
    },
  };
}
