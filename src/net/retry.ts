/**
 * When to try again, how, and when to stop: decided here and nowhere else, from the typed error. Also the second try
 * beside a slow first one: everything sent through it may arrive twice without harm (a store of the same bytes is one
 * message, everything else only asks).
 */
import { NetworkError, ProtocolError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import { type RandomBytes, randomBelow } from './choice.ts';
import { WrongSwarmError } from './verdict.ts';

export type Decision =
  /** nothing that this program can do will help, or nothing may be tried */
  | 'stop'
  /** over another path, or another node */
  | 'again'
  /** as `again`, once: a single node's refusal may be a lie, a second node's is not */
  | 'confirm'
  /** learn the network's time first */
  | 'learn-time'
  /** learn the swarm first */
  | 'learn-swarm';

export function decide(error: unknown): Decision {
  if (error instanceof WrongSwarmError) return 'learn-swarm';
  // a node that answers nonsense: another one may not
  if (error instanceof ProtocolError) return 'again';
  if (!(error instanceof NetworkError)) return 'stop';
  switch (error.code) {
    case 'path':
    case 'timeout':
    case 'node':
      return 'again';
    case 'wrong-swarm':
      return 'learn-swarm';
    case 'clock-skew':
      return 'learn-time';
    case 'refused':
      return 'confirm';
    // without the proxy, or without any network, nothing else may or can be tried
    case 'proxy':
    case 'offline':
    case 'seed':
      return 'stop';
  }
}

/** The first tries follow at once, as they take other ways; then the pauses double up to two seconds, with jitter. */
export function pauseBefore(attempt: number, random: RandomBytes): number {
  if (attempt <= 2) return 0;
  const full = Math.min(2_000, 250 * 2 ** (attempt - 3));
  return Math.round(full / 2 + randomBelow(1 + Math.round(full / 2), random));
}

/** Tries of one request at the same time: a dead hop is silent, and there may be one on the second way too. */
const mostRunning = 5;

/** The abort reason of a try that another one has overtaken. */
export const outrun = Symbol('outrun');

export function isOutrun(reason: unknown): boolean {
  return reason === outrun;
}

/** Answers from which on their durations say something. */
const enoughTimes = 5;

/** Durations of recent answers to one kind of request. `stretch` widens the upper bound. */
export class Latencies {
  readonly #recent: number[] = [];
  readonly #stretch: number;

  constructor(stretch = 1) {
    this.#stretch = stretch;
  }

  add(ms: number): void {
    this.#recent.push(ms);
    if (this.#recent.length > 50) this.#recent.shift();
  }

  /**
   * When a second try goes out beside the first one: as `hedgeAfterMs`, but soon while little is known, as in a program
   * that has just started. Asking twice costs a request; waiting for a dead hop costs the message seconds.
   */
  secondTryAfterMs(first: number, last: number): number {
    const soon = 2 * first;
    return this.#recent.length < enoughTimes ? Math.min(soon, last) : this.hedgeAfterMs(first, last);
  }

  /** The 90th percentile, between the given bounds; the upper one until enough is known. */
  hedgeAfterMs(first: number, last: number): number {
    if (this.#recent.length < enoughTimes) return last;
    // of numbers alone, which sort without a comparator: this is asked for every request
    const sorted = Float64Array.from(this.#recent).sort();
    const p90 = sorted[Math.floor(sorted.length * 0.9)] ?? last;
    return Math.min(last * this.#stretch, Math.max(first, p90 * this.#stretch));
  }
}

export type TryOptions<T> = Readonly<{
  /** one try; `attempt` counts from 0 */
  run: (attempt: number, signal: AbortSignal) => Promise<T>;
  /** in place of `decide` */
  decide?: (error: unknown) => Decision;
  /** called before the next try after an error with this decision; what it throws ends everything */
  prepare?: (decision: Decision, error: unknown) => Promise<void>;
  maxAttempts: number;
  /** tries at the same time; five unless told otherwise */
  maxRunning?: number;
  /** tries to begin with; one unless told otherwise */
  startWith?: number;
  /** a second try goes out beside one that takes longer, a third after twice as long again; null: never */
  hedgeAfterMs: number | null;
  /** further tries follow one another after `hedgeAfterMs` each, not after ever longer waits: for small requests */
  steady?: boolean;
  clock: Clock;
  random: RandomBytes;
  signal: AbortSignal;
}>;

/**
 * Runs tries until one succeeds; the last error is thrown when a decision is to stop or the tries are used up. An
 * abort throws `signal.reason`, and no try is left running.
 */
export async function tryUntilDone<T>(options: TryOptions<T>): Promise<T> {
  const { clock, random, signal, maxAttempts } = options;
  const maxRunning = options.maxRunning ?? mostRunning;
  signal.throwIfAborted();
  const done = new AbortController();
  const tries = AbortSignal.any([signal, done.signal]);
  const result = Promise.withResolvers<T>();
  let started = 0;
  let running = 0;
  let preparing = false;
  let refusals = 0;
  let cancelHedge: (() => void) | null = null;

  const start = (): void => {
    const attempt = started++;
    running += 1;
    cancelHedge?.();
    cancelHedge =
      options.hedgeAfterMs === null
        ? null
        : clock.after(
            options.hedgeAfterMs * (options.steady === true ? 1 : 2 ** Math.max(0, running - 2)),
            () => {
              if (running < maxRunning && !preparing && started < maxAttempts && !tries.aborted) start();
            },
          );
    options.run(attempt, tries).then(
      (value) => {
        running -= 1;
        result.resolve(value);
      },
      (error: unknown) => {
        running -= 1;
        failed(error).catch(result.reject);
      },
    );
  };

  const failed = async (error: unknown): Promise<void> => {
    if (tries.aborted) return;
    const decision = (options.decide ?? decide)(error);
    if (decision === 'confirm') refusals += 1;
    if (decision === 'stop' || refusals > 1) throw error;
    // the other try of two still runs and may bring the answer
    if (preparing || (started >= maxAttempts && running > 0)) return;
    if (started >= maxAttempts) throw error;
    preparing = true;
    try {
      await options.prepare?.(decision, error);
      await clock.sleep(pauseBefore(started, random), tries);
    } finally {
      preparing = false;
    }
    if (!tries.aborted && started < maxAttempts) start();
    else if (running === 0) throw error;
  };

  const onAbort = () => result.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  for (let i = options.startWith ?? 1; i > 0; i--) start();
  try {
    return await result.promise;
  } finally {
    // the clean-up of whichever way it ended
    (cancelHedge as (() => void) | null)?.(); // assigned in the closure above, which control flow does not see
    signal.removeEventListener('abort', onAbort);
    done.abort(outrun);
  }
}
