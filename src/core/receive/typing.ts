import type { ReadContent } from '../../protocol/data-message.ts';
import { showsTyping } from '../kinds/typing.ts';
import { isTrusted } from '../people/trust.ts';
import { type Incoming, type Opened, skip } from './item.ts';

/** Somebody types, or has stopped (messages.md section 11). */
export function readTyping(
  { sender, sentAt, self }: Opened,
  { started, timestamp }: Extract<ReadContent, { kind: 'typing' }>,
): Incoming {
  if (sender === self || timestamp !== sentAt) return skip('typing');
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx, context } = round;
      const isKnown = tx.get('conversations', sender) !== undefined;
      if (!showsTyping(tx) || !isKnown || !isTrusted(tx.get('contacts', sender))) return round.skip('typing');
      round.announce(() => {
        context.typing.heard(sender, started, sentAt);
        return [];
      });
    },
  };
}
