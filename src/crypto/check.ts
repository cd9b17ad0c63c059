/** Checks of arguments, and of what the libraries below hand out, for all of `src/crypto`. */
import { CryptoError } from '../errors.ts';

/**
 * `bytes`, if it is `length` bytes long. CryptoError `bad-key` (or the code given) names the argument, what
 * was expected and what came; never the bytes.
 */
export function expectLength(bytes: Uint8Array, length: number, what: string, code = 'bad-key'): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new CryptoError(code, `${what} must be ${length} bytes, not ${bytes.length}`);
}

/** A plain Uint8Array with the content of a Buffer from node:crypto, without copying. */
export function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
