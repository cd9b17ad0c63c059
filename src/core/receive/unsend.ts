import type { ReadContent } from '../../protocol/data-message.ts';
import { messageId } from '../../store/index.ts';
import { deletedEvents, findUnsent, rememberUnsent, removeMessage } from '../kinds/delete.ts';
import { type Incoming, type Opened, skip } from './item.ts';

/** A message is taken back by its author; nobody else can (messages.md section 12). */
export function readUnsend(
  { sender, self }: Opened,
  { author, sentAt }: Extract<ReadContent, { kind: 'unsend' }>,
): Incoming {
  if (author !== sender) return skip('unsend-of-others');
  const id = messageId(sender, sender, sentAt);
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx, context } = round;
      const own = sender === self;
      if (!own && tx.get('conversations', sender) === undefined) return round.skip('unknown-sender');
      const places = own ? context.store.entries('conversations').map(([key]) => key) : [sender];
      const message = findUnsent(tx, places, (place) => messageId(place, sender, sentAt));
      if (message === undefined) return rememberUnsent(tx, context, sender, sentAt, id);
      if (message.notice !== undefined) return round.skip('deleted');
      const tombstone = message.conversation !== self;
      removeMessage(tx, context, message, tombstone);
      const left = tombstone ? tx.message(message.id) : undefined;
      round.recount(message.conversation);
      round.announce(() => deletedEvents(context, message, left ?? null, 'unsent'));
    },
  };
}
