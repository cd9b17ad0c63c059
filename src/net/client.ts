/** The network layer as the rest of the program sees it. */
import { NetworkError } from '../errors.ts';
import type { AccountId } from '../protocol/ids.ts';
import { withoutRoute } from './failures.ts';
import { parseNetworkState } from './memory.ts';
import { type CallContext, newContext } from './onion-client.ts';
import { assembleNetwork, type NetworkOptions, type NetworkParts } from './parts.ts';
import { resolveName } from './sns.ts';
import type {
  ExtendRequest,
  FetchResult,
  Network,
  NetworkStatus,
  ReplaceRequest,
  StoreAnswer,
  StoreRequest,
} from './types.ts';

export type { NetworkOptions } from './parts.ts';

/** Opens nothing and reads nothing until it is used. */
export function createNetwork(options: NetworkOptions): Network {
  return new OnionNetwork(options);
}

class OnionNetwork implements Network {
  readonly #options: NetworkOptions;
  readonly #parts: NetworkParts;
  #loaded = false;
  #tending: Promise<void> | null = null;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#parts = assembleNetwork(options);
  }

  status(): NetworkStatus {
    this.#load();
    return this.#parts.board.status();
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#parts.board.onStatus(listener);
  }

  now(): number {
    this.#load();
    return this.#parts.time.now();
  }

  async connect(signal?: AbortSignal): Promise<void> {
    await this.#run(signal, async (context) => {
      await this.#parts.list.haveNodes(context);
      await this.#parts.pathTests.connect(context);
    });
  }

  async refreshNodes(signal?: AbortSignal): Promise<void> {
    await this.#run(signal, async (context) => {
      this.#parts.board.connecting('Asking the network for its list of nodes…');
      await this.#parts.list.refresh(context);
    });
  }

  async store(request: StoreRequest, signal?: AbortSignal): Promise<StoreAnswer> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#parts.swarmClient.store(request, context);
    });
  }

  async storeTogether(
    requests: readonly StoreRequest[],
    signal?: AbortSignal,
  ): Promise<readonly StoreAnswer[]> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#parts.swarmClient.storeTogether(requests, context);
    });
  }

  async replace(request: ReplaceRequest, signal?: AbortSignal): Promise<readonly StoreAnswer[]> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#parts.swarmClient.replace(request, context);
    });
  }

  async extend(request: ExtendRequest, signal?: AbortSignal): Promise<ReadonlySet<string>> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#parts.swarmClient.extend(request, context);
    });
  }

  async changeStored(
    request: Parameters<Network['changeStored']>[0],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, number>> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#parts.swarmClient.changeStored(request, context);
    });
  }

  async fetch(request: Parameters<Network['fetch']>[0], signal?: AbortSignal): Promise<FetchResult> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await this.#parts.swarmClient.fetch(request, context);
    });
  }

  async resolveName(name: string, signal?: AbortSignal): Promise<AccountId | null> {
    return await this.#run(signal, async (context) => {
      await this.#ready(context);
      return await resolveName(name, context, {
        onion: this.#parts.onion,
        book: this.#parts.book,
        random: this.#options.platform.randomBytes,
      });
    });
  }

  async checkProxy(signal?: AbortSignal): Promise<void> {
    await this.#parts.connector.checkProxy?.(signal ?? this.#parts.background.signal);
  }

  async close(): Promise<void> {
    this.#parts.list.stop();
    await this.#parts.background.end();
    this.#parts.http.close();
    this.#parts.board.close();
    if (this.#loaded) await this.#parts.keeper.close();
  }

  /** Gives a call its context, tells people how it went, and marks its error with whether anything answered. */
  async #run<T>(signal: AbortSignal | undefined, work: (context: CallContext) => Promise<T>): Promise<T> {
    this.#load();
    const life = this.#parts.background.signal;
    const combined = signal === undefined ? life : AbortSignal.any([signal, life]);
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
      this.#parts.board.failed(told, answered);
      throw new NetworkError(told.code, told.message, {
        cause: error,
        fields: { ...error.fields, answered },
      });
    }
  }

  #load(): void {
    if (this.#loaded) return;
    this.#loaded = true;
    this.#parts.keeper.restore(parseNetworkState(this.#options.memory.load()));
  }

  /** Before a request: nodes are known, and a guard that was tested. */
  async #ready(context: CallContext): Promise<void> {
    await this.#parts.list.haveNodes(context);
    if (this.#parts.paths.guards().length === 0) await this.#parts.pathTests.connect(context);
  }

  /** In the background: the second guard, and a list that is not too old. One at a time. */
  #tend(): void {
    if (this.#tending !== null || this.#parts.background.signal.aborted) return;
    this.#parts.list.start();
    const { list, pathTests, background } = this.#parts;
    const isListOld = list.isOld();
    const doubtful = pathTests.due();
    if (!isListOld && doubtful === null) return;
    this.#tending = background
      .share(async (context) => {
        if (doubtful !== null) await pathTests.tend(doubtful, context);
        if (isListOld) await list.refresh(context);
      })
      .catch(() => undefined)
      .finally(() => {
        this.#tending = null;
      });
  }
}
