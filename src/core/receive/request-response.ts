import type { ReadContent } from '../../protocol/data-message.ts';
import { contactIn } from '../records.ts';
import { type Incoming, type Opened, skip } from './item.ts';
import { profileChange } from './profile.ts';

/** Somebody has accepted our message request (messages.md section 14). */
export function readRequestResponse(
  { sender, self }: Opened,
  read: Extract<ReadContent, { kind: 'request-response' }>,
): Incoming {
  if (sender === self || !read.isApproved) return skip('request-response');
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      const { tx } = round;
      const contact = contactIn(tx, sender);
      tx.put('contacts', sender, { ...contact, approvedMe: true, ...profileChange(contact, read.profile) });
      if (contact.approvedMe || !contact.approved) return;
      round.announce(() => ({
        event: 'notice',
        conversation: sender,
        text: 'accepted your message request',
      }));
    },
  };
}
