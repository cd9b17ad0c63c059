/**
 * Seed and service nodes without sockets: they peel real onions and answer like storage servers, and each visit asks a
 * script what shall go wrong. With a clock of its own, hours of bad network pass in a moment.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { keyPairFromSeed, publicKeyToX25519, secretKeyToX25519, sign } from '../../src/crypto/ed25519.ts';
import { NetworkError } from '../../src/errors.ts';
import type { Endpoint, HttpAnswer, HttpConnection, HttpRequest } from '../../src/net/connector.ts';
import { messageHash } from '../../src/protocol/message-hash.ts';
import { peelRequest } from '../../src/protocol/onion/peel.ts';
import { sealResponse } from '../../src/protocol/onion/response.ts';
import type { ServiceNode } from '../../src/protocol/service-node.ts';
import { fromBase64, toBase64, toHex, utf8DecodeLenient, utf8Encode } from '../../src/util/bytes.ts';
import type { Clock } from '../../src/util/clock.ts';
import { seedAnswer } from './node-list.ts';

/** What goes wrong when a request comes to a node. */
export type Trouble =
  /** refuses connections; to the node before it, that is silence */
  | Readonly<{ kind: 'down' }>
  /** takes the request and says nothing */
  | Readonly<{ kind: 'silent' }>
  /** does what it is asked, but the answer is lost */
  | Readonly<{ kind: 'lost' }>
  /** the connection breaks off */
  | Readonly<{ kind: 'break' }>
  | Readonly<{ kind: 'garbage' }>
  /** an outer status in clear */
  | Readonly<{ kind: 'outer'; status: number; text: string }>
  /** the status of the destination itself; other nodes do their part */
  | Readonly<{ kind: 'inner'; status: number; text: string }>
  /** the status of each part of a batch */
  | Readonly<{ kind: 'part'; status: number; text: string }>
  /** 421 in a part, with the right swarm */
  | Readonly<{ kind: 'wrong-swarm' }>;

export type Place = 'guard' | 'relay' | 'destination';

export type FakeNode = ServiceNode &
  Readonly<{ ed25519SecretKey: Uint8Array; x25519PublicKey: Uint8Array; x25519SecretKey: Uint8Array }>;

export function fakeNode(index: number): FakeNode {
  const seed = new Uint8Array(32).fill(9);
  new DataView(seed.buffer).setUint32(0, index);
  const { publicKey, secretKey } = keyPairFromSeed(seed);
  const x25519PublicKey = publicKeyToX25519(publicKey);
  return {
    ip: `10.${index >> 8}.${index & 255}.1`,
    port: 22021,
    ed25519: toHex(publicKey),
    x25519: toHex(x25519PublicKey),
    swarmId: null,
    ed25519SecretKey: secretKey,
    x25519PublicKey,
    x25519SecretKey: secretKeyToX25519(secretKey),
  };
}

export type FakeNodesOptions = Readonly<{
  clock: Clock;
  random: (length: number) => Uint8Array;
  /** asked at each visit; null: all is well */
  trouble: (node: FakeNode, place: Place) => Trouble | null;
  /** what a node that lies says to one part of a batch, in place of the truth; null: the truth */
  lie?: (node: FakeNode, method: string, params: Call['params']) => Part | null;
}>;

/** One answer in a batch. */
export type Part = Readonly<{ code: number; body: unknown }>;

/** All accounts belong to the first `swarmSize` of the nodes listed. */
const swarmSize = 3;
const oneWayMs = 20;

export class FakeNodes {
  /** who is on the list */
  listed: readonly FakeNode[];
  seedIsUp = true;
  /** nodes' clocks ahead of the client's, ms */
  skewMs = 0;
  /** data stored, by node */
  readonly stored = new Map<string, Set<string>>();
  /** servers that the client itself connected to */
  readonly contacted = new Set<string>();
  requests = 0;
  /** as of net's Connector */
  readonly proxy = null;
  readonly #options: FakeNodesOptions;
  readonly #byKey = new Map<string, FakeNode>();

  constructor(nodes: readonly FakeNode[], options: FakeNodesOptions) {
    this.listed = nodes;
    this.#options = options;
    this.add(nodes);
  }

  /** Makes nodes that may be listed from now on. */
  add(nodes: readonly FakeNode[]): void {
    for (const node of nodes) this.#byKey.set(node.ed25519, node);
  }

  /** In place of net's Connector. */
  async connect(endpoint: Endpoint, signal: AbortSignal): Promise<HttpConnection> {
    const { clock, trouble } = this.#options;
    await clock.sleep(oneWayMs, signal);
    const refused = new NetworkError('path', 'A server can’t be reached.', {
      fields: { stage: 'connect', errno: 'ECONNREFUSED' },
    });
    this.contacted.add(endpoint.host);
    if (endpoint.host === 'seed') {
      if (!this.seedIsUp) throw refused;
      return connection(async () => ({
        status: 200,
        contentType: 'application/json',
        body: utf8Encode(seedAnswer(this.listed)),
      }));
    }
    const guard = [...this.#byKey.values()].find((node) => node.ip === endpoint.host);
    if (guard === undefined) throw refused;
    return connection(async (request, postSignal) => {
      this.requests += 1;
      const wrong = trouble(guard, 'guard');
      // a connection that is kept does not help when the server is gone
      if (wrong?.kind === 'down' || wrong?.kind === 'break') {
        throw wrong.kind === 'down'
          ? refused
          : new NetworkError('path', 'The connection to a server broke off.', {
              fields: { stage: 'exchange', errno: 'ECONNRESET', answered: false },
            });
      }
      await clock.sleep(4 * oneWayMs, postSignal);
      const answer = this.#visit(guard, request.body, wrong);
      if (answer === null) return await silence(postSignal);
      return answer;
    });
  }

  /** What the node answers to these bytes; null: nothing. */
  #visit(node: FakeNode, body: Uint8Array, wrong: Trouble | null): HttpAnswer | null {
    const { random, trouble } = this.#options;
    if (wrong?.kind === 'down' || wrong?.kind === 'silent' || wrong?.kind === 'break') return null;
    if (wrong?.kind === 'outer') return plain(wrong.status, wrong.text);
    if (wrong?.kind === 'garbage') return plain(200, utf8DecodeLenient(random(60)));
    const peeled = peelRequest(body, node);
    if (peeled.kind === 'relay') {
      const next = this.#byKey.get(peeled.destination);
      if (next === undefined || !this.listed.includes(next))
        return plain(502, `Next node not found: ${peeled.destination}`);
      // only the destination opens the innermost layer; what it will be shows here already
      const place = peelRequest(peeled.body, next).kind === 'final' ? 'destination' : 'relay';
      const answer = this.#visit(next, peeled.body, trouble(next, place));
      return wrong?.kind === 'lost' ? null : answer;
    }
    if (peeled.kind !== 'final') return plain(400, 'Invalid ciphertext');
    const request = JSON.parse(utf8DecodeLenient(peeled.payload)) as Call; // built by the client under test
    const answer =
      wrong?.kind === 'inner'
        ? { body: wrong.text, status: wrong.status }
        : { body: this.#answer(node, request, wrong), status: 200 };
    const sealed = sealResponse(
      utf8Encode(JSON.stringify(answer)),
      peeled.answer.key,
      peeled.answer.encType,
      random,
    );
    return wrong?.kind === 'lost' ? null : plain(200, toBase64(sealed));
  }

  #answer(node: FakeNode, { method, params }: Call, wrong: Trouble | null): unknown {
    const t = this.#options.clock.now() + this.skewMs;
    if (method === 'info') return { version: [2, 11, 0], timestamp: t, t, hf: [19, 4] };
    if (method !== 'batch' && method !== 'sequence') throw new Error(`unexpected ${method}`);
    const requests = params.requests as readonly Call[]; // see above
    return { results: requests.map((part) => this.#part(node, part, wrong, t)) };
  }

  #part(node: FakeNode, { method, params }: Call, wrong: Trouble | null, t: number): unknown {
    const swarm = this.listed.slice(0, swarmSize);
    const members = swarmMembers(swarm);
    const lie = this.#options.lie?.(node, method, params) ?? null;
    if (lie !== null) return lie;
    if (wrong?.kind === 'part') return { code: wrong.status, body: wrong.text };
    if (method === 'oxend_request')
      return { code: 200, body: { ...(JSON.parse(seedAnswer(this.listed)) as object), t } }; // just made
    if (method === 'get_swarm') return { code: 200, body: { snodes: members, t } };
    if (wrong?.kind === 'wrong-swarm' || !swarm.includes(node))
      return { code: 421, body: { snodes: members, t } };
    if (Math.abs(Number(params.timestamp ?? params.sig_timestamp ?? t) - t) > 60_000)
      return { code: 406, body: { reason: 'Timestamp error: check your clock', t } };
    if (method === 'retrieve') return { code: 200, body: { messages: [], more: false, t } };
    if (method !== 'store') throw new Error(`unexpected ${method}`);
    const data = fromBase64(String(params.data)) ?? new Uint8Array();
    const hash = messageHash(String(params.pubkey), Number(params.namespace ?? 0), data);
    const kept = this.stored.get(node.ed25519) ?? new Set();
    this.stored.set(node.ed25519, kept.add(hash));
    const signature = toBase64(sign(utf8Encode(hash), node.ed25519SecretKey));
    return { code: 200, body: { hash, swarm: { [node.ed25519]: { hash, signature } }, t } };
  }
}

type Call = Readonly<{ method: string; params: Readonly<Record<string, unknown>> }>;

/** The members of a swarm as nodes name them. */
export function swarmMembers(swarm: readonly ServiceNode[]): readonly object[] {
  return swarm.map(({ ip, port, ed25519, x25519 }) => ({
    ip,
    port: `${port}`,
    pubkey_ed25519: ed25519,
    pubkey_x25519: x25519,
  }));
}

function plain(status: number, text: string): HttpAnswer {
  return { status, contentType: 'text/plain', body: utf8Encode(text) };
}

function connection(
  post: (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>,
): HttpConnection {
  return {
    usable: true,
    async post(request, signal) {
      const answer = await post(request, signal);
      request.onAnswer?.();
      return answer;
    },
    close() {},
  };
}

function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A clock that jumps to the next thing due whenever nothing is left to do before it. */
export class JumpingClock implements Clock {
  #now = 1_800_000_000_000;
  readonly #timers = new Set<{ at: number; run: () => void }>();

  now = (): number => this.#now;
  monotonic = (): number => this.#now - 1_799_999_000_000;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  /** Lets time pass until `work` is over; throws when it is not within `limitMs`, or nothing is left that could end it. */
  async through<T>(work: Promise<T>, limitMs: number): Promise<T> {
    let over = false;
    const done = () => {
      over = true;
    };
    work.then(done, done);
    const end = this.#now + limitMs;
    for (;;) {
      // promises that are already settled go on first
      await turn();
      if (over) return await work;
      let next: { at: number; run: () => void } | undefined;
      for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
      if (next === undefined) throw new Error('stuck: nothing is under way that could end it');
      if (next.at > end) throw new Error(`not over within ${limitMs} ms`);
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
  }
}
