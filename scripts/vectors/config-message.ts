/** config_crypto.json and config_message.json: the building blocks of configs. */
import { ProtocolError } from '../../src/errors.ts';
import { zstdCompress, zstdDecompress } from '../../src/protocol/config/compress.ts';
import {
  configOverhead,
  decryptConfig,
  encryptConfig,
  padConfig,
  paddedConfigLength,
} from '../../src/protocol/config/crypt.ts';
import { mergeConfigMessages } from '../../src/protocol/config/merge.ts';
import {
  buildConfigMessage,
  type ConfigMessage,
  encodeConfigContent,
  parseConfigMessage,
} from '../../src/protocol/config/message.ts';
import { fromHex } from '../../src/util/bytes.ts';
import { CaseFailure, expectEqual, expectRefused, type VectorCase } from './case.ts';
import type { Adapter } from './run.ts';

const expansionLimit = 1024 * 1024;

export const configCrypto: Adapter = (testCase) => {
  switch (testCase.kind) {
    case 'padded_sizes':
      expectEqual(configOverhead, testCase.number('overhead'), 'the overhead');
      for (const row of testCase.list('sizes')) {
        const [length, padded]: readonly unknown[] = Array.isArray(row) ? row : [];
        if (typeof length !== 'number') throw new CaseFailure('a size is not a number');
        expectEqual(paddedConfigLength(length), padded, `the padded length of ${length}`);
      }
      return undefined;
    case 'zstd': {
      const data = testCase.bytes('data');
      const compressed = testCase.bytes('compressed');
      expectEqual(testCase.number('level'), 1, 'the level');
      expectEqual(zstdCompress(data), compressed, 'the frame');
      expectEqual(zstdDecompress(compressed, expansionLimit), data, 'what the frame holds');
      expectEqual(data.length, testCase.number('decompressed_length'), 'the length of the data');
      return undefined;
    }
    case 'zstd_reject':
      expectRefused(() => zstdDecompress(testCase.bytes('compressed'), expansionLimit), 'the frame');
      return undefined;
    default:
      return encryption(testCase);
  }
};

function encryption(testCase: VectorCase): undefined {
  const key = testCase.bytes('key');
  const domain = testCase.text('domain');
  if (testCase.kind === 'reject') {
    expectRefused(() => decryptConfig(testCase.bytes('ciphertext'), key, domain), 'the ciphertext');
  } else if (testCase.kind === 'invalid_argument') {
    expectRefused(() => encryptConfig(testCase.bytes('message'), key, domain), 'the argument');
  } else {
    const padded = padConfig(testCase.bytes('message'));
    const ciphertext = testCase.bytes('ciphertext');
    expectEqual(padded, testCase.bytes('padded'), 'the padded message');
    expectEqual(encryptConfig(padded, key, domain), ciphertext, 'the ciphertext');
    expectEqual(decryptConfig(ciphertext, key, domain), padded, 'what the ciphertext holds');
  }
}

export const configMessage: Adapter = (testCase) => {
  if (testCase.kind === 'merge') return merging(testCase);
  const data = testCase.bytes('data');
  const verifyKey = testCase.has('verify_pubkey') ? testCase.bytes('verify_pubkey') : null;
  if (testCase.kind === 'reject') {
    expectRefused(() => parseConfigMessage(data, verifyKey), 'the message');
    return undefined;
  }
  if (testCase.kind === 'lenient') {
    for (const key of ['seqno', 'hash', 'reserialized']) testCase.ignore(key, 'being stricter is allowed');
    expectRefused(() => parseConfigMessage(data, verifyKey), 'bytes left over');
    return undefined;
  }
  const message = parseConfigMessage(data, verifyKey);
  expectEqual(message.seqno, testCase.number('seqno'), 'the counter');
  expectEqual(message.hash, testCase.bytes('hash'), 'the hash');
  const { signature } = message;
  expectEqual(encodeConfigContent(message, signature), testCase.bytes('reserialized'), 'the message again');
  if (testCase.has('signature')) {
    expectEqual(signature, testCase.bytes('signature'), 'the signature');
    const signedPart = encodeConfigContent(message).subarray(0, -1);
    expectEqual(signedPart, testCase.bytes('signed_part'), 'what is signed');
  }
  return undefined;
};

function merging(testCase: VectorCase): undefined {
  const messages: ConfigMessage[] = [];
  const indexes: number[] = [];
  const rejected: number[] = [];
  for (const [index, hex] of testCase.list('messages').entries()) {
    const bytes = typeof hex === 'string' ? fromHex(hex) : null;
    if (bytes === null) throw new CaseFailure('a message is not hex');
    try {
      messages.push(parseConfigMessage(bytes));
      indexes.push(index);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      rejected.push(index);
    }
  }
  expectEqual(rejected, testCase.list('rejected'), 'the rejected messages');
  const expected = {
    merged: testCase.boolean('merged'),
    index: testCase.number('index'),
    seqno: testCase.number('seqno'),
  };
  const result = mergeConfigMessages(messages);
  if (result === null) throw new CaseFailure('there is no result');
  const outcome = (given: typeof result) =>
    given.merged === null ? messages[given.index] : buildConfigMessage(given.merged);
  const actual = {
    merged: result.merged !== null,
    index: result.index === null ? -1 : (indexes[result.index] ?? -1),
    seqno: outcome(result)?.seqno,
  };
  expectEqual(actual, expected, 'the outcome');
  const bytes = testCase.bytes('result');
  expectEqual(outcome(result)?.hash, testCase.bytes('hash'), 'the hash of the result');
  expectEqual(outcome(result)?.bytes, bytes, 'the result');
  messages.reverse();
  const reversed = mergeConfigMessages(messages);
  expectEqual(
    reversed === null ? null : outcome(reversed)?.bytes,
    bytes,
    'the result of the reversed messages',
  );
}
