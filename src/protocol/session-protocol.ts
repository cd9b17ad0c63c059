/**
 * Session protocol v1: sign, then seal (messages, sections 1.1 and 1.4). What is sealed for the recipient is
 * plaintext || sender's Ed25519 key (32) || signature (64); signed is plaintext || sender's key || recipient's
 * X25519 key, so that nobody can pass a message on as if it had been written to somebody else.
 */
import { publicKeyToX25519, sign, verify } from '../crypto/ed25519.ts';
import { blake2b, sha512 } from '../crypto/hash.ts';
import { openSealed, seal, sealOverhead } from '../crypto/sealed-box.ts';
import { ProtocolError } from '../errors.ts';
import { concatBytes, toHex, utf8Encode } from '../util/bytes.ts';
import { Lru } from '../util/lru.ts';
import type { AccountKeys } from './account.ts';
import { type AccountId, accountIdFromPublicKey } from './ids.ts';

const keyLength = 32;
const signatureLength = 64;
/** What sealing adds to the padded content: sealed box, sender's key, signature. */
export const sessionOverhead = sealOverhead + keyLength + signatureLength;

const ephemeralHashKey = utf8Encode('SessionBoxEphemeralHashKey');

/**
 * The ephemeral secret (32 bytes) that makes equal plaintexts give equal ciphertexts, for what several devices
 * of one account must write alike (section 4.6). Messages to people use a random one.
 */
export function deterministicEphemeralSecret(
  plaintext: Uint8Array,
  sender: AccountKeys,
  recipient: Uint8Array,
): Uint8Array {
  const seed = blake2b(32, concatBytes(sender.seed32, recipient, plaintext), ephemeralHashKey);
  return sha512(seed).subarray(0, 32);
}

/**
 * Signs and seals `plaintext` (already padded where it must be) for the 32-byte X25519 key `recipient`; the
 * result is 144 bytes longer. `ephemeralSecret` as in `seal`. CryptoError `bad-key` for an unusable recipient.
 */
export function encryptForRecipient(
  plaintext: Uint8Array,
  sender: AccountKeys,
  recipient: Uint8Array,
  ephemeralSecret?: Uint8Array,
): Uint8Array {
  const signed = concatBytes(plaintext, sender.ed25519PublicKey, recipient);
  const signature = sign(signed, sender.ed25519SecretKey);
  return seal(concatBytes(plaintext, sender.ed25519PublicKey, signature), recipient, ephemeralSecret);
}

export type Decrypted = Readonly<{
  /** what was signed, padding included */
  plaintext: Uint8Array;
  /** 32 bytes; sent along and proven by the signature */
  senderEd25519: Uint8Array;
  sender: AccountId;
}>;

/** Conversion costs as much as a third of opening and verifying, and senders repeat. */
const senders = new Lru<string, AccountId>(1024);

/** Call only for a key that has verified: the cache holds conversions, not permission. */
function accountIdOf(ed25519: Uint8Array): AccountId {
  const hex = toHex(ed25519);
  const known = senders.get(hex);
  if (known !== undefined) return known;
  const id = accountIdFromPublicKey(publicKeyToX25519(ed25519));
  senders.set(hex, id);
  return id;
}

function orProtocolError<T>(code: string, message: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ProtocolError(code, message, { cause });
  }
}

/**
 * Opens `sealed` with the recipient's keys and verifies who wrote it. The sender is known only from here:
 * nothing outside the sealed box counts. ProtocolError `malformed` (too short), `decrypt-failed`, or
 * `bad-signature` (also when the sender's key is no usable point).
 */
export function decryptFromSender(
  sealed: Uint8Array,
  recipient: Readonly<{ x25519PublicKey: Uint8Array; x25519SecretKey: Uint8Array }>,
): Decrypted {
  if (sealed.length < sessionOverhead) {
    throw new ProtocolError('malformed', 'The encrypted message is too short');
  }
  const inner = orProtocolError('decrypt-failed', 'The message does not open with this account', () =>
    openSealed(sealed, recipient.x25519PublicKey, recipient.x25519SecretKey),
  );
  const bodyLength = inner.length - keyLength - signatureLength;
  const signature = inner.slice(bodyLength + keyLength);
  // `inner` is ours alone: laying the recipient's key over the signature gives what was signed without a copy.
  inner.set(recipient.x25519PublicKey, bodyLength + keyLength);
  const senderEd25519 = inner.slice(bodyLength, bodyLength + keyLength);
  if (!verify(signature, inner.subarray(0, bodyLength + 2 * keyLength), senderEd25519)) {
    throw new ProtocolError('bad-signature', "The message's signature is wrong");
  }
  const sender = orProtocolError('bad-signature', "The sender's key is not usable", () =>
    accountIdOf(senderEd25519),
  );
  return { plaintext: inner.subarray(0, bodyLength), senderEd25519, sender };
}
