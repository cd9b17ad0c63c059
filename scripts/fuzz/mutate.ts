/** Seeded random bytes and the mutations of the fuzzer. The same seed gives the same inputs. */

export type Rng = Readonly<{
  /** a whole number in [0, below) */
  int(below: number): number;
  bytes(length: number): Uint8Array;
}>;

/** mulberry32: small, fast, and good enough to pick bytes to break. */
export function createRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    int: (below) => next() % Math.max(1, below),
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
}

/** Bytes that sit at the edges of lengths, tags, text encodings and JSON. */
const interesting: readonly (readonly number[])[] = [
  [0x00],
  [0x7f],
  [0x80],
  [0xff],
  [0x00, 0x00, 0x00, 0x00],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x80, 0xae],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    'null',
    'true',
    '-1',
    '1e999',
    '9'.repeat(40),
    '{"__proto__":1}',
    '\\u0000',
  ],
  ...['i-0e', 'd', 'l', 'e', '99999999999:', '0:', '[['.repeat(2000), 'l'.repeat(2000)],
].map((item) => (typeof item === 'string' ? [...Buffer.from(item)] : item));

const maxLength = 100_000;

/** A changed copy of `input`: one to eight mutations, some taking a piece of `other`. */
export function mutate(rng: Rng, input: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = Array.from(input);
  for (let left = 1 + rng.int(8); left > 0; left--) bytes = mutateOnce(rng, bytes, other);
  return Uint8Array.from(bytes.slice(0, maxLength));
}

function mutateOnce(rng: Rng, bytes: number[], other: Uint8Array): number[] {
  const at = rng.int(bytes.length + 1);
  const length = 1 + rng.int(rng.int(4) === 0 ? 1 + bytes.length : 8);
  switch (rng.int(9)) {
    case 0:
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << rng.int(8)) : byte));
    case 1:
      return bytes.toSpliced(at, 1, rng.int(256));
    case 2:
      return bytes.toSpliced(at, length);
    case 3:
      return bytes.toSpliced(at, 0, ...rng.bytes(Math.min(length, 4000)));
    case 4:
      return bytes.toSpliced(at, 0, ...bytes.slice(at, at + Math.min(length, 4000)));
    case 5:
      return bytes.slice(0, at);
    case 6:
      return bytes.toSpliced(at, rng.int(8), ...(interesting[rng.int(interesting.length)] ?? []));
    case 7: {
      const from = rng.int(other.length + 1);
      return bytes.toSpliced(at, rng.int(length + 1), ...other.subarray(from, from + Math.min(length, 4000)));
    }
    default: {
      // a counter or length off by one
      const value = bytes[at];
      return value === undefined ? bytes : bytes.with(at, (value + (rng.int(2) === 0 ? 1 : 255)) & 0xff);
    }
  }
}
