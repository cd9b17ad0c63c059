/**
 * What the storage RPC does (network.md 4.5, 4.6), check by check in the order of the real server: swarm, times,
 * signature. Local work is done before the first await, so requests of a batch take effect in their order.
 */
import { toBase64, toHex } from '../../util/bytes.ts';
import { asObject, type JsonObject } from '../json.ts';
import type { HashInNamespace } from '../storage/message-store.ts';
import { serverVersion } from '../version.ts';
import { type Account, hashOf } from './account.ts';
import { access, isAuthorised, namespacePart, type SignedPart, signedBytes } from './auth.ts';
import { type Answer, commonFields, jsonAnswer, type RpcContext, textAnswer } from './context.ts';
import {
  type DaemonRequest,
  type DeleteAllRequest,
  type DeleteBeforeRequest,
  type DeleteRequest,
  type ExpireAllRequest,
  type ExpireRequest,
  type GetExpiriesRequest,
  isOpenForReading,
  isOutbox,
  type PlainRequest,
  type RetrieveRequest,
  type RevokeRequest,
  type StoreRequest,
} from './requests.ts';
import { swarmJson } from './swarm-json.ts';

const dayMs = 86_400_000;
const minTtlMs = 10_000;
const maxTtlMs = 14 * dayMs;
/** for signed namespaces, and for later changes of an expiry anywhere */
const maxPrivateTtlMs = 30 * dayMs;
/** how far a store's own times may be off */
const storeToleranceMs = 10_000;
const signatureToleranceMs = 60_000;
/** for some methods when a member of the swarm passes the request on */
const forwardedToleranceMs = 70_000;
const minuteMs = 60_000;
/** Weight of the largest `retrieve` answer; see MessageStore for how messages weigh. */
const maxRetrieveSize = 7_800_000;

/** A request as it came, for passing it on to the rest of the swarm. */
export type Origin = Readonly<{
  method: string;
  params: unknown;
  /** true: a member of the swarm passed it on to us, so we don't */
  forwarded: boolean;
}>;

/** Does one request. Throws only where the real server breaks off with "request failed". */
export function perform(
  context: RpcContext,
  request: PlainRequest,
  origin: Origin,
): Promise<Answer> | Answer {
  switch (request.kind) {
    case 'store':
      return store(context, request, origin);
    case 'retrieve':
      return retrieve(context, request);
    case 'delete':
      return deleteMessages(context, request, origin);
    case 'delete_all':
      return deleteAll(context, request, origin);
    case 'delete_before':
      return deleteBefore(context, request, origin);
    case 'expire':
      return expire(context, request, origin);
    case 'expire_all':
      return expireAll(context, request, origin);
    case 'get_expiries':
      return getExpiries(context, request);
    case 'revoke_subaccount':
    case 'unrevoke_subaccount':
      return revoke(context, request, origin);
    case 'get_swarm':
      return jsonAnswer(200, {
        ...swarmJson(context.swarmOf(request.account)),
        ...commonFields(context.now()),
      });
    case 'oxend_request':
      return askDaemon(context, request);
    case 'info': {
      const now = context.now();
      return jsonAnswer(200, { version: serverVersion, timestamp: now, ...commonFields(now) });
    }
  }
}

function wrongSwarm(context: RpcContext, account: Account): Answer {
  return jsonAnswer(421, {
    ...swarmJson(context.swarmOf(account)),
    ...commonFields(context.now()),
  });
}

/**
 * Does `local` here and has the rest of the swarm do the same; `top` stands beside the members' results. A request that
 * was passed on to us is answered with our own result alone.
 */
async function inSwarm(
  context: RpcContext,
  origin: Origin,
  local: () => JsonObject,
  top: JsonObject,
): Promise<Answer> {
  if (origin.forwarded) return jsonAnswer(200, local());
  const others = context.forward(origin.method, origin.params);
  const mine = local();
  return jsonAnswer(200, { swarm: { ...(await others), [context.ed25519]: mine }, ...top });
}

function signature(context: RpcContext, parts: readonly SignedPart[]): string {
  return toBase64(context.sign(signedBytes(parts)));
}

function isFar(time: number, now: number, toleranceMs: number): boolean {
  return time < now - toleranceMs || time > now + toleranceMs;
}

function store(context: RpcContext, request: StoreRequest, origin: Origin): Promise<Answer> | Answer {
  const { account, namespace, timestamp, expiry, data } = request;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const isInbox = namespace % 10 === 0;
  const ttl = expiry - timestamp;
  if (ttl < minTtlMs || ttl > (isInbox ? maxTtlMs : maxPrivateTtlMs))
    return textAnswer(403, 'Provided expiry/TTL is not valid.');
  const now = context.now();
  if (timestamp > now + storeToleranceMs || expiry < now - storeToleranceMs)
    return textAnswer(406, 'Timestamp error: check your clock');
  if (!isInbox) {
    if (request.signed === null)
      return textAnswer(401, `store: signature required to store to namespace ${namespace}`);
    if (isFar(request.signedAt, now, signatureToleranceMs))
      return textAnswer(406, 'store signature timestamp too far from current time');
    // a store into a public outbox deletes what is there
    const needed = access.write | (isOutbox(namespace) ? access.delete : 0);
    const parts = ['store', namespacePart(namespace), request.signedAt];
    if (!isAuthorised(context.store, request.signed, needed, parts))
      return textAnswer(401, 'store signature verification failed');
  }
  const hash = hashOf(account, namespace, data);
  const local = (): JsonObject => {
    const stored = context.store.store(
      {
        hash,
        account: account.id,
        namespace,
        timestamp,
        expiry,
        dataBase64: toBase64(data),
        sizeBytes: data.length,
      },
      isOutbox(namespace),
    );
    return {
      hash,
      signature: signature(context, [hash]),
      expiry: stored.expiry,
      already: stored.isNew ? undefined : true,
      // the node that was asked has it here by an old mistake that clients may count on
      t: origin.forwarded ? undefined : now,
    };
  };
  return inSwarm(context, origin, local, { hash, ...commonFields(now) });
}

function retrieve(context: RpcContext, request: RetrieveRequest): Answer {
  const { account, namespace, signed } = request;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const now = context.now();
  if (signed === null) {
    if (!isOpenForReading(namespace)) return textAnswer(401, 'retrieve: request signature required');
  } else {
    if (isFar(request.timestamp, now, signatureToleranceMs))
      return textAnswer(406, 'retrieve timestamp too far from current time');
    const isUnrevocable = namespace < 0 && -namespace % 100 === 11;
    const parts = ['retrieve', namespacePart(namespace), request.timestamp];
    if (!isAuthorised(context.store, signed, access.read, parts, isUnrevocable))
      return textAnswer(401, 'retrieve signature verification failed');
  }
  const { messages, more } = context.hidesMessages
    ? { messages: [], more: false }
    : context.store.retrieve({
        account: account.id,
        namespace,
        afterHash: request.lastHash,
        ...retrieveLimits(request.maxCount, request.maxSize),
      });
  return jsonAnswer(200, {
    messages: messages.map((message) => ({
      hash: message.hash,
      timestamp: message.timestamp,
      expiration: message.expiry,
      data: message.dataBase64,
    })),
    more,
    ...commonFields(now),
  });
}

/** 0 is the same as nothing; −k means a k-th of the most; with neither limit a fifth of it. */
function retrieveLimits(
  givenCount: number | null,
  givenSize: number | null,
): { maxCount: number | null; maxSize: number } {
  const maxCount = givenCount === 0 ? null : givenCount;
  const wanted = givenSize === 0 ? null : givenSize;
  const size = wanted === null && maxCount === null ? -5 : wanted;
  if (size === null) return { maxCount, maxSize: maxRetrieveSize };
  const maxSize = size < 0 ? Math.floor(maxRetrieveSize / -size) : Math.min(size, maxRetrieveSize);
  return { maxCount, maxSize };
}

async function deleteMessages(context: RpcContext, request: DeleteRequest, origin: Origin): Promise<Answer> {
  const { signed, messages } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  if (!isAuthorised(context.store, signed, access.delete, ['delete', messages]))
    return textAnswer(401, 'delete_msgs signature verification failed');
  const local = (): JsonObject => {
    const deleted = context.store.deleteByHash(account.id, messages).sort();
    return { deleted, signature: signature(context, [account.id, messages, deleted]) };
  };
  const answer = await inSwarm(context, origin, local, commonFields(context.now()));
  if (!request.required || origin.forwarded || answer.json === undefined) return answer;
  return { ...answer, status: hasDeleted(answer.json) ? 200 : 404 };
}

/** True if any member of the swarm deleted anything. */
function hasDeleted(answer: JsonObject): boolean {
  return Object.values(asObject(answer.swarm) ?? {}).some((result) => {
    const deleted = asObject(result)?.deleted;
    return Array.isArray(deleted) && deleted.length > 0;
  });
}

function deleteAll(context: RpcContext, request: DeleteAllRequest, origin: Origin): Promise<Answer> | Answer {
  const { signed, namespace, timestamp } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const now = context.now();
  if (isFar(timestamp, now, origin.forwarded ? forwardedToleranceMs : signatureToleranceMs))
    return textAnswer(406, 'delete_all timestamp too far from current time');
  const parts = ['delete_all', namespacePart(namespace), timestamp];
  if (!isAuthorised(context.store, signed, access.delete, parts))
    return textAnswer(401, 'delete_all signature verification failed');
  const local = (): JsonObject =>
    affected(context, 'deleted', namespace, [account.id, timestamp], (one) =>
      context.store.deleteAll(account.id, one),
    );
  return inSwarm(context, origin, local, commonFields(now));
}

function deleteBefore(
  context: RpcContext,
  request: DeleteBeforeRequest,
  origin: Origin,
): Promise<Answer> | Answer {
  const { signed, namespace, before } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const now = context.now();
  if (before > now + minuteMs) return textAnswer(401, 'delete_before timestamp too far in the future');
  const parts = ['delete_before', namespacePart(namespace), before];
  if (!isAuthorised(context.store, signed, access.delete, parts))
    return textAnswer(401, 'delete_before signature verification failed');
  const local = (): JsonObject =>
    affected(context, 'deleted', namespace, [account.id, before], (one) => {
      const deleted = context.store.deleteAll(account.id, one, before);
      // 2.8.0 reads two columns of a query that gives one (network.md 4.5)
      if (one === null && deleted.length > 0) throw new Error('no such column');
      return deleted;
    });
  return inSwarm(context, origin, local, commonFields(now));
}

function expireAll(context: RpcContext, request: ExpireAllRequest, origin: Origin): Promise<Answer> | Answer {
  const { signed, namespace, expiry } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const now = context.now();
  if (expiry < now - (origin.forwarded ? forwardedToleranceMs : signatureToleranceMs))
    return textAnswer(406, 'expire_all timestamp should be >= current time');
  const parts = ['expire_all', namespacePart(namespace), expiry];
  if (!isAuthorised(context.store, signed, access.delete, parts))
    return textAnswer(401, 'expire_all signature verification failed');
  const local = (): JsonObject =>
    affected(context, 'updated', namespace, [account.id, expiry], (one) =>
      context.store.shortenAll(account.id, one, expiry),
    );
  return inSwarm(context, origin, local, commonFields(now));
}

/** A result that lists hashes: for all namespaces by namespace, and in both cases signed in the order of the hashes. */
function affected(
  context: RpcContext,
  name: 'deleted' | 'updated',
  namespace: number | 'all',
  parts: readonly SignedPart[],
  act: (namespace: number | null) => HashInNamespace[],
): JsonObject {
  const found = act(namespace === 'all' ? null : namespace);
  found.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const hashes = found.map(({ hash }) => hash);
  const signed = signature(context, [...parts, hashes]);
  if (namespace !== 'all') return { [name]: hashes, signature: signed };
  const lists: Record<string, string[]> = {};
  for (const item of found) {
    const list = lists[item.namespace];
    if (list === undefined) lists[item.namespace] = [item.hash];
    else list.push(item.hash);
  }
  return { [name]: lists, signature: signed };
}

function expire(context: RpcContext, request: ExpireRequest, origin: Origin): Promise<Answer> | Answer {
  const { signed, messages } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const now = context.now();
  if (request.expiry.some((expiry) => expiry < now - minuteMs))
    return textAnswer(401, 'expire: timestamp should be >= current time');
  const parts = ['expire', request.only ?? '', request.expiry, messages];
  if (!isAuthorised(context.store, signed, access.write, parts))
    return textAnswer(401, 'expire: signature verification failed');
  const mayDelete = ((signed.subaccount?.token[1] ?? access.delete) & access.delete) !== 0;
  if (!mayDelete && request.only === 'shorten')
    return textAnswer(
      400,
      'expire: shorten parameter cannot be used with this subaccount token (missing delete access)',
    );
  // shortening an expiry is as good as deleting
  const only = mayDelete ? request.only : 'extend';
  const expiries = request.expiry.map((expiry) => Math.min(expiry, now + maxPrivateTtlMs));
  const local = (): JsonObject => {
    const updated = context.store.updateExpiry(account.id, messages, expiries, only);
    updated.sort((a, b) => (a.hash < b.hash ? -1 : 1));
    const hashes = updated.map(({ hash }) => hash);
    const rest = messages.filter((hash) => !hashes.includes(hash));
    const unchanged = request.only === null ? {} : context.store.expiries(account.id, rest);
    const isSingle = request.expiry.length === 1;
    const applied = isSingle ? expiries : updated.map(({ expiry }) => expiry);
    const pairs = Object.keys(unchanged)
      .sort()
      .flatMap((hash) => [hash, unchanged[hash] ?? 0]);
    return {
      expiry: isSingle ? expiries[0] : applied,
      updated: hashes,
      unchanged: request.only === null ? undefined : unchanged,
      signature: signature(context, [account.id, applied, messages, hashes, pairs]),
    };
  };
  return inSwarm(context, origin, local, commonFields(now));
}

function getExpiries(context: RpcContext, request: GetExpiriesRequest): Answer {
  const { signed, messages, timestamp } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  if (isFar(timestamp, context.now(), signatureToleranceMs))
    return textAnswer(406, 'get_expiries timestamp too far from current time');
  if (!isAuthorised(context.store, signed, access.read, ['get_expiries', timestamp, messages]))
    return textAnswer(401, 'get_expiries signature verification failed');
  return jsonAnswer(200, { expiries: context.store.expiries(account.id, messages) });
}

function revoke(context: RpcContext, request: RevokeRequest, origin: Origin): Promise<Answer> | Answer {
  const { kind, signed, tokens, timestamp } = request;
  const { account } = signed;
  if (!context.isOurs(account)) return wrongSwarm(context, account);
  const now = context.now();
  if (isFar(timestamp, now, signatureToleranceMs))
    return textAnswer(406, `${kind} timestamp too far from current time`);
  if (!isAuthorised(context.store, signed, null, [kind, timestamp, tokens]))
    return textAnswer(401, `${kind} signature verification failed`);
  const hexTokens = tokens.map((token) => toHex(token));
  const local = (): JsonObject => {
    let count: number | undefined;
    if (kind === 'unrevoke_subaccount') count = context.store.unrevoke(account.id, hexTokens);
    else context.store.revoke(account.id, hexTokens);
    return { count, signature: signature(context, [account.id, timestamp, tokens]) };
  };
  return inSwarm(context, origin, local, commonFields(now));
}

function askDaemon(context: RpcContext, request: DaemonRequest): Answer {
  const result =
    request.endpoint === 'get_service_nodes'
      ? context.daemon.serviceNodes(request.params)
      : context.daemon.resolveName(request.params);
  return jsonAnswer(200, { result, ...commonFields(context.now()) });
}
