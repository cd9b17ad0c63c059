import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { NetworkError } from '../../src/errors.ts';
import { createContent } from '../../src/protocol/content.ts';
import { buildRequestResponse } from '../../src/protocol/request-response.ts';
import { createProfile, openProfile } from '../../src/store/index.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeSwarms } from '../support/fake-network.ts';
import { forge, opened, type Person, person, say } from '../support/person.ts';

describe('message requests', () => {
  let swarms: FakeSwarms;
  let alice: Person;
  let bob: Person;

  beforeEach(() => {
    swarms = new FakeSwarms();
    alice = person(swarms, 1, 'Alice');
    bob = person(swarms, 2, 'Bob');
  });

  const requestOf = async (): Promise<void> => {
    await say(alice, bob, 'hello');
    await bob.session.fetchRound();
  };
  const contactOf = async (one: Person, other: Person) =>
    (await one.session.contacts()).find(({ id }) => id === other.id);
  /** what the chat UI shows */
  const chatOf = async (one: Person, other: Person): Promise<string[]> => {
    const view = await one.session.openConversation(other.id, 10);
    const shown = view.getSnapshot().messages.map(({ body, notice }) => notice?.kind ?? body);
    view.close();
    return shown;
  };
  const kinds = (whose: Person, from: Person): string[] =>
    opened(swarms, whose)
      .filter((item) => item.from === from.id)
      .map(({ content }) =>
        content.messageRequestResponse ? 'response' : (content.dataMessage?.body ?? '?'),
      );

  it('come from whoever is not accepted, and the sender’s side waits', async () => {
    await requestOf();
    expect(bob.session.getState().conversations).toMatchObject([{ id: alice.id, request: true, unread: 1 }]);
    expect(bob.events.find(({ event }) => event === 'message')).toMatchObject({ message: { request: true } });
    expect(await contactOf(bob, alice)).toMatchObject({ approved: false, approvedMe: true, request: true });
    const [waiting] = alice.session.getState().conversations;
    expect(waiting).toMatchObject({ request: false, waiting: true });
    expect(await contactOf(alice, bob)).toMatchObject({ approved: true, approvedMe: false, request: false });
  });

  it('once accepted are none any more, for either side, and whoever waits is told once', async () => {
    await requestOf();
    expect(await bob.session.acceptContact(alice.id)).toMatchObject({ approved: true, request: false });
    await bob.session.acceptContact(alice.id);
    await bob.session.flushOutbox();
    expect(kinds(alice, bob)).toEqual(['response']);
    await alice.session.fetchRound();
    expect(await contactOf(alice, bob)).toMatchObject({ name: 'Bob', approved: true, approvedMe: true });
    expect(alice.session.getState().conversations[0]).not.toHaveProperty('waiting');
    expect(await chatOf(alice, bob)).toEqual(['hello', 'accepted']);
    expect((await alice.session.freshMessages()).map(({ notice }) => notice?.kind)).toEqual(['accepted']);
    expect(alice.session.getState().conversations[0]).toMatchObject({ unread: 0 });
    // Nothing of it reaches the own swarm of whoever accepts: the Contacts config tells the other devices.
    expect(kinds(bob, bob)).toEqual([]);
    await say(alice, bob, 'again');
    await bob.session.fetchRound();
    expect(bob.events.filter(({ event }) => event === 'message').at(-1)).not.toHaveProperty(
      'message.request',
    );
  });

  it('are accepted by answering: the response goes first, dated right before the answer', async () => {
    await requestOf();
    // Nobody answers within the 100 ms by which the response is dated back.
    await new Promise((resolve) => setTimeout(resolve, 110));
    await bob.session.queueMessage(alice.id, 'one');
    await bob.session.queueMessage(alice.id, 'two');
    await bob.session.flushOutbox();
    const fromBob = opened(swarms, alice).filter((item) => item.from === bob.id);
    expect(kinds(alice, bob)).toEqual(['response', 'one', 'two']);
    const [response, one, two] = fromBob;
    expect((one?.sentAt ?? 0) - (response?.sentAt ?? 0)).toBe(100);
    expect((two?.sentAt ?? 0) - (one?.sentAt ?? 0)).toBeLessThan(100);
    await alice.session.fetchRound();
    expect(await chatOf(alice, bob)).toEqual(['hello', 'accepted', 'one', 'two']);
    // Commands print what was written, which says as much.
    const printed = await alice.session.messages(bob.id, { limit: 3 });
    expect(printed.map(({ body }) => body)).toEqual(['hello', 'one', 'two']);
    expect((await alice.session.freshMessages()).map(({ body }) => body)).toEqual(['one', 'two']);
  });

  it('a response survives a network that is away, and goes out before what is written later', async () => {
    await requestOf();
    bob.network.failure = new NetworkError('node', 'No node answered.');
    await bob.session.acceptContact(alice.id);
    await bob.session.flushOutbox();
    expect(bob.session.getState().queued).toBe(0);
    bob.network.failure = null;
    await bob.session.queueMessage(alice.id, 'late');
    await bob.session.flushOutbox();
    expect(kinds(alice, bob)).toEqual(['response', 'late']);
  });

  it('accepted by writing first show the line before the first message', async () => {
    await say(alice, bob, 'hello');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await say(bob, alice, 'hi there');
    await alice.session.fetchRound();
    expect(await chatOf(alice, bob)).toEqual(['hello', 'accepted', 'hi there']);
    expect(alice.session.getState().conversations[0]).toMatchObject({ preview: 'hi there', unread: 1 });
  });

  it('that nobody waits for changes nothing but the flag: no conversation, no contact in the list', async () => {
    await forge(alice, bob, buildRequestResponse({ sentAt: Date.now(), profileName: 'Alice' }));
    await bob.session.fetchRound();
    expect(await bob.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    await bob.session.fetchRound();
    expect(bob.session.getState().conversations).toEqual([]);
    expect(await bob.session.contacts()).toEqual([]);
    expect(bob.events.filter(({ event }) => event === 'message')).toEqual([]);
    expect(bob.store.get('contacts', alice.id)).toMatchObject({ approved: false, approvedMe: true });
  });

  it('declined leave nothing, and their sender can write again', async () => {
    await requestOf();
    expect(await bob.session.declineRequest(alice.id)).toMatchObject({ id: alice.id, name: 'Alice' });
    expect(bob.session.getState().conversations).toEqual([]);
    expect(await bob.session.contacts()).toEqual([]);
    expect(bob.store.countMessages(alice.id)).toBe(0);
    expect(await bob.session.freshMessages()).toEqual([]);
    await bob.session.fetchRound();
    expect(bob.store.countMessages(alice.id)).toBe(0);
    await bob.session.flushOutbox();
    expect(kinds(alice, bob)).toEqual([]);
    await say(alice, bob, 'please');
    await bob.session.fetchRound();
    expect(bob.session.getState().conversations).toMatchObject([{ request: true, preview: 'please' }]);
    await expect(alice.session.declineRequest(bob.id)).rejects.toMatchObject({ code: 'no-request' });
  });

  it('show the profile that came with the message: a newer one wins, an older one and an endless one do not', async () => {
    const profile = (displayName: string, seconds: number, picture = '') =>
      forge(
        alice,
        bob,
        createContent({
          dataMessage: {
            body: `as ${displayName}`.slice(0, 50),
            profile: { displayName, lastProfileUpdateSeconds: BigInt(seconds), profilePicture: picture },
            ...(picture === '' ? {} : { profileKey: new Uint8Array(32).fill(7) }),
          },
          sigTimestamp: BigInt(Date.now() + seconds),
        }),
      );
    await profile('Ada', 10, 'http://filev2.getsession.org/file/1');
    await bob.session.fetchRound();
    expect(bob.store.get('contacts', alice.id)).toMatchObject({
      name: 'Ada',
      picture: { url: 'http://filev2.getsession.org/file/1', keyHex: '07'.repeat(32) },
    });
    await profile('Old', 9);
    await bob.session.fetchRound();
    expect(await contactOf(bob, alice)).toMatchObject({ name: 'Ada' });
    await profile(`  ${'é'.repeat(80)}`, 11);
    await bob.session.fetchRound();
    expect(bob.store.get('contacts', alice.id)).toMatchObject({ name: 'é'.repeat(50), picture: null });
  });

  it('and what is written later tell a name that was changed meanwhile, and the picture that a phone has set', async () => {
    const picture = { url: 'http://filev2.getsession.org/file/1', keyHex: '07'.repeat(32) };
    await bob.store.transact((tx) => {
      const account = tx.get('account', 'account');
      if (account !== undefined)
        tx.put('account', 'account', { ...account, profileUpdatedAtSec: 10, picture });
    });
    await requestOf();
    await bob.session.acceptContact(alice.id);
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    expect(alice.store.get('contacts', bob.id)).toMatchObject({
      name: 'Bob',
      profileUpdatedAtSec: 10,
      picture,
    });
    await bob.session.setDisplayName('Robert');
    await say(bob, alice, 'I have a new name');
    await alice.session.fetchRound();
    expect(alice.store.get('contacts', bob.id)).toMatchObject({ name: 'Robert', picture });
    // one's own devices have it from the config
    expect(opened(swarms, bob).at(-1)?.content.dataMessage).not.toHaveProperty('profile');
  });
});

describe('blocked people', () => {
  let swarms: FakeSwarms;
  let alice: Person;
  let bob: Person;

  beforeEach(() => {
    swarms = new FakeSwarms();
    alice = person(swarms, 1, 'Alice');
    bob = person(swarms, 2, 'Bob');
  });

  it('leave the requests, and what they send meanwhile is shown neither then nor after the end of it', async () => {
    await say(alice, bob, 'hello');
    await bob.session.fetchRound();
    expect(await bob.session.setBlocked(alice.id, true)).toMatchObject({ blocked: true, request: false });
    expect(bob.session.getState().conversations).toEqual([]);
    await say(alice, bob, 'fetched while blocked');
    expect(await bob.session.fetchRound()).toMatchObject({ stored: 0 });
    await say(alice, bob, 'fetched after the end');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await bob.session.setBlocked(alice.id, false)).toMatchObject({ blocked: false });
    expect(await bob.session.fetchRound()).toMatchObject({ stored: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await say(alice, bob, 'later');
    await bob.session.fetchRound();
    const bodies = (await bob.session.messages(alice.id, { limit: 10 })).map(({ body }) => body);
    expect(bodies).toEqual(['hello', 'later']);
    expect(bob.session.getState().conversations).toMatchObject([{ request: true }]);
  });

  it('can’t be written to, nor accepted, and their saying that they accept us counts for nothing', async () => {
    await say(bob, alice, 'hi');
    await bob.session.setBlocked(alice.id, true);
    expect(bob.session.getState().conversations).toMatchObject([{ id: alice.id, blocked: true }]);
    await expect(bob.session.queueMessage(alice.id, 'no')).rejects.toMatchObject({ code: 'blocked-contact' });
    await expect(bob.session.acceptContact(alice.id)).rejects.toMatchObject({ code: 'blocked-contact' });
    expect(bob.store.countMessages(alice.id)).toBe(1);
    await forge(alice, bob, buildRequestResponse({ sentAt: Date.now(), profileName: 'Alice' }));
    await bob.session.fetchRound();
    expect(await bob.session.contacts()).toMatchObject([{ approvedMe: false, name: '' }]);
    expect(bob.session.getState().skipped).toEqual({ blocked: 1 });
  });

  it('leave no trace in the files of the profile but the hash that is not asked for again', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'blocked-')), 'profile');
    const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };
    const account = { seedHex: '02'.repeat(16), name: 'Bob', createdAt: 0, restored: false };
    const kept = await createProfile({ folder, password: null, account, platform });
    const onDisk = person(swarms, 2, 'Bob', kept);
    await onDisk.session.addContact(alice.id, null);
    await onDisk.session.setBlocked(alice.id, true);
    await say(alice, onDisk, 'a word that nobody wants');
    await onDisk.session.fetchRound();
    await onDisk.session.close();
    const store = await openProfile({ folder, password: null, platform });
    expect(store.messageConversations()).toEqual([]);
    expect(store.entries('fresh')).toEqual([]);
    expect(store.entries('seen')).toHaveLength(1);
    expect(JSON.stringify([store.entries('contacts'), store.entries('conversations')])).not.toContain(
      'Alice',
    );
    await store.close();
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes('nobody wants')).toBe(false);
    }
    await rm(join(folder, '..'), { recursive: true });
  });

  it('must be on record, and nobody can block themselves', async () => {
    await expect(bob.session.setBlocked(alice.id, true)).rejects.toMatchObject({ code: 'no-contact' });
    await expect(bob.session.setBlocked(bob.id, true)).rejects.toMatchObject({ code: 'own-account' });
    expect(await bob.session.contacts()).toEqual([]);
  });
});

describe('removing a contact', () => {
  it('takes the conversation, its messages and what waits to go out along', async () => {
    const swarms = new FakeSwarms();
    const alice = person(swarms, 1, 'Alice');
    const bob = person(swarms, 2, 'Bob');
    for (let i = 0; i < 205; i++) await alice.session.queueMessage(bob.id, `number ${i}`);
    await alice.session.addContact(bob.id, 'Bobby');
    expect(await alice.session.removeContact(bob.id)).toMatchObject({ nickname: 'Bobby', approved: true });
    expect(alice.session.getState()).toMatchObject({ conversations: [], queued: 0 });
    expect(alice.store.countMessages(bob.id)).toBe(0);
    expect(await alice.session.contacts()).toEqual([]);
    await alice.session.flushOutbox();
    expect(swarms.stores).toBe(0);
    await expect(alice.session.removeContact(bob.id)).rejects.toMatchObject({ code: 'no-contact' });
  });

  it('while a message is on its way brings nothing back', async () => {
    const swarms = new FakeSwarms();
    const alice = person(swarms, 1, 'Alice');
    const bob = person(swarms, 2, 'Bob');
    await alice.session.queueMessage(bob.id, 'on its way');
    const flushing = alice.session.flushOutbox();
    await alice.session.removeContact(bob.id);
    await flushing;
    expect(alice.store.countMessages(bob.id)).toBe(0);
    expect(alice.store.entries('outbox')).toEqual([]);
    expect(alice.session.getState().conversations).toEqual([]);
  });
});

describe('accepting, for a command that ends', () => {
  it('is done only when whoever waits has been told', async () => {
    const swarms = new FakeSwarms();
    const alice = person(swarms, 1, 'Alice');
    const bob = person(swarms, 2, 'Bob');
    await say(alice, bob, 'hello');
    await bob.session.fetchRound();
    bob.network.failure = new NetworkError('node', 'No node answered.');
    await bob.session.acceptContact(alice.id);
    bob.session.goOnline({ poll: false });
    expect(await bob.session.waitForSync(30)).toMatchObject({ status: 'pending' });
    bob.network.failure = null;
    expect(await bob.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    expect(opened(swarms, alice).some(({ content }) => content.messageRequestResponse?.isApproved)).toBe(
      true,
    );
    await bob.session.close();
  });
});

describe('what is learned of people while other devices have said nothing new', () => {
  it('is not taken back by the configs of before', async () => {
    const swarms = new FakeSwarms();
    const alice = person(swarms, 1, 'Alice');
    const bob = person(swarms, 2, 'Bob');
    await say(alice, bob, 'hello');
    expect(await alice.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    await person(swarms, 1, 'Alice', alice.store).session.fetchRound();
    await bob.session.fetchRound();
    await bob.session.acceptContact(alice.id);
    await bob.session.flushOutbox();
    const later = person(swarms, 1, 'Alice', alice.store);
    await later.session.fetchRound();
    expect(await later.session.contacts()).toMatchObject([{ approved: true, approvedMe: true }]);
  });
});

describe('a device that reads the whole swarm', () => {
  it.each([
    ['brings nobody back whom another device has deleted since', 600_000, []],
    ['keeps what may be newer than the deletion', 0, ['hello']],
  ])('%s', async (_, later, bodies) => {
    const swarms = new FakeSwarms();
    const carol = person(swarms, 3, 'Carol');
    const phone = person(swarms, 1, 'Alice');
    await say(carol, phone, 'hello');
    await phone.session.fetchRound();
    await phone.session.acceptContact(carol.id);
    await phone.session.removeContact(carol.id);
    expect(await phone.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    for (const item of swarms.config(phone.id, 3)) item.timestamp += later;
    const account = { seedHex: '01'.repeat(16), name: '', createdAt: 0, restored: true };
    const laptop = person(swarms, 1, '', createMemoryStore({ account }));
    laptop.network.clock.offset = later;
    await laptop.session.fetchRound();
    const shown = laptop.session.getState().conversations.filter(({ id }) => id === carol.id);
    expect(shown.map(({ preview }) => preview)).toEqual(bodies);
  });

  it.each([
    ['brings nobody back by their saying long ago that they accept', 'deleted'],
    ['shows nobody again by it whom another device has hidden', 'hidden'],
  ])('%s', async (_, how) => {
    const swarms = new FakeSwarms();
    const carol = person(swarms, 3, 'Carol');
    const phone = person(swarms, 1, 'Alice');
    await say(phone, carol, 'may I?');
    await carol.session.fetchRound();
    await say(carol, phone, 'you may');
    await phone.session.fetchRound();
    if (how === 'deleted') await phone.session.removeContact(carol.id);
    else await phone.session.changeContact(carol.id, { hidden: true });
    expect(await phone.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    for (const item of swarms.config(phone.id, 3)) item.timestamp += 600_000;
    const account = { seedHex: '01'.repeat(16), name: '', createdAt: 0, restored: true };
    const laptop = person(swarms, 1, '', createMemoryStore({ account }));
    laptop.network.clock.offset = 600_000;
    await laptop.session.fetchRound();
    expect(laptop.session.getState().conversations.filter(({ id }) => id === carol.id)).toEqual([]);
    expect((await laptop.session.contacts()).map(({ id }) => id)).toEqual(
      how === 'deleted' ? [] : [carol.id],
    );
    const before = swarms.replacements;
    expect(await laptop.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    expect(swarms.replacements).toBe(before);
  });

  it('leaves Note to Self hidden where another device has hidden it since', async () => {
    const swarms = new FakeSwarms();
    const phone = person(swarms, 1, 'Alice');
    await say(phone, phone, 'milk');
    await phone.store.transact((tx) => {
      const line = tx.get('conversations', phone.id);
      if (line !== undefined) tx.put('conversations', phone.id, { ...line, hidden: true });
    });
    expect(await phone.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    for (const item of swarms.config(phone.id, 2)) item.timestamp += 600_000;
    const account = { seedHex: '01'.repeat(16), name: '', createdAt: 0, restored: true };
    const laptop = person(swarms, 1, '', createMemoryStore({ account }));
    laptop.network.clock.offset = 600_000;
    await laptop.session.fetchRound();
    expect(laptop.session.getState().conversations).toEqual([]);
    const before = swarms.replacements;
    expect(await laptop.session.waitForSync(5_000)).toEqual({ status: 'synced' });
    expect(swarms.replacements).toBe(before);
  });
});
