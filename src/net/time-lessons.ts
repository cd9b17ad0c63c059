/** Learning the network's time: the median of three nodes' clocks (network.md 6). */
import { NetworkError } from '../errors.ts';
import { infoParams } from '../protocol/storage-rpc/requests.ts';
import type { Platform } from '../util/platform.ts';
import { abortable } from './abortable.ts';
import type { Background } from './background.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import { randomNode } from './node-list.ts';
import { type CallContext, newContext, type OnionClient } from './onion-client.ts';
import { tryUntilDone } from './retry.ts';
import type { NetworkLimits } from './settings.ts';

/** Nodes asked side by side, how many answers are enough, and how many nodes may stand in for one. */
const witnesses = { asked: 4, enough: 3, tries: 3 };
/** The time is not learnt again within this long: if it is still wrong, the node that says so is. */
const restMs = 5_000;

export type TimeLessonsOptions = Readonly<{
  time: NetworkTime;
  onion: OnionClient;
  book: NodeBook;
  background: Background;
  limits: NetworkLimits;
  platform: Platform;
}>;

export class TimeLessons {
  readonly #options: TimeLessonsOptions;
  #learning: Promise<void> | null = null;
  #learntAt = Number.NEGATIVE_INFINITY;

  constructor(options: TimeLessonsOptions) {
    this.#options = options;
  }

  /** Asks several nodes over different paths, once for all who wait for it; what was known before is forgotten. */
  async learn(context: CallContext): Promise<void> {
    const { time, background, platform } = this.#options;
    const { clock } = platform;
    if (time.known && clock.monotonic() - this.#learntAt < restMs) return;
    this.#learning ??= background
      .share(async (shared) => {
        time.forget();
        const asked = new Set<string>();
        const answers: Promise<unknown>[] = [];
        for (let i = 0; i < witnesses.asked; i++) {
          answers.push(background.track(this.#ask(asked, newContext(shared.signal))));
        }
        await enough(answers, witnesses.enough);
        if (time.known) this.#learntAt = clock.monotonic();
      })
      .finally(() => {
        this.#learning = null;
      });
    await abortable(this.#learning, context.signal);
  }

  /** One node's clock; a dead node or path is replaced by another one. */
  async #ask(asked: Set<string>, context: CallContext): Promise<unknown> {
    const { book, onion, limits, platform } = this.#options;
    const { clock, randomBytes } = platform;
    return await tryUntilDone({
      run: async (_attempt, signal) => {
        const node = randomNode(book, asked, randomBytes);
        if (node === undefined) throw new NetworkError('node', 'No further node can be asked for the time.');
        asked.add(node.ed25519);
        return await onion.call(node, infoParams(), context, signal);
      },
      maxAttempts: witnesses.tries,
      hedgeAfterMs: 2 * limits.hedgeFirstMs,
      clock,
      random: randomBytes,
      signal: context.signal,
    });
  }
}

/** Resolves when `count` have succeeded, or all are over. */
async function enough(work: readonly Promise<unknown>[], count: number): Promise<void> {
  const reached = Promise.withResolvers<void>();
  let succeeded = 0;
  let left = work.length;
  if (left === 0) return;
  for (const one of work) {
    one
      .then(() => {
        succeeded += 1;
      })
      .catch(() => undefined)
      .finally(() => {
        left -= 1;
        if (succeeded >= count || left === 0) reached.resolve();
      });
  }
  await reached.promise;
}
