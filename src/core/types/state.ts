/** The state of a session, and the events that tell what changed. */
import type { AccountId } from '../../protocol/ids.ts';
import type { Conversation } from './conversation.ts';
import type { Message } from './message.ts';
import type { NetworkView } from './network.ts';

export type AccountView = Readonly<{ accountId: AccountId; name: string; profile: string }>;

export type SessionState = Readonly<{
  account: AccountView;
  /** requests last; pinned first, then by newest message */
  conversations: readonly Conversation[];
  network: NetworkView;
  /** messages waiting to go out */
  queued: number;
  /** true when the profile has no password (the data key lies in keys.json) */
  unprotected: boolean;
  /** counts of incoming items skipped since the start, by reason code */
  skipped: Readonly<Record<string, number>>;
}>;

/** Emitted only after the store has what it tells of. */
export type CoreEvent =
  | Readonly<{ event: 'message'; message: Message }>
  /** status, reason or body of a stored message changed */
  | Readonly<{ event: 'message-changed'; message: Message }>
  | Readonly<{ event: 'sent'; message: Message; hash: string }>
  | Readonly<{ event: 'queued'; message: Message; reason: string; anythingAnswered: boolean }>
  | Readonly<{ event: 'conversation'; conversation: Conversation }>
  | Readonly<{ event: 'network'; network: NetworkView }>
  /** a full round of fetching ended; `answered` is how many members of the swarm answered */
  | Readonly<{ event: 'round'; answered: number; stored: number }>
  /** how many of the parts of a restored account have come in from its other devices */
  | Readonly<{ event: 'progress'; task: 'restore'; done: number; total: number }>
  | Readonly<{ event: 'notice'; conversation: string | null; text: string }>
  /** somebody put an emoji on a message, or took it off; `message` is how it stands now */
  | Readonly<{ event: 'reaction'; message: Message; from: string; emoji: string; removed: boolean }>
  /** the recipient has read this one */
  | Readonly<{ event: 'receipt'; message: Message }>
  /** somebody types, or does so no longer */
  | Readonly<{ event: 'typing'; conversation: string; from: string; typing: boolean }>
  /** A message is gone; `left` is the line that stands in its place, if any. */
  | Readonly<{ event: 'deleted'; conversation: string; id: string; why: DeletedWhy; left: Message | null }>;

/**
 * `unsent`: its author took it back; `here`: somebody deleted it on this device; `expired`: its time was over; `replaced`:
 * a notice that another one has made out of date.
 */
export type DeletedWhy = 'unsent' | 'here' | 'expired' | 'replaced';
