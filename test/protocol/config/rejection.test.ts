import { describe, expect, it } from 'vitest';
import { createRng, mutate } from '../../../scripts/fuzz/mutate.ts';
import { blake2b } from '../../../src/crypto/hash.ts';
import { ProtocolError } from '../../../src/errors.ts';
import { deriveAccount } from '../../../src/protocol/account.ts';
import { zstdCompress } from '../../../src/protocol/config/compress.ts';
import { encryptConfig, padConfig } from '../../../src/protocol/config/crypt.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { configKinds, kindTable } from '../../../src/protocol/config/kinds.ts';
import { maxSeqno, parseConfigMessage } from '../../../src/protocol/config/message.ts';
import { unwrapConfig, unwrapIfWrapped, wrapConfig } from '../../../src/protocol/config/wrap.ts';
import { concatBytes, toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { account, contacts, named, now, pushTo, Swarm } from './devices.ts';

const other = deriveAccount(new Uint8Array(16).fill(3));
const stranger = (data: Uint8Array): Uint8Array => encryptConfig(padConfig(data), account.seed32, 'Contacts');

/** A device with one contact, and what it has stored. */
function prepared() {
  const swarm = new Swarm();
  const config = contacts();
  named(config, 1, 'Ann');
  pushTo(swarm, config);
  const data = swarm.all()[0]?.data ?? new Uint8Array();
  return { swarm, config, data };
}

describe('a config passes over', () => {
  const zeros = new Uint8Array(64 * 1024 * 1024);
  const bomb = concatBytes(utf8Encode('z'), zstdCompress(zeros));
  const deep = utf8Encode(`d1:#i1e1:&${'d1:a'.repeat(60)}i1e${'e'.repeat(60)}1:<le1:=dee`);
  const top = (seqno: bigint) => utf8Encode(`d1:#i${seqno}e1:&de1:<le1:=dee`);
  const cases: [string, Uint8Array, string][] = [
    ['nothing at all', new Uint8Array(), 'malformed'],
    ['noise', blake2b(64, zeros.subarray(0, 9)), 'decrypt-failed'],
    ['what is larger than a swarm stores', zeros.subarray(0, 76_801), 'too-large'],
    ['a decompression bomb', stranger(bomb), 'too-large'],
    ['data nested too deeply', stranger(deep), 'too-large'],
    ['a broken frame', stranger(utf8Encode('zzzz')), 'malformed'],
    ['only padding', stranger(new Uint8Array(30)), 'malformed'],
    ['another format', stranger(utf8Encode('x1:a')), 'malformed'],
    ['a part that is none', stranger(utf8Encode('mle')), 'malformed'],
    ['a counter below zero', stranger(top(-1n)), 'malformed'],
    ['a counter that leaves nothing to count on', stranger(top(BigInt(maxSeqno) + 1n)), 'malformed'],
    [
      'a counter beyond 64 bits',
      stranger(utf8Encode('d1:#i99999999999999999999e1:&de1:<le1:=dee')),
      'malformed',
    ],
  ];
  it.each(cases)('%s, and its state stands', (_, data, code) => {
    const { config } = prepared();
    const before = [config.dump(), config.push(now)];
    expect(config.merge([{ hash: 'bad', data }], now)).toEqual({
      accepted: [],
      waiting: [],
      rejected: [{ hash: 'bad', code }],
      changed: false,
    });
    expect([config.dump(), config.push(now)]).toEqual(before);
  });

  it('the bad ones of a batch and takes the good one', () => {
    const { swarm, config } = prepared();
    const bad = cases.map(([hash, data]) => ({ hash, data }));
    const fresh = contacts();
    const report = fresh.merge([...bad, ...swarm.all(), ...bad], now);
    expect(report.accepted).toEqual(config.currentHashes);
    expect(report.rejected).toHaveLength(2 * bad.length);
    expect(fresh.data).toEqual(config.data);
    // what it could not read may be of a later version, and is not deleted
    named(fresh, 2, 'Ben');
    expect(fresh.push(now).obsoleteHashes).toEqual(config.currentHashes);
  });

  it('what is cut short anywhere, or has a byte changed, without an error', () => {
    const { data } = prepared();
    const raw = unwrapIfWrapped(data, { kind: kindTable.Contacts.wrapKind, account });
    for (let length = 0; length < raw.length; length += 3)
      expect(contacts().merge([{ hash: 'h', data: raw.subarray(0, length) }], now).accepted).toEqual([]);
    for (let at = 0; at < raw.length; at += 5) {
      const changed = Uint8Array.from(raw, (byte, i) => (i === at ? byte ^ 1 : byte));
      expect(contacts().merge([{ hash: 'h', data: changed }], now).accepted).toEqual([]);
    }
    for (let length = 0; length < data.length - 4; length += 7)
      expect(contacts().merge([{ hash: 'h', data: data.subarray(0, length) }], now).accepted).toEqual([]);
  });

  it('what another account or another kind of config stored', () => {
    const { data } = prepared();
    for (const config of [createConfig('Contacts', other), createConfig('UserGroups', account)])
      expect(config.merge([{ hash: 'h', data }], now).accepted).toEqual([]);
  });
});

describe('the parser of config messages', () => {
  it('takes or refuses mutated messages, and reads what it takes the same way again', () => {
    const { config } = prepared();
    named(config, 2, 'Ben');
    const seed = utf8Encode(
      'd1:#i9e1:&d1:ad1:bi-5ee1:sli1e1:xee1:<lli8e32:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad1:s0:eee1:=d1:s0:ee',
    );
    const rng = createRng(7);
    let refused = 0;
    for (let n = 0; n < 3000; n++) {
      const input = mutate(rng, seed, seed);
      try {
        expect(parseConfigMessage(input).bytes).toEqual(input);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(2000);
  });
});

describe('the wrapping of user configs', () => {
  const account4 = deriveAccount(Uint8Array.from(Buffer.from('0123456789abcdef0123456789abcdef', 'hex')));
  const payload = utf8Encode('Hello from the other side');
  const digests = {
    UserProfile: 'e5bcbe0595e82d55e80079dc9cf8c8b6952c099ee8306c413833e0eecd45ce03',
    Contacts: '1573a2e233008a47f445a8f1b328fe37bcd49450c94b743202b68902a1a94a89',
    ConvoInfoVolatile: '121dabefb251fa586c14f7e9c82590361c2db4efcb9817771bb4d9b0aaba9362',
    UserGroups: 'b78bd9b62719db76ff7a9ec59eef3de0b4aaee4e4d55b515f70b04d674f8b8a9',
  };
  it.each(configKinds)(
    '%s: has the bytes of the reference and opens for its account and kind alone',
    (name) => {
      const kind = kindTable[name].wrapKind;
      const wrapped = wrapConfig(payload, { seqno: 1, kind, account: account4 });
      expect(toHex(blake2b(32, wrapped))).toBe(digests[name]);
      expect(unwrapConfig(wrapped, { kind, account: account4 })).toEqual(payload);
      const twice = wrapConfig(wrapped, { seqno: 1, kind, account: account4 });
      expect(unwrapIfWrapped(twice, { kind, account: account4 })).toEqual(payload);
      const wrongKind = configKinds.filter((k) => k !== name).map((k) => kindTable[k].wrapKind);
      for (const context of [{ kind, account }, ...wrongKind.map((k) => ({ kind: k, account: account4 }))]) {
        expect(() => unwrapConfig(wrapped, context)).toThrow();
        expect(unwrapIfWrapped(wrapped, context)).toEqual(wrapped);
      }
      for (const length of [0, 10, 100, wrapped.length - 20]) {
        const cut = wrapped.subarray(0, length);
        expect(() => unwrapConfig(cut, { kind, account: account4 })).toThrow(ProtocolError);
      }
    },
  );

  it('makes the 432 bytes of the empty profile', () => {
    const stored = toHex(createConfig('UserProfile', account4).push(now).messages[0] ?? new Uint8Array());
    expect(stored).toHaveLength(864);
    expect(stored.startsWith('080112ab030a0012001aa20308062801429b0326ec97462820')).toBe(true);
    expect(stored.endsWith('08eaec376f0872a3952000')).toBe(true);
  });

  it('the encryption has the bytes of the notes', () => {
    const key = Uint8Array.from(Buffer.from('abcdef0123456789'.repeat(4), 'hex'));
    expect(toHex(encryptConfig(utf8Encode('some message 1'), key, 'test-suite1'))).toBe(
      'f14f242a26638f3305707d1035e734577f943cd7d28af58e32637e0966dcaf2f4860cb4d0f8ba7e09d29e31f5e4a18f65847287a54a0',
    );
    expect(() => encryptConfig(payload, key.subarray(1), 'x')).toThrow(ProtocolError);
    expect(() => encryptConfig(payload, key, '')).toThrow(ProtocolError);
  });
});
