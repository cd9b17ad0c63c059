/** Testing paths, and strangers as guards, with requests that reveal no account (network.md 2.1). */
import { NetworkError } from '../errors.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import { infoParams } from '../protocol/storage-rpc/requests.ts';
import type { Platform } from '../util/platform.ts';
import type { Background } from './background.ts';
import { GuardTrials } from './guard-trials.ts';
import { guardCount } from './guards.ts';
import type { NodeBook } from './node-book.ts';
import { randomNode } from './node-list.ts';
import type { CallContext, OnionClient } from './onion-client.ts';
import type { OnionPath, Paths } from './paths.ts';
import { tryUntilDone } from './retry.ts';
import type { NetworkLimits } from './settings.ts';
import type { StatusBoard } from './status-board.ts';

/** Paths tested before giving up, and how many at a time. */
const connectAttempts = 24;
const connectAtOnce = 10;

export type PathTestsOptions = Readonly<{
  onion: OnionClient;
  paths: Paths;
  book: NodeBook;
  board: StatusBoard;
  background: Background;
  limits: NetworkLimits;
  platform: Platform;
  /** filled with the guards under test */
  underTest: Set<ServiceNode>;
  /** called after several tests failed: the node list may be out of date */
  rescue(context: CallContext): Promise<void>;
}>;

/** `inDoubt` leads over a guard that may not work. */
export type DueTests = Readonly<{ isGuardMissing: boolean; inDoubt: OnionPath | null }>;

export class PathTests {
  readonly #options: PathTestsOptions;
  #connecting: Promise<void> | null = null;

  constructor(options: PathTestsOptions) {
    this.#options = options;
  }

  /** Makes sure that a path works now; one test for all who wait for it. */
  async connect(context: CallContext): Promise<void> {
    const { background } = this.#options;
    this.#connecting ??= background
      .share((shared) => this.#testPaths(shared))
      .finally(() => {
        this.#connecting = null;
      });
    await background.join(this.#connecting, context);
  }

  /** What there is to test while all else goes well and it is not under test already; null if nothing. */
  due(): DueTests | null {
    const { paths, underTest } = this.#options;
    const chosen = new Set(paths.guards().map((guard) => guard.ed25519));
    const isStrangerUnderTest = [...underTest].some((node) => !chosen.has(node.ed25519));
    const isGuardMissing = paths.missingGuards() > 0 && !isStrangerUnderTest;
    const path = paths.choosePathInDoubt();
    const inDoubt = path === null || underTest.has(path.hops[0]) ? null : path;
    return isGuardMissing || inDoubt !== null ? { isGuardMissing, inDoubt } : null;
  }

  /** Tests a guard in doubt, and a stranger in place of one that is missing. Never fails. */
  async tend({ isGuardMissing, inDoubt }: DueTests, context: CallContext): Promise<void> {
    if (inDoubt !== null) await this.#test(inDoubt, context).catch(() => undefined);
    const path = isGuardMissing ? this.#options.paths.drawWithFreshGuard() : null;
    if (path !== null) await this.#test(path, context).catch(() => undefined);
  }

  /**
   * Tests standing paths, and new ones over strangers while guards are missing, with an `info` to some other node: it
   * reveals no account, and no node but the guard is contacted (network.md 2.1). Two at first, one more whenever one
   * fails or is slow. Resolves when the first works.
   */
  async #testPaths(context: CallContext): Promise<void> {
    const { paths, board, limits, platform } = this.#options;
    const trials = new GuardTrials(paths);
    board.connecting('Building onion paths…');
    await tryUntilDone({
      maxAttempts: connectAttempts,
      maxRunning: connectAtOnce,
      startWith: guardCount,
      hedgeAfterMs: limits.hedgeFirstMs,
      steady: true,
      clock: platform.clock,
      random: platform.randomBytes,
      signal: context.signal,
      run: async (attempt) => {
        const path = trials.next();
        if (path === null) {
          throw new NetworkError('path', 'No onion path can be built with the service nodes that are known.');
        }
        if (attempt === connectAttempts / 2) await this.#options.rescue(context);
        try {
          // tests that are overtaken go on: they are to find the second guard
          await this.#test(path, context);
          trials.ended(path, null);
        } catch (error) {
          trials.ended(path, error);
          throw error;
        }
      },
    });
  }

  async #test(path: OnionPath, context: CallContext): Promise<void> {
    const { onion, book, board, background, platform, underTest } = this.#options;
    const hops = new Set(path.hops.map((hop) => hop.ed25519));
    const node = randomNode(book, hops, platform.randomBytes);
    if (node === undefined) {
      throw new NetworkError(
        'path',
        'A path needs three nodes besides the one that is asked; too few are known.',
      );
    }
    underTest.add(path.hops[0]);
    board.changed();
    try {
      await background.track(onion.call(node, infoParams(), context, context.signal, path));
    } finally {
      underTest.delete(path.hops[0]);
      board.changed();
    }
  }
}
