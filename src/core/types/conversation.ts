/** Conversations and contacts as front ends see them. */
import type { LookAlike } from '../../text/look-alike.ts';
import type { Expiry } from './message.ts';

export type ConversationKind = 'contact' | 'group' | 'community' | 'self';

export type Conversation = Readonly<{
  /** `05…` account ID (`03…` and `URL/room` come with later issues) */
  id: string;
  kind: ConversationKind;
  /** foreign: nickname, else display name, else empty */
  name: string;
  unread: number;
  lastMessageAt: number;
  /** foreign: the beginning of the newest message, at most 120 code points */
  preview: string;
  /** an incoming message request: we have not accepted this person yet */
  request: boolean;
  /** we have blocked this person */
  blocked?: true;
  /** we wrote, and they have not answered or accepted yet: text only until then */
  waiting?: true;
  pinned: boolean;
  mutedUntil: number | null;
  /** text the user left in the composer */
  draft: string;
  /** id of the message that this text answers */
  draftAnswers?: string;
  /** the name can be taken for another one; known a moment after a session that polls has begun */
  lookAlike?: LookAlike;
  /** messages that are written here vanish so; absent: they stay */
  expiry?: Expiry;
  /** the other one is typing */
  typing?: true;
}>;

/** Somebody else, as one keeps them. */
export type Contact = Readonly<{
  id: string;
  /** foreign: the display name they gave themselves */
  name: string;
  /** the name one gave them, or null */
  nickname: string | null;
  /** we have accepted them */
  approved: boolean;
  /** they have accepted us */
  approvedMe: boolean;
  blocked: boolean;
  /** their first message waits for us to accept them, or to decline */
  request: boolean;
  pinned: boolean;
  /** no notifications before this time; `mutedForGood` for good; null: not muted */
  mutedUntil: number | null;
  /** the name can be taken for another one */
  lookAlike?: LookAlike;
}>;

/** The end of the year 9999. */
export const mutedForGood = 253_402_300_799_000;

/** What is left out stays as it is. */
export type ContactChange = Readonly<{
  /** null or empty: none */
  nickname?: string | null;
  pinned?: boolean;
  mutedUntil?: number | null;
  /** not in the conversation list until the next message */
  hidden?: boolean;
}>;
