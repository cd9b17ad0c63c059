/** When messages vanish, as a Content says it (messages, section 13). */
import type { Content } from './content.ts';
import { Content_ExpirationType } from './proto/session_pb.js';

/** When a message vanishes: so many seconds after it was stored by the network, or after it was read. `null`: never. */
export type Expiry = Readonly<{ mode: 'after-send' | 'after-read'; seconds: number }> | null;

/** The fields of a Content; "off" is written too. The numbers are not those of the Contacts config: there they are swapped. */
export function expiryFields(expiry: Expiry): {
  expirationType: Content_ExpirationType;
  expirationTimer: number;
} {
  const { UNKNOWN, DELETE_AFTER_READ, DELETE_AFTER_SEND } = Content_ExpirationType;
  if (expiry === null) return { expirationType: UNKNOWN, expirationTimer: 0 };
  return {
    expirationType: expiry.mode === 'after-read' ? DELETE_AFTER_READ : DELETE_AFTER_SEND,
    expirationTimer: expiry.seconds,
  };
}

/** What the fields of a message in a 1-1 conversation mean; with `afterSendOnly` those of a note to oneself. */
export function readExpiry(content: Content, afterSendOnly: boolean): Expiry {
  const { expirationType: type, expirationTimer: seconds } = content;
  if (seconds === 0 || type === Content_ExpirationType.UNKNOWN) return null;
  const isAfterSend = afterSendOnly || type === Content_ExpirationType.DELETE_AFTER_SEND;
  return { mode: isAfterSend ? 'after-send' : 'after-read', seconds };
}
