/** Every error that a person can meet says what to do, whatever part of the program it comes from. */
import { expect, it } from 'vitest';
import {
  CryptoError,
  NetworkError,
  type NetworkErrorCode,
  NotFoundError,
  ProtocolError,
  StoreError,
  type StoreErrorCode,
  UsageError,
} from '../../src/errors.ts';
import { errorWords } from '../../src/ui/chat/words.ts';

const networkCodes: Readonly<Record<NetworkErrorCode, RegExp>> = {
  proxy: /--proxy/,
  seed: /connection.*--proxy/,
  path: /Try again/,
  node: /Try again/,
  'wrong-swarm': /Try again/,
  'clock-skew': /Set the clock/,
  timeout: /Try again/,
  offline: /Check the network connection/,
  refused: /change it, or update/,
};
const storeCodes: Readonly<Record<StoreErrorCode, RegExp>> = {
  locked: /Close the other/,
  damaged: /session-tui doctor/,
  'wrong-password': /Try again/,
  'password-needed': /--password-file/,
  'write-failed': /Make room/,
  'too-new': /Update/,
};

it('an error that only says what happened is said with what to do', () => {
  // The keys of a record are its codes.
  for (const [code, remedy] of Object.entries(networkCodes))
    expect(errorWords(new NetworkError(code as NetworkErrorCode, 'It failed.')), code).toMatch(remedy);
  // The keys of a record are its codes.
  for (const [code, remedy] of Object.entries(storeCodes))
    expect(errorWords(new StoreError(code as StoreErrorCode, 'It failed')), code).toMatch(remedy);
  expect(errorWords(new NotFoundError('no-message', 'There is no such message. Nothing was sent.'))).toBe(
    'There is no such message. Nothing was sent. It may have been removed meanwhile, here or on another device.',
  );
  expect(errorWords(new ProtocolError('malformed', 'No list.'))).toContain('doctor');
  expect(errorWords(new CryptoError('bad-key', 'No key.'))).toContain('doctor');
  expect(errorWords(new Error('x is undefined'))).toContain('doctor');
  expect(errorWords('thrown')).toContain('doctor');
});

it('one that says what to do is left as it is', () => {
  for (const error of [
    new NetworkError('seed', 'No seed node answers. Check the network connection.'),
    new StoreError('damaged', 'The file keys.json is damaged. Put a copy of it back.'),
    new UsageError('bad-time', 'A timer is from 10 seconds to 2 weeks. Nothing was changed.'),
  ])
    expect(errorWords(error)).toBe(error.message);
});
