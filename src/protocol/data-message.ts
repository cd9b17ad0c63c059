/** Content protobuf <-> what it means: text to be sent, and one tagged union for everything that arrives. */
import { ProtocolError } from '../errors.ts';
import { type Content, createContent } from './content.ts';
import { type Expiry, expiryFields } from './expiry.ts';
import {
  type AttachmentPointer,
  CallMessage_Type,
  Content_ExpirationType,
  DataExtractionNotification_Type,
  type DataMessage,
  type DataMessage_Quote,
  type DataMessage_Reaction,
  DataMessage_Reaction_Action,
  type LokiProfile,
  ReceiptMessage_Type,
  TypingMessage_Action,
} from './proto/session_pb.js';

/** Flag of a DataMessage that only announces a new disappearing-message timer. */
export const timerUpdateFlag = 2;
/** A message with more attachments is dropped (messages, section 7.10). */
export const maxAttachments = 32;

export type SenderProfile = Readonly<{
  /** foreign text; may be empty */
  name: string;
  /** when it was last changed, in seconds; 0 from old clients */
  updatedAtSec: number;
  pictureUrl?: string;
  /** 32 bytes; a picture needs both URL and key */
  pictureKey?: Uint8Array;
}>;

export type QuoteReference = Readonly<{
  /** account ID of the quoted message's author, as written by the sender */
  author: string;
  /** its sent time, ms */
  sentAt: number;
}>;

/** An attachment as announced; nothing of it has been checked but the sizes of numbers. Texts are foreign. */
export type AttachmentReference = Readonly<{
  fileName: string;
  contentType: string;
  /** of the plaintext; 0 when not said */
  sizeBytes: number;
  url: string;
  key: Uint8Array;
  digest: Uint8Array;
  voice: boolean;
  caption: string;
}>;

/** An emoji on a message; all foreign. Who reacts is the sender, never a field (messages, section 10). */
export type ReactionReference = Readonly<{
  /** account ID of the target's author, as written by the sender */
  author: string;
  /** sent time of the target, ms */
  sentAt: number;
  emoji: string;
  remove: boolean;
}>;

export type DataContent = Readonly<{
  kind: 'data';
  /** foreign text, untruncated */
  body: string;
  flags: number;
  attachments: readonly AttachmentReference[];
  quote?: QuoteReference;
  profile: SenderProfile | null;
  syncTarget?: string;
  hasPreview: boolean;
  reaction?: ReactionReference;
  hasCommunityInvitation: boolean;
  hasGroupUpdate: boolean;
  /** it has parts that this version does not know */
  hasUnknown: boolean;
  expirationType: 'none' | 'after-read' | 'after-send';
  /** 0 = off */
  expirationTimerSec: number;
}>;

export type CallKind = 'offer' | 'answer' | 'provisional-answer' | 'ice-candidates' | 'end' | 'pre-offer';

/** What a Content says: the first field that is set, in the order of Session Desktop (messages, section 4.2). */
export type ReadContent =
  | DataContent
  /** sent times (ms) of our messages that were read */
  | Readonly<{ kind: 'receipt'; sentAt: readonly number[] }>
  /** `timestamp` must be the envelope's, or the message is to be dropped */
  | Readonly<{ kind: 'typing'; started: boolean; timestamp: number }>
  | Readonly<{ kind: 'extraction'; what: 'screenshot' | 'media-saved' }>
  /** `author` must be the sender, or the message is to be dropped */
  | Readonly<{ kind: 'unsend'; author: string; sentAt: number }>
  | Readonly<{ kind: 'call'; what: CallKind; uuid: string }>
  | Readonly<{ kind: 'request-response'; isApproved: boolean; profile: SenderProfile | null }>
  /** a user config; never valid in namespace 0 */
  | Readonly<{ kind: 'config' }>
  /** known, and means nothing (any more) */
  | Readonly<{ kind: 'retired' }>
  | Readonly<{ kind: 'unknown' }>;

/** What a data message says of its sender, and of the conversation where it belongs. */
export type ProfileFields = Readonly<{
  /** the own display name; empty leaves the profile out, as sync copies do */
  profileName?: string;
  /** when name or picture last changed, in seconds */
  profileUpdatedAtSec?: number;
  /** goes out with the name; a profile without one says that there is none */
  profilePicture?: Readonly<{ url: string; key: Uint8Array }>;
  /** only in sync copies and Note to Self: the conversation's account ID */
  syncTarget?: string;
}>;

/** The fields of a DataMessage for them. */
export function profileFields(fields: ProfileFields): {
  profile?: { displayName: string; profilePicture?: string; lastProfileUpdateSeconds?: bigint };
  profileKey?: Uint8Array;
  syncTarget?: string;
} {
  const { profileName = '', profileUpdatedAtSec, profilePicture, syncTarget } = fields;
  const profile = {
    displayName: profileName,
    ...(profilePicture === undefined ? {} : { profilePicture: profilePicture.url }),
    ...(profileUpdatedAtSec === undefined ? {} : { lastProfileUpdateSeconds: BigInt(profileUpdatedAtSec) }),
  };
  return {
    ...(profileName === '' ? {} : { profile }),
    ...(profileName === '' || profilePicture === undefined ? {} : { profileKey: profilePicture.key }),
    ...(syncTarget === undefined ? {} : { syncTarget }),
  };
}

/**
 * The Content of a text message: body, own profile (left out when `profileName` is empty, as in sync copies),
 * quote, and expiry, written explicitly where it is off. `sentAt` in ms. ProtocolError `malformed` for a time that is no
 * integer.
 */
export function buildTextContent(
  fields: ProfileFields &
    Readonly<{
      body: string;
      sentAt: number;
      profileName: string;
      quote?: QuoteReference;
      /** left out: it stays */
      expiry?: Expiry;
    }>,
): Content {
  const { body, sentAt, quote, expiry = null } = fields;
  if (!Number.isSafeInteger(sentAt) || sentAt < 0) {
    throw new ProtocolError('malformed', 'The sent time is not a whole number of milliseconds');
  }
  return createContent({
    dataMessage: {
      body,
      ...profileFields(fields),
      ...(quote === undefined ? {} : { quote: { id: BigInt(quote.sentAt), author: quote.author } }),
    },
    ...expiryFields(expiry),
    sigTimestamp: BigInt(sentAt),
  });
}

/** A 64-bit integer as a number, or null beyond 2^53: a time like that refers to nothing. */
function safeNumber(value: bigint): number | null {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

function readQuote(quote: DataMessage_Quote | undefined): QuoteReference | undefined {
  if (quote === undefined) return undefined;
  const sentAt = safeNumber(quote.id);
  return sentAt === null ? undefined : { author: quote.author, sentAt };
}

/** Without a target that can be there, its emoji is empty: still a reaction, and one that means nothing. */
function readReaction(reaction: DataMessage_Reaction | undefined): ReactionReference | undefined {
  if (reaction === undefined) return undefined;
  const sentAt = safeNumber(reaction.id);
  const { author, emoji, action } = reaction;
  return {
    author,
    sentAt: sentAt ?? 0,
    emoji: sentAt === null ? '' : emoji,
    remove: action === DataMessage_Reaction_Action.REMOVE,
  };
}

/** Some clients wrote milliseconds: values from the year 2096 on are taken as such (accounts, section 10). */
function profileTimeSec(value: bigint): number {
  const seconds = value >= 4_000_000_000n ? value / 1000n : value;
  return safeNumber(seconds) ?? 0;
}

function readProfile(profile: LokiProfile | undefined, key: Uint8Array): SenderProfile | null {
  if (profile === undefined) return null;
  const hasPicture = profile.profilePicture !== '' && key.length === 32;
  return {
    name: profile.displayName,
    updatedAtSec: profileTimeSec(profile.lastProfileUpdateSeconds),
    ...(hasPicture ? { pictureUrl: profile.profilePicture, pictureKey: key } : {}),
  };
}

function readAttachment(pointer: AttachmentPointer): AttachmentReference {
  return {
    fileName: pointer.fileName,
    contentType: pointer.contentType,
    sizeBytes: pointer.size,
    url: pointer.url,
    key: pointer.key,
    digest: pointer.digest,
    voice: (pointer.flags & 1) !== 0,
    caption: pointer.caption,
  };
}

function readDataMessage(data: DataMessage, content: Content): DataContent {
  const quote = readQuote(data.quote);
  const reaction = readReaction(data.reaction);
  const timed = content.expirationTimer > 0;
  const afterSend = content.expirationType === Content_ExpirationType.DELETE_AFTER_SEND;
  const afterRead = content.expirationType === Content_ExpirationType.DELETE_AFTER_READ;
  return {
    kind: 'data',
    body: data.body,
    flags: data.flags,
    attachments: data.attachments.map(readAttachment),
    ...(quote === undefined ? {} : { quote }),
    profile: readProfile(data.profile, data.profileKey),
    ...(data.syncTarget === '' ? {} : { syncTarget: data.syncTarget }),
    hasPreview: data.preview.length > 0,
    ...(reaction === undefined ? {} : { reaction }),
    hasCommunityInvitation: data.communityInvitation !== undefined,
    hasGroupUpdate: data.groupUpdateMessage !== undefined,
    hasUnknown: data.$unknown?.some(({ no }) => !retiredDataFields.includes(no)) ?? false,
    expirationType: timed && afterSend ? 'after-send' : timed && afterRead ? 'after-read' : 'none',
    expirationTimerSec: content.expirationTimer,
  };
}

/** Fields of a Content that are no more: old configurations, and the time of a timer's last change. */
const retiredFields: readonly number[] = [7, 14];

/** Those of a DataMessage: of legacy groups, timers of old, and a time that old clients still write. */
const retiredDataFields: readonly number[] = [3, 5, 7, 104];

/** Whether there is a field that this version does not know. */
function hasUnknown(fields: readonly Readonly<{ no: number }>[] | undefined): boolean {
  return fields?.some(({ no }) => !retiredFields.includes(no)) ?? false;
}

const callKinds: Readonly<Record<CallMessage_Type, CallKind>> = {
  [CallMessage_Type.OFFER]: 'offer',
  [CallMessage_Type.ANSWER]: 'answer',
  [CallMessage_Type.PROVISIONAL_ANSWER]: 'provisional-answer',
  [CallMessage_Type.ICE_CANDIDATES]: 'ice-candidates',
  [CallMessage_Type.END_CALL]: 'end',
  [CallMessage_Type.PRE_OFFER]: 'pre-offer',
};

/** The meaning of a decoded Content. Never throws; what this version does not know is `unknown`. */
export function readContent(content: Content): ReadContent {
  const { dataMessage, receiptMessage, typingMessage, dataExtractionNotification } = content;
  const { unsendRequest, callMessage, messageRequestResponse, sharedConfigMessage } = content;
  if (dataMessage !== undefined) return readDataMessage(dataMessage, content);
  if (receiptMessage !== undefined) {
    // DELIVERY is retired and means nothing.
    if (receiptMessage.type !== ReceiptMessage_Type.READ) return { kind: 'retired' };
    return { kind: 'receipt', sentAt: receiptMessage.timestamp.flatMap((time) => safeNumber(time) ?? []) };
  }
  if (typingMessage !== undefined) {
    const started = typingMessage.action === TypingMessage_Action.STARTED;
    return { kind: 'typing', started, timestamp: safeNumber(typingMessage.timestamp) ?? 0 };
  }
  if (dataExtractionNotification !== undefined) {
    const saved = dataExtractionNotification.type === DataExtractionNotification_Type.MEDIA_SAVED;
    return { kind: 'extraction', what: saved ? 'media-saved' : 'screenshot' };
  }
  if (unsendRequest !== undefined) {
    const sentAt = safeNumber(unsendRequest.timestamp);
    return sentAt === null ? { kind: 'retired' } : { kind: 'unsend', author: unsendRequest.author, sentAt };
  }
  if (callMessage !== undefined) {
    return { kind: 'call', what: callKinds[callMessage.type], uuid: callMessage.uuid };
  }
  if (messageRequestResponse !== undefined) {
    const { isApproved, profile, profileKey } = messageRequestResponse;
    return { kind: 'request-response', isApproved, profile: readProfile(profile, profileKey) };
  }
  if (sharedConfigMessage !== undefined) return { kind: 'config' };
  return hasUnknown(content.$unknown) ? { kind: 'unknown' } : { kind: 'retired' };
}
