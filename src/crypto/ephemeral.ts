/**
 * X25519 key pairs that are used once, for one agreement (RFC 7748). Made by node:crypto, which does both halves in
 * half the time of libsodium's wasm (docs/performance.md); an onion request needs four.
 */
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CryptoError } from '../errors.ts';
import { Lru } from '../util/lru.ts';
import { expectLength, plainBytes } from './check.ts';
import { publicFromSecret, scalarMult } from './x25519.ts';

export type EphemeralKey = Readonly<{
  /** 32 bytes */
  publicKey: Uint8Array;
  /** The shared secret, 32 bytes. CryptoError `bad-key` when `publicKey` is of low order */
  agree(publicKey: Uint8Array): Uint8Array;
}>;

/** From a 32-byte secret, for what must come out the same each time. */
export function ephemeralFromSecret(secret: Uint8Array): EphemeralKey {
  return {
    publicKey: publicFromSecret(secret),
    agree: (publicKey) => scalarMult(secret, publicKey),
  };
}

/** A fresh one; the randomness is OpenSSL's own. */
export function generateEphemeral(): EphemeralKey {
  const pair = generateKeyPairSync('x25519');
  const { x } = pair.publicKey.export({ format: 'jwk' });
  return {
    publicKey: plainBytes(Buffer.from(x ?? '', 'base64url')),
    agree(publicKey) {
      try {
        return plainBytes(diffieHellman({ privateKey: pair.privateKey, publicKey: receiverKey(publicKey) }));
      } catch (cause) {
        if (cause instanceof CryptoError) throw cause;
        throw new CryptoError('bad-key', 'The X25519 public key is of low order', { cause });
      }
    },
  };
}

/** Receivers are the nodes of a few paths, again and again, and reading a key takes as long as half an agreement. */
const receiverKeys = new Lru<string, KeyObject>(64);

function receiverKey(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(expectLength(publicKey, 32, 'An X25519 public key')).toString('base64url');
  let key = receiverKeys.get(x);
  if (key === undefined) {
    key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } });
    receiverKeys.set(x, key);
  }
  return key;
}
