/** The first list of service nodes, asked of the seed nodes (network.md 1.3, 1.4). */
import { NetworkError, ProtocolError } from '../errors.ts';
import { parseServiceNodeStates, type ServiceNode } from '../protocol/service-node.ts';
import { utf8Decode, utf8Encode } from '../util/bytes.ts';
import type { Endpoint } from './connector.ts';
import type { HttpClient } from './http.ts';
import { isBuiltInNetwork } from './networks.ts';
import type { NetworkDefinition, SeedNode } from './types.ts';

/** The bytes of the official client's request: a seed can't tell which program asks. */
const requestBody = utf8Encode(
  JSON.stringify({
    jsonrpc: '2.0',
    method: 'get_n_service_nodes',
    params: {
      active_only: true,
      fields: {
        public_ip: true,
        storage_port: true,
        pubkey_x25519: true,
        pubkey_ed25519: true,
        requested_unlock_height: true,
        height: true,
      },
    },
  }),
);

const requestHeaders = { 'User-Agent': 'WhatsApp', 'Accept-Language': 'en-us' };

/** Two thousand nodes are about 0.6 MB of JSON. */
const maxAnswerBytes = 8 * 1024 * 1024;

export type SeedOptions = Readonly<{
  http: HttpClient;
  timeoutMs: number;
  /** a list with fewer usable nodes is no list */
  minimumNodes: number;
  signal: AbortSignal;
  /** called when any seed answers anything */
  onAnswer(): void;
}>;

/**
 * Asks all seed nodes side by side; the first usable list wins and the other requests are aborted. NetworkError
 * `proxy` or `offline` if that is why no seed answered, else `seed`.
 */
export async function askSeedNodes(
  definition: NetworkDefinition,
  options: SeedOptions,
): Promise<readonly ServiceNode[]> {
  if (definition.seedNodes.length === 0) {
    throw new NetworkError(
      'seed',
      `The network "${definition.name}" has no seed node with a secure connection. Describe one in a network file and pass it with --network FILE.`,
    );
  }
  const won = new AbortController();
  const signal = AbortSignal.any([options.signal, won.signal]);
  try {
    return await Promise.any(
      definition.seedNodes.map((seed) =>
        askSeed(seedEndpoint(seed, definition), seed, { ...options, signal }),
      ),
    );
  } catch (error) {
    options.signal.throwIfAborted();
    throw seedFailure(error instanceof AggregateError ? error.errors : [error]);
  } finally {
    won.abort();
    // a seed is asked once in a long while: nothing is kept open to it
    for (const seed of definition.seedNodes) forget(seed, definition, options.http);
  }
}

/** Where and with what proof a seed is reached. NetworkError `seed` for a URL its network may not use. */
export function seedEndpoint(seed: SeedNode, definition: NetworkDefinition): Endpoint {
  const url = new URL(seed.url);
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  if (url.protocol === 'http:') {
    if (isBuiltInNetwork(definition)) {
      throw new NetworkError('seed', 'A built-in network never uses a seed node without encryption.');
    }
    return { secure: false, host, port: Number(url.port || 80), trust: { kind: 'none' }, purpose: 'seed' };
  }
  const pinned = seed.certificateSha256 !== undefined || seed.publicKeySha256 !== undefined;
  return {
    secure: true,
    host,
    port: Number(url.port || 443),
    trust: pinned ? { kind: 'pinned', pins: seed } : { kind: 'authority' },
    purpose: 'seed',
  };
}

function forget(seed: SeedNode, definition: NetworkDefinition, http: HttpClient): void {
  if (seed.url.startsWith('https:') || !isBuiltInNetwork(definition))
    http.forget(seedEndpoint(seed, definition));
}

async function askSeed(
  endpoint: Endpoint,
  seed: SeedNode,
  options: SeedOptions,
): Promise<readonly ServiceNode[]> {
  const url = new URL(seed.url);
  const answer = await options.http.post(
    endpoint,
    { path: url.pathname + url.search, headers: requestHeaders, body: requestBody, maxAnswerBytes },
    { timeoutMs: options.timeoutMs, signal: options.signal },
  );
  options.onAnswer();
  if (answer.status !== 200) {
    throw new NetworkError('seed', `A seed node answered with status ${answer.status}.`, {
      fields: { status: answer.status },
    });
  }
  if (answer.contentType !== 'application/json') {
    throw new NetworkError('seed', 'A seed node answered with something other than JSON.');
  }
  const { nodes } = parseServiceNodeStates(parseJson(answer.body));
  if (nodes.length < options.minimumNodes) {
    throw new NetworkError('seed', `A seed node knows only ${nodes.length} usable nodes.`, {
      fields: { nodes: nodes.length },
    });
  }
  return nodes;
}

function parseJson(body: Uint8Array): unknown {
  const text = utf8Decode(body);
  if (text === null) throw new ProtocolError('malformed', 'The answer is not UTF-8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('malformed', 'The answer is not JSON', { cause });
  }
}

/** One error for all seeds: the reason that explains them all, if there is one. */
function seedFailure(errors: readonly unknown[]): NetworkError {
  const known = errors.filter((error) => error instanceof NetworkError);
  const proxy = known.find((error) => error.code === 'proxy');
  if (proxy !== undefined) return proxy;
  const unreachable = known.filter(
    (error) => error.code === 'offline' || noRoute.has(String(error.fields.errno)),
  );
  if (unreachable.length === errors.length) {
    return new NetworkError(
      'offline',
      'No seed node can be reached: this machine seems to have no network connection.',
      {
        cause: errors[0],
      },
    );
  }
  const pin = known.find((error) => error.fields.errno === 'PIN');
  if (pin !== undefined && known.length === errors.length) {
    return new NetworkError(
      'seed',
      'A seed node showed a certificate other than its own: the connection is being intercepted, or the pin is out of date.',
      { cause: pin },
    );
  }
  const said = known.find((error) => error.code === 'seed');
  return new NetworkError('seed', said?.message ?? unreachableSeeds(known), { cause: errors[0] });
}

function unreachableSeeds(known: readonly NetworkError[]): string {
  if (known.some((error) => error.fields.stage !== 'connect')) {
    return 'No seed node answered with a list of service nodes. Try again later.';
  }
  return known.some((error) => error.fields.throughProxy)
    ? 'No seed node can be reached through the proxy. Try again later, or another proxy.'
    : 'No seed node can be reached. Check the network connection; where this network is blocked, go through a proxy (--tor, --proxy).';
}

/** For every server at once these mean that there is no way out, for a single one that it is down. */
const noRoute = new Set(['EHOSTUNREACH', 'ENOTFOUND']);
