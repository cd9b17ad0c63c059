/** Storing in and fetching from swarms (network.md 4.5, 5). */
import { NetworkError, ProtocolError } from '../errors.ts';
import type { AccountKeys } from '../protocol/account.ts';
import { messageHash } from '../protocol/message-hash.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import {
  parseBatchAnswer,
  parseRecursiveAnswer,
  parseStoreAnswer,
  type StoreResult,
  type SubAnswer,
} from '../protocol/storage-rpc/answers.ts';
import {
  batch,
  deleteParams,
  expireParams,
  maxBatchRequests,
  maxMessageBytes,
  type RpcRequest,
  sequence,
  storeParams,
} from '../protocol/storage-rpc/requests.ts';
import { verifyStoreSignature } from '../protocol/storage-rpc/signatures.ts';
import type { Platform } from '../util/platform.ts';
import { chooseCheapest, shuffle } from './choice.ts';
import { fetchRound } from './fetch-round.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import type { CallContext, OnionAnswer, OnionClient } from './onion-client.ts';
import { purposeFor } from './onion-path.ts';
import { decide, Latencies, type TryOptions, tryUntilDone } from './retry.ts';
import type { NetworkLimits } from './settings.ts';
import { SwarmLookup } from './swarm-lookup.ts';
import type { Swarms } from './swarms.ts';
import type {
  ExtendRequest,
  FetchResult,
  Network,
  ReplaceRequest,
  StoreAnswer,
  StoredChange,
  StoreRequest,
} from './types.ts';
import { WrongSwarmError } from './verdict.ts';

/** Tries of one store or lookup, over different members, nodes and paths. */
const maxAttempts = 8;

/** Of 20 requests in a sequence one is for the deletion. */
const storesInSequence = maxBatchRequests - 1;

export type ChangeRequest = Parameters<Network['changeStored']>[0];
export type FetchRequest = Parameters<Network['fetch']>[0];

type SwarmRequest<T> = Readonly<{
  account: string;
  /** of the payloads, in base64 */
  bytes: number;
  build(timestamp: number): RpcRequest;
  read(answered: Readonly<{ answer: OnionAnswer; parts: readonly SubAnswer[]; member: ServiceNode }>): T;
}>;

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

  /** See `Network.replace`. */
  async replace(request: ReplaceRequest, context: CallContext): Promise<readonly StoreAnswer[]> {
    const { account, items, obsolete } = request;
    const stores = items.map((item) => ({ ...item, recipient: account.accountId, signer: account }));
    const kept = new Set(items.map(({ namespace, data }) => messageHash(account.accountId, namespace, data)));
    const gone = obsolete.filter((hash) => !kept.has(hash));
    const answers: StoreAnswer[] = [];
    // the deletion goes last, with the last stores: never before everything is stored
    for (const [index, group] of groupsOf(stores).entries()) {
      const isLast = (index + 1) * storesInSequence >= stores.length;
      answers.push(...(await this.#storeAll(group, context, isLast ? gone : [], account)));
    }
    if (stores.length === 0 && gone.length > 0) await this.#storeAll([], context, gone, account);
    return answers;
  }

  /** See `Network.extend`. */
  async extend(
    { account, hashes, expiresAt }: ExtendRequest,
    context: CallContext,
  ): Promise<ReadonlySet<string>> {
    return await this.#inSwarm(
      {
        account: account.accountId,
        bytes: 0,
        build: () =>
          sequence([expireParams({ hashes, expiry: expiresAt, change: 'extend', signer: account })]),
        read: ({ answer, parts }) => {
          const asked = new Set(hashes);
          const kept = new Set<string>();
          for (const answered of parseRecursiveAnswer(
            this.#options.onion.checkSub(answer, parts[0]),
          ).values()) {
            if (answered.kind === 'failed') continue;
            for (const hash of expiryHashes(answered.fields)) if (asked.has(hash)) kept.add(hash);
          }
          return kept;
        },
      },
      context,
    );
  }

  /** All of them with one request, or none as far as anybody knows; the same bytes may be stored again without harm. */
  async #storeAll(
    requests: readonly StoreRequest[],
    context: CallContext,
    obsolete: readonly string[] = [],
    owner?: AccountKeys,
  ): Promise<readonly StoreAnswer[]> {
    const { onion, time } = this.#options;
    const account: string = requests[0]?.recipient ?? owner?.accountId ?? '';
    const expected = requests.map(({ namespace, data }) => {
      if (data.length > maxMessageBytes) {
        throw new NetworkError('refused', 'The message is too large for the network.', {
          fields: { bytes: data.length },
        });
      }
      return messageHash(account, namespace, data);
    });
    const deletions =
      owner === undefined || obsolete.length === 0 ? [] : [deleteParams({ hashes: obsolete, signer: owner })];
    // a batch waits once for members that are down, a sequence once for each message; but in a sequence nothing
    // happens after what has failed
    const wrap = requests.length === 1 || owner !== undefined ? sequence : batch;
    return await this.#inSwarm(
      {
        account,
        bytes: requests.reduce((sum, { data }) => sum + base64Length(data.length), 0),
        build: (timestamp) =>
          wrap([
            ...requests.map(({ namespace, data, ttlMs, signer }) =>
              storeParams({ pubkey: account, namespace, data, ttlMs, timestamp, signer }),
            ),
            ...deletions,
          ]),
        read: ({ answer, parts, member }) => {
          const members = this.#options.swarms.lastKnown(account).map((node) => node.ed25519);
          const path = answer.path.map(({ ip, port, ed25519 }) => ({ ip, port, ed25519 }));
          const answers = expected.map((hash, index) => {
            const stored = parseStoreAnswer(onion.checkSub(answer, parts[index]));
            if (stored.hash !== hash) {
              throw new ProtocolError('malformed', 'The hash of the stored message is not its own');
            }
            if (!isProven(stored, member.ed25519, members)) {
              throw new ProtocolError('bad-signature', 'No signature proves that the message is stored');
            }
            return { hash, storedAt: stored.state.time ?? time.now(), node: member, path };
          });
          if (deletions.length > 0) onion.checkSub(answer, parts[expected.length]);
          return answers;
        },
      },
      context,
    );
  }

  /** One request to one member of a swarm, signed and dated anew on each try. */
  async #inSwarm<T>(request: SwarmRequest<T>, context: CallContext): Promise<T> {
    const { onion, time } = this.#options;
    const { account, bytes } = request;
    const latencies = this.#storeLatencies[purposeFor(bytes)];
    const asked = new Set<string>();
    let lastMember: ServiceNode | undefined;
    return await this.#try(
      context,
      async (_attempt, signal) => {
        const member = await this.#member(account, asked, context, signal);
        lastMember = member;
        if (!time.known) await this.#options.learnTime(context);
        // what was wrong with the time before is not wrong any more
        const answer = await onion.call(member, request.build(time.now()), { ...context, latencies }, signal);
        return onion.parse(member, () =>
          request.read({ answer, parts: parseBatchAnswer(answer.body), member }),
        );
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

  /** See `Network.changeStored`. Deletions and new expiries go together in one request. */
  async changeStored(
    { account, changes }: ChangeRequest,
    context: CallContext,
  ): Promise<ReadonlyMap<string, number>> {
    const { onion, time } = this.#options;
    const asked = new Set<string>();
    let lastMember: ServiceNode | undefined;
    return await this.#try(
      context,
      async (_attempt, signal) => {
        const member = await this.#member(account.accountId, asked, context, signal);
        lastMember = member;
        if (!time.known) await this.#options.learnTime(context);
        const requests = changeRequests(changes, account, time.now());
        const answer = await onion.call(member, batch(requests), context, signal);
        return onion.parse(member, () => {
          const parts = parseBatchAnswer(answer.body);
          const earlier = new Map<string, number>();
          for (const index of requests.keys()) {
            const members = [...parseRecursiveAnswer(onion.checkSub(answer, parts[index])).values()];
            const done = members.flatMap((one) => (one.kind === 'ok' ? [one.fields] : []));
            if (done.length === 0)
              throw new ProtocolError('not-stored', 'No member of the swarm made the change');
            for (const fields of done) noteEarlier(earlier, fields, changes);
          }
          return earlier;
        });
      },
      {
        prepare: async (_decision, error) => {
          if (error instanceof WrongSwarmError) this.#relearn(account.accountId, lastMember, error);
        },
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

function groupsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / storesInSequence) }, (_, index) =>
    items.slice(index * storesInSequence, (index + 1) * storesInSequence),
  );
}

/** The hashes that a member has, changed by the request or not. */
function expiryHashes({ updated, unchanged }: Readonly<Record<string, unknown>>): readonly string[] {
  const changed = Array.isArray(updated) ? updated.filter((hash) => typeof hash === 'string') : [];
  return typeof unchanged === 'object' && unchanged !== null
    ? [...changed, ...Object.keys(unchanged)]
    : changed;
}

/** Takes in what a member says of expiries that were earlier than the wanted ones, and so stayed. */
function noteEarlier(
  earlier: Map<string, number>,
  { unchanged }: Readonly<Record<string, unknown>>,
  changes: readonly StoredChange[],
): void {
  if (typeof unchanged !== 'object' || unchanged === null) return;
  const told = new Map<string, unknown>(Object.entries(unchanged));
  for (const { hash, expiresAt } of changes) {
    const at = told.get(hash);
    if (typeof at !== 'number' || !Number.isSafeInteger(at) || at >= expiresAt) continue;
    earlier.set(hash, Math.max(at, earlier.get(hash) ?? 0));
  }
}

/** At most two requests: what is to be deleted, and what is to expire earlier. */
function changeRequests(
  changes: readonly StoredChange[],
  signer: AccountKeys,
  now: number,
): readonly RpcRequest[] {
  const gone = changes.filter(({ expiresAt }) => expiresAt <= now).map(({ hash }) => hash);
  const shorter = changes.filter(({ expiresAt }) => expiresAt > now);
  const requests: RpcRequest[] = [];
  if (gone.length > 0) requests.push(deleteParams({ hashes: gone, signer }));
  if (shorter.length > 0)
    requests.push(
      expireParams({
        hashes: shorter.map(({ hash }) => hash),
        expiry: shorter.map(({ expiresAt }) => expiresAt),
        change: 'shorten',
        signer,
      }),
    );
  return requests;
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
