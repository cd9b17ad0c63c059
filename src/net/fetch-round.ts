/** One round of fetching over several members of the own swarm (network.md 5.2, 5.3). */
import { NetworkError } from '../errors.ts';
import { messageHash } from '../protocol/message-hash.ts';
import { isPublicInbox } from '../protocol/namespaces.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import {
  parseBatchAnswer,
  parseRetrieveAnswer,
  type RetrieveResult,
} from '../protocol/storage-rpc/answers.ts';
import { batch, retrieveParams } from '../protocol/storage-rpc/requests.ts';
import type { Clock } from '../util/clock.ts';
import type { RandomBytes } from './choice.ts';
import type { NetworkTime } from './network-time.ts';
import { besideContext, type CallContext, type OnionAnswer, type OnionClient } from './onion-client.ts';
import { decide, outrun, tryUntilDone } from './retry.ts';
import type { FetchResult, Network } from './types.ts';
import { WrongSwarmError } from './verdict.ts';

/** Members that a round asks at least; any one of them may lag behind. */
const membersPerRound = 2;
/** Requests to one member in one round: 1 000 times 3.9 MB is far more than it can hold for one account. */
const maxRequests = 1_000;
/** Ways tried to one member before another one is asked. */
const waysPerMember = 8;
/** Members that are asked at the same time. */
const mostAtOnce = 5;
/** Once a member has answered, another one may say nothing for so many hedges, and take so many in all. */
const hedgesOfSilence = 3;
const hedgesInAll = 8;

export type FetchRoundOptions = Readonly<{
  request: Parameters<Network['fetch']>[0];
  context: CallContext;
  onion: OnionClient;
  time: NetworkTime;
  clock: Clock;
  random: RandomBytes;
  /** in the order to be asked */
  members: readonly ServiceNode[];
  /** a further member is asked if one has said nothing after this long */
  hedgeAfterMs: number;
  learnTime(): Promise<void>;
  /** a member says the account has moved; gives the members as known now */
  moved(member: ServiceNode, error: WrongSwarmError): readonly ServiceNode[];
}>;

/** What the caller's `onBatch` threw: its own trouble, which ends the round. */
class HandlerFailure extends Error {}

/**
 * Asks two members at once; one that fails is replaced by another, one that says nothing is joined by one. Once one has
 * answered for all namespaces, the round waits for a second one no longer than a few hedges: what that would have said
 * is for the next round, which must not wait for the dead. Throws the last error if no member answered.
 */
export async function fetchRound(options: FetchRoundOptions): Promise<FetchResult> {
  const { clock, context } = options;
  const queue = [...options.members];
  const asked = new Set<string>();
  const want = Math.min(membersPerRound, Math.max(1, queue.length));
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const ended = Promise.withResolvers<void>();
  const running = new Set<Promise<void>>();
  /** members under way, and how many hedges ago each one last said something */
  const silentFor = new Map<ServiceNode, number>();
  let hedgesSinceAnswer = 0;
  let answered = 0;
  let lastError: unknown;
  let cancelHedge = () => {};

  const launch = (): boolean => {
    let member = queue.shift();
    while (member !== undefined && asked.has(member.ed25519)) member = queue.shift();
    if (member === undefined) return false;
    asked.add(member.ed25519);
    // what another member's request went through says nothing about this one's ways
    const task = ask(member, { ...options, context: besideContext(context) }).finally(() => {
      running.delete(task);
      if (running.size === 0) ended.resolve();
    });
    running.add(task);
    return true;
  };

  const ask = async (member: ServiceNode, own: FetchRoundOptions): Promise<void> => {
    silentFor.set(member, 0);
    try {
      await fetchFrom(member, own, signal, () => silentFor.set(member, 0));
      answered += 1;
      if (answered >= want) ended.resolve();
    } catch (error) {
      if (error instanceof HandlerFailure) {
        ended.reject(error.cause);
        return;
      }
      if (signal.aborted) return;
      lastError = error;
      if (error instanceof WrongSwarmError) queue.push(...options.moved(member, error));
      if (decide(error) === 'stop') queue.length = 0;
      launch();
    } finally {
      silentFor.delete(member);
    }
  };

  const hedge = () => {
    cancelHedge = clock.after(options.hedgeAfterMs, () => {
      if (signal.aborted) return;
      for (const [member, hedges] of silentFor) silentFor.set(member, hedges + 1);
      const silences = [...silentFor.values()];
      if (answered > 0) {
        hedgesSinceAnswer += 1;
        const someoneSpeaks = silences.some((hedges) => hedges < hedgesOfSilence);
        if (!someoneSpeaks || hedgesSinceAnswer >= hedgesInAll) {
          ended.resolve();
          return;
        }
      }
      if (silences.some((hedges) => hedges > 0) && running.size < mostAtOnce) launch();
      hedge();
    });
  };

  const onAbort = () => ended.reject(context.signal.reason);
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    context.signal.throwIfAborted();
    for (let i = 0; i < want; i++) launch();
    if (running.size === 0) ended.resolve();
    hedge();
    await ended.promise;
  } finally {
    cancelHedge();
    context.signal.removeEventListener('abort', onAbort);
    over.abort(outrun);
    // a batch that is being stored is stored to its end
    await Promise.allSettled([...running]);
  }
  if (answered === 0) throw lastError ?? new NetworkError('node', 'No node of the own swarm is known.');
  return { answered, asked: want };
}

type Progress = { namespace: number; lastHash: string | undefined };

async function fetchFrom(
  member: ServiceNode,
  options: FetchRoundOptions,
  signal: AbortSignal,
  onAnswer: () => void,
): Promise<void> {
  const { request, onion } = options;
  const account = request.account.accountId;
  let open: Progress[] = request.namespaces.map((namespace) => ({
    namespace,
    lastHash: request.cursors.get(member.ed25519, account, namespace),
  }));
  for (let round = 0; open.length > 0 && round < maxRequests; round++) {
    const answer = await askMember(member, open, options, signal);
    onAnswer();
    // all are read before any is handed on: a member whose answer is incomplete has not answered
    const results = onion.parse(member, () => {
      const subs = parseBatchAnswer(answer.body);
      return open.map((progress, index) => ({
        progress,
        result: parseRetrieveAnswer(onion.checkSub(answer, subs[index])),
      }));
    });
    const next: Progress[] = [];
    // messages last: what configs say of people and read marks is known before a message is judged (network.md 5.2)
    for (const { progress, result } of results.toSorted(
      (a, b) => Number(isPublicInbox(a.progress.namespace)) - Number(isPublicInbox(b.progress.namespace)),
    )) {
      await handOver(member, progress.namespace, result, options);
      signal.throwIfAborted();
      const moved = result.cursor !== null && result.cursor.hash !== progress.lastHash;
      // "more" without anything new would go on for ever
      if (result.more && moved) next.push({ namespace: progress.namespace, lastHash: result.cursor?.hash });
    }
    open = next;
  }
}

/**
 * What carries another hash than its own is not handed on. By hashes it is decided what was seen before and what is
 * deleted: with a false one, a single member could have all others' copy of a message passed over, or deleted.
 */
async function handOver(
  member: ServiceNode,
  namespace: number,
  result: RetrieveResult,
  options: FetchRoundOptions,
): Promise<void> {
  const account = options.request.account.accountId;
  const messages = result.messages.filter(({ hash, data }) => hash === messageHash(account, namespace, data));
  try {
    await options.request.onBatch({
      node: member.ed25519,
      namespace,
      items: messages.map(({ hash, data, timestamp, expiresAt }) => ({
        hash,
        namespace,
        data,
        timestamp,
        expiresAt,
      })),
      cursor: result.cursor,
      malformed: result.malformed + result.messages.length - messages.length,
    });
  } catch (cause) {
    throw new HandlerFailure('a batch could not be taken', { cause });
  }
}

/** One batch with a `retrieve` for each open namespace; a failed or slow path is replaced, a wrong clock corrected. */
async function askMember(
  member: ServiceNode,
  open: readonly Progress[],
  options: FetchRoundOptions,
  signal: AbortSignal,
): Promise<OnionAnswer> {
  const { onion, time, context, request, clock } = options;
  const namespaces = open.map((progress) => progress.namespace);
  let corrected = false;
  return await tryUntilDone({
    maxAttempts: waysPerMember,
    // later than another member is asked, which is the better remedy
    hedgeAfterMs: options.hedgeAfterMs,
    steady: true,
    clock,
    random: options.random,
    signal,
    decide: (error) => {
      const decision = decide(error);
      if (decision === 'learn-time' && !corrected) return decision;
      return error instanceof NetworkError && (error.code === 'path' || error.code === 'timeout')
        ? 'again'
        : 'stop';
    },
    prepare: async (decision) => {
      if (decision !== 'learn-time') return;
      corrected = true;
      await options.learnTime();
    },
    run: async (_attempt, trySignal) => {
      const timestamp = time.now();
      const rpc = batch(
        open.map(({ namespace, lastHash }) =>
          retrieveParams({
            pubkey: request.account.accountId,
            namespace,
            lastHash,
            maxSize: maxSizeFor(namespace, namespaces),
            timestamp,
            signer: request.account,
          }),
        ),
      );
      const answer = await onion.call(member, rpc, context, trySignal);
      for (const sub of onion.parse(member, () => parseBatchAnswer(answer.body))) onion.checkSub(answer, sub);
      return answer;
    },
  });
}

/**
 * The share of an answer that a namespace may fill, as `max_size` (network.md 5.2): messages half of it, the others
 * the other half between them; one alone takes no more than half, because the answer grows by base64 twice.
 */
export function maxSizeFor(namespace: number, all: readonly number[]): number {
  if (all.length === 1) return -2;
  if (!all.includes(0)) return -Math.max(2, all.length);
  return namespace === 0 ? -2 : -2 * (all.length - 1);
}
