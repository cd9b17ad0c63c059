/** The seed node: plain HTTP, one JSON-RPC method (network.md 1.3). */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { utf8Decode } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { deliver } from './bad-answers.ts';
import type { Daemon } from './daemon.ts';
import type { Faults } from './faults.ts';
import { closeServer, type HttpAnswer, headersOf, listen, peerOf, readBody, send } from './http.ts';
import type { Journal } from './journal.ts';
import { asObject, dumpJson, type Json, type JsonObject, parseJson } from './json.ts';
import { seedError } from './node/server-errors.ts';

const host = '127.0.0.1';
const maxBody = 1024 * 1024;
/** Old and new names of one method. */
const listMethods: ReadonlySet<string> = new Set([
  'get_n_service_nodes',
  'get_service_nodes',
  'get_all_service_nodes',
]);

export type SeedOptions = Readonly<{
  daemon: Daemon;
  journal: Journal;
  faults: Faults;
  platform: Platform;
  /** as in the timings */
  dripMs: number;
}>;

export class SeedNode {
  readonly #options: SeedOptions;
  #server: Server | null = null;
  #port = 0;

  constructor(options: SeedOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${host}:${this.#port}/json_rpc`;
  }

  /** Listens on `port` (0: any); with `mayMove` on another one if that is taken. */
  async listen(port: number, mayMove: boolean): Promise<void> {
    const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
      this.#answer(request).then(
        (answer) => {
          if (answer === 'silence') return;
          const { faults, platform, dripMs } = this.#options;
          const manner = answer.manner ?? faults.drawManner();
          void deliver(response, { ...answer, manner }, { platform, dripMs, below: (n) => faults.below(n) });
        },
        () => send(response, { status: 500, body: 'Internal server error' }),
      );
    });
    this.#port = await listen(server, port, host, mayMove);
    this.#server = server;
  }

  /** Refuses connections until `start`. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server !== null) await closeServer(server);
  }

  async start(): Promise<void> {
    if (this.#server === null) await this.listen(this.#port, false);
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer | 'silence'> {
    const { daemon, journal, faults, platform } = this.#options;
    const body = await readBody(request, maxBody);
    if (body === 'aborted') return 'silence';
    const call = body === 'too-large' ? null : asObject(parseJson(utf8Decode(body) ?? ''));
    const method = typeof call?.method === 'string' ? call.method : undefined;
    journal.write({
      t: platform.clock.now(),
      server: 'seed',
      id: 'seed',
      peer: peerOf(request.socket),
      saw: {
        ...(method === undefined ? {} : { method }),
        ...(call?.params === undefined ? {} : { params: call.params }),
        headers: headersOf(request),
        request: `${request.method} ${request.url}`,
        bytes: body.length,
      },
    });
    if (body === 'too-large') return { status: 413, body: 'Request body too large', close: true };
    if (request.url?.split('?', 1)[0] !== '/json_rpc') return { status: 404, body: 'Not Found' };
    if (request.method !== 'POST') return { status: 405, body: 'Method Not Allowed' };
    if (faults.hits('drop', 'single')) return 'silence';
    if (faults.hits('error', 'single')) return seedError(faults);
    const delay = faults.drawDelay();
    if (delay > 0) await platform.clock.sleep(delay);
    if (faults.hits('lost', 'single')) return 'silence';
    if (faults.hits('garbage', 'single'))
      return { status: 200, body: platform.randomBytes(1 + faults.below(600)) };
    const answer = jsonRpc(call, () => daemon.serviceNodes(call?.params));
    return faults.hits('truncate', 'single') ? faults.truncate(answer, 'client') : answer;
  }
}

function jsonRpc(call: Readonly<Record<string, unknown>> | null, list: () => JsonObject): HttpAnswer {
  const id = idOf(call?.id);
  const answer: JsonObject =
    call === null
      ? { error: { code: -32700, message: 'Parse error' } }
      : typeof call.method === 'string' && listMethods.has(call.method)
        ? { result: list() }
        : { error: { code: -32601, message: 'Method not found' } };
  return {
    status: 200,
    body: dumpJson({ ...answer, id, jsonrpc: '2.0' }),
    contentType: 'application/json',
  };
}

function idOf(id: unknown): Json {
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
