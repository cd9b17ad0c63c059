/** Storing in and fetching from swarms (network.md 4.5, 5). */
import { NetworkError, ProtocolError } from '../errors.ts';
import { messageHash } from '../protocol/message-hash.ts';
import { parseSwarmAnswer, type ServiceNode } from '../protocol/service-node.ts';
import { parseBatchAnswer, parseStoreAnswer } from '../protocol/storage-rpc/answers.ts';
import {
  batch,
  getSwarmParams,
  maxMessageBytes,
  sequence,
  storeParams,
} from '../protocol/storage-rpc/requests.ts';
import type { Platform } from '../util/platform.ts';
import { abortable } from './abortable.ts';
import { chooseCheapest, shuffle } from './choice.ts';
import { fetchRound } from './fetch-round.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import { randomNode } from './node-list.ts';
import type { CallContext, OnionClient } from './onion-client.ts';
import { type Decision, decide, Latencies, tryUntilDone } from './retry.ts';
import type { NetworkLimits } from './settings.ts';
import type { Swarms } from './swarms.ts';
import type { FetchResult, Network, StoreAnswer, StoreRequest } from './types.ts';
import { WrongSwarmError } from './verdict.ts';

/** Tries of one store or lookup, over different members, nodes and paths. */
const maxAttempts = 8;
const noop = () => {};

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
  /** lookups under way; they never reject */
  readonly #lookups = new Map<string, Promise<void>>();
  /** A member answers a store once the others have it, or after 5 s (network.md 3.4): not a reason to try elsewhere. */
  readonly #storeLatencies = new Latencies(1.5);

  constructor(options: SwarmClientOptions) {
    this.#options = options;
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
          { ...context, latencies: this.#storeLatencies },
          signal,
        );
        return onion.parse(member, () => {
          const parts = parseBatchAnswer(answer.body);
          return expected.map((hash, index) => {
            const stored = parseStoreAnswer(onion.checkSub(answer, parts[index]));
            if (stored.hash !== hash) {
              throw new ProtocolError('malformed', 'The hash of the stored message is not its own');
            }
            return { hash, storedAt: stored.state.time ?? time.now(), node: member };
          });
        });
      },
      async (_decision, error) => {
        if (error instanceof WrongSwarmError) this.#relearn(account, lastMember, error);
      },
      this.#storeLatencies,
    );
  }

  /** One complete round over the own swarm; see `Network.fetch`. */
  async fetch(request: FetchRequest, context: CallContext): Promise<FetchResult> {
    const { onion, time, limits, latencies, platform, book } = this.#options;
    const account: string = request.account.accountId;
    const members = await this.#swarm(account, true, context, context.signal);
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
      hedgeAfterMs: latencies.hedgeAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs),
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
    const members = await this.#swarm(account, false, context, signal);
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

  /**
   * The members of an account's swarm. A random node is asked through an onion: it learns which account is looked
   * for, but not by whom; asking seldom is why the answer is kept.
   */
  async #swarm(
    account: string,
    own: boolean,
    context: CallContext,
    signal: AbortSignal,
  ): Promise<readonly ServiceNode[]> {
    const { swarms } = this.#options;
    const known = swarms.find(account, own);
    if (known !== null) return known;
    const pending = this.#lookups.get(account);
    if (pending !== undefined) {
      await abortable(pending, signal);
      const found = swarms.find(account, own);
      if (found !== null) return found;
    }
    const lookup = this.#lookUp(account, context, signal);
    const over = lookup.then(noop, noop);
    this.#lookups.set(account, over);
    try {
      return await lookup;
    } finally {
      if (this.#lookups.get(account) === over) this.#lookups.delete(account);
    }
  }

  async #lookUp(account: string, context: CallContext, signal: AbortSignal): Promise<readonly ServiceNode[]> {
    const { swarms, onion, book, platform } = this.#options;
    const asked = new Set<string>();
    const lookup: CallContext = { ...context, signal };
    try {
      await this.#try(lookup, async (_attempt, lookupSignal) => {
        const node = randomNode(book, asked, platform.randomBytes);
        if (node === undefined)
          throw new NetworkError('node', 'No service node could name the swarm of an account.');
        asked.add(node.ed25519);
        const answer = await onion.call(node, batch([getSwarmParams(account)]), context, lookupSignal);
        onion.parse(node, () => {
          const swarm = parseSwarmAnswer(onion.checkSub(answer, parseBatchAnswer(answer.body)[0]));
          if (!swarms.learn(account, swarm.nodes)) {
            throw new ProtocolError('malformed', 'The swarm has no node of the list');
          }
        });
      });
    } catch (error) {
      // an old answer is better than none
      const last = swarms.lastKnown(account);
      if (signal.aborted || last.length === 0) throw error;
      return last;
    }
    return swarms.lastKnown(account);
  }

  #relearn(account: string, member: ServiceNode | undefined, error: WrongSwarmError): void {
    const { swarms } = this.#options;
    if (!swarms.learn(account, error.members) && member !== undefined) swarms.leave(account, member.ed25519);
  }

  async #try<T>(
    context: CallContext,
    run: (attempt: number, signal: AbortSignal) => Promise<T>,
    prepare?: (decision: Decision, error: unknown) => Promise<void>,
    latencies: Latencies = this.#options.latencies,
  ): Promise<T> {
    const { limits, platform } = this.#options;
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
      hedgeAfterMs: latencies.hedgeAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs),
      clock: platform.clock,
      random: platform.randomBytes,
      signal: context.signal,
    });
  }
}
