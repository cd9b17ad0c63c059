import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import {
  type BencodeInput,
  type BencodeValue,
  decodeBencode,
  encodeBencode,
} from '../../src/protocol/bencode.ts';
import { toHex, utf8Encode } from '../../src/util/bytes.ts';

const text = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));
const back = (bytes: Uint8Array) => String.fromCharCode(...bytes);

function outcome(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'ok';
}

/** Anything bencode holds, with keys of any bytes. */
const { value } = fc.letrec<{ value: BencodeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .array(fc.tuple(fc.uint8Array({ maxLength: 4 }), tie('value')), { maxLength: 5 })
      .map((entries) => new Map(entries.map(([k, v]) => [back(k), v]))),
  ),
}));

describe('bencode', () => {
  it('writes the one form of each value', () => {
    const rows: [BencodeInput, string][] = [
      [0, 'i0e'],
      [-7n, 'i-7e'],
      [2n ** 64n - 1n, 'i18446744073709551615e'],
      ['', '0:'],
      ['é', '2:\u00c3\u00a9'],
      [[1, ['x']], 'li1el1:xee'],
      [
        new Map<string, BencodeInput>([
          ['b', 1],
          ['\u00ff', 2],
          ['', 3],
          ['a', new Map()],
        ]),
        'd0:i3e1:ade1:bi1e1:\u00ffi2ee',
      ],
    ];
    for (const [input, wire] of rows) expect(back(encodeBencode(input))).toBe(wire);
  });

  it('gives back what went in', () => {
    fc.assert(
      fc.property(value, (input) => {
        const wire = encodeBencode(input);
        const output = decodeBencode(wire);
        expect(toHex(encodeBencode(output))).toBe(toHex(wire));
      }),
    );
  });

  it('accepts no second spelling of anything: what it reads, it writes the same', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (input, at, byte) => {
        const wire = encodeBencode(input);
        wire[at % wire.length] = byte;
        let output: BencodeValue;
        try {
          output = decodeBencode(wire);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          return;
        }
        expect(toHex(encodeBencode(output))).toBe(toHex(wire));
      }),
    );
  });

  it('refuses every truncation', () => {
    fc.assert(
      fc.property(value, (input) => {
        const wire = encodeBencode(input);
        for (let n = 0; n < wire.length; n++)
          expect(outcome(() => decodeBencode(wire.subarray(0, n)))).toBe('malformed');
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what is not strict', () => {
    const bad = [
      '',
      'i-0e',
      'i01e',
      'i+1e',
      'ie',
      'i1',
      'i-e',
      'i 1e',
      'i18446744073709551616e',
      'i-9223372036854775809e',
      `i${'9'.repeat(200)}e`,
      '01:x',
      '1',
      '2:x',
      '-1:',
      '999999999999999:x',
      `${'9'.repeat(40)}:x`,
      'l',
      'le0:',
      'i1ei1e',
      'd1:ae',
      'd1:bi1e1:ai1ee',
      'd1:ai1e1:ai1ee',
      'di1ei1ee',
      'x',
    ];
    for (const wire of bad)
      expect([wire, outcome(() => decodeBencode(text(wire)))]).toEqual([wire, 'malformed']);
  });

  it('stops at its limits of depth and count', () => {
    const deep = (n: number) => text('l'.repeat(n) + 'e'.repeat(n));
    expect(outcome(() => decodeBencode(deep(32)))).toBe('ok');
    expect(outcome(() => decodeBencode(deep(33)))).toBe('too-large');
    expect(outcome(() => decodeBencode(deep(1_000_000)))).toBe('too-large');
    expect(outcome(() => decodeBencode(text(`l${'0:'.repeat(100_000)}e`)))).toBe('too-large');
    expect(outcome(() => decodeBencode(text('l0:0:e'), { values: 2 }))).toBe('too-large');
  });

  it('writes neither fractions, nor what 64 bits do not hold, nor text as a key', () => {
    for (const bad of [1.5, Number.NaN, 2 ** 53, 2n ** 64n, -(2n ** 63n) - 1n, new Map([['\u0100', 1]])])
      expect(outcome(() => encodeBencode(bad))).toBe('malformed');
  });

  it('hands out byte strings without copying them', () => {
    const wire = utf8Encode('5:hello');
    const output = decodeBencode(wire);
    expect(output instanceof Uint8Array && output.buffer === wire.buffer).toBe(true);
  });
});
