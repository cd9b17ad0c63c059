/** The network layer as the rest of the program sees it: puts the parts together. */
import { NetworkError } from '../errors.ts';
import type { AccountId } from '../protocol/ids.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import { infoParams } from '../protocol/storage-rpc/requests.ts';
import type { Platform } from '../util/platform.ts';
import { abortable } from './abortable.ts';
import { Connector } from './connector.ts';
import { GuardTrials } from './guard-trials.ts';
import { HttpClient } from './http.ts';
import { parseNetworkState } from './memory.ts';
import { NetworkTime } from './network-time.ts';
import { NodeBook } from './node-book.ts';
import { NodeList, randomNode } from './node-list.ts';
import { type CallContext, guardEndpoint, newContext, OnionClient } from './onion-client.ts';
import { guardCount, type OnionPath, Paths } from './paths.ts';
import { Latencies, tryUntilDone } from './retry.ts';
import { limitsFor, minimumsFor, type NetworkLimits } from './settings.ts';
import { resolveName } from './sns.ts';
import { StateKeeper } from './state-keeper.ts';
import { StatusBoard } from './status-board.ts';
import { SwarmClient } from './swarm-client.ts';
import { Swarms } from './swarms.ts';
import { troubleWords } from './trouble-words.ts';
import type {
  FetchResult,
  Network,
  NetworkDefinition,
  NetworkMemory,
  NetworkStatus,
  ProxySettings,
  StoreAnswer,
  StoreRequest,
} from './types.ts';

export type NetworkOptions = Readonly<{
  definition: NetworkDefinition;
  proxy: ProxySettings | null;
  memory: NetworkMemory;
  platform: Platform;
  /** for tests */
  limits?: Partial<NetworkLimits>;
  /** for tests: opens connections in place of sockets */
  connector?: Pick<Connector, 'connect' | 'proxy'> & Partial<Pick<Connector, 'checkProxy'>>;
}>;

/** Opens nothing and reads nothing until it is used. */
export function createNetwork(options: NetworkOptions): Network {
  return new OnionNetwork(options);
}

/** Paths tested before giving up, and how many at a time. */
const connectAttempts = 16;
const connectAtOnce = 6;
/** Nodes asked for the time side by side, how many answers are enough, and how many nodes may stand in for one. */
const timeWitnesses = { asked: 4, enough: 3, tries: 3 };
/** The time is not learnt again within this long: if it is still wrong, the node that says so is. */
const timeRestMs = 5_000;
/** A list older than this is refreshed as soon as the network answers (network.md 1.5). */
const oldListMs = 7_200_000;
/** Seeds are asked again, for a list that may be out of date, at most this often. */
const rescueRestMs = 600_000;

class OnionNetwork implements Network {
  readonly #platform: Platform;
  readonly #limits: NetworkLimits;
  readonly #connector: Partial<Pick<Connector, 'checkProxy'>>;
  readonly #http: HttpClient;
  readonly #book: NodeBook;
  readonly #paths: Paths;
  readonly #time: NetworkTime;
  readonly #swarms: Swarms;
  readonly #board: StatusBoard;
  readonly #onion: OnionClient;
  readonly #list: NodeList;
  readonly #swarmClient: SwarmClient;
  readonly #keeper: StateKeeper;
  readonly #memory: NetworkMemory;
  readonly #life = new AbortController();
  /** work that goes on in the background; it never fails the caller */
  readonly #background = new Set<Promise<unknown>>();
  #loaded = false;
  #connecting: Promise<void> | null = null;
  #fetchingList: Promise<void> | null = null;
  #learningTime: Promise<void> | null = null;
  #tending: Promise<void> | null = null;
  #timeLearntAt = Number.NEGATIVE_INFINITY;
  #rescuedAt = Number.NEGATIVE_INFINITY;
  #testing = 0;
  /** strangers that are tried as guards at the moment */
  readonly #underTest = new Set<ServiceNode>();
  /** guards as they were before the last failure, so that one that is given up can still be named */
  #guardOrder: readonly string[] = [];
  #cancelRefresh: (() => void) | null = null;

  constructor(options: NetworkOptions) {
    const { definition, proxy, platform } = options;
    const { clock, randomBytes: random } = platform;
    const limits = { ...limitsFor(proxy), ...options.limits };
    const minimums = minimumsFor(definition.minimumNodes);
    const changed = () => {
      this.#board.changed();
      this.#keeper.changed();
    };
    this.#platform = platform;
    this.#limits = limits;
    this.#memory = options.memory;
    const connector =
      options.connector ?? new Connector({ proxy, connectTimeoutMs: limits.connectMs, random });
    this.#connector = connector;
    this.#http = new HttpClient(connector, clock);
    this.#book = new NodeBook({ clock, minimumUsable: minimums.usable, changed });
    this.#paths = new Paths({
      book: this.#book,
      clock,
      random,
      subnetDiversity: definition.subnetDiversity,
      changed,
    });
    this.#time = new NetworkTime(clock);
    this.#swarms = new Swarms(this.#book, clock, changed);
    this.#board = new StatusBoard({
      book: this.#book,
      paths: this.#paths,
      clock,
      proxy: () => connector.proxy ?? null,
      time: this.#time,
      underTest: this.#underTest,
    });
    const latencies = new Latencies();
    const onAnswer = () => this.#board.answered();
    this.#onion = new OnionClient({
      http: this.#http,
      paths: this.#paths,
      book: this.#book,
      time: this.#time,
      latencies,
      limits,
      platform,
      onAnswer,
      onFailure: (error, path) => this.#onFailure(error, path),
    });
    this.#list = new NodeList({
      definition,
      http: this.#http,
      onion: this.#onion,
      book: this.#book,
      clock,
      random,
      limits,
      minimums,
      onAnswer,
      onList: () => {
        this.#paths.listChanged();
        this.#swarms.listChanged();
      },
    });
    this.#swarmClient = new SwarmClient({
      onion: this.#onion,
      swarms: this.#swarms,
      book: this.#book,
      time: this.#time,
      latencies,
      limits,
      platform,
      learnTime: (context) => this.#learnTime(context),
      rescue: (context) => this.#rescue(context),
    });
    this.#keeper = new StateKeeper({
      memory: options.memory,
      clock,
      book: this.#book,
      paths: this.#paths,
      swarms: this.#swarms,
      time: this.#time,
    });
  }

  status(): NetworkStatus {
    this.#load();
    return this.#board.status();
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#board.onStatus(listener);
  }

  now(): number {
    this.#load();
    return this.#time.now();
  }

  async connect(signal?: AbortSignal): Promise<void> {
    await this.#run(signal, async (context) => {
      await this.#haveNodes(context);
      await this.#connect(context);
    });
  }

  async refreshNodes(signal?: AbortSignal): Promise<void> {
    await this.#run(signal, async (context) => {
      this.#board.connecting('Asking the network for its list of nodes…');
      await this.#list.refresh(context);
    });
  }

  async store(request: StoreRequest, signal?: AbortSignal): Promise<StoreAnswer> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#swarmClient.store(request, context);
    });
  }

  async storeTogether(
    requests: readonly StoreRequest[],
    signal?: AbortSignal,
  ): Promise<readonly StoreAnswer[]> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#swarmClient.storeTogether(requests, context);
    });
  }

  async fetch(request: Parameters<Network['fetch']>[0], signal?: AbortSignal): Promise<FetchResult> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#swarmClient.fetch(request, context);
    });
  }

  async resolveName(name: string, signal?: AbortSignal): Promise<AccountId | null> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await resolveName(name, context, {
        onion: this.#onion,
        book: this.#book,
        random: this.#platform.randomBytes,
      });
    });
  }

  async checkProxy(signal?: AbortSignal): Promise<void> {
    await this.#connector.checkProxy?.(signal ?? this.#life.signal);
  }

  async close(): Promise<void> {
    this.#cancelRefresh?.();
    this.#life.abort(closedError());
    await Promise.allSettled([...this.#background]);
    this.#http.close();
    this.#board.close();
    if (this.#loaded) await this.#keeper.close();
  }

  /** Gives a call its context, tells people how it went, and marks its error with whether anything answered. */
  async #run<T>(signal: AbortSignal | undefined, work: (context: CallContext) => Promise<T>): Promise<T> {
    this.#load();
    const combined = signal === undefined ? this.#life.signal : AbortSignal.any([signal, this.#life.signal]);
    combined.throwIfAborted();
    const context = newContext(combined);
    try {
      const result = await work(context);
      this.#tend();
      return result;
    } catch (error) {
      if (combined.aborted) throw combined.reason;
      if (!(error instanceof NetworkError)) throw error;
      const { answered } = context.progress;
      const told = answered ? error : withoutRoute(error);
      this.#board.failed(told, answered);
      throw new NetworkError(told.code, told.message, {
        cause: error,
        fields: { ...error.fields, answered },
      });
    }
  }

  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    this.#keeper.restore(parseNetworkState(this.#memory.load()));
  }

  /** Before a request: nodes are known, and a guard that was tested. */
  async #ready(context: CallContext): Promise<void> {
    await this.#haveNodes(context);
    if (this.#paths.guards().length === 0) await this.#connect(context);
  }

  async #haveNodes(context: CallContext): Promise<void> {
    if (this.#book.size === 0) await this.#fetchList(context);
  }

  /** Asks the seeds, once for all who wait for it. */
  async #fetchList(context: CallContext): Promise<void> {
    this.#board.connecting('Asking the seed nodes for the list of nodes…');
    const before = this.#board.status().lastAnswerAt;
    this.#fetchingList ??= this.#shared(async (shared) =>
      this.#list.fetchFromSeeds(shared.signal, shared),
    ).finally(() => {
      this.#fetchingList = null;
    });
    try {
      await abortable(this.#fetchingList, context.signal);
    } finally {
      if (this.#board.status().lastAnswerAt !== before) context.progress.answered = true;
    }
  }

  /** Makes sure that a path works now. */
  async #connect(context: CallContext): Promise<void> {
    this.#connecting ??= this.#shared((shared) => this.#testPaths(shared)).finally(() => {
      this.#connecting = null;
    });
    const before = this.#board.status().lastAnswerAt;
    try {
      await abortable(this.#connecting, context.signal);
    } finally {
      if (this.#board.status().lastAnswerAt !== before) context.progress.answered = true;
    }
  }

  /**
   * Tests standing paths, and new ones over strangers while guards are missing, with an `info` to some other node: it
   * reveals no account, and no node but the guard is contacted (network.md 2.1). Two at first, one more whenever one
   * fails or is slow. Resolves when the first works.
   */
  async #testPaths(context: CallContext): Promise<void> {
    const { clock, randomBytes: random } = this.#platform;
    const trials = new GuardTrials(this.#paths);
    this.#board.connecting('Building onion paths…');
    await tryUntilDone({
      maxAttempts: connectAttempts,
      maxRunning: connectAtOnce,
      startWith: guardCount,
      hedgeAfterMs: this.#limits.hedgeFirstMs,
      clock,
      random,
      signal: context.signal,
      run: async (attempt) => {
        const path = trials.next();
        if (path === null) {
          throw new NetworkError('path', 'No onion path can be built with the service nodes that are known.');
        }
        if (attempt === connectAttempts / 2) await this.#rescue(context);
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
    const hops = new Set(path.hops.map((hop) => hop.ed25519));
    const node = randomNode(this.#book, hops, this.#platform.randomBytes);
    if (node === undefined) {
      throw new NetworkError(
        'path',
        'A path needs three nodes besides the one that is asked; too few are known.',
      );
    }
    this.#testing += 1;
    this.#underTest.add(path.hops[0]);
    this.#board.changed();
    try {
      await this.#track(this.#onion.call(node, infoParams(), context, context.signal, path));
    } finally {
      this.#testing -= 1;
      this.#underTest.delete(path.hops[0]);
      this.#board.changed();
    }
  }

  /** In the background: the second guard, and a list that is not too old. One at a time. */
  #tend(): void {
    if (this.#tending !== null || this.#life.signal.aborted) return;
    this.#scheduleRefresh(this.#limits.firstRefreshMs);
    const now = this.#platform.clock.now();
    const oldList = this.#book.listedAt > now || now - this.#book.listedAt > oldListMs;
    // a guard may be under test still from connecting
    const missing = this.#paths.missingGuards() > 0 && this.#testing === 0;
    const inDoubt = this.#testing === 0 ? this.#paths.choosePathInDoubt() : null;
    if (!missing && !oldList && inDoubt === null) return;
    this.#tending = this.#shared(async (context) => {
      if (inDoubt !== null) await this.#test(inDoubt, context).catch(() => undefined);
      if (missing) {
        const path = this.#paths.drawWithFreshGuard(null);
        if (path !== null) await this.#test(path, context).catch(() => undefined);
      }
      if (oldList) await this.#list.refresh(context);
    })
      .catch(() => undefined)
      .finally(() => {
        this.#tending = null;
      });
  }

  #scheduleRefresh(afterMs: number): void {
    if (this.#cancelRefresh !== null) return;
    this.#cancelRefresh = this.#platform.clock.after(afterMs, () => {
      this.#cancelRefresh = null;
      this.#shared((context) => this.#list.refresh(context))
        .catch(() => undefined)
        .finally(() => {
          if (!this.#life.signal.aborted) this.#scheduleRefresh(this.#limits.refreshMs);
        });
    });
  }

  /** The median of three nodes' clocks, asked over different paths (network.md 6). */
  async #learnTime(context: CallContext): Promise<void> {
    const { clock } = this.#platform;
    if (this.#time.known && clock.monotonic() - this.#timeLearntAt < timeRestMs) return;
    this.#learningTime ??= this.#shared(async (shared) => {
      this.#time.forget();
      const asked = new Set<string>();
      const answers: Promise<unknown>[] = [];
      for (let i = 0; i < timeWitnesses.asked; i++) {
        answers.push(this.#track(this.#askTime(asked, newContext(shared.signal))));
      }
      await enough(answers, timeWitnesses.enough);
      if (this.#time.known) this.#timeLearntAt = clock.monotonic();
    }).finally(() => {
      this.#learningTime = null;
    });
    await abortable(this.#learningTime, context.signal);
  }

  /** One node's clock; a dead node or path is replaced by another one. */
  async #askTime(asked: Set<string>, context: CallContext): Promise<unknown> {
    const { clock, randomBytes } = this.#platform;
    return await tryUntilDone({
      run: async (_attempt, signal) => {
        const node = randomNode(this.#book, asked, randomBytes);
        if (node === undefined) throw new NetworkError('node', 'No further node can be asked for the time.');
        asked.add(node.ed25519);
        return await this.#onion.call(node, infoParams(), context, signal);
      },
      maxAttempts: timeWitnesses.tries,
      hedgeAfterMs: 2 * this.#limits.hedgeFirstMs,
      clock,
      random: randomBytes,
      signal: context.signal,
    });
  }

  /** Nothing works with this list: it may be out of date, so the seeds are asked, if they were not just now. */
  async #rescue(context: CallContext): Promise<void> {
    const { clock } = this.#platform;
    const now = clock.now();
    const listIsNew = this.#book.listedAt <= now && now - this.#book.listedAt < rescueRestMs;
    if (clock.monotonic() - this.#rescuedAt < rescueRestMs || listIsNew) return;
    this.#rescuedAt = clock.monotonic();
    await this.#fetchList(context).catch((error: unknown) => {
      context.signal.throwIfAborted();
      // what was tried before may still come to work
      if (error instanceof NetworkError && error.code === 'proxy') throw error;
    });
  }

  #onFailure(error: NetworkError, path: OnionPath | null): void {
    this.#platform.logger.debug('a request failed', {
      code: error.code,
      status: typeof error.fields.status === 'number' ? error.fields.status : undefined,
    });
    if (error.code !== 'path' && error.code !== 'timeout') return;
    const guards = this.#paths.guardStates();
    const keys = guards.map(({ node }) => node.ed25519);
    const key = path?.hops[0].ed25519 ?? '';
    this.#board.trouble(
      troubleWords(error, {
        guard: (keys.includes(key) ? keys : this.#guardOrder).indexOf(key),
        isDirect: path === null,
        isKept: keys.includes(key),
        others: guards.filter(({ node, troubled }) => node.ed25519 !== key && !troubled).length,
      }),
    );
    this.#guardOrder = keys;
    if (path !== null && !this.#book.isUsable(path.hops[0].ed25519))
      this.#http.forget(guardEndpoint(path.hops[0]));
  }

  /** Runs work that several callers wait for: it ends with the network, not with one of them. */
  #shared(work: (context: CallContext) => Promise<void>): Promise<void> {
    return this.#track(work(newContext(this.#life.signal)));
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#background.add(work);
    const done = () => {
      this.#background.delete(work);
    };
    work.then(done, done);
    return work;
  }
}

/** One host that can't be reached is down; when it was all there was to say, this machine has no way out. */
function withoutRoute(error: NetworkError): NetworkError {
  if (error.code !== 'path' || error.fields.stage !== 'connect') return error;
  if (error.fields.errno === 'EHOSTUNREACH') {
    return new NetworkError('offline', 'This machine has no network connection.', { cause: error });
  }
  const words = error.fields.throughProxy
    ? 'No service node can be reached through the proxy. Try again later, or another proxy.'
    : 'No service node can be reached. Check the network connection; where this network is blocked, go through a proxy (--tor, --proxy).';
  return new NetworkError('path', words, { cause: error, fields: error.fields });
}

function closedError(): NetworkError {
  return new NetworkError('offline', 'The network side is closed.');
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
