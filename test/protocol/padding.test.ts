import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { padMessage, unpadMessage } from '../../src/protocol/padding.ts';

const content = fc.uint8Array({ maxLength: 700 });

test('every content survives padding, whatever bytes it ends in', () => {
  const ending = fc.constantFrom([], [0], [0x80], [0x80, 0, 0], [0, 0x80]);
  fc.assert(
    fc.property(content, ending, (bytes, end) => {
      const whole = Uint8Array.of(...bytes, ...end);
      expect(unpadMessage(padMessage(whole))).toEqual(whole);
    }),
  );
});

test('the padded length is the next multiple of 160 above the content', () => {
  const lengths = [0, 1, 158, 159, 160, 161, 319, 320].map((n) => padMessage(new Uint8Array(n)).length);
  expect(lengths).toEqual([160, 160, 160, 160, 320, 320, 320, 480]);
});

test('takes any amount of padding, and content that was not padded', () => {
  fc.assert(
    fc.property(content, fc.nat(400), (bytes, zeros) => {
      const padded = new Uint8Array(bytes.length + 1 + zeros);
      padded.set(bytes);
      padded[bytes.length] = 0x80;
      expect(unpadMessage(padded)).toEqual(bytes);
      const bare = Uint8Array.of(...bytes, 7);
      expect(unpadMessage(bare)).toEqual(bare);
    }),
  );
});

test('refuses nothing but zeros, and nothing at all', () => {
  for (const length of [0, 1, 160]) expect(() => unpadMessage(new Uint8Array(length))).toThrow(ProtocolError);
});
