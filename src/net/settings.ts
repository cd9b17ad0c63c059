/** Time limits of the network layer, with their origin; tests shorten them. */
import type { ProxySettings } from './types.ts';

export type NetworkLimits = Readonly<{
  /** reaching a guard or seed, TLS included */
  connectMs: number;
  /** a seed's whole answer (network.md 1.3) */
  seedMs: number;
  /** until the answer to an onion request begins (network.md 3.4); a dead hop answers only after 30 s */
  answerMs: number;
  /** the rest of an answer: up to 14 MB */
  bodyMs: number;
  /** a second try goes out beside the first one after at least this long */
  hedgeFirstMs: number;
  /** and at most this long */
  hedgeLastMs: number;
  /** pause before the first repeat of a failed round of seeds or of the list refresh; it doubles */
  retryMs: number;
  /** first refresh of the node list after connecting, and every later one (network.md 1.6) */
  firstRefreshMs: number;
  refreshMs: number;
}>;

const direct: NetworkLimits = {
  connectMs: 5_000,
  seedMs: 5_000,
  answerMs: 10_000,
  bodyMs: 30_000,
  hedgeFirstMs: 1_000,
  hedgeLastMs: 4_000,
  retryMs: 1_000,
  firstRefreshMs: 300_000,
  refreshMs: 3_600_000,
};

/** Circuits of Tor take seconds to come about, and every answer crosses three more machines. */
const throughProxy: NetworkLimits = {
  ...direct,
  connectMs: 30_000,
  seedMs: 30_000,
  answerMs: 20_000,
  bodyMs: 90_000,
  hedgeFirstMs: 3_000,
  hedgeLastMs: 8_000,
};

export function limitsFor(proxy: ProxySettings | null): NetworkLimits {
  return proxy === null ? direct : throughProxy;
}

/** Smallest counts of nodes (network.md 1.5, 1.6). */
export type NodeMinimums = Readonly<{
  /** a list with fewer is not taken */
  list: number;
  /** what three nodes must agree on for a refresh */
  agreed: number;
  /** usable nodes kept by taking exiled ones back */
  usable: number;
}>;

/** `minimumNodes` of a network file replaces them all (contracts.md section 4). */
export function minimumsFor(minimumNodes: number | null): NodeMinimums {
  return minimumNodes === null
    ? { list: 12, agreed: 24, usable: 12 }
    : { list: minimumNodes, agreed: minimumNodes, usable: minimumNodes };
}
