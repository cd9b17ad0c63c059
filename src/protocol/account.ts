/** From the 16-byte seed of an account to all of its keys (protocol notes, accounts, sections 1 and 3). */
import { keyPairFromSeed, publicKeyToX25519, secretKeyToX25519 } from '../crypto/ed25519.ts';
import { ProtocolError } from '../errors.ts';
import { type AccountId, accountIdFromPublicKey } from './ids.ts';

/** All keys of one account. Everything is secret but the two public keys and the ID. */
export type AccountKeys = Readonly<{
  /** what the recovery phrase holds */
  seed16: Uint8Array;
  /** the Ed25519 seed: `seed16` and 16 zero bytes; also the key of configs and attachments */
  seed32: Uint8Array;
  ed25519PublicKey: Uint8Array;
  /** 64 bytes: `seed32`, then the public key */
  ed25519SecretKey: Uint8Array;
  x25519PublicKey: Uint8Array;
  x25519SecretKey: Uint8Array;
  accountId: AccountId;
}>;

/**
 * The keys of an account. The 16-byte seed is padded on the right with zeros to an Ed25519 seed, and the
 * X25519 keys are conversions of the Ed25519 keys (deriving them from the seed gives other ones).
 * ProtocolError `malformed` for a seed of another length.
 */
export function deriveAccount(seed16: Uint8Array): AccountKeys {
  if (seed16.length !== 16) {
    throw new ProtocolError('malformed', `An account seed must be 16 bytes, not ${seed16.length}`);
  }
  const seed32 = new Uint8Array(32);
  seed32.set(seed16);
  const ed25519 = keyPairFromSeed(seed32);
  const x25519PublicKey = publicKeyToX25519(ed25519.publicKey);
  return {
    seed16: Uint8Array.from(seed16),
    seed32,
    ed25519PublicKey: ed25519.publicKey,
    ed25519SecretKey: ed25519.secretKey,
    x25519PublicKey,
    x25519SecretKey: secretKeyToX25519(ed25519.secretKey),
    accountId: accountIdFromPublicKey(x25519PublicKey),
  };
}
