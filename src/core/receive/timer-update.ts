import type { DataContent } from '../../protocol/data-message.ts';
import { readExpiry } from '../../protocol/expiry.ts';
import type { AccountId } from '../../protocol/ids.ts';
import { keepLatest, timerNotice } from '../kinds/set-expiry.ts';
import { timedArrival } from '../kinds/timers.ts';
import { isRemoved } from '../people/removed.ts';
import { isTrusted } from '../people/trust.ts';
import type { Incoming, Opened } from './item.ts';
import { applyProfile } from './profile.ts';

/** What one's other devices changed later than this is newer than any config that has come (messages.md section 22). */
const slackMs = 120_000;

/**
 * Somebody's messages vanish otherwise from now on: a line says so, and nothing changes on this side. From an own
 * device it is the own setting, which the configs carry too (messages.md section 13).
 */
export function readTimerUpdate(opened: Opened, read: DataContent, conversation: AccountId): Incoming {
  const { sender, sentAt, self, content, item, receivedAt } = opened;
  const expiry = readExpiry(content, conversation === self);
  const direction = sender === self ? 'out' : 'in';
  const notice = timerNotice(conversation, sender, direction, sentAt, receivedAt, expiry);
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx, context } = round;
      const line = tx.get('conversations', conversation);
      if (line === undefined && direction === 'in') return round.skip('unknown-sender');
      if (direction === 'in' && !isTrusted(tx.get('contacts', sender))) return round.skip('not-accepted');
      if (tx.message(notice.id) !== undefined) return round.skip('duplicate');
      if (isRemoved(tx, conversation, self, sentAt)) return round.skip('removed-conversation');
      if (direction === 'in') applyProfile(tx, sender, read.profile);
      const timed = timedArrival(tx, context, notice, item);
      if (timed === null) return round.skip('expired');
      round.add({ ...timed, hash: item.hash });
      const { isLatest, replaced } = keepLatest(tx, timed);
      if (!isLatest) {
        round.drop(timed.id);
        return;
      }
      if (replaced !== null)
        round.announce(() => ({ event: 'deleted', conversation, id: replaced, why: 'replaced', left: null }));
      const now = tx.get('conversations', conversation);
      if (direction === 'out' && now !== undefined && sentAt > context.network.now() - slackMs)
        tx.put('conversations', conversation, { ...now, expiry });
    },
  };
}
