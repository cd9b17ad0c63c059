import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { messageHash } from '../../src/protocol/message-hash.ts';
import { alice, bob } from '../support/people.ts';

const data = new Uint8Array(100).fill(3);

test('depends on address, namespace and bytes, and on nothing else', () => {
  const hashes = [
    messageHash(bob.accountId, 0, data),
    messageHash(bob.accountId, 2, data),
    messageHash(bob.accountId, -11, data),
    messageHash(alice.accountId, 0, data),
    messageHash(`03${bob.accountId.slice(2)}`, 0, data),
    messageHash(bob.accountId, 0, data.subarray(1)),
  ];
  expect(new Set(hashes).size).toBe(6);
  expect(messageHash(bob.accountId, 0, data)).toBe(hashes[0]);
  for (const hash of hashes) expect(hash).toMatch(/^[A-Za-z0-9+/]{43}$/);
});

test('refuses an address that is not 33 bytes of hex', () => {
  for (const address of ['', '05', bob.accountId.slice(2), `${bob.accountId}00`, 'x'.repeat(66)]) {
    expect(() => messageHash(address, 0, data)).toThrow(ProtocolError);
  }
});
