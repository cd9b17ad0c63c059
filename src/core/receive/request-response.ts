import type { ReadContent } from '../../protocol/data-message.ts';
import { theyAccepted } from '../people/incoming.ts';
import { type Incoming, type Opened, skip } from './item.ts';

/** Somebody has accepted our message request (messages.md section 14). */
export function readRequestResponse(
  opened: Opened,
  read: Extract<ReadContent, { kind: 'request-response' }>,
): Incoming {
  const { sender, self } = opened;
  if (sender === self || !read.isApproved) return skip('request-response');
  return {
    kind: 'change',
    from: sender,
    apply(round) {
      theyAccepted(round, opened, read.profile);
    },
  };
}
