/** One request to one service node over one path, and what its outcome does to nodes and paths. */
import { generateEphemeral } from '../crypto/ephemeral.ts';
import { CryptoError, NetworkError, ProtocolError } from '../errors.ts';
import { buildOnionRequest, maxOnionBody, onionHop } from '../protocol/onion/request.ts';
import { maxAnswerBody, type NodeAnswer, openNodeResponse } from '../protocol/onion/response.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import { parseServerState, type SubAnswer } from '../protocol/storage-rpc/answers.ts';
import { encodeRpc, infoParams, type RpcRequest } from '../protocol/storage-rpc/requests.ts';
import { utf8DecodeLenient } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import type { Endpoint, HttpAnswer } from './connector.ts';
import { timedOut } from './failures.ts';
import type { HttpClient } from './http.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import { type OnionPath, type PathPurpose, purposeFor } from './onion-path.ts';
import type { Paths } from './paths.ts';
import { isOutrun, type Latencies } from './retry.ts';
import type { NetworkLimits } from './settings.ts';
import { type Blame, judgeInner, judgeOuter, type RequestNodes } from './verdict.ts';

/** What belongs to one call of the outside, over all its tries. */
export type CallContext = Readonly<{
  signal: AbortSignal;
  /** paths that failed, or are under way */
  tried: Set<OnionPath>;
  /** what the request is for, where its own size does not say it: a large answer is expected */
  purpose?: PathPurpose;
  /** of requests that take longer than most; they are watched */
  latencies?: Latencies;
  progress: {
    /** any node answered anything */
    answered: boolean;
  };
}>;

export function newContext(signal: AbortSignal): CallContext {
  return { signal, tried: new Set(), progress: { answered: false } };
}

/** For a request beside others of the same call: what they tried does not matter to it. */
export function besideContext(context: CallContext): CallContext {
  return { ...context, tried: new Set() };
}

/** What the destination said, with a 2xx status, and the local times around it. */
export type OnionAnswer = Readonly<{
  node: ServiceNode;
  /** guard, middle, exit: the way that the answer came */
  path: readonly ServiceNode[];
  body: unknown;
  sentAt: number;
  receivedAt: number;
}>;

export type OnionClientOptions = Readonly<{
  http: HttpClient;
  paths: Paths;
  book: NodeBook;
  time: NetworkTime;
  latencies: Latencies;
  limits: NetworkLimits;
  platform: Platform;
  /** something answered: our line works */
  onAnswer(): void;
  /** a path or node failed for this reason; nothing was, or something was held against it */
  onFailure(error: NetworkError, path: OnionPath | null): void;
}>;

export class OnionClient {
  readonly #options: OnionClientOptions;

  constructor(options: OnionClientOptions) {
    this.#options = options;
  }

  /**
   * Sends `rpc` to `destination` over a path chosen for it, and gives what it answered with a 2xx status. Throws the
   * NetworkError that the status table of network.md 2.4 stands for, after blame is put where it belongs;
   * `path` when the pool can give no path. `via` prescribes the path (a test of it).
   */
  async call(
    destination: ServiceNode,
    rpc: RpcRequest,
    context: CallContext,
    signal: AbortSignal,
    via?: OnionPath,
  ): Promise<OnionAnswer> {
    const { paths, book } = this.#options;
    const payload = encodeRpc(rpc);
    const purpose = context.purpose ?? purposeFor(payload.length);
    const path = via ?? paths.choose(destination.ed25519, context.tried, purpose);
    if (path === null) {
      throw new NetworkError(
        'path',
        'No onion path can be built with the service nodes that are known and answer.',
        {
          fields: { nodes: book.usable().length },
        },
      );
    }
    context.tried.add(path);
    const nodes: RequestNodes = {
      hops: path.hops.map((hop) => hop.ed25519),
      destination: destination.ed25519,
    };
    const { clock } = this.#options.platform;
    const { body, reply } = this.#build(path, destination, payload);
    const sentAt = clock.now();
    const started = clock.monotonic();
    const watch = context.latencies === undefined ? null : this.#watch(path, destination, context);
    const combined = watch === null ? signal : AbortSignal.any([signal, watch.signal]);
    const answer = await this.#post(path, destination, body, context, combined, started).finally(watch?.end);
    if (answer.status !== 200) {
      const verdict = judgeOuter(answer.status, utf8DecodeLenient(answer.body.subarray(0, 512)), nodes);
      if (verdict.error.code === 'path' && verdict.blame.kind === 'path') book.suspect(destination.ed25519);
      throw this.#blame(path, verdict.blame, verdict.error);
    }
    const opened = this.#open(answer, reply, path);
    const receivedAt = clock.now();
    paths.succeeded(path);
    context.tried.delete(path);
    (context.latencies ?? this.#options.latencies).add(clock.monotonic() - started);
    const said = { node: destination, path: path.hops, body: opened.body, sentAt, receivedAt };
    this.#learnTime(said, opened.body);
    const verdict = judgeInner(opened.status, opened.body, nodes);
    if (verdict !== null) throw this.#blame(path, verdict.blame, verdict.error);
    book.clear(destination.ed25519);
    return said;
  }

  /**
   * For a request that may take its time: asks its destination for a trifle over the same path when it does. If that is
   * not answered either, somebody on the way is dead, and `signal` ends the wait with a NetworkError `timeout`.
   */
  #watch(
    path: OnionPath,
    destination: ServiceNode,
    context: CallContext,
  ): Readonly<{ signal: AbortSignal; end: () => void }> {
    const { latencies, limits, platform } = this.#options;
    const giveUp = new AbortController();
    const patienceMs = latencies.hedgeAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs);
    let cancel = platform.clock.after(patienceMs, () => {
      cancel = platform.clock.after(patienceMs, () => giveUp.abort(timedOut(2 * patienceMs)));
      const answered = () => cancel();
      // its failure, whatever it is, is accounted for by itself
      this.call(destination, infoParams(), newContext(context.signal), context.signal, path).then(
        answered,
        answered,
      );
    });
    return { signal: giveUp.signal, end: () => cancel() };
  }

  /**
   * The same judgement for one answer within a batch, whose outer and inner status say nothing about it: throws, or
   * returns the body if it is a success.
   */
  checkSub(answer: OnionAnswer, sub: SubAnswer | undefined): unknown {
    const { node } = answer;
    if (sub === undefined) throw new ProtocolError('malformed', 'A batch has fewer answers than requests');
    this.#learnTime(answer, sub.body);
    const verdict = judgeInner(sub.code, sub.body, { hops: [], destination: node.ed25519 });
    if (verdict === null) return sub.body;
    if (verdict.blame.kind === 'strike') this.#options.paths.strikeNode(node.ed25519);
    this.#options.onFailure(verdict.error, null);
    throw verdict.error;
  }

  /** Runs a parser over a node's answer; nonsense counts against the node and becomes a NetworkError `node`. */
  parse<T>(node: ServiceNode, parser: () => T): T {
    try {
      return parser();
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      this.#options.paths.strikeNode(node.ed25519);
      const error = new NetworkError('node', 'A service node gave an answer that makes no sense.', { cause });
      this.#options.onFailure(error, null);
      throw error;
    }
  }

  #learnTime(answer: OnionAnswer, body: unknown): void {
    const { time } = parseServerState(body);
    if (time !== null) this.#options.time.learn(answer.node.ed25519, time, answer.sentAt, answer.receivedAt);
  }

  async #post(
    path: OnionPath,
    destination: ServiceNode,
    body: Uint8Array,
    context: CallContext,
    signal: AbortSignal,
    started: number,
  ): Promise<HttpAnswer> {
    const { http, limits, paths, book, platform } = this.#options;
    const latencies = context.latencies ?? this.#options.latencies;
    let isSlow = false;
    // known at once, so that what is asked meanwhile goes other ways; an answer takes it back
    const cancelSlow = platform.clock.after(
      latencies.hedgeAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs),
      () => {
        isSlow = true;
        if (path.workedAt <= started) paths.outrun(path);
        book.suspect(destination.ed25519);
      },
    );
    path.active += 1;
    try {
      const answer = await http.post(
        guardEndpoint(path.hops[0]),
        // no header that names a program (contracts.md section 4)
        { path: '/onion_req/v2', headers: {}, body, maxAnswerBytes: Math.max(maxAnswerBody, maxOnionBody) },
        { timeoutMs: limits.answerMs, bodyTimeoutMs: limits.bodyMs, signal },
      );
      context.progress.answered = true;
      paths.answered();
      this.#options.onAnswer();
      return answer;
    } catch (error) {
      if (signal.aborted) {
        // A later try was faster: this path is slow or dead, which is worth knowing, though it may still answer.
        const tookMs = platform.clock.monotonic() - started;
        if (isOutrun(signal.reason) && tookMs >= limits.hedgeFirstMs && !isSlow) {
          paths.outrun(path);
          book.suspect(destination.ed25519);
        }
        throw signal.reason;
      }
      if (!(error instanceof NetworkError)) throw error;
      if (error.code === 'proxy' || error.code === 'offline') {
        this.#options.onFailure(error, path);
        throw error;
      }
      const reached = error.fields.stage !== 'connect';
      if (reached && error.code === 'timeout') {
        book.suspect(destination.ed25519);
        // the path has carried another answer meanwhile: it works, and the silence is the destination's
        if (path.workedAt > started) {
          throw this.#blame(path, { kind: 'strike', node: destination.ed25519 }, error);
        }
      }
      throw this.#blame(path, { kind: reached ? 'path' : 'guard' }, error, error.fields.answered === true);
    } finally {
      cancelSlow();
      path.active -= 1;
    }
  }

  #build(
    path: OnionPath,
    destination: ServiceNode,
    payload: Uint8Array,
  ): ReturnType<typeof buildOnionRequest> {
    try {
      return buildOnionRequest({
        path: path.hops.map(onionHop),
        destination: { kind: 'node', ...onionHop(destination) },
        payload,
        random: this.#options.platform.randomBytes,
        ephemeral: generateEphemeral,
      });
    } catch (cause) {
      if (cause instanceof ProtocolError && cause.code === 'too-large') {
        throw new NetworkError('refused', cause.message, { cause });
      }
      if (!(cause instanceof CryptoError)) throw cause;
      // a key nothing can be encrypted to; which node it is does not show, so all of them are avoided
      const error = new NetworkError('path', 'A service node has a key that can’t be used.', { cause });
      throw this.#blame(path, { kind: 'path' }, error);
    }
  }

  #open(answer: HttpAnswer, reply: Parameters<typeof openNodeResponse>[1], path: OnionPath): NodeAnswer {
    try {
      return openNodeResponse(answer.body, reply);
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      // nobody but the destination can answer, so whoever wrote this was somebody on the path
      throw this.#blame(
        path,
        { kind: 'path' },
        new NetworkError('path', 'The answer did not come from the node that was asked.', { cause }),
      );
    }
  }

  #blame(path: OnionPath, blame: Blame, error: NetworkError, certain = true): NetworkError {
    this.#options.paths.failed(path, blame, certain);
    this.#options.onFailure(error, path);
    return error;
  }
}

/** Nodes prove themselves in the onion layer; their self-signed certificates can't be checked (network.md 3.4). */
export function guardEndpoint(guard: ServiceNode): Endpoint {
  return {
    secure: true,
    host: guard.ip,
    port: guard.port,
    trust: { kind: 'none' },
    purpose: guard.ed25519,
  };
}
