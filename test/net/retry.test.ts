import { describe, expect, test } from 'vitest';
import { NetworkError, ProtocolError, UsageError } from '../../src/errors.ts';
import {
  decide,
  isOutrun,
  Latencies,
  pauseBefore,
  type TryOptions,
  tryUntilDone,
} from '../../src/net/retry.ts';
import { WrongSwarmError } from '../../src/net/verdict.ts';
import { movedClock } from '../support/moved-clock.ts';
import { seededRandom } from '../support/seeded-random.ts';

const path = () => new NetworkError('path', 'p');

function setUp(overrides: Partial<TryOptions<string>>, clock = movedClock()) {
  const abort = new AbortController();
  const done = tryUntilDone<string>({
    run: async () => 'done',
    maxAttempts: 3,
    hedgeAfterMs: null,
    clock,
    random: seededRandom(1),
    signal: abort.signal,
    ...overrides,
  });
  done.catch(() => undefined);
  return { clock, abort, done };
}

/** Lets everything that is ready happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function passTime(clock: ReturnType<typeof movedClock>): Promise<void> {
  for (let i = 0; i < 20; i++) {
    clock.advance(1_000);
    await settle();
  }
}

describe('what to do after an error', () => {
  test.each([
    [path(), 'again'],
    [new NetworkError('timeout', ''), 'again'],
    [new NetworkError('node', ''), 'again'],
    [new ProtocolError('malformed', ''), 'again'],
    [new WrongSwarmError([]), 'learn-swarm'],
    [new NetworkError('clock-skew', ''), 'learn-time'],
    [new NetworkError('refused', ''), 'confirm'],
    [new NetworkError('proxy', ''), 'stop'],
    [new NetworkError('offline', ''), 'stop'],
    [new NetworkError('seed', ''), 'stop'],
    [new UsageError('x', ''), 'stop'],
    [new Error('a bug'), 'stop'],
  ])('%s: %s', (error, decision) => {
    expect(decide(error)).toBe(decision);
  });

  test('pauses begin after the second try, grow, and stay within two seconds', () => {
    const random = seededRandom(3);
    expect([pauseBefore(1, random), pauseBefore(2, random)]).toEqual([0, 0]);
    for (let attempt = 3; attempt < 30; attempt++) {
      const pause = pauseBefore(attempt, random);
      expect(pause).toBeGreaterThanOrEqual(125);
      expect(pause).toBeLessThanOrEqual(2_000);
    }
  });
});

describe('tries', () => {
  test('go on until one succeeds', async () => {
    let tries = 0;
    const { done, clock } = setUp({
      run: async () => {
        tries += 1;
        if (tries < 3) throw path();
        return 'done';
      },
    });
    await passTime(clock);
    expect(await done).toBe('done');
    expect(tries).toBe(3);
  });

  test('end with the last error when they are used up', async () => {
    const { done, clock } = setUp({
      run: async (attempt) => {
        throw new NetworkError('path', `${attempt}`);
      },
    });
    await passTime(clock);
    await expect(done).rejects.toMatchObject({ message: '2' });
  });

  test('end at once where nothing helps, and after a second node has refused', async () => {
    let tries = 0;
    const count = (error: Error) => async () => {
      tries += 1;
      throw error;
    };
    await expect(setUp({ run: count(new NetworkError('proxy', '')) }).done).rejects.toMatchObject({
      code: 'proxy',
    });
    expect(tries).toBe(1);
    tries = 0;
    const { done, clock } = setUp({ run: count(new NetworkError('refused', '')), maxAttempts: 9 });
    await passTime(clock);
    await expect(done).rejects.toMatchObject({ code: 'refused' });
    expect(tries).toBe(2);
  });

  test('a slow one gets a second beside it; the faster wins and the other is told why it ends', async () => {
    const reasons: unknown[] = [];
    const { done, clock } = setUp({
      hedgeAfterMs: 500,
      run: (attempt, signal) =>
        attempt === 0
          ? new Promise((_, reject) => {
              signal.addEventListener('abort', () => {
                reasons.push(signal.reason);
                reject(signal.reason);
              });
            })
          : Promise.resolve('second'),
    });
    await settle();
    clock.advance(499);
    await settle();
    expect(reasons).toEqual([]);
    clock.advance(1);
    expect(await done).toBe('second');
    expect(reasons.map(isOutrun)).toEqual([true]);
  });

  test('run ever more rarely beside each other, never more than five', async () => {
    let running = 0;
    let most = 0;
    const clock = movedClock();
    const options: Partial<TryOptions<string>> = {
      hedgeAfterMs: 10,
      maxAttempts: 10,
      run: async (attempt) => {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(500);
        running -= 1;
        if (attempt < 8) throw path();
        return 'done';
      },
    };
    const { done } = setUp(options, clock);
    await passTime(clock);
    expect(await done).toBe('done');
    expect(most).toBe(5);
  });

  test('an abort ends them with its reason', async () => {
    const { done, abort } = setUp({ run: () => new Promise(() => {}) });
    abort.abort('enough');
    await expect(done).rejects.toBe('enough');
  });

  test('prepare before the next one, and stop if that fails', async () => {
    const prepared: string[] = [];
    const { done, clock } = setUp({
      run: async (attempt) => {
        if (attempt === 0) throw new NetworkError('clock-skew', '');
        throw new WrongSwarmError([]);
      },
      prepare: async (decision) => {
        prepared.push(decision);
        if (decision === 'learn-swarm') throw new Error('no swarm');
      },
    });
    await passTime(clock);
    await expect(done).rejects.toThrow('no swarm');
    expect(prepared).toEqual(['learn-time', 'learn-swarm']);
  });
});

test('the second try waits for the 90th percentile of recent answers, within bounds', () => {
  const latencies = new Latencies();
  expect(latencies.hedgeAfterMs(100, 4_000)).toBe(4_000);
  // a program that has just started does not wait that long to ask a second time
  expect(latencies.secondTryAfterMs(100, 4_000)).toBe(200);
  for (let i = 1; i <= 10; i++) latencies.add(i * 100);
  expect(latencies.hedgeAfterMs(100, 4_000)).toBe(1_000);
  expect(latencies.secondTryAfterMs(100, 4_000)).toBe(1_000);
  for (let i = 0; i < 60; i++) latencies.add(1);
  expect(latencies.hedgeAfterMs(100, 4_000)).toBe(100);
  for (let i = 0; i < 60; i++) latencies.add(60_000);
  expect(latencies.hedgeAfterMs(100, 4_000)).toBe(4_000);
});
