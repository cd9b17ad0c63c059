/** What the handlers of received content share: an item that was opened, and what comes of it. */
import type { Content } from '../../protocol/content.ts';
import type { AccountId } from '../../protocol/ids.ts';
import type { Round } from './round.ts';

/** An item that was decrypted and whose sender is proven; what it says is foreign. */
export type Opened = Readonly<{
  content: Content;
  sender: AccountId;
  /** ms; the envelope's, and so the message's identity together with its author */
  sentAt: number;
  /** of the item in one's own swarm; times in ms by the network's clock */
  item: Readonly<{ hash: string; timestamp: number; expiresAt: number }>;
  /** oneself */
  self: AccountId;
  /** ms, local clock */
  receivedAt: number;
}>;

/** Nothing comes of it; the reason is counted. */
export type Skipped = Readonly<{ kind: 'skip'; code: string }>;

/** What an item changes. `apply` runs within the transaction that stores the whole batch, unless `from` is blocked. */
export type Change = Readonly<{ kind: 'change'; from: AccountId; apply(round: Round): void }>;

export type Incoming = Skipped | Change;

/** What was read of an item, with the sent time (ms) that says whether its sender was blocked then. */
export type ReadItem = Skipped | (Change & Readonly<{ sentAt: number }>);

export function skip(code: string): Skipped {
  return { kind: 'skip', code };
}
