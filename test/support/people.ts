/** Two accounts for tests: the ones of the worked example in the protocol notes (messages, section 1.5). */
import { deriveAccount } from '../../src/protocol/account.ts';
import { fromHex } from '../../src/util/bytes.ts';

function bytes(hex: string): Uint8Array {
  const value = fromHex(hex);
  if (value === null) throw new Error('not hex');
  return value;
}

export const alice = deriveAccount(bytes('0123456789abcdef0123456789abcdef'));
export const bob = deriveAccount(bytes('4ea2a5b6c1d2e3f405162738495a6b7c'));

/** "Randomness" that is the same each run and never the same twice within one. */
export function countingRandom(start = 1): (length: number) => Uint8Array {
  let next = start;
  return (length) => {
    const value = new Uint8Array(length).fill(next & 0xff);
    if (length >= 4) new DataView(value.buffer).setUint32(0, next);
    next++;
    return value;
  };
}
