/**
 * Asks the network who keeps an account's messages. Nodes chosen at random are asked through onions: they learn which
 * account is looked for, but not by whom. One of them could name its friends, or leave out members so that messages
 * stay hidden; so two must say the same, and only nodes of the list count (network.md 4.7, 5.5).
 */
import { NetworkError, ProtocolError } from '../errors.ts';
import { parseSwarmAnswer, type ServiceNode } from '../protocol/service-node.ts';
import { parseBatchAnswer } from '../protocol/storage-rpc/answers.ts';
import { batch, getSwarmParams } from '../protocol/storage-rpc/requests.ts';
import type { Platform } from '../util/platform.ts';
import { abortable } from './abortable.ts';
import type { NodeBook } from './node-book.ts';
import { randomNode } from './node-list.ts';
import { besideContext, type CallContext, type OnionClient } from './onion-client.ts';
import type { Latencies } from './retry.ts';
import type { NetworkLimits } from './settings.ts';
import type { Swarms } from './swarms.ts';

/** Nodes asked at first; further ones, one at a time, while no two say the same. */
const witnesses = 2;
const mostWitnesses = 5;
/** After a lookup that failed, an old answer is used for so long without another one. */
const restMs = 60_000;
const noop = () => {};

export type SwarmLookupOptions = Readonly<{
  onion: OnionClient;
  swarms: Swarms;
  book: NodeBook;
  latencies: Latencies;
  limits: NetworkLimits;
  platform: Platform;
  /** runs one try after the other until one succeeds */
  tries<T>(context: CallContext, run: (attempt: number, signal: AbortSignal) => Promise<T>): Promise<T>;
}>;

/** What a node says: the members, and the same as one text that can be compared. */
type Word = Readonly<{ node: ServiceNode; members: readonly ServiceNode[]; text: string }>;

export class SwarmLookup {
  readonly #options: SwarmLookupOptions;
  /** under way, by account */
  readonly #running = new Map<string, Promise<void>>();
  /** monotonic times of failures, by account */
  readonly #failedAt = new Map<string, number>();

  constructor(options: SwarmLookupOptions) {
    this.#options = options;
  }

  /**
   * The members of an account's swarm that can be asked. What is known but old is used all the same when the lookup
   * takes its time. The lookup goes on until `context` ends; `signal` ends only the wait. Errors as `OnionClient.call`;
   * `node` if the nodes do not agree.
   */
  async members(
    account: string,
    own: boolean,
    context: CallContext,
    signal: AbortSignal,
  ): Promise<readonly ServiceNode[]> {
    const { swarms } = this.#options;
    for (;;) {
      const known = swarms.find(account, own);
      if (known !== null) return known;
      const joined = this.#running.get(account);
      if (swarms.lastKnown(account).length > 0) {
        if (joined === undefined && this.#hasJustFailed(account)) return swarms.lastKnown(account);
        await this.#patiently(joined ?? this.#start(account, context), signal);
        return swarms.lastKnown(account);
      }
      try {
        await abortable(joined ?? this.#start(account, context), signal);
        return swarms.lastKnown(account);
      } catch (error) {
        // a lookup ends with the call that began it, which may have been given up
        if (joined === undefined || signal.aborted) throw error;
      }
    }
  }

  #hasJustFailed(account: string): boolean {
    const at = this.#failedAt.get(account);
    return at !== undefined && this.#options.platform.clock.monotonic() - at < restMs;
  }

  #start(account: string, context: CallContext): Promise<void> {
    const lookup = this.#lookUp(account, context).then(
      () => {
        this.#failedAt.delete(account);
      },
      (error: unknown) => {
        if (!context.signal.aborted) this.#failedAt.set(account, this.#options.platform.clock.monotonic());
        throw error;
      },
    );
    this.#running.set(account, lookup);
    const over = () => {
      if (this.#running.get(account) === lookup) this.#running.delete(account);
    };
    lookup.then(over, over);
    return lookup;
  }

  /** Waits for a lookup no longer than most answers take; its failure does not matter. */
  async #patiently(lookup: Promise<void>, signal: AbortSignal): Promise<void> {
    const { latencies, limits, platform } = this.#options;
    const enough = new AbortController();
    const pause = platform.clock.sleep(
      latencies.secondTryAfterMs(limits.hedgeFirstMs, limits.hedgeLastMs),
      AbortSignal.any([signal, enough.signal]),
    );
    await Promise.race([lookup.then(noop, noop), pause.catch(noop)]);
    enough.abort();
    signal.throwIfAborted();
  }

  async #lookUp(account: string, context: CallContext): Promise<void> {
    const { swarms, book } = this.#options;
    // one context for all: they go over different paths where there are several
    const lookup = besideContext(context);
    const asked = new Set<string>();
    const words: Word[] = [];
    const ask = async () => {
      words.push(await this.#askWitness(account, asked, lookup));
    };
    await Promise.all(Array.from({ length: witnesses }, ask));
    while (agreed(words) === undefined && words.length < mostWitnesses) await ask();
    const word = agreed(words);
    const members = word?.members ?? namedTwice(words);
    if (!swarms.learn(account, members)) {
      throw new NetworkError('node', 'The service nodes do not agree on the swarm of an account.');
    }
    if (word === undefined) return;
    for (const { node, text } of words) if (text !== word.text) book.suspect(node.ed25519);
  }

  /** What one node says; a dead node or path, or nonsense, is replaced by another node. */
  async #askWitness(account: string, asked: Set<string>, context: CallContext): Promise<Word> {
    const { swarms, onion, book, platform } = this.#options;
    return await this.#options.tries(context, async (_attempt, signal) => {
      const node = randomNode(book, asked, platform.randomBytes);
      if (node === undefined)
        throw new NetworkError('node', 'No service node could name the swarm of an account.');
      asked.add(node.ed25519);
      const answer = await onion.call(node, batch([getSwarmParams(account)]), context, signal);
      return onion.parse(node, () => {
        const { nodes } = parseSwarmAnswer(onion.checkSub(answer, parseBatchAnswer(answer.body)[0]));
        const keys = new Set(swarms.listed(nodes));
        if (keys.size === 0) throw new ProtocolError('malformed', 'The swarm has no node of the list');
        return {
          node,
          members: nodes.filter((member) => keys.has(member.ed25519)),
          text: [...keys].sort().join(' '),
        };
      });
    });
  }
}

/** A word that two nodes said. */
function agreed(words: readonly Word[]): Word | undefined {
  return words.find((word, index) => words.slice(0, index).some(({ text }) => text === word.text));
}

/** While a swarm changes, every node may know another state of it. */
function namedTwice(words: readonly Word[]): readonly ServiceNode[] {
  const named = new Map<string, { member: ServiceNode; times: number }>();
  for (const { members } of words) {
    for (const member of members) {
      const times = named.get(member.ed25519)?.times ?? 0;
      named.set(member.ed25519, { member, times: times + 1 });
    }
  }
  return [...named.values()].filter(({ times }) => times > 1).map(({ member }) => member);
}
