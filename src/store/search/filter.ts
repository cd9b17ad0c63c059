/** Bloom filters over what the messages of a shard hold: twelve bits and eight probes an entry, one in 300 is wrong. */
import { readLe32 } from '../../util/bytes.ts';

const bitsPerEntry = 12;
const probesPerEntry = 8;
/** The least filter: bytes. */
const minBytes = 8;
/** More entries than this share the bits of so many: such a filter lets more through, and nothing is missed. */
const maxEntries = 100_000;
export const maxFilterBytes = (maxEntries * bitsPerEntry) / 8 + minBytes;

/** A filter that holds these keyed hashes (8 bytes each). */
export function makeFilter(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = Math.ceil((Math.min(hashes.length, maxEntries) * bitsPerEntry) / 64) * 8;
  const filter = new Uint8Array(Math.max(minBytes, bytes));
  for (const hash of hashes) {
    for (const bit of bitsOf(hash, filter.length * 8)) {
      filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
    }
  }
  return filter;
}

/** False if an entry of this hash was certainly not put in. */
export function mayHold(filter: Uint8Array, hash: Uint8Array): boolean {
  for (const bit of bitsOf(hash, filter.length * 8)) {
    if (((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

function bitsOf(hash: Uint8Array, bits: number): number[] {
  const first = readLe32(hash, 0);
  const step = readLe32(hash, 4);
  return Array.from({ length: probesPerEntry }, (_, i) => (first + i * step) % bits);
}
