/** The list of service nodes: from the seeds, or from the network itself by agreement (network.md 1.4, 1.6). */
import { NetworkError } from '../errors.ts';
import { parseServiceNodeStates, type ServiceNode } from '../protocol/service-node.ts';
import { parseBatchAnswer } from '../protocol/storage-rpc/answers.ts';
import { batch, serviceNodesParams } from '../protocol/storage-rpc/requests.ts';
import type { Clock } from '../util/clock.ts';
import { chooseCheapest, type RandomBytes, shuffle } from './choice.ts';
import type { HttpClient } from './http.ts';
import type { NodeBook } from './node-book.ts';
import { besideContext, type CallContext, type OnionClient } from './onion-client.ts';
import { decide } from './retry.ts';
import { askSeedNodes } from './seed-node.ts';
import type { NetworkLimits, NodeMinimums } from './settings.ts';
import type { NetworkDefinition } from './types.ts';

/** Nodes that must agree (network.md 1.6). */
const witnesses = 3;
const rounds = 4;

export type NodeListOptions = Readonly<{
  definition: NetworkDefinition;
  http: HttpClient;
  onion: OnionClient;
  book: NodeBook;
  clock: Clock;
  random: RandomBytes;
  limits: NetworkLimits;
  minimums: NodeMinimums;
  onAnswer(): void;
  /** the book holds a new list */
  onList(): void;
}>;

export class NodeList {
  readonly #options: NodeListOptions;

  constructor(options: NodeListOptions) {
    this.#options = options;
  }

  /**
   * Asks the seeds, up to four times with doubling pauses. NetworkError `proxy`, `offline` at once, `seed` when all
   * failed.
   */
  async fetchFromSeeds(signal: AbortSignal, context?: CallContext): Promise<void> {
    const { definition, http, limits, minimums, clock, random, book } = this.#options;
    for (let round = 1; ; round++) {
      try {
        const nodes = await askSeedNodes(definition, {
          http,
          timeoutMs: limits.seedMs,
          minimumNodes: minimums.list,
          signal,
          onAnswer: () => {
            if (context !== undefined) context.progress.answered = true;
            this.#options.onAnswer();
          },
        });
        book.replace(shuffle(nodes, random), clock.now());
        this.#options.onList();
        return;
      } catch (error) {
        signal.throwIfAborted();
        const final =
          !(error instanceof NetworkError) || error.code !== 'seed' || definition.seedNodes.length === 0;
        if (final || round === rounds) throw error;
        await clock.sleep(limits.retryMs * 2 ** (round - 1), signal);
      }
    }
  }

  /**
   * Asks three random nodes through onions and takes what they agree on; up to four rounds with other nodes, then the
   * seeds. Errors as `fetchFromSeeds`.
   */
  async refresh(context: CallContext): Promise<void> {
    const { clock, limits, book, random } = this.#options;
    for (let round = 1; book.size > witnesses && round <= rounds; round++) {
      const agreed = await this.#askWitnesses(context);
      context.signal.throwIfAborted();
      if (agreed !== null) {
        book.replace(shuffle(agreed, random), clock.now());
        this.#options.onList();
        return;
      }
      if (round < rounds) await clock.sleep(limits.retryMs, context.signal);
    }
    await this.fetchFromSeeds(context.signal, context);
  }

  /** The list three nodes agree on, or null. */
  async #askWitnesses(context: CallContext): Promise<readonly ServiceNode[] | null> {
    const { book, random, minimums } = this.#options;
    const asked = shuffle(book.usable(), random).slice(0, witnesses);
    const answers = await Promise.all(
      asked.map((node) =>
        this.#askOne(node, besideContext(context)).catch((error: unknown) => {
          if (decide(error) === 'stop') throw error;
          return null;
        }),
      ),
    );
    const lists = answers.filter((answer) => answer !== null);
    if (lists.length < witnesses) return null;
    const agreed = agreedNodes(lists, book.all());
    return agreed.length < minimums.agreed ? null : agreed;
  }

  async #askOne(node: ServiceNode, context: CallContext): Promise<readonly ServiceNode[]> {
    const { onion } = this.#options;
    const answer = await onion.call(node, batch([serviceNodesParams()]), context, context.signal);
    return onion.parse(node, () => {
      const body = onion.checkSub(answer, parseBatchAnswer(answer.body)[0]);
      return parseServiceNodeStates(body).nodes;
    });
  }
}

/**
 * What three nodes agree on: an entry is its address and both keys. A new or changed entry needs all of them; one that
 * is known already stays if all but one have it, so that a single liar can neither bring in nor throw out a node.
 */
export function agreedNodes(
  lists: readonly (readonly ServiceNode[])[],
  known: readonly ServiceNode[],
): readonly ServiceNode[] {
  const votes = new Map<string, { node: ServiceNode; count: number }>();
  for (const list of lists) {
    const seen = new Set<string>();
    for (const node of list) {
      const identity = identityOf(node);
      if (seen.has(identity)) continue;
      seen.add(identity);
      const vote = votes.get(identity);
      if (vote === undefined) votes.set(identity, { node, count: 1 });
      else vote.count += 1;
    }
  }
  const knownIdentities = new Set(known.map(identityOf));
  const agreed = new Map<string, ServiceNode>();
  for (const [identity, { node, count }] of votes) {
    const needed = knownIdentities.has(identity) ? Math.max(1, lists.length - 1) : lists.length;
    if (count >= needed) agreed.set(node.ed25519, node);
  }
  return [...agreed.values()];
}

function identityOf(node: ServiceNode): string {
  return `${node.ed25519} ${node.x25519} ${node.ip} ${node.port}`;
}

/** A random usable node other than those of `except`, the unsuspicious first. */
export function randomNode(
  book: NodeBook,
  except: ReadonlySet<string>,
  random: RandomBytes,
): ServiceNode | undefined {
  return chooseCheapest(
    book.usable().filter((node) => !except.has(node.ed25519)),
    (node) => book.cost(node.ed25519),
    random,
  );
}
