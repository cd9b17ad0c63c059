import { describe, expect, it } from 'vitest';
import { keyPairFromSeed } from '../../../src/crypto/ed25519.ts';
import { ProtocolError } from '../../../src/errors.ts';
import { Config, type ConfigOptions } from '../../../src/protocol/config/config.ts';
import { changeContact, listContacts, readContact } from '../../../src/protocol/config/contacts.ts';
import { setIn } from '../../../src/protocol/config/data.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { kindTable } from '../../../src/protocol/config/kinds.ts';
import { buildConfigMessage, initialContent } from '../../../src/protocol/config/message.ts';
import { expandConfig, openConfig, packConfig } from '../../../src/protocol/config/packing.ts';
import { parseAccountId } from '../../../src/protocol/ids.ts';
import { account, contacts, idOf, named, now, pushTo, Swarm } from './devices.ts';

const packing = {
  keys: [account.seed32],
  domain: 'Contacts',
  wrap: { kind: kindTable.Contacts.wrapKind, account },
};
const plainOf = (config: Config): string => {
  const [stored] = config.push(now).messages;
  return Buffer.from(expandConfig(openConfig(stored ?? new Uint8Array(), packing))).toString('latin1');
};

describe('a config', () => {
  it('has nothing to push until it is edited, and again nothing once the push is confirmed', () => {
    const config = contacts();
    expect([config.state, config.needsPush, config.needsDump]).toEqual(['clean', false, false]);
    named(config, 1, 'Ann');
    named(config, 2, 'Ben');
    expect([config.state, config.needsPush, config.seqno]).toEqual(['dirty', true, 1]);
    const { seqno, messages, obsoleteHashes } = config.push(now);
    expect([config.state, config.needsPush, seqno, messages.length, obsoleteHashes]).toEqual([
      'waiting',
      true,
      1,
      1,
      [],
    ]);
    config.confirmPushed(seqno, ['one']);
    expect([config.state, config.needsPush, config.currentHashes]).toEqual(['clean', false, ['one']]);
  });

  it('is not changed by an edit that sets what is there already', () => {
    const config = contacts();
    const change = { name: 'Ann', nickname: 'A', approved: true, priority: 0, mutedUntil: 0 };
    changeContact(config, idOf(1), change);
    pushTo(new Swarm(), config);
    config.dump();
    changeContact(config, idOf(1), change);
    expect([config.state, config.needsDump, config.seqno]).toEqual(['clean', false, 1]);
  });

  it('pushes the same bytes until the answer comes, and passes over the answer to an older push', () => {
    const config = contacts();
    named(config, 1, 'Ann');
    const first = config.push(now);
    expect(config.push(now)).toEqual(first);
    named(config, 1, 'Anne');
    expect(config.seqno).toBe(2);
    config.confirmPushed(first.seqno, ['one']);
    expect(config.state).toBe('dirty');
    const second = config.push(now);
    config.confirmPushed(1, ['one']);
    expect([config.state, second.seqno]).toEqual(['waiting', 2]);
  });

  it('hands out what the next revision replaces once, and again when it is given back', () => {
    const config = contacts();
    named(config, 1, 'Ann');
    config.confirmPushed(config.push(now).seqno, ['one']);
    named(config, 1, 'Anne');
    expect(config.push(now).obsoleteHashes).toEqual(['one']);
    expect(config.push(now).obsoleteHashes).toEqual([]);
    config.keepObsolete(['one']);
    config.confirmPushed(2, ['two']);
    config.keepObsolete(['two']);
    expect(createConfig('Contacts', account, config.dump()).push(now).obsoleteHashes).toEqual(['one']);
  });

  it('takes its own revision coming back as the answer that got lost', () => {
    const swarm = new Swarm();
    const config = contacts();
    named(config, 1, 'Ann');
    pushTo(swarm, config, false);
    expect(config.state).toBe('waiting');
    expect(config.merge(swarm.all(), now).changed).toBe(false);
    expect([config.state, config.currentHashes]).toEqual(['clean', [...swarm.items.keys()]]);
    // and never as something to delete
    config.merge(swarm.all(), now);
    named(config, 2, 'Ben');
    expect(config.push(now).obsoleteHashes).toEqual([...swarm.items.keys()]);
  });

  it('never lists another copy of the current revision as obsolete while it is current', () => {
    const swarm = new Swarm();
    const config = contacts();
    named(config, 1, 'Ann');
    pushTo(swarm, config);
    const [item] = swarm.all();
    if (item === undefined) throw new Error('nothing stored');
    config.merge([{ hash: 'copy', data: item.data }], now);
    expect(config.push(now).obsoleteHashes).toEqual([]);
    expect(config.currentHashes).toContain('copy');
    named(config, 1, 'Anne');
    expect(config.push(now).obsoleteHashes).toEqual([item.hash, 'copy'].sort());
  });

  it('is stored again as it is to renew it, however it came to this device', () => {
    const swarm = new Swarm();
    const config = contacts();
    named(config, 1, 'Ann');
    pushTo(swarm, config);
    const restored = contacts();
    restored.merge(swarm.all(), now);
    const loaded = createConfig('Contacts', account, restored.dump());
    for (const device of [config, restored, loaded]) {
      const { seqno, messages, obsoleteHashes } = device.push(now);
      expect([seqno, messages, obsoleteHashes]).toEqual([1, [...swarm.items.values()], []]);
      device.confirmPushed(seqno, ['again']);
      expect(device.currentHashes).toEqual([...swarm.items.keys(), 'again'].sort());
    }
  });

  it('keeps an edit in the making across a restart, with the same counter and bytes', () => {
    const swarm = new Swarm();
    const config = contacts();
    named(config, 1, 'Ann');
    pushTo(swarm, config);
    named(config, 2, 'Ben');
    const loaded = createConfig('Contacts', account, config.dump());
    expect([loaded.state, loaded.seqno]).toEqual(['dirty', 2]);
    named(config, 1, 'Anne');
    named(loaded, 1, 'Anne');
    expect(loaded.push(now)).toEqual(config.push(now));
  });

  it('loses an edit that is five revisions behind, as the reference does, and takes what is there', () => {
    const swarm = new Swarm();
    const [a, b] = [contacts(), contacts()];
    named(b, 9, 'lost');
    for (let n = 0; n < 6; n++) {
      named(a, n, `name ${n}`);
      pushTo(swarm, a);
    }
    b.merge(swarm.all(), now);
    expect([b.state, b.seqno]).toEqual(['clean', 6]);
    expect(listContacts(b.data)).toHaveLength(6);
  });

  it('keeps what it does not know and sends it on', () => {
    const id = parseAccountId(idOf(1));
    if (id === null) throw new Error('no ID');
    const idKey = Buffer.from(id, 'hex').toString('latin1');
    const unknown = new Map([['A', new Map([['x', 1n]])]]);
    let data = setIn(initialContent().data, ['c', idKey, 'n'], Buffer.from('Ann'));
    data = setIn(data, ['c', idKey, 'zz'], [7n, Buffer.from('odd')]);
    data = setIn(data, ['future', 'deep'], 5n);
    const [stored] = packConfig(
      buildConfigMessage({ ...initialContent(), seqno: 3, data, unknown }),
      packing,
    );
    const config = contacts();
    config.merge([{ hash: 'h', data: stored ?? new Uint8Array() }], now);
    changeContact(config, id, { blocked: true });
    expect(readContact(config.data, id)).toMatchObject({ name: 'Ann', blocked: true });
    const plain = plainOf(config);
    for (const kept of ['2:zzli7e3:odde', '6:futured4:deepi5ee', '1:Ad1:xi1ee'])
      expect(plain).toContain(kept);
  });

  it('drops a dump that is none, or of a later version', () => {
    for (const dump of ['', 'de', 'd7:versioni2ee', 'd7:versioni1ee', 'li1ee'])
      expect(() => createConfig('Contacts', account, Buffer.from(dump))).toThrow(ProtocolError);
  });
});

describe('a signed config', () => {
  const { publicKey, secretKey } = keyPairFromSeed(new Uint8Array(32).fill(7));
  const base: ConfigOptions = { keys: [new Uint8Array(32).fill(9)], domain: 'groups::Info', wrap: null };
  const admin = () => new Config({ ...base, verifyKey: publicKey, signKey: secretKey });
  const member = () => new Config({ ...base, verifyKey: publicKey });
  const set = (config: Config, n: bigint) => config.edit((data) => setIn(data, ['n'], n));

  it('is read by members, who can neither edit nor delete, and pass on the signed bytes', () => {
    const swarm = new Swarm();
    const writer = admin();
    set(writer, 1n);
    pushTo(swarm, writer);
    const reader = member();
    expect(reader.merge(swarm.all(), now).accepted).toHaveLength(1);
    expect(reader.data.get('n')).toBe(1n);
    expect(() => set(reader, 2n)).toThrow(ProtocolError);
    set(writer, 2n);
    pushTo(swarm, writer);
    reader.merge(swarm.all(), now);
    const loaded = new Config({ ...base, verifyKey: publicKey }, reader.dump());
    expect(loaded.push(now)).toEqual({ ...writer.push(now), obsoleteHashes: [] });
  });

  it('is refused with another signature or none, and the state stands', () => {
    const swarm = new Swarm();
    const writer = admin();
    set(writer, 1n);
    pushTo(swarm, writer);
    const reader = member();
    reader.merge(swarm.all(), now);
    const other = keyPairFromSeed(new Uint8Array(32).fill(8)).secretKey;
    for (const signKey of [other, null]) {
      const content = { ...initialContent(), seqno: 5, data: new Map([['n', 9n]]) };
      const [data] = packConfig(buildConfigMessage(content, signKey), base);
      const report = reader.merge([{ hash: 'bad', data: data ?? new Uint8Array() }], now);
      expect(report).toMatchObject({ accepted: [], changed: false, rejected: [{ code: 'bad-signature' }] });
    }
    expect(reader.data.get('n')).toBe(1n);
  });

  it('of a fork members take the greatest until an admin has merged', () => {
    const swarm = new Swarm();
    const [a, b] = [admin(), admin()];
    set(a, 1n);
    b.edit((data) => setIn(data, ['b'], 2n));
    pushTo(swarm, a);
    pushTo(swarm, b);
    const reader = member();
    reader.merge(swarm.all(), now);
    expect([reader.seqno, reader.needsPush, reader.data.size]).toEqual([1, false, 1]);
    a.merge(swarm.all(), now);
    pushTo(swarm, a);
    reader.merge(swarm.all(), now);
    expect([reader.seqno, reader.data.get('n'), reader.data.get('b')]).toEqual([2, 1n, 2n]);
  });
});
