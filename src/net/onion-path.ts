/** One path through the onion network, and what it is for. */
import type { ServiceNode } from '../protocol/service-node.ts';

/** Large things travel over paths of their own: a long upload shall neither delay nor be told together with chats. */
export type PathPurpose = 'chat' | 'transfer';

/** A request with more bytes than this is a transfer (64 KiB). */
export const largeRequestBytes = 65_536;

/** `requestBytes`: what the destination is to read, before the onion layers. */
export function purposeFor(requestBytes: number): PathPurpose {
  return requestBytes > largeRequestBytes ? 'transfer' : 'chat';
}

export type OnionPath = {
  readonly id: number;
  readonly purpose: PathPurpose;
  /** guard, middle, exit */
  readonly hops: readonly [ServiceNode, ServiceNode, ServiceNode];
  /** local clock, ms */
  readonly builtAt: number;
  /** failures since it last worked */
  failures: number;
  /** requests under way */
  active: number;
  /** local clock, ms */
  lastUsedAt: number;
  /** monotonic, ms; when an answer last came over it */
  workedAt: number;
};
