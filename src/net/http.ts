/** HTTP POSTs with a deadline, over connections that are kept for the next request to the same server. */
import { NetworkError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import type { Connector, Endpoint, HttpAnswer, HttpConnection, HttpRequest } from './connector.ts';
import { timedOut } from './failures.ts';

export type PostOptions = Readonly<{
  /** limit until the answer begins, once connected; without `bodyTimeoutMs` until it ends */
  timeoutMs: number;
  /** limit for the rest of an answer that has begun */
  bodyTimeoutMs?: number;
  signal: AbortSignal;
}>;

/** Connections kept open to one server while unused. */
const idlePerServer = 4;

/**
 * Requests through it are repeatable by nature (node lists, onions of storage requests): one that dies with a kept
 * connection, which the server may have closed meanwhile, goes out once more on a fresh one.
 */
export class HttpClient {
  readonly #connector: Pick<Connector, 'connect'>;
  readonly #clock: Clock;
  readonly #idle = new Map<string, HttpConnection[]>();
  readonly #open = new Set<HttpConnection>();
  #closed = false;

  constructor(connector: Pick<Connector, 'connect'>, clock: Clock) {
    this.#connector = connector;
    this.#clock = clock;
  }

  /**
   * POSTs and reads the whole answer, whatever its status. NetworkError as `Connector.connect`, `timeout`, `path` with
   * `fields.stage` `exchange`; an abort throws `signal.reason`.
   */
  async post(endpoint: Endpoint, request: HttpRequest, options: PostOptions): Promise<HttpAnswer> {
    options.signal.throwIfAborted();
    // one controller for both ends: AbortSignal.any costs more than the rest of this function
    const stop = new AbortController();
    const onAbort = () => stop.abort(options.signal.reason);
    options.signal.addEventListener('abort', onAbort, { once: true });
    let limitMs = options.timeoutMs;
    let isLate = false;
    let cancel = () => {};
    const setLimit = (ms: number) => {
      cancel();
      limitMs = ms;
      cancel = this.#clock.after(ms, () => {
        isLate = true;
        stop.abort();
      });
    };
    const onAnswer = () => {
      if (options.bodyTimeoutMs !== undefined) setLimit(options.bodyTimeoutMs);
    };
    // reaching the server has its own limit, in the connector
    const onConnected = () => setLimit(options.timeoutMs);
    try {
      return await this.#post(endpoint, { ...request, onAnswer }, onConnected, stop.signal);
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      if (isLate) throw timedOut(limitMs);
      throw error;
    } finally {
      cancel();
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Closes what is kept open to one server. */
  forget(endpoint: Endpoint): void {
    const key = keyOf(endpoint);
    for (const connection of this.#idle.get(key) ?? []) this.#drop(connection);
    this.#idle.delete(key);
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.close();
    this.#open.clear();
    this.#idle.clear();
  }

  async #post(
    endpoint: Endpoint,
    request: HttpRequest,
    onConnected: () => void,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    signal.throwIfAborted();
    const kept = this.#takeIdle(endpoint);
    if (kept !== null) {
      onConnected();
      try {
        const answer = await kept.post(request, signal);
        this.#release(endpoint, kept);
        return answer;
      } catch (error) {
        this.#drop(kept);
        const stale =
          error instanceof NetworkError &&
          error.code === 'path' &&
          error.fields.answered === false &&
          !signal.aborted;
        if (!stale) throw error;
      }
    }
    const connection = await this.#connector.connect(endpoint, signal);
    if (this.#closed) {
      connection.close();
      throw new NetworkError('offline', 'The network side is closed.');
    }
    this.#open.add(connection);
    onConnected();
    try {
      const answer = await connection.post(request, signal);
      this.#release(endpoint, connection);
      return answer;
    } catch (error) {
      this.#drop(connection);
      throw error;
    }
  }

  #takeIdle(endpoint: Endpoint): HttpConnection | null {
    const list = this.#idle.get(keyOf(endpoint));
    for (let connection = list?.pop(); connection !== undefined; connection = list?.pop()) {
      if (connection.usable) return connection;
      this.#drop(connection);
    }
    return null;
  }

  #release(endpoint: Endpoint, connection: HttpConnection): void {
    const key = keyOf(endpoint);
    const list = this.#idle.get(key) ?? [];
    if (!connection.usable || list.length >= idlePerServer || this.#closed) {
      this.#drop(connection);
      return;
    }
    list.push(connection);
    this.#idle.set(key, list);
  }

  #drop(connection: HttpConnection): void {
    this.#open.delete(connection);
    connection.close();
  }
}

function keyOf(endpoint: Endpoint): string {
  return `${endpoint.secure ? 'https' : 'http'} ${endpoint.host} ${endpoint.port} ${endpoint.trust.kind}`;
}
