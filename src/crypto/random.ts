/** The system's randomness. Only the outermost layer calls this; everything else takes it as an argument. */
import { randomFillSync } from 'node:crypto';

/** `length` cryptographically secure random bytes. */
export function systemRandomBytes(length: number): Uint8Array {
  return randomFillSync(new Uint8Array(length));
}
