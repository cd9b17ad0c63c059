/** When the node list is asked for: at the first start, in turn while the program runs, and when nothing works. */
import { NetworkError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import type { Background } from './background.ts';
import type { NodeBook } from './node-book.ts';
import type { NodeList } from './node-list.ts';
import type { CallContext } from './onion-client.ts';
import type { NetworkLimits } from './settings.ts';
import type { StatusBoard } from './status-board.ts';

/** A list older than this is refreshed as soon as the network answers (network.md 1.5). */
const oldListMs = 7_200_000;
/** Seeds are asked again, for a list that may be out of date, at most this often. */
const rescueRestMs = 600_000;

export type ListUpkeepOptions = Readonly<{
  list: NodeList;
  book: NodeBook;
  board: StatusBoard;
  background: Background;
  clock: Clock;
  limits: NetworkLimits;
}>;

export class ListUpkeep {
  readonly #options: ListUpkeepOptions;
  #fetching: Promise<void> | null = null;
  #rescuedAt = Number.NEGATIVE_INFINITY;
  #cancelRefresh: (() => void) | null = null;

  constructor(options: ListUpkeepOptions) {
    this.#options = options;
  }

  /** Nodes are known when it resolves; errors as `NodeList.fetchFromSeeds`. */
  async haveNodes(context: CallContext): Promise<void> {
    if (this.#options.book.size === 0) await this.#fetch(context);
  }

  /** True when the list should be refreshed now. */
  isOld(): boolean {
    const { book, clock } = this.#options;
    const now = clock.now();
    return book.listedAt > now || now - book.listedAt > oldListMs;
  }

  /** Through the network itself, or from the seeds where that fails. */
  async refresh(context: CallContext): Promise<void> {
    await this.#options.list.refresh(context);
  }

  /** Nothing works with this list: it may be out of date, so the seeds are asked, if they were not just now. */
  async rescue(context: CallContext): Promise<void> {
    const { book, clock } = this.#options;
    const now = clock.now();
    const listIsNew = book.listedAt <= now && now - book.listedAt < rescueRestMs;
    if (clock.monotonic() - this.#rescuedAt < rescueRestMs || listIsNew) return;
    this.#rescuedAt = clock.monotonic();
    await this.#fetch(context).catch((error: unknown) => {
      context.signal.throwIfAborted();
      // what was tried before may still come to work
      if (error instanceof NetworkError && error.code === 'proxy') throw error;
    });
  }

  /** Refreshes soon, and from then on every hour, until `stop`; does nothing when that is arranged already. */
  start(): void {
    this.#schedule(this.#options.limits.firstRefreshMs);
  }

  stop(): void {
    this.#cancelRefresh?.();
  }

  /** Asks the seeds, once for all who wait for it. */
  async #fetch(context: CallContext): Promise<void> {
    const { list, board, background } = this.#options;
    board.connecting('Asking the seed nodes for the list of nodes…');
    this.#fetching ??= background
      .share((shared) => list.fetchFromSeeds(shared.signal, shared))
      .finally(() => {
        this.#fetching = null;
      });
    await background.join(this.#fetching, context);
  }

  #schedule(afterMs: number): void {
    const { background, clock, limits } = this.#options;
    if (this.#cancelRefresh !== null) return;
    this.#cancelRefresh = clock.after(afterMs, () => {
      this.#cancelRefresh = null;
      background
        .share((context) => this.refresh(context))
        .catch(() => undefined)
        .finally(() => {
          if (!background.signal.aborted) this.#schedule(limits.refreshMs);
        });
    });
  }
}
