/**
 * The only file that opens sockets. Everything the program sends leaves through `Connector.connect`: directly, or
 * through the SOCKS proxy and then never in any other way (network.md 7).
 */
import type { IncomingHttpHeaders } from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { SocksClient } from 'socks';
import { Client, type Dispatcher } from 'undici';
import { NetworkError } from '../errors.ts';
import { concatBytes } from '../util/bytes.ts';
import type { RandomBytes } from './choice.ts';
import {
  type ConnectStage,
  connectFailure,
  errorCode,
  exchangeFailure,
  isLoginRefusal,
  tooLarge,
} from './failures.ts';
import { type CertificatePins, matchesPins } from './pins.ts';
import { greetProxy, type ProxyLogin, ProxyLogins } from './proxy-login.ts';
import type { ProxySettings } from './types.ts';

/** How a server proves who it is. */
export type Trust =
  /** not at all: service nodes have self-signed certificates, the onion layer authenticates (network.md 3.4) */
  | Readonly<{ kind: 'none' }>
  /** by the certificate itself, compared before any byte of the request is written */
  | Readonly<{ kind: 'pinned'; pins: CertificatePins }>
  /** by a certificate authority of this machine, for the host name */
  | Readonly<{ kind: 'authority' }>;

export type Endpoint = Readonly<{
  secure: boolean;
  /** host name, IPv4 address, or IPv6 address without brackets */
  host: string;
  port: number;
  trust: Trust;
  /**
   * What the connection is for. Two purposes get different user names at the proxy, so that Tor leads them over
   * different circuits; without one, all connections share a name.
   */
  purpose?: string;
}>;

export type HttpRequest = Readonly<{
  path: string;
  /** sent as they stand; the connection adds `host`, `connection` and `content-length`, nothing else */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** a longer answer is not read to its end */
  maxAnswerBytes: number;
  /** called when status and headers are there */
  onAnswer?: () => void;
}>;

export type HttpAnswer = Readonly<{
  status: number;
  /** lower case, without parameters; empty if absent */
  contentType: string;
  body: Uint8Array;
}>;

/** One open connection, for one request at a time. */
export interface HttpConnection {
  /** false once it can't take another request */
  readonly usable: boolean;
  /** POSTs and reads the whole answer. NetworkError `path`; an abort closes the connection and gives `signal.reason` */
  post(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

export type ConnectorOptions = Readonly<{
  proxy: ProxySettings | null;
  /** limit for reaching one server, TLS included */
  connectTimeoutMs: number;
  /** for the user names that keep streams apart; without it the proxy gets none but the user's own */
  random?: RandomBytes;
}>;

/** How long an unused connection is kept for the next request. */
const keepAliveMs = 30_000;

export class Connector {
  readonly #options: ConnectorOptions;
  readonly #logins: ProxyLogins;
  /** the port of the proxy where something listens, as far as is known */
  #proxyPort: number | null = null;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#logins = new ProxyLogins(options.proxy, options.random);
  }

  /** The proxy with the port in use, or null. */
  get proxy(): ProxySettings | null {
    const { proxy } = this.#options;
    return proxy === null || this.#proxyPort === null ? proxy : { ...proxy, port: this.#proxyPort };
  }

  /**
   * Opens a connection and proves the server's identity as `endpoint.trust` says. An abort or the time-out closes
   * the pending socket at once. NetworkError `proxy` (the proxy itself failed), `offline` (this machine has no
   * network), `path` with `fields.stage` `connect` (the server can't be reached or is not the one pinned).
   */
  async connect(endpoint: Endpoint, signal: AbortSignal): Promise<HttpConnection> {
    return await this.#limited(
      signal,
      async (stop, reached) => new Http1Connection(endpoint, await this.#open(endpoint, stop, reached)),
    );
  }

  /**
   * Reaches the proxy and greets it, but asks it for nothing. NetworkError `proxy` if it is none, is away, or refuses
   * the user. Without a proxy nothing is done.
   */
  async checkProxy(signal: AbortSignal): Promise<void> {
    const { proxy } = this.#options;
    if (proxy === null) return;
    await this.#limited(signal, async (stop, reached) => {
      const socket = await this.#openProxy(proxy, stop);
      reached('greeting');
      try {
        await greetProxy(socket, proxy, stop);
      } finally {
        socket.destroy();
      }
    });
  }

  /** Runs `work` within the time for one connection; what fails becomes a NetworkError. */
  async #limited<T>(
    signal: AbortSignal,
    work: (stop: AbortSignal, reached: (stage: ConnectStage) => void) => Promise<T>,
  ): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#options.connectTimeoutMs);
    timer.unref();
    const stop = AbortSignal.any([signal, limit.signal]);
    let stage: ConnectStage = this.#options.proxy === null ? 'direct' : 'proxy';
    try {
      return await work(stop, (reached) => {
        stage = reached;
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof NetworkError) throw error;
      const cause = limit.signal.aborted
        ? Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })
        : error;
      throw connectFailure(cause, stage, this.#options.proxy);
    } finally {
      clearTimeout(timer);
    }
  }

  async #open(
    endpoint: Endpoint,
    signal: AbortSignal,
    stageReached: (stage: ConnectStage) => void,
  ): Promise<net.Socket> {
    const { proxy } = this.#options;
    let socket: net.Socket;
    if (proxy === null) {
      socket = await openTcp({ host: endpoint.host, port: endpoint.port, attemptTimeoutMs: 500 }, signal);
    } else {
      socket = await this.#openProxy(proxy, signal);
      stageReached('socks');
      const login = this.#logins.for(endpoint.purpose ?? '');
      try {
        await openTunnel(socket, proxy, login, endpoint, this.#options.connectTimeoutMs, signal);
      } catch (error) {
        // it knows its users, and the made-up name is none of them: then it gets none from now on
        if (!isLoginRefusal(error) || !this.#logins.refused(login)) throw error;
        stageReached('proxy');
        socket = await this.#openProxy(proxy, signal);
        stageReached('socks');
        await openTunnel(socket, proxy, null, endpoint, this.#options.connectTimeoutMs, signal);
      }
    }
    if (!endpoint.secure) return socket;
    stageReached('tls');
    return await openTls(socket, endpoint, signal);
  }

  /** A connection to the proxy: to its other port if nothing listens on the first one. */
  async #openProxy(proxy: ProxySettings, signal: AbortSignal): Promise<net.Socket> {
    // Debian's localhost is ::1 first, where a proxy seldom listens; no name is looked up for it
    const host = proxy.host === 'localhost' ? '127.0.0.1' : proxy.host;
    const open = (port: number) => openTcp({ host, port, attemptTimeoutMs: null }, signal);
    const { otherPort } = proxy;
    if (otherPort === undefined) return await open(proxy.port);
    const first = this.#proxyPort ?? proxy.port;
    const second = first === proxy.port ? otherPort : proxy.port;
    try {
      return await open(first);
    } catch (error) {
      if (signal.aborted || errorCode(error) !== 'ECONNREFUSED') throw error;
      const socket = await open(second);
      this.#proxyPort = second;
      return socket;
    }
  }
}

type TcpTarget = Readonly<{
  host: string;
  port: number;
  /** pause before the next address of a name is tried too; null: only the first address */
  attemptTimeoutMs: number | null;
}>;

function openTcp(target: TcpTarget, signal: AbortSignal): Promise<net.Socket> {
  const socket = net.connect({
    host: target.host,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    ...(target.attemptTimeoutMs === null
      ? { autoSelectFamily: false }
      : { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: target.attemptTimeoutMs }),
  });
  return settle(socket, 'connect', socket, signal);
}

/** SOCKS5 CONNECT over an open socket: host names as ATYP 3 (the proxy resolves them), addresses as types 1 and 4. */
async function openTunnel(
  socket: net.Socket,
  proxy: ProxySettings,
  login: ProxyLogin | null,
  endpoint: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const client = new SocksClient({
    command: 'connect',
    proxy: {
      host: proxy.host,
      port: proxy.port,
      type: 5,
      // with a name both methods are offered, and a proxy that asks for none still works
      ...(login === null ? {} : { userId: login.username, password: login.password }),
    },
    destination: { host: endpoint.host, port: endpoint.port },
    timeout: timeoutMs,
  });
  const opened = Promise.withResolvers<void>();
  client.once('established', () => opened.resolve());
  client.once('error', (error) => opened.reject(error));
  const onAbort = () => {
    socket.destroy();
    opened.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    client.connect(socket);
    await opened.promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function openTls(raw: net.Socket, endpoint: Endpoint, signal: AbortSignal): Promise<net.Socket> {
  const { trust } = endpoint;
  const named = net.isIP(endpoint.host) === 0;
  const socket = tls.connect({
    socket: raw,
    ALPNProtocols: ['http/1.1'],
    // A pinned server is judged below: with `rejectUnauthorized: false` Node never calls `checkServerIdentity`.
    rejectUnauthorized: trust.kind === 'authority',
    host: endpoint.host,
    // no SNI for service nodes, nor for addresses, where it is not allowed
    ...(named && trust.kind !== 'none' ? { servername: endpoint.host } : {}),
    // without a session to resume, the server must show its certificate on each connection
    session: undefined,
  });
  await settle(socket, 'secureConnect', raw, signal);
  if (trust.kind !== 'pinned') return socket;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || !matchesPins(certificate, trust.pins)) {
    socket.destroy();
    throw new NetworkError(
      'path',
      'A server showed another certificate than the one expected; nothing was sent to it.',
      {
        fields: { stage: 'connect', errno: 'PIN' },
      },
    );
  }
  return socket;
}

/** Resolves with `socket` at `event`; an error, a close or an abort destroys it and rejects. */
async function settle<S extends net.Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  underlying: net.Socket,
  signal: AbortSignal,
): Promise<S> {
  const ready = Promise.withResolvers<void>();
  const onReady = () => ready.resolve();
  const onClose = () => ready.reject(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' }));
  const onAbort = () => ready.reject(signal.reason);
  socket.once(event, onReady);
  socket.once('close', onClose);
  // stays for the socket's life: an error after the handshake is seen by the HTTP client, or is of no interest
  socket.on('error', (error) => ready.reject(error));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    await ready.promise;
    return socket;
  } catch (error) {
    socket.destroy();
    underlying.destroy();
    throw error;
  } finally {
    socket.off(event, onReady);
    socket.off('close', onClose);
    signal.removeEventListener('abort', onAbort);
  }
}

/** An undici client bound to one socket that is already open and checked; it never opens another. */
class Http1Connection implements HttpConnection {
  readonly #client: Client;
  #socket: net.Socket | null;
  #usable = true;

  constructor(endpoint: Endpoint, socket: net.Socket) {
    this.#socket = socket;
    const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
    this.#client = new Client(`${endpoint.secure ? 'https' : 'http'}://${host}:${endpoint.port}`, {
      connect: (_options, callback) => {
        const own = this.#socket;
        this.#socket = null;
        // not before this returns: undici does not expect an answer at once, and would never send
        queueMicrotask(() => {
          if (own === null || own.destroyed) callback(new Error('the connection is closed'), null);
          else callback(null, own);
        });
      },
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: 10 * keepAliveMs,
      // the caller's deadline rules; undici's own are kept out of its way
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', () => this.close());
    this.#client.on('connectionError', () => this.close());
    socket.once('close', () => {
      if (this.#socket !== null) this.close();
    });
  }

  get usable(): boolean {
    return this.#usable;
  }

  async post(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const exchange = new Exchange(request, signal);
    try {
      this.#client.dispatch(
        { method: 'POST', path: request.path, headers: request.headers, body: request.body },
        exchange,
      );
      return await exchange.answer;
    } catch (error) {
      this.close();
      if (signal.aborted) throw signal.reason;
      if (error instanceof NetworkError) throw error;
      throw exchangeFailure(error, exchange.begun);
    }
  }

  close(): void {
    if (!this.#usable) return;
    this.#usable = false;
    this.#socket?.destroy();
    this.#socket = null;
    this.#client.destroy().catch(() => undefined);
  }
}

/** One request as undici's dispatcher drives it: half the work of `Client.request`, which makes a stream of the body. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpAnswer>;
  /** status and headers have come */
  begun = false;
  readonly #request: HttpRequest;
  readonly #signal: AbortSignal;
  readonly #result = Promise.withResolvers<HttpAnswer>();
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  #status = 0;
  #contentType = '';
  #controller: Dispatcher.DispatchController | null = null;

  constructor(request: HttpRequest, signal: AbortSignal) {
    this.#request = request;
    this.#signal = signal;
    this.answer = this.#result.promise;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) this.#onAbort();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // what comes before the answer proper is none
    if (status < 200) return;
    this.begun = true;
    this.#status = status;
    this.#contentType = mediaType(headers['content-type']);
    this.#request.onAnswer?.();
    if (Number(headers['content-length']) > this.#request.maxAnswerBytes) this.#refuse();
  }

  onResponseData(_: Dispatcher.DispatchController, part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#request.maxAnswerBytes) this.#refuse();
    else this.#parts.push(part);
  }

  onResponseEnd(): void {
    this.#over();
    this.#result.resolve({
      status: this.#status,
      contentType: this.#contentType,
      body: concatBytes(...this.#parts),
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#signal.reason);
    this.#controller?.abort(new Error('aborted'));
  };

  #refuse(): void {
    const error = tooLarge(this.#request.maxAnswerBytes);
    this.#fail(error);
    this.#controller?.abort(error);
  }

  #fail(error: unknown): void {
    this.#over();
    this.#result.reject(error);
  }

  #over(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

function mediaType(header: string | string[] | undefined): string {
  const value = Array.isArray(header) ? header[0] : header;
  return (value ?? '').split(';', 1).join('').trim().toLowerCase();
}
