import { beforeEach, describe, expect, it } from 'vitest';
import { NetworkError } from '../../../src/errors.ts';
import { zstdCompress } from '../../../src/protocol/config/compress.ts';
import { changeContact } from '../../../src/protocol/config/contacts.ts';
import { encryptConfig, padConfig } from '../../../src/protocol/config/crypt.ts';
import { setIn } from '../../../src/protocol/config/data.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { namespaces } from '../../../src/protocol/namespaces.ts';
import { concatBytes, fromHex, utf8Encode } from '../../../src/util/bytes.ts';
import { type Device, device } from '../../support/devices.ts';
import { FakeSwarms } from '../../support/fake-network.ts';
import { testId } from '../../support/fake-session.ts';

const bob = testId('b');

async function synced({ session }: Device): Promise<void> {
  expect(await session.waitForSync(2_000)).toEqual({ status: 'synced' });
}

describe('what comes from the swarm', () => {
  let swarms: FakeSwarms;
  let alice: Device;

  beforeEach(async () => {
    swarms = new FakeSwarms();
    alice = device(swarms, { name: 'Alice' });
    await alice.session.addContact(bob, 'Bobby');
    await synced(alice);
  });

  /** Puts something into one of Alice's config namespaces, as if another device had. */
  const plant = (namespace: number, hash: string, data: Uint8Array): void => {
    swarms
      .config(alice.keys.accountId, namespace)
      .push({ hash: hash.padEnd(43, '0'), data, timestamp: Date.now(), expiresAt: Date.now() + 1e9 });
  };
  const sealed = (plain: Uint8Array): Uint8Array =>
    encryptConfig(padConfig(plain), alice.keys.seed32, 'Contacts');

  it('is skipped and counted once where it is no config of ours; the state before stands', async () => {
    const stranger = device(swarms, { seedByte: 9, name: 'Mallory' });
    const foreign = createConfig('Contacts', stranger.keys);
    changeContact(foreign, bob, { blocked: true });
    const [foreignBytes = new Uint8Array()] = foreign.push(0).messages;
    const own = swarms.config(alice.keys.accountId, namespaces.contacts)[0]?.data ?? new Uint8Array();
    const before = await alice.session.contacts();
    plant(namespaces.contacts, 'foreign', foreignBytes);
    plant(namespaces.contacts, 'cut', own.subarray(0, own.length - 9));
    plant(namespaces.contacts, 'noise', new Uint8Array(300).fill(7));
    plant(
      namespaces.contacts,
      'bomb',
      sealed(concatBytes(utf8Encode('z'), zstdCompress(new Uint8Array(50e6)))),
    );
    plant(namespaces.contacts, 'absurd', sealed(utf8Encode('d1:#i9223372036854775807e1:&de1:<le1:=dee')));
    plant(namespaces.contacts, 'unsorted', sealed(utf8Encode('d1:#i9e1:&d1:b1:x1:a1:xe1:<le1:=dee')));
    // another kind of config in this place
    plant(
      namespaces.contacts,
      'kind',
      swarms.config(alice.keys.accountId, namespaces.userProfile)[0]?.data ?? own,
    );
    await alice.session.fetchRound();
    expect(await alice.session.contacts()).toEqual(before);
    const { skipped } = alice.session.getState();
    expect(skipped).toEqual({ 'config-decrypt-failed': 4, 'config-malformed': 2, 'config-too-large': 1 });
    // what could not be read is not deleted: a later version may read it
    await alice.session.changeContact(bob, { pinned: true });
    await synced(alice);
    expect(swarms.config(alice.keys.accountId, namespaces.contacts)).toHaveLength(8);
    const second = device(swarms, { restored: true });
    await second.session.fetchRound();
    expect(await second.session.contacts()).toMatchObject([{ id: bob, nickname: 'Bobby', pinned: true }]);
  });

  it('with absurd values changes what makes sense only', async () => {
    const other = createConfig('Contacts', alice.keys);
    other.merge(swarms.config(alice.keys.accountId, namespaces.contacts), 0);
    const dict = (fields: [string, unknown][]) => new Map(fields);
    other.edit((data) => {
      const people = new Map(data.get('c') as Map<string, never>);
      const [key = ''] = people.keys();
      people.set(
        key,
        dict([
          ['!', -5n],
          ['+', 2n ** 62n],
          ['@', 77n],
          ['E', -1n],
          ['N', new Uint8Array(5_000).fill(65)],
          ['e', 9n],
          ['j', 2n ** 60n],
          ['n', 3n],
          ['p', utf8Encode('x'.repeat(2_000))],
          ['q', new Uint8Array(3)],
        ]) as never,
      );
      return new Map([...data, ['c', people]]) as never;
    });
    plant(namespaces.contacts, 'other', other.push(0).messages[0] ?? new Uint8Array());
    await alice.session.fetchRound();
    const [contact] = await alice.session.contacts();
    expect(contact).toMatchObject({ id: bob, nickname: 'A'.repeat(100), mutedUntil: null });
    const line = alice.store.get('conversations', bob);
    expect(line?.expiry ?? null).toBeNull();
    expect(alice.store.get('contacts', bob)?.picture ?? null).toBeNull();
  });

  it('with times and timers beyond sense leaves marks, timers and sending as they are', async () => {
    const { accountId } = alice.keys;
    await alice.session.queueMessage(bob, 'one');
    await alice.session.flushOutbox();
    await synced(alice);
    const readUpTo = alice.store.get('conversations', bob)?.readUpTo;
    const raw = String.fromCharCode(...(fromHex(bob) ?? []));
    const people = createConfig('Contacts', alice.keys);
    people.merge(swarms.config(accountId, namespaces.contacts), 0);
    people.edit((data) => setIn(setIn(data, ['c', raw, 'e'], 1n), ['c', raw, 'E'], 2n ** 40n));
    plant(namespaces.contacts, 'people', people.push(0).messages[0] ?? new Uint8Array());
    const marks = createConfig('ConvoInfoVolatile', alice.keys);
    marks.merge(swarms.config(accountId, namespaces.convoInfoVolatile), 0);
    marks.edit((data) => setIn(data, ['1', raw, 'r'], 8_000_000_000_000_000n));
    plant(namespaces.convoInfoVolatile, 'marks', marks.push(0).messages[0] ?? new Uint8Array());
    const profile = createConfig('UserProfile', alice.keys);
    profile.merge(swarms.config(accountId, namespaces.userProfile), 0);
    profile.edit((data) => setIn(data, ['t'], 2n ** 53n - 1n));
    plant(namespaces.userProfile, 'profile', profile.push(0).messages[0] ?? new Uint8Array());
    await alice.session.fetchRound();
    expect(alice.store.get('conversations', bob)).toMatchObject({ readUpTo });
    expect(alice.store.get('conversations', bob)?.expiry ?? null).toBeNull();
    await alice.session.setDisplayName('Ada');
    await alice.session.queueMessage(bob, 'two');
    await alice.session.flushOutbox();
    await synced(alice);
    expect(swarms.list(bob)).toHaveLength(2);
  });

  it('is applied before messages are judged: somebody blocked elsewhere stays out', async () => {
    const stranger = device(swarms, { seedByte: 4, name: 'Stranger' });
    const id = stranger.keys.accountId;
    await alice.session.addContact(id, null);
    await alice.session.setBlocked(id, true);
    await synced(alice);
    await stranger.session.queueMessage(alice.keys.accountId, 'let me in');
    await stranger.session.flushOutbox();
    const restored = device(swarms, { restored: true });
    await restored.session.fetchRound();
    expect(restored.store.countMessages(id)).toBe(0);
    expect(restored.session.getState().skipped).toEqual({ blocked: 1 });
  });

  it('does not show a hidden conversation again for what was read before', async () => {
    const friend = device(swarms, { seedByte: 5, name: 'Friend' });
    const id = friend.keys.accountId;
    await friend.session.queueMessage(alice.keys.accountId, 'old news');
    await friend.session.flushOutbox();
    await alice.session.fetchRound();
    await alice.session.acceptContact(id);
    await alice.session.flushOutbox();
    await alice.session.markRead(id);
    await alice.session.changeContact(id, { hidden: true });
    await synced(alice);
    const restored = device(swarms, { restored: true });
    await restored.session.fetchRound();
    expect(restored.store.countMessages(id)).toBe(1);
    expect(restored.store.get('conversations', id)).toMatchObject({ hidden: true, unread: 0 });
    await friend.session.queueMessage(alice.keys.accountId, 'fresh news');
    await friend.session.flushOutbox();
    await restored.session.fetchRound();
    expect(restored.store.get('conversations', id)).toMatchObject({ hidden: false, unread: 1 });
  });

  it('tells how far restoring is, ends complete, and stores nothing before', async () => {
    const before = swarms.replacements;
    const restored = device(swarms, { restored: true });
    restored.session.goOnline({ poll: false });
    restored.network.failure = new NetworkError('offline', 'No network.');
    expect(await restored.session.waitForSync(50)).toMatchObject({ status: 'synced' });
    await restored.session.addContact(testId('d'), 'Dora');
    expect(await restored.session.waitForSync(50)).toEqual({ status: 'pending', reason: 'No network.' });
    expect(swarms.replacements).toBe(before);
    restored.network.failure = null;
    await restored.session.fetchRound();
    const progress = restored.events.filter((event) => event.event === 'progress');
    expect(progress.map(({ done, total }) => [done, total]).at(-1)).toEqual([4, 4]);
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).toSorted());
    await synced(restored);
    expect((await restored.session.contacts()).map(({ nickname }) => nickname).toSorted()).toEqual([
      'Bobby',
      'Dora',
    ]);
    await alice.session.fetchRound();
    expect((await alice.session.contacts()).map(({ nickname }) => nickname).toSorted()).toEqual([
      'Bobby',
      'Dora',
    ]);
  });

  it('a contact deleted on one device goes from the other, with its messages', async () => {
    const friend = device(swarms, { seedByte: 5, name: 'Friend' });
    const id = friend.keys.accountId;
    await friend.session.queueMessage(alice.keys.accountId, 'hello');
    await friend.session.flushOutbox();
    const laptop = device(swarms, { restored: true });
    await alice.session.fetchRound();
    await synced(alice);
    await laptop.session.fetchRound();
    expect(laptop.store.countMessages(id)).toBe(1);
    await alice.session.removeContact(id);
    await synced(alice);
    await laptop.session.fetchRound();
    await synced(laptop);
    expect(laptop.store.get('contacts', id)).toBeUndefined();
    expect(laptop.store.get('conversations', id)).toBeUndefined();
    expect(laptop.store.countMessages(id)).toBe(0);
    expect(laptop.events).toContainEqual({
      event: 'notice',
      conversation: id,
      text: `Friend (${id.slice(0, 4)}…${id.slice(-4)}) was deleted on another of your devices`,
    });
    expect([laptop.store.entries('erased'), alice.store.entries('erased')]).toEqual([[], []]);
    // the message is still in the swarm, and makes no request of its own
    await laptop.session.fetchRound();
    expect(laptop.store.countMessages(id)).toBe(0);
  });

  it('a deletion stands against a change that was made of the contact meanwhile', async () => {
    const laptop = device(swarms, { restored: true });
    await laptop.session.fetchRound();
    await laptop.session.changeContact(bob, { pinned: true });
    await alice.session.removeContact(bob);
    await synced(alice);
    await laptop.session.fetchRound();
    await synced(laptop);
    await alice.session.fetchRound();
    for (const one of [alice, laptop]) expect(await one.session.contacts()).toEqual([]);
  });
});
