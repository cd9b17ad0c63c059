import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/util/clock.ts';

describe('the clock', () => {
  it('takes a time that is over as due, and the longest there is as far off, without a word from Node', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const cancel = systemClock.after(Number.MAX_SAFE_INTEGER, () => {
      throw new Error('came at once');
    });
    await new Promise<void>((resolve) => {
      systemClock.after(-1, resolve);
    });
    await systemClock.sleep(-1);
    cancel();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
