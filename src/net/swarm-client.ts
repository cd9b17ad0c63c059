/** Storing in and fetching from swarms (network.md 4.5, 5). */
import { NetworkError, ProtocolError } from '../errors.ts';
import { messageHash } from '../protocol/message-hash.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import { parseBatchAnswer, parseStoreAnswer, type StoreResult } from '../protocol/storage-rpc/answers.ts';
import { batch, maxMessageBytes, sequence, storeParams } from '../protocol/storage-rpc/requests.ts';
import { verifyStoreSignature } from '../protocol/storage-rpc/signatures.ts';
import type { Platform } from '../util/platform.ts';
import { chooseCheapest, shuffle } from './choice.ts';
import { fetchRound } from './fetch-round.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import type { CallContext, OnionClient } from './onion-client.ts';
import { purposeFor } from './onion-path.ts';
import { decide, Latencies, type TryOptions, tryUntilDone } from './retry.ts';
import type { NetworkLimits } from './settings.ts';
import { SwarmLookup } from './swarm-lookup.ts';
import type { Swarms } from './swarms.ts';
import type { FetchResult, Network, StoreAnswer, StoreRequest } from './types.ts';
import { WrongSwarmError } from './verdict.ts';

/** Tries of one store or lookup, over different members, nodes and paths. */
const maxAttempts = 8;

export type FetchRequest = Parameters<Network['fetch']>[0];

export type SwarmClientOptions = Readonly<{
  onion: OnionClient;
  swarms: Swarms;
  book: NodeBook;
  time: NetworkTime;
  latencies: Latencies;
  limits: NetworkLimits;
  platform: Platform;
  /** learns the network's time from several nodes */
  learnTime(context: CallContext): Promise<void>;
  /** called after several tries failed: the node list may be out of date */
  rescue(context: CallContext): Promise<void>;
}>;

export class SwarmClient {
  readonly #options: SwarmClientOptions;
  readonly #lookup: SwarmLookup;
  /** A member answers a store once the others have it, or after 5 s (network.md 3.4): not a reason to try elsewhere. */
  readonly #storeLatencies = {
    chat: new Latencies(1.5),
    // what is large takes its time on a slow line, which says nothing about small messages
    transfer: new Latencies(1.5),
  };

  constructor(options: SwarmClientOptions) {
    this.#options = options;
    this.#lookup = new SwarmLookup({
      ...options,
      // small requests: a further one each time costs less than ever longer waits for the dead
      tries: (context, run) => this.#try(context, run, { steady: true }),
    });
  }

  /** Stores with one member of the recipient's swarm; errors as `Network.store`, without `answered`. */
  async store(request: StoreRequest, context: CallContext): Promise<StoreAnswer> {
    const [answer] = await this.#storeAll([request], context);
    if (answer === undefined) throw new NetworkError('node', 'A service node did not say what it stored.');
    return answer;
  }

  /** See `Network.storeTogether`. */
  async storeTogether(
    requests: readonly StoreRequest[],
    context: CallContext,
  ): Promise<readonly StoreAnswer[]> {
    if (requests.length > 1) {
      try {
        return await this.#storeAll(requests, context);
      } catch (error) {
        // one of them may be refused for a reason of its own, which must not hold up those before it
        if (decide(error) !== 'confirm') throw error;
      }
    }
    return await this.#storeAll(requests.slice(0, 1), context);
  }

  /** All of them with one request, or none as far as anybody knows; the same bytes may be stored again without harm. */
  async #storeAll(requests: readonly StoreRequest[], context: CallContext): Promise<readonly StoreAnswer[]> {
    const { onion, time } = this.#options;
    const account: string = requests[0]?.recipient ?? '';
    const expected = requests.map(({ namespace, data }) => {
      if (data.length > maxMessageBytes) {
        throw new NetworkError('refused', 'The message is too large for the network.', {
          fields: { bytes: data.length },
        });
      }
      return messageHash(account, namespace, data);
    });
    const bytes = requests.reduce((sum, { data }) => sum + base64Length(data.length), 0);
    const latencies = this.#storeLatencies[purposeFor(bytes)];
    // a batch waits once for members that are down, a sequence once for each message
    const wrap = requests.length === 1 ? sequence : batch;
    const asked = new Set<string>();
    let lastMember: ServiceNode | undefined;
    return await this.#try(
      context,
      async (_attempt, signal) => {
        const member = await this.#member(account, asked, context, signal);
        lastMember = member;
        if (!time.known) await this.#options.learnTime(context);
        // signed and dated anew on each try: what was wrong with the time before is not wrong any more
        const timestamp = time.now();
        const answer = await onion.call(
          member,
          wrap(
            requests.map(({ namespace, data, ttlMs, signer }) =>
              storeParams({ pubkey: account, namespace, data, ttlMs, timestamp, signer }),
            ),
          ),
          { ...context, latencies },
          signal,
        );
        const members = this.#options.swarms.lastKnown(account).map((node) => node.ed25519);
        return onion.parse(member, () => {
          const parts = parseBatchAnswer(answer.body);
          return expected.map((hash, index) => {
            const stored = parseStoreAnswer(onion.checkSub(answer, parts[index]));
            if (stored.hash !== hash) {
              throw new ProtocolError('malformed', 'The hash of the stored message is not its own');
            }
            if (!isProven(stored, member.ed25519, members)) {
              throw new ProtocolError('bad-signature', 'No signature proves that the message is stored');
            }
            return { hash, storedAt: stored.state.time ?? time.now(), node: member };
          });
        });
      },
      {
        prepare: async (_decision, error) => {
          if (error instanceof WrongSwarmError) this.#relearn(account, lastMember, error);
        },
        // ever longer waits for the dead are for what is large
        steady: purposeFor(bytes) === 'chat',
        latencies,
      },
    );
  }

  /** One complete round over the own swarm; see `Network.fetch`. */
  async fetch(request: FetchRequest, context: CallContext): Promise<FetchResult> {
    const { onion, time, limits, latencies, platform, book } = this.#options;
    const account: string = request.account.accountId;
    const members = await this.#lookup.members(account, true, context, context.signal);
    if (!time.known) await this.#options.learnTime(context);
    return await fetchRound({
      request,
      context,
      onion,
      time,
      clock: platform.clock,
      random: platform.randomBytes,
      // the unsuspicious first, in a new order each round: one member that lags or lies can't hide anything for long
      members: shuffle(members, platform.randomBytes).sort(
        (a, b) => book.cost(a.ed25519) - book.cost(b.ed25519),
      ),
      hedgeAfterMs: latencies.secondTryAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs),
      learnTime: () => this.#options.learnTime(context),
      moved: (member, error) => {
        this.#relearn(account, member, error);
        return this.#options.swarms.lastKnown(account);
      },
    });
  }

  /** A member not asked yet, the unsuspicious first; any of them once all were asked. */
  async #member(
    account: string,
    asked: Set<string>,
    context: CallContext,
    signal: AbortSignal,
  ): Promise<ServiceNode> {
    const { book, platform } = this.#options;
    const members = await this.#lookup.members(account, false, context, signal);
    if (members.every((member) => asked.has(member.ed25519))) asked.clear();
    const member = chooseCheapest(
      members.filter((candidate) => !asked.has(candidate.ed25519)),
      (candidate) => book.cost(candidate.ed25519),
      platform.randomBytes,
    );
    if (member === undefined) throw new NetworkError('node', 'No node of the recipient’s swarm is known.');
    asked.add(member.ed25519);
    return member;
  }

  #relearn(account: string, member: ServiceNode | undefined, error: WrongSwarmError): void {
    const { swarms } = this.#options;
    if (!swarms.hear(account, error.members) && member !== undefined) swarms.leave(account, member.ed25519);
  }

  async #try<T>(
    context: CallContext,
    run: (attempt: number, signal: AbortSignal) => Promise<T>,
    options: Partial<Pick<TryOptions<T>, 'prepare' | 'steady'>> & Readonly<{ latencies?: Latencies }> = {},
  ): Promise<T> {
    const { limits, platform } = this.#options;
    const { prepare, steady = false, latencies = this.#options.latencies } = options;
    let failures = 0;
    return await tryUntilDone({
      run,
      prepare: async (decision, error) => {
        failures += 1;
        if (decision === 'learn-time') await this.#options.learnTime(context);
        await prepare?.(decision, error);
        if (failures === 4) await this.#options.rescue(context);
      },
      maxAttempts,
      steady,
      hedgeAfterMs: latencies.secondTryAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs),
      clock: platform.clock,
      random: platform.randomBytes,
      signal: context.signal,
    });
  }
}

function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/**
 * True if a member of the swarm has signed that it keeps the message (network.md 4.6). The one that was asked must not
 * give a wrong signature of its own; while it can't store the message itself, another member's is enough.
 */
function isProven(answer: StoreResult, asked: string, members: readonly string[]): boolean {
  const isSigned = (key: string): boolean => {
    const member = answer.stored.get(key);
    return (
      member !== undefined &&
      member.hash === answer.hash &&
      verifyStoreSignature(key, answer.hash, member.signature)
    );
  };
  return answer.stored.has(asked) ? isSigned(asked) : members.some(isSigned);
}
