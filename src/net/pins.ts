/** Whether a server's certificate is the one we were told of (network.md 1.2). */
import type { X509Certificate } from 'node:crypto';
import { sha256 } from '../crypto/hash.ts';
import { toBase64 } from '../util/bytes.ts';

/** At least one of the two is set; whatever is set must match. */
export type CertificatePins = Readonly<{
  /** SHA-256 of the certificate (DER), lower-case hex */
  certificateSha256?: string;
  /** SHA-256 of the SubjectPublicKeyInfo (DER), base64 */
  publicKeySha256?: string;
}>;

/** True if every pin given matches the certificate, and at least one is given. */
export function matchesPins(certificate: X509Certificate, pins: CertificatePins): boolean {
  if (pins.certificateSha256 === undefined && pins.publicKeySha256 === undefined) return false;
  if (pins.certificateSha256 !== undefined) {
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    if (fingerprint !== pins.certificateSha256) return false;
  }
  if (pins.publicKeySha256 !== undefined) {
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    if (toBase64(sha256(spki)) !== pins.publicKeySha256) return false;
  }
  return true;
}
