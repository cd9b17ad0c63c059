/** What the RPC methods need of the node they run on, and what they answer. */
import type { Daemon } from '../daemon.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Swarm } from '../registry.ts';
import type { MessageStore } from '../storage/message-store.ts';
import { hardforkPair } from '../version.ts';
import type { Account } from './account.ts';

/** JSON, or text for most errors. */
export type Answer =
  | Readonly<{ status: number; json: JsonObject; text?: never }>
  | Readonly<{ status: number; text: string; json?: never }>;

export type RpcContext = Readonly<{
  /** this node's Ed25519 key in hex */
  ed25519: string;
  /** signs with it; 64 bytes */
  sign(message: Uint8Array): Uint8Array;
  store: MessageStore;
  daemon: Daemon;
  /** ms by this node's clock, which may be wrong */
  now(): number;
  height(): number;
  swarmOf(account: Account): Swarm | null;
  isOurs(account: Account): boolean;
  /**
   * Hands the request to the other members of the swarm at once, and gives what each of them said, by its key. Never
   * rejects.
   */
  forward(method: string, params: unknown): Promise<Readonly<Record<string, Json>>>;
  /** a fault: `retrieve` finds nothing */
  hidesMessages: boolean;
  /** a fault: of a batch, the sub-request with this number (counted round) is not done but fails */
  failingPart: number | null;
}>;

/** What stands in nearly every JSON answer: time and hard fork. */
export function commonFields(now: number): JsonObject {
  return { hf: hardforkPair, t: now };
}

export function textAnswer(status: number, text: string): Answer {
  return { status, text };
}

export function jsonAnswer(status: number, json: JsonObject): Answer {
  return { status, json };
}
