import { describe, expect, it } from 'vitest';
import { createRng } from '../../../scripts/fuzz/mutate.ts';
import { aesGcmEncrypt } from '../../../src/crypto/aead.ts';
import { ProtocolError } from '../../../src/errors.ts';
import { listContacts } from '../../../src/protocol/config/contacts.ts';
import { decryptConfig, encryptConfig } from '../../../src/protocol/config/crypt.ts';
import type { ConfigValue } from '../../../src/protocol/config/data.ts';
import { binaryText } from '../../../src/protocol/config/data.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { account, contacts, named, now } from './devices.ts';

const dayMs = 86_400_000;

/** A device with `count` contacts and noise for pictures, so that nothing compresses. */
function withContacts(count: number) {
  const rng = createRng(count);
  const people = Array.from({ length: count }, (): [string, ConfigValue] => [
    binaryText(Uint8Array.of(5, ...rng.bytes(32))),
    new Map([
      ['n', rng.bytes(30)],
      ['q', rng.bytes(32)],
    ]),
  ]);
  const config = contacts();
  config.edit(() => new Map([['c', new Map(people)]]));
  const pushed = config.push(now);
  const parts = pushed.messages.map((data, i) => ({ hash: `part ${i}`, data }));
  return { config, pushed, parts };
}

describe('a config too large for one message', () => {
  const { config, pushed, parts } = withContacts(2500);

  it('is stored in parts, all but the last of the full size', () => {
    expect(parts.length).toBeGreaterThan(2);
    expect(pushed.messages.slice(0, -1).every(({ length }) => length === 76_800)).toBe(true);
    expect(pushed.messages.at(-1)?.length).toBeLessThanOrEqual(76_800);
    config.confirmPushed(
      pushed.seqno,
      parts.map(({ hash }) => hash),
    );
    expect([config.needsPush, config.currentHashes.length]).toEqual([false, parts.length]);
    expect(createConfig('Contacts', account, config.dump()).push(now).messages).toEqual(pushed.messages);
  });

  it('comes together from parts in any order, twice, over a restart, and is replaced as a whole', () => {
    const [first, ...rest] = parts.toReversed();
    if (first === undefined) throw new Error('no parts');
    let device = contacts();
    expect(device.merge([first, first], now)).toMatchObject({
      accepted: [],
      waiting: [first.hash, first.hash],
    });
    expect(device.activeHashes(now)).toEqual([first.hash]);
    expect(device.needsDump).toBe(true);
    device = createConfig('Contacts', account, device.dump());
    const report = device.merge([...rest, first], now);
    expect(report.accepted.toSorted()).toEqual([...parts.map(({ hash }) => hash), first.hash].toSorted());
    expect(report.waiting).toEqual([]);
    expect(listContacts(device.data)).toHaveLength(2500);
    expect(device.currentHashes).toHaveLength(parts.length);
    // late duplicates are known and change nothing
    device.dump();
    expect(device.merge([first], now)).toMatchObject({ accepted: [first.hash], changed: false });
    expect(device.needsDump).toBe(false);
    named(device, 1, 'Ann');
    expect(device.push(now).obsoleteHashes).toEqual(parts.map(({ hash }) => hash).toSorted());
  });

  it('that lacks a part is kept for seven days and then forgotten', () => {
    const device = contacts();
    const [last, ...others] = parts.toReversed();
    if (last === undefined) throw new Error('no parts');
    device.merge(others, now);
    expect(device.activeHashes(now + 6 * dayMs)).toHaveLength(others.length);
    expect(device.activeHashes(now + 8 * dayMs)).toEqual([]);
    expect(device.merge([last], now + 8 * dayMs).waiting).toEqual([last.hash]);
    expect(listContacts(device.data)).toEqual([]);
  });

  it('whose parts do not fit together is skipped, and comes together from the right ones later', () => {
    const device = contacts();
    const [first, ...rest] = parts.map(({ hash, data }) => ({
      hash,
      data: decryptConfig(data, account.seed32, 'Contacts'),
    }));
    if (first === undefined) throw new Error('no parts');
    const changed = Uint8Array.from(first.data, (byte, i) => (i === 1000 ? byte ^ 1 : byte));
    const stored = [{ hash: 'bad', data: changed }, ...rest].map(({ hash, data }) => ({
      hash,
      data: encryptConfig(data, account.seed32, 'Contacts'),
    }));
    expect(device.merge(stored, now)).toMatchObject({
      accepted: [],
      changed: false,
      rejected: [{ code: 'malformed' }],
    });
    expect(device.activeHashes(now)).toEqual([]);
    expect(device.merge(parts, now).accepted).toHaveLength(parts.length);
  });

  it('is refused when it would be larger than 5 000 000 bytes, and the state stands', () => {
    // a keystream: noise that is made fast
    const noise = aesGcmEncrypt(new Uint8Array(32), new Uint8Array(12), new Uint8Array(5_000_000));
    const device = contacts();
    device.edit((data) => new Map([...data, ['x', noise]]));
    expect(() => device.push(now)).toThrow(ProtocolError);
    expect(device.state).toBe('dirty');
  });
});
