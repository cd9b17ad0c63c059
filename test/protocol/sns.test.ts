import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { decryptSnsAnswer, nameHash, parseSnsName, resolveParams } from '../../src/protocol/sns.ts';
import { toBase64 } from '../../src/util/bytes.ts';
import { vectorCases } from './onion/support.ts';

type Case = {
  kind: 'ok' | 'reject';
  label?: string;
  name: string;
  name_hash_base64?: string;
  encrypted_value: string;
  nonce: string;
  account_id?: string;
};

describe('a name record', () => {
  for (const c of vectorCases<Case>('ons')) {
    it(`${c.kind === 'ok' ? 'opens' : 'is refused'} as in the reference: ${c.label ?? c.name}`, () => {
      if (c.kind === 'ok') {
        expect(toBase64(nameHash(c.name))).toBe(c.name_hash_base64);
        expect(decryptSnsAnswer(c.name, c.encrypted_value, c.nonce)).toBe(c.account_id);
      } else expect(() => decryptSnsAnswer(c.name, c.encrypted_value, c.nonce)).toThrow(ProtocolError);
    });
  }

  it('is the published one of accounts.md 6.6', () => {
    expect(resolveParams('jagerman')).toEqual({
      method: 'oxend_request',
      params: {
        endpoint: 'ons_resolve',
        params: { type: 0, name_hash: 'yB7mbm2q1MaczqNZCYguH+71z5jooEMeXA0sncfni+g=' },
      },
    });
    expect(
      decryptSnsAnswer(
        'jagerman',
        'd9bca6752665f2254ec7522f98aa5f2dfb13c9fa1ad1e39cd3d7a89a0df04719e348da537bc310a53e3b59ca24639b9b42',
        '73e8243f3fadd471be36c6df3d62f863f9bb3a9d1cc696c0',
      ),
    ).toBe('05fb466d312e1666ad1c84c4ee55b7e034151c0e366a313d95d11436a5f36e1e75');
  });

  it('is refused when value or nonce is not hex', () => {
    for (const [value, nonce] of [
      ['zz'.repeat(49), '00'.repeat(24)],
      ['00'.repeat(49), 'zz'.repeat(24)],
      ['00'.repeat(49), '00'.repeat(23)],
      ['', '00'.repeat(24)],
    ] as const)
      expect(() => decryptSnsAnswer('alice', value, nonce)).toThrow(ProtocolError);
  });
});

describe('a name', () => {
  it('is trimmed and lower-cased', () => {
    expect(['Alice', ' bob_9 ', 'a', '_x-y_', 'z'.repeat(64)].map(parseSnsName)).toEqual([
      'alice',
      'bob_9',
      'a',
      '_x-y_',
      'z'.repeat(64),
    ]);
  });

  it('is nothing else than 1 to 64 letters, digits, _ and inner dashes', () => {
    for (const bad of ['', ' ', '-a', 'a-', 'a b', 'a.b', 'é', '\u212a', 'z'.repeat(65)])
      expect(parseSnsName(bad)).toBe(null);
  });
});
