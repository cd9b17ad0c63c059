import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { createContent, decodeContent, encodeContent } from '../../src/protocol/content.ts';
import { ContentSchema, EnvelopeSchema, ReceiptMessageSchema } from '../../src/protocol/proto/session_pb.js';
import { decodeMessage, encodeMessage, maxMessageBytes } from '../../src/protocol/wire.ts';
import { concatBytes, fromHex, toHex, utf8Encode } from '../../src/util/bytes.ts';

const hex = (text: string) => fromHex(text.replaceAll(' ', '')) ?? new Uint8Array();
const code = (name: string) => expect.objectContaining({ name: 'ProtocolError', code: name });

const full = createContent({
  dataMessage: {
    body: 'Grüße 🦊',
    attachments: [
      { deprecatedId: 7n, contentType: 'image/png', key: new Uint8Array(64), url: 'http://x/file/7' },
    ],
    flags: 0,
    profileKey: new Uint8Array(32),
    quote: { id: 1700000000123n, author: `05${'ab'.repeat(32)}` },
    preview: [{ url: 'https://example.org/', image: { deprecatedId: 0n } }],
    reaction: { id: 1n, author: 'x', emoji: '🦊', action: 0 },
    profile: { displayName: 'Fox', lastProfileUpdateSeconds: 1700000000n },
    groupUpdateMessage: { memberLeftMessage: {} },
  },
  expirationType: 2,
  expirationTimer: 3600,
  sigTimestamp: 1700000000123n,
  proMessage: { proof: { version: 0, expireAtMs: 2n ** 64n - 1n }, messageBitset: 1n },
});
const fullBytes = encodeContent(full);

describe('a Content', () => {
  test('survives encoding and decoding with every kind of field', () => {
    expect(decodeContent(fullBytes)).toEqual(full);
    expect(encodeContent(decodeContent(fullBytes))).toEqual(fullBytes);
  });

  test('with random fields survives encoding and decoding', () => {
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const fields = fc.record({
      dataMessage: fc.record({
        body: fc.string(),
        attachments: fc.array(
          fc.record({ deprecatedId: uint64, fileName: fc.string(), size: fc.nat(), key: fc.uint8Array() }),
          { maxLength: 3 },
        ),
        quote: fc.record({ id: uint64, author: fc.string() }),
        syncTarget: fc.string(),
      }),
      receiptMessage: fc.record({ type: fc.constantFrom(0, 1), timestamp: fc.array(uint64) }),
      sharedConfigMessage: fc.record({
        kind: fc.constantFrom(1, 2, 3, 4),
        seqno: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        data: fc.uint8Array(),
      }),
      expirationTimer: fc.nat(),
      sigTimestamp: uint64,
    });
    fc.assert(
      fc.property(fields, (init) => {
        const content = createContent(init);
        expect(decodeContent(encodeContent(content))).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  test('with any byte changed or cut off decodes to something or is refused, and never crashes', () => {
    const attempt = (bytes: Uint8Array): void => {
      try {
        // Whatever was accepted can be written and read again.
        decodeContent(encodeContent(decodeContent(bytes)));
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    };
    for (let at = 0; at < fullBytes.length; at++) {
      attempt(fullBytes.subarray(0, at));
      for (const flip of [1, 2, 4, 0x80, 0xff]) {
        attempt(fullBytes.map((byte, i) => (i === at ? byte ^ flip : byte)));
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), attempt), { numRuns: 500 });
  });

  test('cut inside its last field is refused', () => {
    expect(() => decodeContent(fullBytes.subarray(0, -1))).toThrow(code('malformed'));
  });
});

describe('unknown things', () => {
  const known = '0a070a0568656c6c6f 78fbd095ffbc31';

  test('unknown fields of every wire type are kept and written again, at every depth', () => {
    const inside = '0a0c 0a0568656c6c6f d83e07 1a00';
    const unknown = 'a006ff01 a1060102030405060708 a20603616263 a30608011a0162a406 a50601020304';
    const bytes = hex(inside + unknown);
    const again = toHex(encodeContent(decodeContent(bytes)));
    expect(decodeContent(bytes).dataMessage?.body).toBe('hello');
    for (const part of ['d83e07', '1a00', ...unknown.split(' ')]) expect(again).toContain(part);
    expect(again.length).toBe(bytes.length * 2);
  });

  test('an unknown value of an optional enum is kept and the rest read', () => {
    const content = decodeContent(hex(`${known} 6063`));
    expect(content.expirationType).toBe(0);
    expect(content.dataMessage?.body).toBe('hello');
    expect(toHex(encodeContent(content))).toContain('6063');
  });

  test('an unknown value of a required enum fails the message', () => {
    expect(() => decodeMessage(EnvelopeSchema, hex('0806 2805'))).not.toThrow();
    expect(() => decodeMessage(EnvelopeSchema, hex('0809 2805'))).toThrow('missing required field: type');
  });
});

describe('what is refused', () => {
  test('a required field missing at any depth, named by its path', () => {
    const missing = [
      ['0a044202 0801', 'dataMessage.quote.author'],
      ['0a0412022001', 'dataMessage.attachments[0].deprecated_id'],
      ['0a0f 1209090000000000000000 1202 2001', 'dataMessage.attachments[1].deprecated_id'],
      ['0a0a5208 0a0178 1a03120178', 'dataMessage.preview[0].image.deprecated_id'],
      ['0a05c207023200', 'dataMessage.groupUpdateMessage.inviteResponse.isApproved'],
      ['3200', 'typingMessage.timestamp'],
      ['5a020801', 'sharedConfigMessage.seqno'],
    ] as const;
    for (const [bytes, path] of missing) {
      expect(() => decodeContent(hex(bytes)), path).toThrow(`missing required field: ${path}`);
    }
  });

  test('structures that a lenient reader would take', () => {
    const refused = {
      'a nested message longer than its own length': '0a03 0a0568656c6c6f',
      'a nested field that reaches into the next one': '0a04 0a0568 78fbd095ffbc31',
      'a known field with another wire type': '0d01020304',
      'a string field as integer': '0a020801',
      'field number 0': '0000',
      'wire type 6': '0e00',
      'a group that never ends': 'a306',
      'a group that ends with another number': 'a306ac06',
      'the end of a group that never began': 'a406',
      'an integer of eleven bytes': '78ffffffffffffffffffff01',
      'a length near 2³²': '0affffffff0f',
      'a length near 2⁶⁴': '0affffffffffffffffff01',
    };
    for (const [what, bytes] of Object.entries(refused)) {
      expect(() => decodeContent(hex(bytes)), what).toThrow(code('malformed'));
    }
  });

  test('unknown groups nested without end, before the stack is', () => {
    expect(() => decodeContent(new Uint8Array(50_000).fill(0x23))).toThrow(code('too-large'));
  });

  test('too many fields, too many packed numbers, and too many bytes', () => {
    const attachments = new Uint8Array(100_000).map((_, i) => (i % 2 === 0 ? 0x12 : 0));
    expect(() => decodeMessage(ContentSchema, concatBytes(hex('0aa08d06'), attachments))).toThrow(
      code('too-large'),
    );
    const packed = concatBytes(hex('0801 12e0d403'), new Uint8Array(60_000));
    expect(() => decodeMessage(ReceiptMessageSchema, packed)).toThrow(code('too-large'));
    expect(() => decodeContent(new Uint8Array(maxMessageBytes + 1))).toThrow(code('too-large'));
  });
});

test('times of receipts may be packed, though they are written unpacked', () => {
  const unpacked = hex('0801 1005 1006');
  const packed = hex('0801 12020506');
  expect(decodeMessage(ReceiptMessageSchema, packed).timestamp).toEqual([5n, 6n]);
  expect(encodeMessage(ReceiptMessageSchema, decodeMessage(ReceiptMessageSchema, packed))).toEqual(unpacked);
});

test('nested messages given twice are merged before anything is missed', () => {
  const twice = hex('0a044202 0801 0a054203 120178');
  expect(decodeContent(twice).dataMessage?.quote).toMatchObject({ id: 1n, author: 'x' });
});

test('text that is not UTF-8 does not fail a message', () => {
  const bytes = concatBytes(hex('0a05 0a03'), Uint8Array.of(0x61, 0xff, 0x62));
  expect(decodeContent(bytes).dataMessage?.body).toBe('a\ufffdb');
  expect(utf8Encode(decodeContent(bytes).dataMessage?.body ?? '').length).toBe(5);
});

test('nothing is encoded without its required fields', () => {
  expect(() => encodeMessage(EnvelopeSchema, create(EnvelopeSchema, { timestamp: 1n }))).toThrow(
    code('malformed'),
  );
});
