import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/crypto/ed25519.ts';
import { ProtocolError } from '../../src/errors.ts';
import { createContent, encodeContent } from '../../src/protocol/content.ts';
import { buildTextContent } from '../../src/protocol/data-message.ts';
import { unwrapEnvelope, wrapEnvelope } from '../../src/protocol/envelope.ts';
import { parseAccountId } from '../../src/protocol/ids.ts';
import { decryptOneToOne, encryptOneToOne, maxStoredBytes } from '../../src/protocol/one-to-one.ts';
import { padMessage } from '../../src/protocol/padding.ts';
import { encryptForRecipient } from '../../src/protocol/session-protocol.ts';
import { fromBase64 } from '../../src/util/bytes.ts';
import { alice, bob, countingRandom } from '../support/people.ts';

const sentAt = 1700000000123;
const code = (name: string) => expect.objectContaining({ name: 'ProtocolError', code: name });
const hello = buildTextContent({ body: 'hello', sentAt, profileName: 'Alice' });

const encrypt = (content = hello, at = sentAt) =>
  encryptOneToOne({ content, sentAt: at, sender: alice, recipient: bob.accountId, random: countingRandom() });

/** Alice's content for Bob in an envelope with a time of our choice. */
function withTimes(envelopeTime: number, signedTime: bigint | undefined): Uint8Array {
  const content = createContent({
    dataMessage: { body: 'hello' },
    ...(signedTime === undefined ? {} : { sigTimestamp: signedTime }),
  });
  const sealed = encryptForRecipient(padMessage(encodeContent(content)), alice, bob.x25519PublicKey);
  return wrapEnvelope({ sentAt: envelopeTime, sealed });
}

describe('a message', () => {
  test('reaches its recipient with sender, time and content', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 8.64e15 }), (body, at) => {
        const content = buildTextContent({ body, sentAt: at, profileName: '' });
        expect(decryptOneToOne(encrypt(content, at), bob)).toEqual({
          sender: alice.accountId,
          sentAt: at,
          content,
        });
      }),
      { numRuns: 25 },
    );
  });

  test('to oneself is a message from oneself', () => {
    const data = encryptOneToOne({
      content: hello,
      sentAt,
      sender: alice,
      recipient: alice.accountId,
      random: countingRandom(),
    });
    expect(decryptOneToOne(data, alice).sender).toBe(alice.accountId);
  });

  test('of the protocol notes is read as they say', () => {
    const data = fromBase64(
      'CAESxwIKABIAGr4CCAYo+9CV/7wxOAFCsAITvk/q6vIEx/0zWPycAHIYgdF0J4EoIn7GdPN/f+l7bdFm4O1OOI7/KBrXzCc8EjfOiRAYVnZtznK6pxGBYIsURKPs+GaRNBqCsijvuk2cLOABKmBNV3vRHAvJoZkHsdlucmqT+7ws3eV6poFCYzWDSmuIPkZuZKYJjPIshJNONyd02j77jrv31BVT4SPlbk2EitxZOQvIbejNa2QzuXOTfQjX2iQ8wp7LmkGXlJf3J6ajJn27vXssqXG4GnRIyD0PWzGXuawhdl+ZqCi/XI91glO8+wvp+5Zh8rUyCJwMp6YjixufsOBkdszT6/0wSWLJq+llxT3R/NlvcHP5tXVDYXr3S8y/tMRtJDRezyLJZsdnjKLIrGysYTQtiFHXTCRGSnmDETchaezxosSa0G58IAA=',
    );
    const opened = decryptOneToOne(data ?? new Uint8Array(), bob);
    expect(opened.sender).toBe(alice.accountId);
    expect(opened.sentAt).toBe(sentAt);
    expect(opened.content.dataMessage?.body).toBe('hello');
  });

  test('with equal randomness is the same bytes, and other bytes with other randomness', () => {
    expect(encrypt()).toEqual(encrypt());
    const other = encryptOneToOne({
      content: hello,
      sentAt,
      sender: alice,
      recipient: bob.accountId,
      random: countingRandom(1000),
    });
    expect(other).not.toEqual(encrypt());
  });

  test('carries a 64-byte decoy that nobody can tie to the sender', () => {
    const { proSig, content } = unwrapEnvelope(encrypt());
    expect(proSig?.length).toBe(64);
    expect(verify(proSig ?? new Uint8Array(), content, alice.ed25519PublicKey)).toBe(false);
  });

  test('tells its length only in steps of 160 bytes', () => {
    const lengths = [1, 40, 80].map(
      (n) => encrypt(buildTextContent({ body: 'x'.repeat(n), sentAt, profileName: '' })).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });
});

describe('refuses to send', () => {
  test('a content whose signed time is not the sent time, or that has none', () => {
    expect(() => encrypt(hello, sentAt + 1)).toThrow(code('timestamp-mismatch'));
    expect(() => encrypt(createContent({ dataMessage: { body: 'x' } }))).toThrow(code('timestamp-mismatch'));
    expect(() => encrypt(hello, Number.NaN)).toThrow(code('timestamp-mismatch'));
  });

  test('what no storage server takes', () => {
    const body = 'x'.repeat(maxStoredBytes);
    expect(() => encrypt(buildTextContent({ body, sentAt, profileName: '' }))).toThrow(code('too-large'));
  });

  test('to an account ID whose key is of low order', () => {
    const recipient = parseAccountId(`05${'00'.repeat(32)}`) ?? bob.accountId;
    const message = { content: hello, sentAt, sender: alice, recipient, random: countingRandom() };
    expect(() => encryptOneToOne(message)).toThrow(code('bad-recipient'));
  });
});

describe('drops on receipt', () => {
  test('a signed time that is off by one millisecond', () => {
    expect(() => decryptOneToOne(withTimes(sentAt, BigInt(sentAt + 1)), bob)).toThrow(
      code('timestamp-mismatch'),
    );
  });

  test('a signed time that no date can hold', () => {
    expect(() => decryptOneToOne(withTimes(0, 2n ** 63n), bob)).toThrow(code('malformed'));
  });

  test('messages of protocol v2, as unsupported', () => {
    for (const start of [
      [0, 1],
      [0, 2],
    ]) {
      const data = Uint8Array.of(...start, ...new Uint8Array(1700).fill(5));
      expect(() => decryptOneToOne(data, bob)).toThrow(code('unsupported'));
    }
  });

  test('a message for somebody else', () => {
    expect(() => decryptOneToOne(encrypt(), alice)).toThrow(code('decrypt-failed'));
  });

  test('a message of megabytes', () => {
    expect(() => decryptOneToOne(new Uint8Array(5_000_000).fill(8), bob)).toThrow(code('too-large'));
  });

  test('any mutation of a message, without a crash and without another text', () => {
    const data = encrypt();
    const position = fc.nat(data.length - 1);
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = data.map((byte, i) => (i === at ? byte ^ flip : byte));
        try {
          // Only bytes outside the sealed box (verb, proSig …) may change without notice.
          expect(decryptOneToOne(changed, bob).content).toEqual(hello);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a message cut at any byte, but for the outermost empty fields', () => {
    const data = encrypt();
    for (let length = 0; length < data.length - 2; length++) {
      expect(() => decryptOneToOne(data.subarray(0, length), bob), `length ${length}`).toThrow(ProtocolError);
    }
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (data) => {
        expect(() => decryptOneToOne(data, bob)).toThrow(ProtocolError);
      }),
    );
  });

  test('a well-signed message whose content is no protobuf, or nothing', () => {
    for (const body of [new Uint8Array(160), new Uint8Array(160).fill(0xff), new Uint8Array()]) {
      const sealed = encryptForRecipient(body, alice, bob.x25519PublicKey);
      expect(() => decryptOneToOne(wrapEnvelope({ sentAt, sealed }), bob)).toThrow(code('malformed'));
    }
  });
});

describe('accepts from old clients', () => {
  test('a message without a signed time, dated by its envelope', () => {
    expect(decryptOneToOne(withTimes(sentAt, undefined), bob).sentAt).toBe(sentAt);
    expect(decryptOneToOne(withTimes(sentAt, 0n), bob).sentAt).toBe(sentAt);
  });

  test('an envelope without a time that counts, dated by what is signed', () => {
    expect(decryptOneToOne(withTimes(0, BigInt(sentAt)), bob).sentAt).toBe(sentAt);
  });

  test('content that was never padded', () => {
    const sealed = encryptForRecipient(encodeContent(hello), alice, bob.x25519PublicKey);
    expect(decryptOneToOne(wrapEnvelope({ sentAt, sealed }), bob).content).toEqual(hello);
  });
});
