import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import {
  encodeEnvelope,
  encodeWebSocketMessage,
  unwrapEnvelope,
  wrapEnvelope,
} from '../../src/protocol/envelope.ts';
import { EnvelopeSchema } from '../../src/protocol/proto/session_pb.js';
import { encodeMessage } from '../../src/protocol/wire.ts';

const sealed = new Uint8Array(150).fill(9);
const proSig = new Uint8Array(64).fill(1);
const malformed = expect.objectContaining({ name: 'ProtocolError', code: 'malformed' });

const wrapFields = (fields: Parameters<typeof create<typeof EnvelopeSchema>>[1]) =>
  encodeWebSocketMessage(
    encodeMessage(
      EnvelopeSchema,
      create(EnvelopeSchema, { type: 6, timestamp: 5n, content: sealed, ...fields }),
    ),
  );

test('what is wrapped comes out again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8.64e15 }), fc.uint8Array({ minLength: 1 }), (sentAt, content) => {
      expect(unwrapEnvelope(wrapEnvelope({ sentAt, sealed: content }))).toEqual({ sentAt, content });
      expect(unwrapEnvelope(wrapEnvelope({ sentAt, sealed: content, proSig }))).toEqual({
        sentAt,
        content,
        proSig,
      });
    }),
  );
});

test('writes the fields that the reference writes: type 1, empty verb and path, id 0', () => {
  expect([...encodeWebSocketMessage(Uint8Array.of(1))]).toEqual([8, 1, 18, 9, 10, 0, 18, 0, 26, 1, 1, 32, 0]);
});

test('takes what older clients write: verb, path, source, no source device', () => {
  const source = `05${'AB'.repeat(32)}`;
  expect(unwrapEnvelope(wrapFields({ source }))).toEqual({ sentAt: 5, content: sealed, source });
});

test('refuses a source that is no ID and a proSig that is not 64 bytes', () => {
  expect(() => unwrapEnvelope(wrapFields({ source: '05ab' }))).toThrow(malformed);
  expect(() => unwrapEnvelope(wrapFields({ source: 'x'.repeat(66) }))).toThrow(malformed);
  for (const length of [0, 63, 65]) {
    expect(() => unwrapEnvelope(wrapFields({ proSig: new Uint8Array(length) })), `${length}`).toThrow(
      malformed,
    );
  }
  expect(() => encodeEnvelope({ sentAt: 5, sealed, proSig: new Uint8Array(63) })).toThrow(malformed);
});

test('refuses an envelope without content, and a wrapper without envelope', () => {
  expect(() => unwrapEnvelope(wrapFields({ content: new Uint8Array() }))).toThrow(malformed);
  expect(() => unwrapEnvelope(encodeWebSocketMessage(new Uint8Array()))).toThrow(malformed);
  expect(() => unwrapEnvelope(new Uint8Array())).toThrow(malformed);
});

test('refuses a time that no date can hold', () => {
  expect(() => unwrapEnvelope(wrapFields({ timestamp: 8_640_000_000_000_001n }))).toThrow(malformed);
  expect(() => unwrapEnvelope(wrapFields({ timestamp: 2n ** 64n - 1n }))).toThrow(malformed);
});

test('cut at any byte, it is refused or lacks only what is optional; it never crashes', () => {
  const bytes = wrapEnvelope({ sentAt: 1700000000123, sealed, proSig });
  for (let length = 0; length < bytes.length; length++) {
    try {
      expect(unwrapEnvelope(bytes.subarray(0, length)).content).toEqual(sealed);
    } catch (error) {
      expect(error, `length ${length}`).toBeInstanceOf(ProtocolError);
    }
  }
});
