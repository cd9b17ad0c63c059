/** One service node: its HTTPS server, its part in onions and in its swarm. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import * as v from 'valibot';
import { sign } from '../../crypto/ed25519.ts';
import { utf8Decode } from '../../util/bytes.ts';
import type { Platform } from '../../util/platform.ts';
import { deliver } from '../bad-answers.ts';
import type { Daemon } from '../daemon.ts';
import type { Faults } from '../faults.ts';
import { closeServer, type HttpAnswer, headersOf, listen, peerOf, readBody, send } from '../http.ts';
import type { Journal, Saw } from '../journal.ts';
import { asObject, dumpJson, type Json, type JsonObject, parseJson } from '../json.ts';
import type { NodeRecord, Registry, SwarmChange } from '../registry.ts';
import type { Answer, RpcContext } from '../rpc/context.ts';
import { answerClient, answerMethod, readAsked } from '../rpc/dispatch.ts';
import type { MessageStore } from '../storage/message-store.ts';
import { storedMessage } from '../storage/store-log.ts';
import type { Timings } from '../timings.ts';
import { serverName, serverVersionText } from '../version.ts';
import { askExternal } from './external.ts';
import type { Certificate, NodeIdentity } from './identity.ts';
import { handleOnion } from './onion.ts';
import { maxPeerMessage, Peers } from './peers.ts';
import { RateLimiter } from './rate-limiter.ts';
import { destinationError, directError, pathError } from './server-errors.ts';
import { planPushes } from './swarm-sync.ts';

const maxBody = 10 * 1024 * 1024;
const tooLarge: HttpAnswer = { status: 413, body: 'Request body too large', close: true };
const notFoundAnswer = (request: IncomingMessage): HttpAnswer => ({
  status: 404,
  body: `${(request.method ?? '').toLowerCase()} ${pathOf(request)} Not Found`,
});

export type ServiceNodeOptions = Readonly<{
  identity: NodeIdentity;
  certificate: Certificate;
  ip: string;
  registry: Registry;
  daemon: Daemon;
  store: MessageStore;
  journal: Journal;
  faults: Faults;
  timings: Timings;
  platform: Platform;
  /** known to the nodes of this devnet only */
  secret: string;
}>;

export class ServiceNode {
  readonly identity: NodeIdentity;
  readonly ip: string;
  readonly store: MessageStore;
  /** ms that this node's clock is ahead, beside what the faults say */
  skewMs = 0;
  /** null: honest; else what this node says of the network instead of the truth */
  lie: Daemon | null = null;
  readonly #options: ServiceNodeOptions;
  readonly #rateLimiter = new RateLimiter();
  readonly #stopListening: () => void;
  #peers: Peers;
  #server: Server | null = null;
  #port = 0;
  /** set while the node hangs: requests wait for it */
  #thaw: PromiseWithResolvers<void> | null = null;
  #closed = new AbortController();
  /** messages on their way to newcomers */
  readonly #pushes = new Set<Promise<unknown>>();
  #stopPurging = (): void => {};

  constructor(options: ServiceNodeOptions) {
    this.#options = options;
    this.identity = options.identity;
    this.ip = options.ip;
    this.store = options.store;
    this.#peers = this.#makePeers();
    this.#stopListening = options.registry.changes.on((change) => this.#onSwarmChange(change));
  }

  /** 0 before it first listened. */
  get port(): number {
    return this.#port;
  }

  get isListening(): boolean {
    return this.#server !== null;
  }

  /** Listens on `port` (0: any). With `mayMove` another one if that is taken. */
  async listen(port: number, mayMove: boolean): Promise<void> {
    const { certificate, key } = this.#options.certificate;
    const server = createServer({ key, cert: certificate, keepAliveTimeout: 60_000, requestTimeout: 0 });
    server.on('request', (request, response) => {
      void this.#onRequest(request, response);
    });
    server.on('clientError', (error: Error & { code?: string }, socket) => {
      if (!socket.writable) return;
      const text = error.code === 'HPE_INVALID_CONTENT_LENGTH' ? 'invalid Content-Length' : 'Bad Request\n';
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nServer: ${serverName}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      );
    });
    // a client that goes away in the middle of its handshake
    server.on('tlsClientError', () => {});
    this.#port = await listen(server, port, this.ip, mayMove);
    this.#server = server;
    this.#schedulePurge();
  }

  /** Refuses connections from now on, ends the open ones, forgets what it had to send; messages stay. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.resume();
    this.#stopPurging();
    this.#closed.abort();
    this.#peers.close();
    await closeServer(server);
  }

  /** Back on the same port after `stop`. */
  async start(): Promise<void> {
    if (this.#server !== null) return;
    this.#closed = new AbortController();
    this.#peers = this.#makePeers();
    await this.listen(this.#port, false);
  }

  /** Takes connections and requests but does nothing with them until `resume`. */
  hang(): void {
    this.#thaw ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#thaw?.resolve();
    this.#thaw = null;
  }

  /** Once the newcomers of the last change have got their messages, or can't be reached. */
  async pushed(): Promise<void> {
    await Promise.all(this.#pushes);
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.stop();
    this.store.close();
  }

  #makePeers(): Peers {
    const { platform, secret } = this.#options;
    return new Peers({ localAddress: this.ip, secret, clock: platform.clock });
  }

  #schedulePurge(): void {
    const { platform, timings } = this.#options;
    this.#stopPurging = platform.clock.after(timings.purgeMs, () => {
      this.store.purge(this.#now());
      this.#schedulePurge();
    });
  }

  #now(): number {
    const { platform, faults } = this.#options;
    return platform.clock.now() + this.skewMs + Math.round(faults.rules.skew * 1000);
  }

  #swarm(): ReturnType<Registry['swarmOf']> {
    const record = this.#options.registry.find(this.identity.ed25519);
    const id = record?.swarmId ?? null;
    return this.#options.registry.swarms.find((swarm) => swarm.id === id) ?? null;
  }

  /** Empty when there is nothing to complain of. */
  #notReady(): string {
    return this.#swarm() === null ? 'not in any swarm' : '';
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Server', serverName);
    response.sendDate = false;
    try {
      if (this.#thaw !== null) await this.#thaw.promise;
      const answer = await this.#route(request);
      if (answer === 'silence') return;
      if (this.#isFromPeer(request)) return send(response, answer);
      const { faults, platform, timings } = this.#options;
      const manner = answer.manner ?? faults.drawManner();
      await deliver(
        response,
        { ...answer, manner },
        {
          platform,
          dripMs: timings.dripMs,
          below: (limit) => faults.below(limit),
        },
      );
    } catch (error) {
      this.#options.platform.logger.error('a devnet request failed', {
        kind: error instanceof Error ? error.name : 'unknown',
      });
      send(response, { status: 500, body: 'request failed' });
    }
  }

  async #route(request: IncomingMessage): Promise<HttpAnswer | 'silence'> {
    const path = pathOf(request);
    const post = request.method === 'POST';
    if (post && this.#isFromPeer(request)) {
      return this.#fromPeer(request, path.slice(this.#options.secret.length + 2));
    }
    if (post && path === '/onion_req/v2') return this.#fromClient(request);
    if (post && path === '/storage_rpc/v1') return this.#direct(request);
    this.#note(request, 0, { role: 'direct' });
    if (post && path === '/ping_test/v1') {
      const key = Buffer.from(this.identity.ed25519, 'hex').toString('base64');
      return { status: 200, body: '', headers: { 'X-Oxen-Snode-Pubkey': key } };
    }
    if (request.method === 'GET' && path === '/get_stats/v1') return json({ version: serverVersionText });
    return notFoundAnswer(request);
  }

  /** An onion from a client: this node is its guard. */
  async #fromClient(request: IncomingMessage): Promise<HttpAnswer | 'silence'> {
    const reason = this.#notReady();
    if (reason !== '') {
      this.#note(request, 0, { role: 'guard' });
      return { status: 503, body: `Service node is not ready: ${reason}\n` };
    }
    const body = await readBody(request, maxBody);
    if (body === 'aborted') return 'silence';
    if (body === 'too-large') {
      this.#note(request, Number(request.headers['content-length'] ?? 0), { role: 'guard' });
      return tooLarge;
    }
    return this.#onion(request, body, 0);
  }

  async #onion(request: IncomingMessage, body: Buffer, position: number): Promise<HttpAnswer | 'silence'> {
    const { faults, registry, platform, timings } = this.#options;
    if (faults.hits('drop', 'onion')) return 'silence';
    const answer = await handleOnion(
      {
        identity: this.identity,
        registry,
        random: platform.randomBytes,
        relay: (to, inner, next) => {
          const timeoutMs = faults.rules['relay-timeout'] ?? timings.relayTimeoutMs;
          return this.#peers.send(to, `onion/${next}`, inner, timeoutMs);
        },
        askExternal: (external) =>
          askExternal(external, {
            timeoutMs: timings.proxyTimeoutMs,
            localAddress: this.ip,
            clock: platform.clock,
            signal: this.#closed.signal,
          }),
        answer: (text) => this.#answerOrFail(text),
        spoils: () => faults.hitsReader('mac'),
        failsToForward: (to) =>
          faults.hits('error', 'onion') ? pathError(faults, this.identity.ed25519, position, to) : null,
      },
      body,
      position,
      (seen) => this.#note(request, body.length, seen),
    );
    if (faults.hits('lost', 'onion')) return 'silence';
    if (faults.hits('garbage', 'onion')) return this.#garbage();
    return faults.hits('truncate', 'onion')
      ? faults.truncate(answer, position === 0 ? 'client' : 'node')
      : answer;
  }

  /** A request outside any onion. */
  async #direct(request: IncomingMessage): Promise<HttpAnswer | 'silence'> {
    const { faults } = this.#options;
    const refusal = this.#refuseDirect(request);
    if (refusal !== null) {
      this.#note(request, 0, { role: 'direct' });
      return refusal;
    }
    const body = await readBody(request, maxBody);
    if (body === 'aborted') return 'silence';
    if (body === 'too-large') {
      this.#note(request, Number(request.headers['content-length'] ?? 0), { role: 'direct' });
      return tooLarge;
    }
    const text = utf8Decode(body);
    this.#note(request, body.length, { role: 'direct', ...readAsked(text ?? '') });
    if (faults.hits('drop', 'single')) return 'silence';
    if (faults.hits('error', 'single')) return directError(faults);
    const answer = await this.#answer(text);
    if (faults.hits('lost', 'single')) return 'silence';
    if (faults.hits('garbage', 'single')) return this.#garbage();
    const whole =
      answer.json === undefined
        ? { status: answer.status, body: answer.text }
        : json(answer.json, answer.status);
    return faults.hits('truncate', 'single') ? faults.truncate(whole, 'client') : whole;
  }

  #refuseDirect(request: IncomingMessage): HttpAnswer | null {
    const reason = this.#notReady();
    if (reason !== '') return { status: 503, body: `Service node is not ready: ${reason}\n` };
    const { remoteAddress, remoteFamily } = request.socket;
    if (remoteFamily !== 'IPv4') return { status: 400, body: 'Bad Request\n' };
    if (this.#rateLimiter.refuses(remoteAddress ?? '', this.#options.platform.clock.monotonic()))
      return { status: 429, body: 'Too Many Requests\n' };
    if (request.headers['x-loki-long-poll'] !== undefined)
      return { status: 410, body: 'long polling is no longer supported, client upgrade required' };
    return null;
  }

  /** Something that another node of this devnet sends. */
  async #fromPeer(request: IncomingMessage, route: string): Promise<HttpAnswer | 'silence'> {
    const body = await readBody(request, maxPeerMessage);
    if (body === 'aborted') return 'silence';
    if (body === 'too-large') return tooLarge;
    const [, position] = /^onion\/(\d+)$/.exec(route) ?? [];
    if (position !== undefined) {
      if (this.#notReady() === '') return this.#onion(request, body, Number(position));
      this.#note(request, body.length, { role: position === '1' ? 'middle' : 'exit' });
      return { status: 503, body: `Snode not ready: ${this.identity.ed25519}` };
    }
    const message = asObject(parseJson(utf8Decode(body) ?? ''));
    if (message === null) return { status: 400, body: 'invalid body: expected json or bt_dict' };
    if (route === 'messages') {
      this.#note(request, body.length, { role: 'swarm', method: 'messages', params: message });
      const parsed = v.safeParse(v.array(storedMessage), message.messages);
      if (parsed.success) this.store.adopt(parsed.output);
      return { status: 200, body: '' };
    }
    const method = String(message.method);
    this.#note(request, body.length, { role: 'swarm', method, params: message.params });
    const answer = await answerMethod(this.#context('node'), method, asObject(message.params) ?? {}, true);
    return answer.json === undefined
      ? { status: answer.status, body: answer.text }
      : json(asObject(truthAsOne(answer.json)) as JsonObject, answer.status);
  }

  /** As the destination of an onion, which is one of the servers that may fail on its way. */
  async #answerOrFail(text: string | null): Promise<Answer> {
    const { faults } = this.#options;
    const failure = faults.hits('error', 'onion') ? destinationError(faults, text ?? '') : null;
    return typeof failure === 'object' && failure !== null ? failure : this.#answer(text, failure);
  }

  async #answer(text: string | null, failingPart: number | null = null): Promise<Answer> {
    const { faults, platform } = this.#options;
    const delay = faults.drawDelay();
    if (delay > 0) await platform.clock.sleep(delay, this.#closed.signal);
    return answerClient({ ...this.#context('client'), failingPart }, text);
  }

  /** Faults that change an answer meet clients only. */
  #context(from: 'client' | 'node'): RpcContext {
    const { registry, daemon, faults } = this.#options;
    const isLost = from === 'client' && faults.hitsReader('wrong-swarm');
    return {
      ed25519: this.identity.ed25519,
      sign: (message) => sign(message, this.identity.ed25519SecretKey),
      store: this.store,
      daemon: this.lie ?? daemon,
      now: () => this.#now(),
      height: () => registry.height,
      swarmOf: (account) => registry.swarmOf(account.key),
      isOurs: (account) => {
        const swarm = this.#swarm();
        return !isLost && swarm !== null && swarm === registry.swarmOf(account.key);
      },
      forward: (method, params) => this.#forward(method, params),
      hidesMessages: from === 'client' && faults.hitsReader('hide'),
      failingPart: null,
    };
  }

  /** Hands a request to the rest of the swarm. One that is down may still get it after the answer is out. */
  async #forward(method: string, params: unknown): Promise<Readonly<Record<string, Json>>> {
    const others = (this.#swarm()?.members ?? []).filter((node) => node.ed25519 !== this.identity.ed25519);
    const body = JSON.stringify({ method, params });
    const results = await Promise.all(others.map((node) => this.#forwardTo(node, body)));
    return Object.fromEntries(others.map((node, index) => [node.ed25519, results[index] ?? null]));
  }

  async #forwardTo(node: NodeRecord, body: string): Promise<Json> {
    const { platform, timings } = this.#options;
    const waited = new AbortController();
    const answer = await Promise.race([
      this.#peers.send(node, 'command', body, Math.max(timings.fanOutTimeoutMs, timings.queueMs)),
      platform.clock.sleep(timings.fanOutTimeoutMs, waited.signal).then(
        () => null,
        () => null,
      ),
    ]);
    waited.abort();
    if (answer === null) return { failed: true, timeout: true };
    const text = answer.body.toString();
    if (answer.status !== 200) return { failed: true, code: String(answer.status), reason: text };
    const result = asObject(parseJson(text));
    // JSON of our own making
    return result === null ? { failed: true, bad_peer_response: true } : (result as JsonObject);
  }

  #onSwarmChange(change: SwarmChange): void {
    if (this.#server === null) return;
    const { timings } = this.#options;
    for (const push of planPushes(this.identity.ed25519, change, () => this.store.all())) {
      const body = JSON.stringify({ messages: push.messages });
      const sending = this.#peers.send(push.to, 'messages', body, timings.queueMs);
      this.#pushes.add(sending);
      void sending.finally(() => this.#pushes.delete(sending));
    }
  }

  #garbage(): HttpAnswer {
    const { faults, platform } = this.#options;
    return { status: 200, body: platform.randomBytes(1 + faults.below(600)) };
  }

  #isFromPeer(request: IncomingMessage): boolean {
    return pathOf(request).startsWith(`/${this.#options.secret}/`);
  }

  #note(request: IncomingMessage, bytes: number, seen: Omit<Saw, 'headers' | 'bytes'>): void {
    const isPrivate = this.#isFromPeer(request);
    this.#options.journal.write({
      t: this.#options.platform.clock.now(),
      server: 'node',
      id: this.identity.ed25519,
      peer: peerOf(request.socket),
      saw: {
        ...seen,
        headers: headersOf(request),
        ...(isPrivate ? {} : { request: `${request.method} ${pathOf(request)}` }),
        bytes,
      },
    });
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function json(value: JsonObject, status = 200): HttpAnswer {
  return { status, body: dumpJson(value), contentType: 'application/json' };
}

/** Between nodes, answers travel in a form without booleans. */
function truthAsOne(value: Json | undefined): Json | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => truthAsOne(item) ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, truthAsOne(member)]));
}
