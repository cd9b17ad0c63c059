/**
 * One-to-one messages from Content to stored bytes and back (messages, sections 1, 7.2 and 7.3). The bytes go
 * into namespace 0 of the recipient's swarm; a sync copy is the same with oneself as recipient.
 */
import { keyPairFromSeed, sign } from '../crypto/ed25519.ts';
import { ProtocolError } from '../errors.ts';
import type { AccountKeys } from './account.ts';
import { type Content, decodeContent, encodeContent } from './content.ts';
import { timeFromWire, unwrapEnvelope, wrapEnvelope } from './envelope.ts';
import { type AccountId, accountPublicKey } from './ids.ts';
import { padMessage, unpadMessage } from './padding.ts';
import { decryptFromSender, encryptForRecipient } from './session-protocol.ts';

/** What a storage server takes at most, before base64. */
export const maxStoredBytes = 76_800;
/** What is decrypted at most: somewhat more, should servers become more generous. */
const maxReadBytes = 2 * maxStoredBytes;

/** A signature that nobody can check: without Pro, traffic must look like that of those who have it (1.2). */
function decoySignature(random: (length: number) => Uint8Array): Uint8Array {
  return sign(random(32), keyPairFromSeed(random(32)).secretKey);
}

/**
 * Signs and encrypts `content` for `recipient`: the bytes to be stored. `sentAt` (ms) must be the content's
 * `sigTimestamp`, or every official client would drop the message: ProtocolError `timestamp-mismatch`.
 * ProtocolError `too-large` above 76 800 bytes; `bad-recipient` for an ID whose key nothing can be sealed for.
 */
export function encryptOneToOne(
  message: Readonly<{
    content: Content;
    sentAt: number;
    sender: AccountKeys;
    recipient: AccountId;
    random: (length: number) => Uint8Array;
  }>,
): Uint8Array {
  const { content, sentAt, sender, recipient, random } = message;
  if (!Number.isSafeInteger(sentAt) || content.sigTimestamp !== BigInt(sentAt)) {
    throw new ProtocolError('timestamp-mismatch', 'The sent time and the signed time of the message differ');
  }
  const padded = padMessage(encodeContent(content));
  let sealed: Uint8Array;
  try {
    sealed = encryptForRecipient(padded, sender, accountPublicKey(recipient), random(32));
  } catch (cause) {
    throw new ProtocolError('bad-recipient', 'Nothing can be encrypted for this account ID', { cause });
  }
  const stored = wrapEnvelope({ sentAt, sealed, proSig: decoySignature(random) });
  if (stored.length > maxStoredBytes) {
    throw new ProtocolError(
      'too-large',
      `The message is too large: ${stored.length} of ${maxStoredBytes} bytes`,
    );
  }
  return stored;
}

export type OneToOne = Readonly<{
  /** proven by the signature */
  sender: AccountId;
  /** ms; the sender's clock; 0 only when an old client gave no time at all */
  sentAt: number;
  content: Content;
}>;

/**
 * Decrypts and verifies what was stored for `recipient`. ProtocolError `unsupported` (a message of protocol v2,
 * which begins with a zero byte), `malformed`, `too-large`, `decrypt-failed`, `bad-signature`, or
 * `timestamp-mismatch` when envelope and signed content both give a time and not the same one.
 */
export function decryptOneToOne(data: Uint8Array, recipient: AccountKeys): OneToOne {
  if (data[0] === 0) {
    throw new ProtocolError('unsupported', 'A newer device sent something that this version cannot read');
  }
  if (data.length > maxReadBytes) throw new ProtocolError('too-large', 'The message is too large');
  const envelope = unwrapEnvelope(data);
  const { plaintext, sender } = decryptFromSender(envelope.content, recipient);
  const content = decodeContent(unpadMessage(plaintext));
  const signedAt = timeFromWire(content.sigTimestamp);
  if (envelope.sentAt !== 0 && signedAt !== 0 && envelope.sentAt !== signedAt) {
    throw new ProtocolError('timestamp-mismatch', 'Envelope and signed content give different times');
  }
  return { sender, sentAt: envelope.sentAt || signedAt, content };
}
