/** session_protocol.json, message_padding.json, message_pipeline.json and message_hash.json. */
import { openSealed } from '../../src/crypto/sealed-box.ts';
import { decodeContent, encodeContent } from '../../src/protocol/content.ts';
import { encodeEnvelope, encodeWebSocketMessage, unwrapEnvelope } from '../../src/protocol/envelope.ts';
import { messageHash } from '../../src/protocol/message-hash.ts';
import { decryptOneToOne } from '../../src/protocol/one-to-one.ts';
import { padMessage, unpadMessage } from '../../src/protocol/padding.ts';
import { ContentSchema } from '../../src/protocol/proto/session_pb.js';
import {
  decryptFromSender,
  deterministicEphemeralSecret,
  encryptForRecipient,
} from '../../src/protocol/session-protocol.ts';
import { encodeMessage } from '../../src/protocol/wire.ts';
import { toBase64 } from '../../src/util/bytes.ts';
import {
  accountOfSeed,
  CaseFailure,
  expectEqual,
  expectRefused,
  expectTrue,
  type VectorCase,
} from './case.ts';
import { fieldsOf, messageFrom } from './protobuf-fields.ts';
import type { Adapter } from './run.ts';

function readParties(testCase: VectorCase) {
  const sender = accountOfSeed(testCase.bytes('sender_seed'));
  const recipient = accountOfSeed(testCase.bytes('recipient_seed'));
  expectEqual(sender.accountId, testCase.text('sender'), 'the sender');
  expectEqual(recipient.accountId, testCase.text('recipient'), 'the recipient');
  return { sender, recipient };
}

export const sessionProtocol: Adapter = (testCase) => {
  const ciphertext = testCase.bytes('ciphertext');
  if (testCase.kind === 'reject') {
    const recipient = accountOfSeed(testCase.bytes('recipient_seed'));
    expectRefused(() => decryptFromSender(ciphertext, recipient), 'the ciphertext');
    return undefined;
  }
  const { sender, recipient } = readParties(testCase);
  const plaintext = testCase.bytes('plaintext');
  let ephemeral: Uint8Array;
  if (testCase.kind === 'deterministic') {
    ephemeral = deterministicEphemeralSecret(plaintext, sender, recipient.x25519PublicKey);
  } else if (testCase.kind === 'random') {
    ephemeral = testCase.bytes('ephemeral_seckey');
  } else {
    throw new CaseFailure(`there is no kind ${testCase.kind}`);
  }
  const ours = encryptForRecipient(plaintext, sender, recipient.x25519PublicKey, ephemeral);
  expectEqual(ours, ciphertext, 'the ciphertext');
  const inner = openSealed(ciphertext, recipient.x25519PublicKey, recipient.x25519SecretKey);
  expectEqual(inner, testCase.bytes('signed_inner'), 'what is sealed');
  const opened = decryptFromSender(ciphertext, recipient);
  expectEqual(opened.plaintext, plaintext, 'the plaintext');
  expectEqual(opened.sender, sender.accountId, 'the sender of the opened message');
  expectEqual(opened.senderEd25519, sender.ed25519PublicKey, 'the sender key');
  return undefined;
};

export const messagePadding: Adapter = (testCase) => {
  if (testCase.kind === 'roundtrip') {
    const content = testCase.bytes('content');
    const padded = testCase.bytes('padded_multiple_of_160');
    expectEqual(padMessage(content), padded, 'the padded content');
    expectEqual(unpadMessage(padded), content, 'our form, unpadded,');
    expectEqual(unpadMessage(testCase.bytes('padded_desktop')), content, "Desktop's form, unpadded,");
    const longer = new Uint8Array(testCase.number('padded_length_libsession_2026'));
    longer.set(padded.subarray(0, Math.min(padded.length, longer.length)));
    expectEqual(unpadMessage(longer), content, 'the form of 2026, unpadded,');
    return undefined;
  }
  if (testCase.kind !== 'unpad') throw new CaseFailure(`there is no kind ${testCase.kind}`);
  const padded = testCase.bytes('padded');
  if (testCase.raw('content') === null) {
    testCase.ignore('error', "the reference's wording");
    expectRefused(() => unpadMessage(padded), 'the padding');
  } else {
    expectEqual(unpadMessage(padded), testCase.bytes('content'), 'the content');
  }
  return undefined;
};

function oneToOne(testCase: VectorCase): undefined {
  const { sender, recipient } = readParties(testCase);
  const fields = testCase.raw('content_fields');
  const content = testCase.bytes('content');
  expectEqual(encodeMessage(ContentSchema, messageFrom(ContentSchema, fields)), content, 'the content');
  expectEqual(fieldsOf(ContentSchema, decodeContent(content)), fields, 'the decoded content');
  const padded = padMessage(content);
  expectEqual(padded, testCase.bytes('padded'), 'the padded content');
  const ephemeral = deterministicEphemeralSecret(padded, sender, recipient.x25519PublicKey);
  const sealed = encryptForRecipient(padded, sender, recipient.x25519PublicKey, ephemeral);
  expectEqual(sealed, testCase.bytes('ciphertext'), 'the ciphertext');
  const sentAt = Number(decodeContent(content).sigTimestamp);
  const envelope = encodeEnvelope({ sentAt, sealed });
  expectEqual(envelope, testCase.bytes('envelope'), 'the envelope');
  const stored = testCase.bytes('web_socket_message');
  expectEqual(encodeWebSocketMessage(envelope), stored, 'the web socket message');
  expectEqual(toBase64(stored), testCase.text('data_base64'), 'the base64 form');
  expectEqual(unwrapEnvelope(stored).content, sealed, 'the opened envelope');
  const opened = decryptOneToOne(stored, recipient);
  expectEqual(opened.sender, sender.accountId, 'the sender of the opened message');
  expectEqual(opened.sentAt, sentAt, 'the sent time');
  expectEqual(fieldsOf(ContentSchema, opened.content), fields, 'the opened content');
  expectEqual(encodeContent(opened.content), content, 'the opened content, encoded again,');
  return undefined;
}

export const messagePipeline: Adapter = (testCase) => {
  if (testCase.kind === 'one_to_one') return oneToOne(testCase);
  if (testCase.kind === 'group') return 'group';
  throw new CaseFailure(`there is no kind ${testCase.kind}`);
};

export const messageHashes: Adapter = (testCase) => {
  const hash = messageHash(testCase.text('pubkey'), testCase.number('namespace'), testCase.bytes('data'));
  expectEqual(hash, testCase.text('hash'), 'the hash');
  expectTrue(hash.length === 43, 'the hash does not have 43 characters');
  return undefined;
};
