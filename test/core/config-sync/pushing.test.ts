import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemRandomBytes } from '../../../src/crypto/random.ts';
import { NetworkError } from '../../../src/errors.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { namespaces } from '../../../src/protocol/namespaces.ts';
import { silentLogger } from '../../../src/util/logger.ts';
import { type Device, device, reopened } from '../../support/devices.ts';
import { FakeSwarms } from '../../support/fake-network.ts';
import { testId } from '../../support/fake-session.ts';
import { type MovedClock, movedClock } from '../../support/moved-clock.ts';

const bob = testId('b');
const dayMs = 86_400_000;

async function synced({ session }: Device): Promise<void> {
  expect(await session.waitForSync(2_000)).toEqual({ status: 'synced' });
}

describe('what goes into the swarm', () => {
  let swarms: FakeSwarms;
  let alice: Device;
  const stored = (namespace: number) => swarms.config(alice.keys.accountId, namespace);

  beforeEach(() => {
    swarms = new FakeSwarms();
    alice = device(swarms, { name: 'Alice' });
  });

  it('is, for a new account, its profile with Note to Self hidden, and nothing else', async () => {
    await synced(alice);
    expect(swarms.replacements).toBe(1);
    const kinds = [namespaces.contacts, namespaces.userGroups, namespaces.convoInfoVolatile];
    expect(kinds.map((namespace) => stored(namespace).length)).toEqual([0, 0, 0]);
    const profile = createConfig('UserProfile', alice.keys);
    expect(profile.merge(stored(namespaces.userProfile), 0).accepted).toHaveLength(1);
    expect(profile.seqno).toBe(1);
    expect([...profile.data.keys()].toSorted()).toEqual(['+', 'n', 't']);
    expect(profile.data.get('+')).toBe(-1n);
  });

  it('is one request for changes of several kinds, which also deletes what they replace', async () => {
    await synced(alice);
    await alice.session.addContact(bob, 'Bobby');
    await alice.session.setDisplayName('Ada');
    const before = swarms.replacements;
    await synced(alice);
    expect(swarms.replacements).toBe(before + 1);
    expect([stored(namespaces.userProfile).length, stored(namespaces.contacts).length]).toEqual([1, 1]);
  });

  it('is stored again after a lost answer, and ends as one item', async () => {
    await synced(alice);
    await alice.session.addContact(bob, 'Bobby');
    alice.network.loseAnswers = 1;
    expect(await alice.session.waitForSync(400)).toEqual({ status: 'pending', reason: 'No answer in time.' });
    await alice.session.changeContact(bob, { pinned: true });
    await synced(alice);
    await alice.session.fetchRound();
    await alice.session.changeContact(bob, { pinned: false });
    await synced(alice);
    expect(stored(namespaces.contacts)).toHaveLength(1);
  });

  it('is what no process had the time to store: the next one does', async () => {
    await synced(alice);
    alice.network.failure = new NetworkError('offline', 'No network.');
    await alice.session.addContact(bob, 'Bobby');
    // the process ends here without closing anything
    const again = device(swarms, { store: alice.store });
    await again.session.fetchRound();
    await synced(again);
    const laptop = device(swarms, { restored: true });
    await laptop.session.fetchRound();
    expect(await laptop.session.contacts()).toMatchObject([{ id: bob, nickname: 'Bobby' }]);
  });

  it('deletes what it replaces even if the process was killed before it knew that it may', async () => {
    await synced(alice);
    await alice.session.addContact(bob, 'Bobby');
    await synced(alice);
    // what is there is not fetched again
    await alice.session.fetchRound();
    await alice.session.changeContact(bob, { pinned: true });
    const asked = Promise.withResolvers<void>();
    alice.network.replace = () => {
      asked.resolve();
      return new Promise(() => undefined);
    };
    void alice.session.waitForSync(60_000);
    await asked.promise;
    const again = device(swarms, { store: await reopened(alice.store) });
    await again.session.fetchRound();
    await synced(again);
    expect(stored(namespaces.contacts)).toHaveLength(1);
  });

  it('leaves nothing behind that was changed by another device while it was under way', async () => {
    await synced(alice);
    await alice.session.addContact(bob, 'Bobby');
    await synced(alice);
    const laptop = device(swarms, { restored: true });
    await laptop.session.fetchRound();
    await laptop.session.changeContact(bob, { pinned: true });
    await alice.session.changeContact(bob, { nickname: 'Robert' });
    const { replace } = alice.network;
    // the laptop's change is fetched here between the request and its answer
    alice.network.replace = async (request, signal) => {
      alice.network.replace = replace;
      await synced(laptop);
      const before = alice.store.get('configs', 'Contacts');
      void alice.session.fetchRound();
      while (alice.store.get('configs', 'Contacts') === before) await turn();
      return await replace(request, signal);
    };
    await synced(alice);
    await alice.session.fetchRound();
    await synced(alice);
    expect(stored(namespaces.contacts)).toHaveLength(1);
    expect(await alice.session.contacts()).toMatchObject([{ nickname: 'Robert', pinned: true }]);
  });

  it('goes out with the next command that is online, whichever that is', async () => {
    await synced(alice);
    alice.network.failure = new NetworkError('offline', 'No network.');
    await alice.session.addContact(bob, 'Bobby');
    expect(await alice.session.waitForSync(30)).toMatchObject({ status: 'pending' });
    await alice.session.close();
    const receive = device(swarms, { store: await reopened(alice.store) });
    await receive.session.fetchRound();
    expect(stored(namespaces.contacts)).toHaveLength(1);

    const before = stored(namespaces.contacts)[0]?.hash;
    receive.network.failure = new NetworkError('offline', 'No network.');
    await receive.session.changeContact(bob, { pinned: true });
    const send = device(swarms, { store: await reopened(receive.store) });
    send.session.goOnline({ poll: false });
    const message = await send.session.queueMessage(bob, 'hello');
    await send.session.waitForDelivery(message.id, 2_000);
    await expect.poll(() => stored(namespaces.contacts).map(({ hash }) => hash)).not.toEqual([before]);
    await send.session.close();
  });

  it('is nothing for a message more to somebody known: the read mark goes with the next round', async () => {
    await alice.session.addContact(bob, 'Bobby');
    await alice.session.queueMessage(bob, 'first');
    await alice.session.flushOutbox();
    await synced(alice);
    const before = swarms.replacements;
    const send = device(swarms, { store: await reopened(alice.store) });
    send.session.goOnline({ poll: false });
    const message = await send.session.queueMessage(bob, 'second');
    await send.session.waitForDelivery(message.id, 2_000);
    await send.session.close();
    expect(swarms.replacements).toBe(before);
    const receive = device(swarms, { store: await reopened(alice.store) });
    await receive.session.fetchRound();
    expect(swarms.replacements).toBe(before + 1);
  });

  it('is a deletion, too, after the process that made it was killed', async () => {
    await alice.session.addContact(bob, 'Bobby');
    await synced(alice);
    alice.network.failure = new NetworkError('offline', 'No network.');
    await alice.session.removeContact(bob);
    const again = device(swarms, { store: alice.store });
    await synced(again);
    const laptop = device(swarms, { restored: true });
    await laptop.session.fetchRound();
    expect(await laptop.session.contacts()).toEqual([]);
  });

  it('comes from what the swarm has, where records were lost to damage', async () => {
    await alice.session.addContact(bob, 'Bobby');
    await synced(alice);
    await alice.session.close();
    // as after a damaged file that was set aside: no record, and nothing that says it was deleted
    const { store } = device(swarms, { name: 'Alice' });
    for (const [kind, dump] of alice.store.entries('configs'))
      await store.transact((tx) => tx.put('configs', kind, dump));
    const mended = device(swarms, { store });
    const before = swarms.replacements;
    await mended.session.fetchRound();
    await synced(mended);
    expect(await mended.session.contacts()).toMatchObject([{ id: bob, nickname: 'Bobby' }]);
    expect(swarms.replacements).toBe(before);
  });

  it('is nothing before fetching, where the configs themselves were lost to damage', async () => {
    await alice.session.addContact(bob, 'Bobby');
    await synced(alice);
    await alice.session.fetchRound();
    const store = await reopened(alice.store);
    await store.transact((tx) => {
      for (const [kind] of store.entries('configs')) tx.delete('configs', kind);
    });
    const mended = device(swarms, { store });
    const before = stored(namespaces.contacts)[0]?.hash;
    await mended.session.changeContact(bob, { pinned: true });
    await synced(mended);
    // one revision on top of what was there, not a first one beside it
    const contacts = createConfig('Contacts', alice.keys);
    contacts.merge(stored(namespaces.contacts), 0);
    expect([stored(namespaces.contacts).length, contacts.seqno]).toEqual([1, 2]);
    expect(contacts.currentHashes).not.toEqual([before]);
  });

  it('lives as long as somebody uses the account: renewed once a day, stored again where the swarm lost it', async () => {
    const clock = movedClock();
    const platform = { clock, randomBytes: systemRandomBytes, logger: silentLogger };
    const one = device(swarms, { name: 'Alice', platform });
    await synced(one);
    const [item] = swarms.config(one.keys.accountId, namespaces.userProfile);
    const first = item?.expiresAt ?? 0;
    await one.session.fetchRound();
    await one.session.fetchRound();
    clock.advance(2 * dayMs);
    await one.session.fetchRound();
    const renewed = swarms.config(one.keys.accountId, namespaces.userProfile)[0]?.expiresAt ?? 0;
    expect(renewed - first).toBe(2 * dayMs);
    const [before] = swarms.config(one.keys.accountId, namespaces.userProfile).splice(0);
    clock.advance(2 * dayMs);
    await one.session.fetchRound();
    await synced(one);
    expect(swarms.config(one.keys.accountId, namespaces.userProfile).map(({ hash }) => hash)).toEqual([
      before?.hash,
    ]);
  });
});

describe('a device that polls', () => {
  /** Lets everything that falls due in this time happen. */
  async function pass(clock: MovedClock, ms: number, step: number): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      clock.advance(Math.min(step, left));
      for (let i = 0; i < 30; i++) await turn();
    }
  }

  it('stores a change at once, and nothing in an idle hour', async () => {
    const swarms = new FakeSwarms();
    const clock = movedClock();
    const platform = { clock, randomBytes: systemRandomBytes, logger: silentLogger };
    const alice = device(swarms, { name: 'Alice', platform });
    alice.session.goOnline({ poll: true });
    await pass(clock, 3_000, 250);
    expect(swarms.replacements).toBe(1);
    await alice.session.addContact(bob, 'Bobby');
    await pass(clock, 100, 25);
    expect(swarms.replacements).toBe(2);
    await pass(clock, 3_600_000, 20_000);
    const rounds = alice.events.filter(({ event }) => event === 'round').length;
    expect(rounds).toBeGreaterThan(100);
    expect(swarms.replacements).toBe(2);
    await alice.session.close();
  });

  it('gathers read marks for a second', async () => {
    const swarms = new FakeSwarms();
    const clock = movedClock();
    const platform = { clock, randomBytes: systemRandomBytes, logger: silentLogger };
    const alice = device(swarms, { name: 'Alice', platform });
    await alice.session.startConversation(bob);
    alice.session.goOnline({ poll: true });
    await pass(clock, 3_000, 250);
    const before = swarms.replacements;
    for (let n = 1; n <= 5; n++) {
      await alice.store.transact((tx) => {
        const line = tx.get('conversations', bob);
        if (line !== undefined) tx.put('conversations', bob, { ...line, readUpTo: clock.now() });
      });
      await pass(clock, 100, 50);
    }
    expect(swarms.replacements).toBe(before);
    await pass(clock, 2_000, 250);
    expect(swarms.replacements).toBe(before + 1);
    await alice.session.close();
  });
});
