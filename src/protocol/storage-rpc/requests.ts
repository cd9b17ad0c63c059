/** Bodies of storage requests (network.md 4). Every builder is pure; times come in and must be whole ms. */
import { ProtocolError } from '../../errors.ts';
import { toBase64, toHex, utf8Encode } from '../../util/bytes.ts';
import { isNamespace, isPublicInbox, retrieveNeedsSignature } from '../namespaces.ts';
import { type NamespaceOrAll, signedBytes } from './signatures.ts';
import { type RequestSigner, signatureParams, signerPubkey } from './signer.ts';

export type RpcRequest = Readonly<{ method: string; params: Readonly<Record<string, unknown>> }>;

/** The largest message a storage server takes, bytes before base64. */
export const maxMessageBytes = 76_800;

/** Requests in one batch or sequence. */
export const maxBatchRequests = 20;

/** The payload of an onion request to a node. */
export function encodeRpc(request: RpcRequest): Uint8Array {
  return utf8Encode(JSON.stringify({ jsonrpc: '2.0', method: request.method, params: request.params }));
}

/**
 * `store`. Without a signer for public inboxes; a signer given for one is left out: the server would not look at the
 * signature, and the sender's key would only tell it who writes. ProtocolError `too-large` above 76 800 bytes.
 */
export function storeParams(
  request: Readonly<{
    pubkey: string;
    namespace: number;
    /** before base64 */
    data: Uint8Array;
    ttlMs: number;
    /** network time, ms */
    timestamp: number;
    signer?: RequestSigner | undefined;
  }>,
): RpcRequest {
  if (request.data.length > maxMessageBytes)
    throw new ProtocolError(
      'too-large',
      'The message is larger than the 76 800 bytes a storage server takes',
    );
  const namespace = checkedNamespace(request.namespace);
  const timestamp = checkedInteger(request.timestamp);
  const { signer } = request;
  return {
    method: 'store',
    params: {
      pubkey: request.pubkey,
      namespace,
      ttl: checkedInteger(request.ttlMs),
      timestamp,
      data: toBase64(request.data),
      ...(signer === undefined || isPublicInbox(namespace)
        ? {}
        : { sig_timestamp: timestamp, ...signatureParams(signer, signedBytes.store(namespace, timestamp)) }),
    },
  };
}

/**
 * `retrieve`. `lastHash` is the last one got from this very node (or undefined: from the start); `maxSize` as in
 * network.md 4.5: −k is a kth of the maximum. Namespaces that anybody may read are not signed.
 */
export function retrieveParams(
  request: Readonly<{
    pubkey: string;
    namespace: number;
    lastHash?: string | undefined;
    maxSize?: number | undefined;
    timestamp: number;
    signer?: RequestSigner | undefined;
  }>,
): RpcRequest {
  const namespace = checkedNamespace(request.namespace);
  const timestamp = checkedInteger(request.timestamp);
  const { signer, lastHash, maxSize } = request;
  return {
    method: 'retrieve',
    params: {
      pubkey: request.pubkey,
      namespace,
      last_hash: lastHash ?? '',
      ...(maxSize === undefined ? {} : { max_size: maxSize }),
      ...(signer === undefined || !retrieveNeedsSignature(namespace)
        ? {}
        : { timestamp, ...signatureParams(signer, signedBytes.retrieve(namespace, timestamp)) }),
    },
  };
}

/** `delete`: messages by hash; with `required` a 404 when none of them was there. */
export function deleteParams(
  request: Readonly<{ hashes: readonly string[]; required?: boolean; signer: RequestSigner }>,
): RpcRequest {
  const { hashes, signer } = request;
  return signed('delete', signer, signedBytes.delete(hashes), {
    messages: hashes,
    ...(request.required === true ? { required: true } : {}),
  });
}

/** `delete_all`: everything in one namespace or in all. */
export function deleteAllParams(
  request: Readonly<{ namespace: NamespaceOrAll; timestamp: number; signer: RequestSigner }>,
): RpcRequest {
  const { namespace, timestamp, signer } = request;
  return signed('delete_all', signer, signedBytes.deleteAll(namespace, timestamp), { namespace, timestamp });
}

/** `delete_before`: everything with a timestamp up to `before`. "all" fails on 2.8.0 servers (network.md 4.5). */
export function deleteBeforeParams(
  request: Readonly<{ namespace: number; before: number; signer: RequestSigner }>,
): RpcRequest {
  const { namespace, before, signer } = request;
  return signed('delete_before', signer, signedBytes.deleteBefore(namespace, before), { namespace, before });
}

/** `expire`: new expiries, one for all hashes or one each. Without `change` it both extends and shortens. */
export function expireParams(
  request: Readonly<{
    hashes: readonly string[];
    expiry: number | readonly number[];
    change?: 'shorten' | 'extend';
    signer: RequestSigner;
  }>,
): RpcRequest {
  const { hashes, expiry, change, signer } = request;
  return signed('expire', signer, signedBytes.expire(change ?? null, expiry, hashes), {
    messages: hashes,
    expiry,
    ...(change === undefined ? {} : { [change]: true }),
  });
}

/** `expire_all`: shortens what lives longer than `expiry`. */
export function expireAllParams(
  request: Readonly<{ namespace: NamespaceOrAll; expiry: number; signer: RequestSigner }>,
): RpcRequest {
  const { namespace, expiry, signer } = request;
  return signed('expire_all', signer, signedBytes.expireAll(namespace, expiry), { namespace, expiry });
}

/** `get_expiries` of messages by hash. */
export function getExpiriesParams(
  request: Readonly<{ hashes: readonly string[]; timestamp: number; signer: RequestSigner }>,
): RpcRequest {
  const { hashes, timestamp, signer } = request;
  return signed('get_expiries', signer, signedBytes.getExpiries(timestamp, hashes), {
    messages: hashes,
    timestamp,
  });
}

/** `revoke_subaccount`: at most 50 tokens of 36 bytes; the group's own key must sign. */
export function revokeSubaccountParams(
  request: Readonly<{ tokens: readonly Uint8Array[]; timestamp: number; signer: RequestSigner }>,
): RpcRequest {
  const { tokens, timestamp, signer } = request;
  return signed('revoke_subaccount', signer, signedBytes.revokeSubaccount(timestamp, tokens), {
    revoke: tokens.map(toHex),
    timestamp,
  });
}

/** `unrevoke_subaccount`. */
export function unrevokeSubaccountParams(
  request: Readonly<{ tokens: readonly Uint8Array[]; timestamp: number; signer: RequestSigner }>,
): RpcRequest {
  const { tokens, timestamp, signer } = request;
  return signed('unrevoke_subaccount', signer, signedBytes.unrevokeSubaccount(timestamp, tokens), {
    unrevoke: tokens.map(toHex),
    timestamp,
  });
}

/** `get_swarm`: any node answers for any account, unsigned. */
export function getSwarmParams(pubkey: string): RpcRequest {
  return { method: 'get_swarm', params: { pubkey } };
}

/** `info`: version and time; the gentlest question there is. */
export function infoParams(): RpcRequest {
  return { method: 'info', params: {} };
}

/** `oxend_request`: hands a question on to the node's blockchain daemon. */
export function oxend(
  endpoint: 'get_service_nodes' | 'ons_resolve',
  params: Readonly<Record<string, unknown>>,
): RpcRequest {
  return { method: 'oxend_request', params: { endpoint, params } };
}

/** The node list, asked of a storage server. */
export function serviceNodesParams(): RpcRequest {
  return oxend('get_service_nodes', {
    active_only: true,
    fields: { public_ip: true, storage_port: true, pubkey_x25519: true, pubkey_ed25519: true },
  });
}

/** Runs all requests, in any order. ProtocolError `malformed` unless there are 1 to 20 and none is itself a batch. */
export function batch(requests: readonly RpcRequest[]): RpcRequest {
  return wrap('batch', requests);
}

/** Runs requests one by one up to the first that fails. Limits as for `batch`. */
export function sequence(requests: readonly RpcRequest[]): RpcRequest {
  return wrap('sequence', requests);
}

const metaMethods: ReadonlySet<string> = new Set(['batch', 'sequence', 'ifelse']);

function wrap(method: 'batch' | 'sequence', requests: readonly RpcRequest[]): RpcRequest {
  if (requests.length === 0 || requests.length > maxBatchRequests)
    throw new ProtocolError('malformed', 'A batch holds 1 to 20 requests');
  if (requests.some((request) => metaMethods.has(request.method)))
    throw new ProtocolError('malformed', 'A batch holds no batches');
  return { method, params: { requests } };
}

function signed(
  method: string,
  signer: RequestSigner,
  message: Uint8Array,
  params: Readonly<Record<string, unknown>>,
): RpcRequest {
  return { method, params: { pubkey: signerPubkey(signer), ...params, ...signatureParams(signer, message) } };
}

function checkedNamespace(namespace: number): number {
  if (!isNamespace(namespace)) throw new ProtocolError('malformed', 'Not a namespace');
  return namespace;
}

function checkedInteger(value: number): number {
  // one fraction makes the server refuse the complete batch (network.md 9, item 3)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new ProtocolError('malformed', 'Times must be whole milliseconds');
  return value;
}
