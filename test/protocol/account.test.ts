import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { fromHex, toHex } from '../../src/util/bytes.ts';

/** The table of the protocol notes, accounts, section 3 (the golden vectors are in test/vectors.test.ts). */
const table = [
  [
    '0123456789abcdef0123456789abcdef',
    '4cb76fdc6d32278e3f83dbf608360ecc6b65727934b85d2fb86862ff98c46ab7',
    '05d2ad010eeb72d72e561d9de7bd7b6989af77dcabffa03a5111a6c859ae5c3a72',
    'c066ce44b14d551ee69dbcd631c061d17655b374f5d54e4f1ea9e3718638956b',
  ],
  [
    '4ea2a5b6c1d2e3f405162738495a6b7c',
    'dbe941932192df96d480b567524b3d620885b46c424e6f64b048890610096abc',
    '053d3c76c095cac4f044ae7d448212130b340a420396a9f52c0d37bf13adb1011f',
    '78bc3773986e70ff0d026f78ed73e9cb03986cc428cb4711ee8b66362b5f2745',
  ],
] as const;

test('derives the keys and the account ID that the notes list for a seed', () => {
  for (const [seed, ed25519, accountId, x25519Secret] of table) {
    const keys = deriveAccount(fromHex(seed) ?? new Uint8Array());
    expect(toHex(keys.seed32)).toBe(seed + '00'.repeat(16));
    expect(toHex(keys.ed25519PublicKey)).toBe(ed25519);
    expect(keys.accountId).toBe(accountId);
    expect(toHex(keys.x25519SecretKey)).toBe(x25519Secret);
  }
});

test('keeps its own copy of the seed', () => {
  const seed = new Uint8Array(16).fill(1);
  const keys = deriveAccount(seed);
  seed.fill(0);
  expect(keys.seed16).toEqual(new Uint8Array(16).fill(1));
});

test('refuses seeds that are not 16 bytes', () => {
  for (const length of [0, 15, 17, 32]) {
    expect(() => deriveAccount(new Uint8Array(length))).toThrow(ProtocolError);
  }
});
