/** The network as front ends see it. */
import type { NetworkGuard, ProxySource } from '../../net/index.ts';

export type Hop = Readonly<{ ip: string; port: number; ed25519: string }>;

export type NetworkPhase =
  /** nothing asked yet */
  | 'idle'
  /** asking seeds, or building paths */
  | 'connecting'
  | 'online'
  /** the last attempts failed; `detail` says why; it goes on trying */
  | 'offline';

export type NetworkView = Readonly<{
  phase: NetworkPhase;
  /** one sentence for a person: what is slow or failing, and what is being done; empty when all is well */
  detail: string;
  proxy: string | null;
  /** the option or variable that named the proxy; null where there is none */
  proxySource: ProxySource | null;
  nodes: number;
  nodeListAt: number;
  /** the network's clock minus this machine's, ms; null while no node has spoken */
  clockOffsetMs: number | null;
  /** those chosen, in a lasting order, then those under test */
  guards: readonly NetworkGuard[];
  /** the standing paths, the one in use first; hops: guard, middle, exit */
  paths: readonly Readonly<{ hops: readonly Hop[]; builtAt: number; failures: number }>[];
}>;
