/** accounts.json and mnemonic.json. */
import { sign, verify } from '../../src/crypto/ed25519.ts';
import { publicFromSecret } from '../../src/crypto/x25519.ts';
import { ProtocolError } from '../../src/errors.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { accountPublicKey, parseAccountId } from '../../src/protocol/ids.ts';
import { decodeRecoveryPhrase, encodeRecoveryPhrase } from '../../src/protocol/mnemonic.ts';
import { CaseFailure, expectEqual, expectTrue } from './case.ts';
import type { Adapter } from './run.ts';

export const accounts: Adapter = (testCase) => {
  const keys = deriveAccount(testCase.bytes('seed16'));
  expectEqual(keys.seed32, testCase.bytes('seed32'), 'the padded seed');
  expectEqual(encodeRecoveryPhrase(keys.seed16), testCase.text('mnemonic'), 'the phrase');
  expectEqual(decodeRecoveryPhrase(testCase.text('mnemonic')), keys.seed16, 'the seed of the phrase');
  expectEqual(keys.ed25519PublicKey, testCase.bytes('ed25519_pubkey'), 'the Ed25519 public key');
  expectEqual(keys.ed25519SecretKey, testCase.bytes('ed25519_seckey'), 'the Ed25519 secret key');
  expectEqual(keys.x25519PublicKey, testCase.bytes('x25519_pubkey'), 'the X25519 public key');
  expectEqual(keys.x25519SecretKey, testCase.bytes('x25519_seckey'), 'the X25519 secret key');
  expectEqual(publicFromSecret(keys.x25519SecretKey), keys.x25519PublicKey, 'the key of the X25519 secret');
  const id = testCase.text('account_id');
  expectEqual(keys.accountId, id, 'the account ID');
  const parsed = parseAccountId(id);
  expectTrue(parsed !== null, 'the account ID was refused');
  if (parsed !== null) expectEqual(accountPublicKey(parsed), keys.x25519PublicKey, 'the key of the ID');
  const signed = testCase.object('sign');
  const message = signed.bytes('message');
  const signature = signed.bytes('signature');
  expectEqual(sign(message, keys.ed25519SecretKey), signature, 'the signature');
  expectTrue(verify(signature, message, keys.ed25519PublicKey), 'the signature does not verify');
  expectEqual(signed.unread, [], 'what nothing checks in sign');
  return undefined;
};

/** The file's words for our codes; Desktop does not tell a missing last word from any other. */
const errorNames: Readonly<Record<string, string>> = {
  'phrase-too-short': 'too_short',
  'phrase-last-word-missing': 'too_short',
  'phrase-too-long': 'too_long',
  'phrase-unknown-word': 'unknown_word',
  'phrase-checksum': 'checksum',
};

export const mnemonic: Adapter = (testCase) => {
  const phrase = testCase.text('phrase');
  if (testCase.has('seed16')) {
    const seed = testCase.bytes('seed16');
    expectEqual(decodeRecoveryPhrase(phrase), seed, 'the seed');
    expectEqual(decodeRecoveryPhrase(encodeRecoveryPhrase(seed)), seed, 'the seed of our own phrase');
    return undefined;
  }
  const expected = testCase.text('error');
  try {
    decodeRecoveryPhrase(phrase);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    expectEqual(errorNames[error.code], expected, 'the error');
    return undefined;
  }
  throw new CaseFailure('the phrase was accepted');
};
