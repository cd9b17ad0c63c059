import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyPairFromSeed, sign } from '../../src/crypto/ed25519.ts';
import { seal } from '../../src/crypto/sealed-box.ts';
import {
  decryptFromSender,
  deterministicEphemeralSecret,
  encryptForRecipient,
  sessionOverhead,
} from '../../src/protocol/session-protocol.ts';
import { concatBytes, fromHex, utf8Encode } from '../../src/util/bytes.ts';
import { alice, bob } from '../support/people.ts';

const text = utf8Encode('the guard sees who, the exit sees what');
const sealed = encryptForRecipient(text, alice, bob.x25519PublicKey, new Uint8Array(32).fill(7));
const code = (name: string) => expect.objectContaining({ name: 'ProtocolError', code: name });

/** Seals parts for Bob as they are, with a signature over what is said to be signed. */
function forge(body: Uint8Array, senderKey: Uint8Array, signed: Uint8Array): Uint8Array {
  return seal(concatBytes(body, senderKey, sign(signed, alice.ed25519SecretKey)), bob.x25519PublicKey);
}

test('the recipient gets plaintext and sender, whatever the plaintext', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (plaintext) => {
      const wire = encryptForRecipient(plaintext, alice, bob.x25519PublicKey);
      expect(wire.length).toBe(plaintext.length + sessionOverhead);
      expect(decryptFromSender(wire, bob)).toEqual({
        plaintext,
        sender: alice.accountId,
        senderEd25519: alice.ed25519PublicKey,
      });
    }),
    { numRuns: 25 },
  );
});

test('drops a message with any one byte changed', () => {
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.map((byte, i) => (i === at ? byte ^ 0x40 : byte));
    expect(() => decryptFromSender(changed, bob), `byte ${at}`).toThrow(code('decrypt-failed'));
  }
});

test('drops a message cut at any byte', () => {
  for (let length = 0; length < sealed.length; length++) {
    const error = code(length < sessionOverhead ? 'malformed' : 'decrypt-failed');
    expect(() => decryptFromSender(sealed.subarray(0, length), bob), `length ${length}`).toThrow(error);
  }
});

test('drops what was sealed for somebody else', () => {
  expect(() => decryptFromSender(sealed, alice)).toThrow(code('decrypt-failed'));
});

test('drops a message that was signed for another recipient and passed on', () => {
  const signed = concatBytes(text, alice.ed25519PublicKey, alice.x25519PublicKey);
  const wire = forge(text, alice.ed25519PublicKey, signed);
  expect(() => decryptFromSender(wire, bob)).toThrow(code('bad-signature'));
});

test('drops a message whose body, or whose sender key, is not what was signed', () => {
  const signed = concatBytes(text, alice.ed25519PublicKey, bob.x25519PublicKey);
  const otherText = forge(text.subarray(1), alice.ed25519PublicKey, signed);
  expect(() => decryptFromSender(otherText, bob)).toThrow(code('bad-signature'));
  const otherSender = forge(text, bob.ed25519PublicKey, signed);
  expect(() => decryptFromSender(otherSender, bob)).toThrow(code('bad-signature'));
});

test('drops a message that signs the X25519 key in place of the Ed25519 key', () => {
  const signed = concatBytes(text, alice.x25519PublicKey, bob.x25519PublicKey);
  expect(() => decryptFromSender(forge(text, alice.x25519PublicKey, signed), bob)).toThrow(
    code('bad-signature'),
  );
});

test('drops sender keys of small order and keys that are no points', () => {
  for (const hex of ['00'.repeat(32), `01${'00'.repeat(31)}`, `02${'00'.repeat(31)}`, 'ff'.repeat(32)]) {
    const key = fromHex(hex) ?? new Uint8Array();
    const wire = seal(concatBytes(text, key, new Uint8Array(64)), bob.x25519PublicKey);
    expect(() => decryptFromSender(wire, bob), hex).toThrow(code('bad-signature'));
  }
});

test('the deterministic form depends on sender, recipient and text', () => {
  const secrets = [
    deterministicEphemeralSecret(text, alice, bob.x25519PublicKey),
    deterministicEphemeralSecret(text, bob, bob.x25519PublicKey),
    deterministicEphemeralSecret(text, alice, alice.x25519PublicKey),
    deterministicEphemeralSecret(text.subarray(1), alice, bob.x25519PublicKey),
  ];
  expect(new Set(secrets.map(String)).size).toBe(4);
  expect(deterministicEphemeralSecret(text, alice, bob.x25519PublicKey)).toEqual(secrets[0]);
});

test('leaves the encrypted bytes it was given as they were', () => {
  const before = Uint8Array.from(sealed);
  decryptFromSender(sealed, bob);
  expect(sealed).toEqual(before);
});

test('keeps senders apart, also right after each other', () => {
  const people = [1, 2, 3].map((n) => keyPairFromSeed(new Uint8Array(32).fill(n)));
  const senders = people.map(({ publicKey, secretKey }) => {
    const body = concatBytes(text, publicKey);
    const wire = seal(
      concatBytes(body, sign(concatBytes(body, bob.x25519PublicKey), secretKey)),
      bob.x25519PublicKey,
    );
    return [decryptFromSender(wire, bob).sender, decryptFromSender(wire, bob).sender];
  });
  expect(new Set(senders.flat()).size).toBe(3);
});
