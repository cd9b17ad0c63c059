/** Contents that change or tell something instead of saying it: reactions, unsending, receipts and the like. */
import { ProtocolError } from '../errors.ts';
import { type Content, createContent } from './content.ts';
import { type ProfileFields, profileFields, timerUpdateFlag } from './data-message.ts';
import { type Expiry, expiryFields } from './expiry.ts';
import {
  DataExtractionNotification_Type,
  DataMessage_Reaction_Action,
  ReceiptMessage_Type,
  TypingMessage_Action,
} from './proto/session_pb.js';

/** An emoji put on a message, or taken off it (messages, section 10). Times in ms; ProtocolError `malformed`. */
export function buildReaction(
  fields: ProfileFields &
    Readonly<{
      sentAt: number;
      emoji: string;
      remove: boolean;
      target: Readonly<{ author: string; sentAt: number }>;
      /** that of the target */
      expiry: Expiry;
    }>,
): Content {
  const { sentAt, emoji, remove, target, expiry } = fields;
  const { REACT, REMOVE } = DataMessage_Reaction_Action;
  return createContent({
    dataMessage: {
      reaction: {
        id: time(target.sentAt),
        author: target.author,
        emoji,
        action: remove ? REMOVE : REACT,
      },
      ...profileFields(fields),
    },
    ...expiryFields(expiry),
    sigTimestamp: time(sentAt),
  });
}

/** A new disappearing-message timer of the sender's (messages, section 13.3). Errors as `buildReaction`. */
export function buildTimerUpdate(
  fields: ProfileFields & Readonly<{ sentAt: number; expiry: Expiry }>,
): Content {
  return createContent({
    dataMessage: { flags: timerUpdateFlag, ...profileFields(fields) },
    ...expiryFields(fields.expiry),
    sigTimestamp: time(fields.sentAt),
  });
}

/** Takes a message back (messages, section 12). Errors as `buildReaction`. */
export function buildUnsend(
  fields: Readonly<{ sentAt: number; target: Readonly<{ author: string; sentAt: number }> }>,
): Content {
  const { sentAt, target } = fields;
  return createContent({
    unsendRequest: { timestamp: time(target.sentAt), author: target.author },
    sigTimestamp: time(sentAt),
  });
}

/** The sent times of messages that were read (messages, section 11). Errors as `buildReaction`. */
export function buildReceipt(fields: Readonly<{ sentAt: number; read: readonly number[] }>): Content {
  return createContent({
    receiptMessage: { type: ReceiptMessage_Type.READ, timestamp: fields.read.map(time) },
    sigTimestamp: time(fields.sentAt),
  });
}

/** Somebody began or stopped typing (messages, section 11). Errors as `buildReaction`. */
export function buildTyping(fields: Readonly<{ sentAt: number; started: boolean }>): Content {
  const { STARTED, STOPPED } = TypingMessage_Action;
  return createContent({
    typingMessage: { timestamp: time(fields.sentAt), action: fields.started ? STARTED : STOPPED },
    sigTimestamp: time(fields.sentAt),
  });
}

/** An attachment of the other person was saved (messages, section 15). Errors as `buildReaction`. */
export function buildMediaSaved(
  fields: Readonly<{ sentAt: number; savedSentAt: number; expiry: Expiry }>,
): Content {
  return createContent({
    dataExtractionNotification: {
      type: DataExtractionNotification_Type.MEDIA_SAVED,
      timestamp: time(fields.savedSentAt),
    },
    ...expiryFields(fields.expiry),
    sigTimestamp: time(fields.sentAt),
  });
}

function time(value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new ProtocolError('malformed', 'A time is no whole number of milliseconds');
  return BigInt(value);
}
