/**
 * The protobuf wrapping of user configs (config.md, section 4.6): a message from the account to itself, made in a way
 * that equal configs give equal bytes.
 */
import { create } from '@bufbuild/protobuf';
import { CryptoError, ProtocolError } from '../../errors.ts';
import { concatBytes, equalBytes } from '../../util/bytes.ts';
import type { AccountKeys } from '../account.ts';
import { createContent, decodeContent, encodeContent } from '../content.ts';
import { encodeWebSocketMessage, unwrapEnvelope } from '../envelope.ts';
import { unpadMessage } from '../padding.ts';
import { Envelope_Type, EnvelopeSchema, type SharedConfigMessage_Kind } from '../proto/session_pb.js';
import { decryptFromSender, deterministicEphemeralSecret, encryptForRecipient } from '../session-protocol.ts';
import { encodeMessage } from '../wire.ts';

const terminator = Uint8Array.of(0x80);

/** What is stored for the encrypted config `data`. */
export function wrapConfig(
  data: Uint8Array,
  { seqno, kind, account }: Readonly<{ seqno: number; kind: SharedConfigMessage_Kind; account: AccountKeys }>,
): Uint8Array {
  const content = createContent({ sharedConfigMessage: { kind, seqno: BigInt(seqno), data } });
  const padded = concatBytes(encodeContent(content), terminator);
  const recipient = account.x25519PublicKey;
  const secret = deterministicEphemeralSecret(padded, account, recipient);
  const sealed = encryptForRecipient(padded, account, recipient, secret);
  const envelope = create(EnvelopeSchema, {
    type: Envelope_Type.SESSION_MESSAGE,
    timestamp: 1n,
    content: sealed,
  });
  return encodeWebSocketMessage(encodeMessage(EnvelopeSchema, envelope));
}

/**
 * The encrypted config in `stored`. ProtocolError for what is not wrapped, not from the account to itself, or wrapped
 * as another kind.
 */
export function unwrapConfig(
  stored: Uint8Array,
  { kind, account }: Readonly<{ kind: SharedConfigMessage_Kind; account: AccountKeys }>,
): Uint8Array {
  const { plaintext, senderEd25519 } = decryptFromSender(unwrapEnvelope(stored).content, account);
  if (!equalBytes(senderEd25519, account.ed25519PublicKey))
    throw new ProtocolError('bad-signature', 'The config is not from this account');
  const shared = decodeContent(unpadMessage(plaintext)).sharedConfigMessage;
  if (shared === undefined || shared.kind !== kind)
    throw new ProtocolError('malformed', 'The message holds no config of this kind');
  return shared.data;
}

/** `stored` without its wrapping: one, two (a release wrapped twice by mistake) or none at all. */
export function unwrapIfWrapped(
  stored: Uint8Array,
  context: Readonly<{ kind: SharedConfigMessage_Kind; account: AccountKeys }>,
): Uint8Array {
  let data = stored;
  for (let round = 0; round < 2; round++) {
    try {
      data = unwrapConfig(data, context);
    } catch (error) {
      // What can't be unwrapped is taken as the bare config; that it is none shows when it is decrypted.
      if (error instanceof ProtocolError || error instanceof CryptoError) return data;
      throw error;
    }
  }
  return data;
}
