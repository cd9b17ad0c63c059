/** How much memory V8 may take for what lives shortly, and keep of what nobody uses any more. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../util/clock.ts';

/** By then the first screens are drawn, and the young generation has the size that this took: some 16 MB. */
const afterMs = 2_000;
const collectEachMs = 3_600_000;

/**
 * Keeps V8's young generation at the size that it has once the program has started, and gives back once an hour what
 * garbage is left. Left alone, the young generation doubles with each busy hour up to 134 MB, and old garbage stays,
 * which a program that is open for weeks never gives back. It costs less than a thousandth of a processor.
 */
export function boundMemory(clock: Clock): void {
  setTimeout(() => setFlagsFromString('--semi-space-growth-factor=1'), afterMs).unref();
  const collect = (): void => {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('gc');
    if (typeof gc === 'function') gc();
    clock.after(collectEachMs, collect);
  };
  clock.after(collectEachMs, collect);
}
