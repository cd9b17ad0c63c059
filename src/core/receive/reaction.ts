import type { DataContent, ReactionReference } from '../../protocol/data-message.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import { messageId } from '../../store/index.ts';
import { putEarly } from '../kinds/early.ts';
import { isReaction, withReaction } from '../kinds/reactions.ts';
import { toMessage } from '../views.ts';
import { type Incoming, type Opened, skip } from './item.ts';
import { applyProfile } from './profile.ts';

/** An emoji on a message of this conversation, or one taken off (messages.md section 10). It makes no conversation. */
export function readReaction(
  { sender, sentAt, self }: Opened,
  { profile }: DataContent,
  { author, sentAt: target, emoji, remove }: ReactionReference,
  conversation: AccountId,
): Incoming {
  const from = parseAccountId(author);
  if (from === null || !isReaction(emoji)) return skip('bad-reaction');
  // In a conversation of two, nobody else has written.
  if (from !== conversation && from !== self) return skip('bad-reaction');
  const id = messageId(conversation, from, target);
  const reaction = { emoji, from: sender, at: sentAt, ...(remove ? { removed: true as const } : {}) };
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx, context } = round;
      if (tx.get('conversations', conversation) === undefined) return round.skip('unknown-sender');
      if (sender !== self) applyProfile(tx, sender, profile);
      const message = tx.message(id);
      if (message === undefined) return putEarly(tx, context, id, { reactions: [reaction] });
      if (message.notice !== undefined) return round.skip('deleted');
      const reactions = withReaction(message.reactions ?? [], reaction);
      if (reactions === null) return round.skip('old-reaction');
      const changed = { ...message, reactions };
      tx.putMessage(changed);
      round.announce(() => ({ event: 'message-changed', message: toMessage(changed, context.store) }));
      round.announce(() => ({
        event: 'reaction',
        message: toMessage(changed, context.store),
        from: sender,
        emoji,
        removed: remove,
      }));
    },
  };
}
