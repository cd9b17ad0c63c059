import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { swarmForAccount, swarmPosition } from '../../src/protocol/swarm.ts';

const top = 2n ** 64n;
const at = (position: bigint) => `05${position.toString(16).padStart(16, '0')}${'0'.repeat(48)}`;

describe('the position of an account', () => {
  it('is the XOR of the four words of its key', () => {
    const key = 'ffeeddccbbaa998877665544332211000123456789abcdeffedcba9876543210';
    expect(swarmPosition(key)).toBe(0x7777777777777777n);
    expect(swarmPosition(`05${key}`)).toBe(0x7777777777777777n);
    expect(swarmPosition(`03${key.toUpperCase()}`)).toBe(0x7777777777777777n);
  });

  it('exists for keys only', () => {
    for (const bad of ['', '05', 'zz'.repeat(33), `05${'00'.repeat(33)}`])
      expect(() => swarmPosition(bad)).toThrow(ProtocolError);
  });
});

describe('the swarm of an account', () => {
  it('is the nearest one, around the end of the ring too', () => {
    expect(swarmForAccount(at(100n), [10n, 95n, 107n])).toBe(95n);
    expect(swarmForAccount(at(5n), [1000n, top - 10n])).toBe(top - 10n);
    expect(swarmForAccount(at(top - 5n), [3n, top - 100n])).toBe(3n);
  });

  it('is the left one of two equally near', () => {
    expect(swarmForAccount(at(100n), [105n, 95n])).toBe(95n);
    expect(swarmForAccount(at(100n), [95n, 105n])).toBe(95n);
    expect(swarmForAccount(at(2n), [7n, top - 3n])).toBe(top - 3n);
  });

  it('is nowhere when no swarm is known, and never the number for "none"', () => {
    expect(swarmForAccount(at(1n), [])).toBe(null);
    expect(swarmForAccount(at(top - 1n), [top - 1n])).toBe(null);
    expect(swarmForAccount(at(top - 1n), [top - 1n, 77n])).toBe(77n);
  });

  it('agrees with a walk over sorted neighbours, in any order', () => {
    const id = fc.bigInt({ min: 0n, max: top - 2n });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: top - 1n }),
        fc.uniqueArray(id, { minLength: 1, maxLength: 12 }),
        (p, ids) => {
          // network.md 4.7 read literally: the first swarm at or after the position, and the one before it
          const sorted = [...ids].sort((a, b) => (a < b ? -1 : 1));
          let rightIndex = sorted.findIndex((s) => s >= p);
          if (rightIndex === -1) rightIndex = 0;
          const right = sorted[rightIndex]!;
          const left = sorted[(rightIndex + sorted.length - 1) % sorted.length]!;
          const toRight = (right - p + top) % top;
          const toLeft = (p - left + top) % top;
          const expected = toRight < toLeft ? right : left;
          expect(swarmForAccount(at(p), ids)).toBe(expected);
        },
      ),
    );
  });
});
