import { le32, readLe32 } from '../util/bytes.ts';

/**
 * The next size that a padded file may have: at least `minimum`, then eight steps to each power of two, so that a
 * size tells its power of two and three bits more, and padding costs at most an eighth.
 */
export function bucketSize(length: number, minimum: number): number {
  if (length <= minimum) return minimum;
  const step = 2 ** (Math.floor(Math.log2(length)) - 3);
  return Math.ceil(length / step) * step;
}

/** Content behind its length (u32 LE), then zeros, so that the whole and `overhead` more bytes fill a bucket. */
export function padToBucket(content: Uint8Array, overhead: number, minimum: number): Uint8Array {
  const total = bucketSize(4 + content.length + overhead, minimum);
  const out = new Uint8Array(total - overhead);
  out.set(le32(content.length));
  out.set(content, 4);
  return out;
}

/** The content of `padToBucket`, or null if the length makes no sense. */
export function unpadFromBucket(padded: Uint8Array): Uint8Array | null {
  if (padded.length < 4) return null;
  const length = readLe32(padded);
  if (length > padded.length - 4) return null;
  return padded.subarray(4, 4 + length);
}
