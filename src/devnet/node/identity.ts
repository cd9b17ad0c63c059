/** A node's keys and its TLS certificate, which has nothing to do with them. */
import { generate } from 'selfsigned';
import { keyPairFromSeed, publicKeyToX25519, secretKeyToX25519 } from '../../crypto/ed25519.ts';
import { toHex } from '../../util/bytes.ts';

export type NodeIdentity = Readonly<{
  /** 32 bytes, from which all keys come */
  seed: Uint8Array;
  /** lower-case hex */
  ed25519: string;
  /** 64 bytes */
  ed25519SecretKey: Uint8Array;
  /** lower-case hex */
  x25519: string;
  x25519PublicKey: Uint8Array;
  x25519SecretKey: Uint8Array;
}>;

export function deriveIdentity(seed: Uint8Array): NodeIdentity {
  const pair = keyPairFromSeed(seed);
  const x25519PublicKey = publicKeyToX25519(pair.publicKey);
  return {
    seed,
    ed25519: toHex(pair.publicKey),
    ed25519SecretKey: pair.secretKey,
    x25519: toHex(x25519PublicKey),
    x25519PublicKey,
    x25519SecretKey: secretKeyToX25519(pair.secretKey),
  };
}

/** PEM texts. */
export type Certificate = Readonly<{ key: string; certificate: string }>;

const yearMs = 365 * 86_400_000;

/** Self-signed, `CN=localhost`, `O=Oxen`, as every storage server makes one for itself. */
export async function makeCertificate(now: number): Promise<Certificate> {
  const made = await generate(
    [
      { name: 'commonName', value: 'localhost' },
      { name: 'organizationName', value: 'Oxen' },
    ],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: new Date(now - 86_400_000),
      notAfterDate: new Date(now + 10 * yearMs),
    },
  );
  return { key: made.private, certificate: made.cert };
}
