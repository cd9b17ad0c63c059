/**
 * From a config message to what is stored and back (config.md, section 4.1): compress, pad, split where it must be,
 * encrypt, wrap.
 */
import { CryptoError, ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../util/bytes.ts';
import type { AccountKeys } from '../account.ts';
import type { SharedConfigMessage_Kind } from '../proto/session_pb.js';
import { zstdCompress, zstdDecompress } from './compress.ts';
import { configOverhead, decryptConfig, encryptConfig, padConfig, unpadConfig } from './crypt.ts';
import { maxPlainBytes } from './message.ts';
import { maxStoredBytes, partMark, splitConfig } from './multipart.ts';
import { unwrapIfWrapped, wrapConfig } from './wrap.ts';

const compressedMark = 0x7a;
const dictMark = 0x64;

export type PackingKeys = Readonly<{
  /** 32 bytes each; the first encrypts, all are tried for decrypting */
  keys: readonly Uint8Array[];
  domain: string;
  /** user configs are wrapped, group configs are not */
  wrap: Readonly<{ kind: SharedConfigMessage_Kind; account: AccountKeys }> | null;
}>;

/** `plain`, or its shorter compressed form (section 4.2). */
export function compressConfig(plain: Uint8Array): Uint8Array {
  const compressed = concatBytes(Uint8Array.of(compressedMark), zstdCompress(plain));
  return compressed.length < plain.length ? compressed : plain;
}

/** The bytes to be stored, in one message or several. ProtocolError `too-large` beyond 5 000 000 bytes. */
export function packConfig(
  message: Readonly<{ seqno: number; bytes: Uint8Array }>,
  { keys, domain, wrap }: PackingKeys,
): readonly Uint8Array[] {
  const [key] = keys;
  if (key === undefined) throw new ProtocolError('malformed', 'There is no key to encrypt the config with');
  const padded = padConfig(compressConfig(message.bytes));
  if (padded.length + configOverhead > maxStoredBytes)
    return splitConfig(padded).map((part) => encryptConfig(part, key, domain));
  const encrypted = encryptConfig(padded, key, domain);
  if (wrap === null) return [encrypted];
  const wrapped = wrapConfig(encrypted, { ...wrap, seqno: message.seqno });
  return [wrapped.length > maxStoredBytes ? encrypted : wrapped];
}

/**
 * What was stored, in the clear and without padding: a config message, compressed or not, or a part of one.
 * ProtocolError `decrypt-failed` when it is not ours, `too-large` for what no swarm stores.
 */
export function openConfig(stored: Uint8Array, { keys, domain, wrap }: PackingKeys): Uint8Array {
  if (stored.length > maxStoredBytes) throw new ProtocolError('too-large', 'The stored config is too large');
  const encrypted = wrap === null ? stored : unwrapIfWrapped(stored, wrap);
  for (const key of keys) {
    try {
      return unpadConfig(decryptConfig(encrypted, key, domain));
    } catch (error) {
      // another key may fit
      if (!(error instanceof CryptoError)) throw error;
    }
  }
  throw new ProtocolError('decrypt-failed', 'The config does not open with the keys of this account');
}

/** True for a part of a larger config. */
export function isPart(opened: Uint8Array): boolean {
  return opened[0] === partMark;
}

/** The bencoded config message in what `openConfig` gave. ProtocolError `malformed`, or `too-large` for a bomb. */
export function expandConfig(opened: Uint8Array): Uint8Array {
  const plain = opened[0] === compressedMark ? zstdDecompress(opened.subarray(1), maxPlainBytes) : opened;
  if (plain[0] !== dictMark) throw new ProtocolError('malformed', 'What is stored is no config message');
  return plain;
}
