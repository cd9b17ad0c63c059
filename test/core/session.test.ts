import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { NetworkError } from '../../src/errors.ts';
import { buildTextContent } from '../../src/protocol/data-message.ts';
import { encryptOneToOne } from '../../src/protocol/one-to-one.ts';
import { createProfile, openProfile } from '../../src/store/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeSwarms } from '../support/fake-network.ts';
import { testId } from '../support/fake-session.ts';
import { type Person, person } from '../support/person.ts';

const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };

describe('a session', () => {
  let swarms: FakeSwarms;
  let alice: Person;
  let bob: Person;

  beforeEach(() => {
    swarms = new FakeSwarms();
    alice = person(swarms, 1, 'Alice');
    bob = person(swarms, 2, 'Bob');
  });

  it('keeps a setting over a restart, tells of the change, and refuses what means nothing', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'settings-')), 'profile');
    const account = { seedHex: '01'.repeat(16), name: 'Alice', createdAt: 0, restored: false };
    const kept = person(
      swarms,
      1,
      'Alice',
      await createProfile({ folder, password: null, account, platform }),
    );
    const changes: unknown[] = [];
    kept.session.subscribe(() =>
      changes.push(
        kept.session
          .settings()
          .slice(0, 4)
          .map(({ value }) => value),
      ),
    );
    expect(
      kept.session
        .settings()
        .slice(0, 4)
        .map(({ key, value }) => [key, value]),
    ).toEqual([
      ['name', 'Alice'],
      ['auto-lock', 15],
      ['notifications', 'bell'],
      ['theme', 'auto'],
    ]);
    await kept.session.setSetting('auto-lock', '5');
    await kept.session.setSetting('name', 'Ada');
    expect(changes.at(-1)).toEqual(['Ada', 5, 'bell', 'auto']);
    await expect(kept.session.setSetting('auto-lock', 'soon')).rejects.toMatchObject({ code: 'bad-setting' });
    await expect(kept.session.setSetting('lock', '5')).rejects.toMatchObject({ code: 'no-setting' });
    await kept.session.close();
    const later = person(swarms, 1, 'Alice', await openProfile({ folder, password: null, platform }));
    expect(later.session.getState().account.name).toBe('Ada');
    expect(later.session.settings()[1]?.value).toBe(5);
    await later.session.setSetting('auto-lock', '15');
    expect(later.store.entries('settings')).toEqual([]);
    await later.store.transact((tx) => tx.put('settings', 'auto-lock', { of: 'a later version' }));
    expect(later.session.settings()[1]?.value).toBe(15);
    await later.session.close();
    await rm(dirname(folder), { recursive: true });
  });

  it('delivers a message and shows it to the recipient with the sender’s name, as a request', async () => {
    const queued = await alice.session.queueMessage(bob.id, 'hello');
    expect(queued.status).toBe('queued');
    await alice.session.flushOutbox();
    const result = await alice.session.waitForDelivery(queued.id, 1000);
    expect(result).toMatchObject({ status: 'sent', message: { id: queued.id, status: 'sent' } });
    expect(result.status === 'sent' && result.hash).toMatch(/^[A-Za-z0-9+/]{43}$/);
    expect(await bob.session.fetchRound()).toEqual({ answered: 2, stored: 1, skipped: 0 });
    const [conversation] = bob.session.getState().conversations;
    expect(conversation).toMatchObject({
      id: alice.id,
      name: 'Alice',
      unread: 1,
      request: true,
      preview: 'hello',
    });
    const [fresh] = await bob.session.freshMessages();
    expect(fresh).toMatchObject({ from: alice.id, body: 'hello', sentAt: queued.sentAt, request: true });
    await bob.session.queueMessage(alice.id, 'hi');
    expect(bob.session.getState().conversations[0]).toMatchObject({ request: false, unread: 0 });
  });

  it('announces each message once though several nodes hand it over, and only after it is stored', async () => {
    const { id } = await alice.session.queueMessage(bob.id, 'once');
    await alice.session.flushOutbox();
    let storedWhenAnnounced = false;
    bob.session.onEvent((event) => {
      if (event.event === 'message') {
        void bob.store.message(event.message.id).then((stored) => {
          storedWhenAnnounced = stored !== undefined;
        });
      }
    });
    await bob.session.fetchRound();
    await bob.session.fetchRound();
    expect(bob.events.filter((event) => event.event === 'message')).toHaveLength(1);
    expect(storedWhenAnnounced).toBe(true);
    expect((await bob.session.messages(alice.id, { limit: 10 })).map((m) => m.id)).toEqual([
      (await bob.session.freshMessages())[0]?.id,
    ]);
    expect(id).not.toBe('');
  });

  it('keeps the bytes and the sent time over failures, lost answers and a restart, so that it arrives once', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'session-tui-core-')), 'profile');
    const account = { seedHex: '01'.repeat(16), name: 'Alice', createdAt: 0, restored: false };
    const kept = await createProfile({ folder, password: null, account, platform });
    alice = person(swarms, 1, 'Alice', kept);
    alice.network.failure = new NetworkError('offline', 'No network.');
    const first = await alice.session.queueMessage(bob.id, 'first');
    const second = await alice.session.queueMessage(bob.id, 'second');
    await alice.session.flushOutbox();
    expect(await alice.session.waitForDelivery(first.id, 1)).toMatchObject({
      status: 'queued',
      reason: 'No network.',
      anythingAnswered: false,
    });
    await alice.session.close();
    const reopened = await openProfile({ folder, password: null, platform });
    const later = person(swarms, 1, 'Alice', reopened);
    expect(later.session.getState().queued).toBe(2);
    later.network.loseAnswers = 1;
    await later.session.flushOutbox();
    expect(await swarms.list(bob.id)).toHaveLength(1);
    await later.session.flushOutbox();
    await bob.session.fetchRound();
    const got = await bob.session.messages(alice.id, { limit: 10 });
    expect(got.map((m) => [m.body, m.sentAt])).toEqual([
      ['first', first.sentAt],
      ['second', second.sentAt],
    ]);
    expect(later.session.getState().queued).toBe(0);
    await later.session.close();
    await rm(dirname(folder), { recursive: true });
  });

  it('sends in order within a conversation: a later message never overtakes an earlier one', async () => {
    const bodies = Array.from({ length: 20 }, (_, i) => `m${i}`);
    for (const body of bodies) await alice.session.queueMessage(bob.id, body);
    alice.session.goOnline({ poll: false });
    alice.network.loseAnswers = 1;
    const last = await alice.session.messages(bob.id, { limit: 1 });
    await alice.session.waitForDelivery(last[0]?.id ?? '', 20_000);
    await bob.session.fetchRound();
    expect(swarms.list(bob.id)).toHaveLength(20);
    const got = await bob.session.messages(alice.id, { limit: 100 });
    expect(got.map((m) => m.body)).toEqual(bodies);
    expect(new Set(got.map((m) => m.sentAt)).size).toBe(20);
  });

  it('copies what it sent to its own swarm, and another device of the account shows it as sent', async () => {
    await alice.session.queueMessage(bob.id, 'from my desk');
    await alice.session.flushOutbox();
    const laptop = person(swarms, 1, 'Alice');
    await laptop.session.fetchRound();
    expect(await laptop.session.messages(bob.id, { limit: 5 })).toMatchObject([
      { direction: 'out', body: 'from my desk', status: 'sent', conversation: bob.id },
    ]);
    await alice.session.fetchRound();
    expect(await alice.session.messages(bob.id, { limit: 5 })).toHaveLength(1);
  });

  it('leaves no copy for its own devices behind when it sends all at once', async () => {
    for (let i = 0; i < 12; i++) await alice.session.queueMessage(bob.id, `${i}`);
    await alice.session.flushOutbox();
    expect(swarms.list(alice.id)).toHaveLength(12);
    expect(alice.store.entries('outbox')).toEqual([]);
  });

  it('sends copies of a backlog together, in order, and again as the same bytes when their answer is lost', async () => {
    const requests: { own: boolean; count: number }[] = [];
    let lose = true;
    alice.network.storeTogether = async (group) => {
      const own = group[0]?.recipient === alice.id;
      requests.push({ own, count: group.length });
      const answers = [];
      for (const request of group) answers.push(await alice.network.store(request));
      if (!own || !lose) return answers;
      lose = false;
      throw new NetworkError('timeout', 'No answer in time.');
    };
    for (let i = 0; i < 30; i++) await alice.session.queueMessage(bob.id, `${i}`);
    await alice.session.flushOutbox();
    expect(alice.store.entries('outbox').length).toBeGreaterThan(0);
    await alice.session.flushOutbox();
    expect(alice.store.entries('outbox')).toEqual([]);
    expect(swarms.list(alice.id)).toHaveLength(30);
    expect(requests.filter(({ own }) => own).length).toBeLessThanOrEqual(6);
    expect(Math.max(...requests.map(({ count }) => count))).toBe(20);
    const laptop = person(swarms, 1, 'Alice');
    await laptop.session.fetchRound();
    const copied = await laptop.session.messages(bob.id, { limit: 100 });
    expect(copied.map(({ body }) => body)).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`));
    expect(
      (await alice.session.messages(bob.id, { limit: 100 })).every(({ status }) => status === 'sent'),
    ).toBe(true);
  });

  it('keeps notes to oneself in one conversation, stored once', async () => {
    await alice.session.queueMessage(alice.id, 'buy milk');
    await alice.session.flushOutbox();
    expect(swarms.list(alice.id)).toHaveLength(1);
    await alice.session.fetchRound();
    expect(alice.session.getState().conversations).toMatchObject([
      { kind: 'self', unread: 0, name: 'Note to Self' },
    ]);
    expect(await alice.session.messages(alice.id, { limit: 5 })).toHaveLength(1);
  });

  it('skips and counts bad items without losing the good one among them', async () => {
    const list = swarms.list(bob.id);
    const expiresAt = Date.now() + 1e6;
    const put = (hash: string, data: Uint8Array) =>
      list.push({ hash: hash.padEnd(43, 'x'), data, timestamp: 1, expiresAt });
    put('a', new Uint8Array(0));
    put('b', systemRandomBytes(500));
    put('c', new Uint8Array([0, 2, ...systemRandomBytes(400)]));
    const forged = encryptOneToOne({
      content: buildTextContent({
        body: 'in your name',
        sentAt: 5,
        profileName: '',
        syncTarget: alice.keys.accountId,
      }),
      sentAt: 5,
      sender: alice.keys,
      recipient: bob.keys.accountId,
      random: systemRandomBytes,
    });
    put('d', forged);
    await alice.session.queueMessage(bob.id, 'good');
    await alice.session.flushOutbox();
    const flipped = list.at(-1)?.data.slice() ?? new Uint8Array();
    flipped[200] = (flipped[200] ?? 0) ^ 1;
    list.unshift({ hash: 'e'.padEnd(43, 'x'), data: flipped, timestamp: 1, expiresAt });
    expect(await bob.session.fetchRound()).toEqual({ answered: 2, stored: 1, skipped: 5 });
    expect((await bob.session.messages(alice.id, { limit: 5 })).map((m) => m.body)).toEqual(['good']);
    expect(bob.session.getState().skipped).toMatchObject({ 'forged-sync-target': 1, unsupported: 1 });
    expect(await bob.session.fetchRound()).toMatchObject({ stored: 0, skipped: 0 });
  });

  it('refuses an empty message, one that is too long, and a bad account ID, and stores nothing', async () => {
    await expect(alice.session.queueMessage(bob.id, ' \n ')).rejects.toMatchObject({ code: 'empty-message' });
    await expect(alice.session.queueMessage(bob.id, '🦉'.repeat(2001))).rejects.toMatchObject({
      code: 'message-too-long',
    });
    await expect(alice.session.queueMessage('05abc', 'x')).rejects.toMatchObject({ code: 'bad-account-id' });
    await expect(alice.session.queueMessage(bob.id, 'x', { replyTo: 'nothing' })).rejects.toMatchObject({
      code: 'no-message',
    });
    expect(alice.session.getState()).toMatchObject({ conversations: [], queued: 0 });
    expect((await alice.session.queueMessage(bob.id, '🦉'.repeat(2000))).status).toBe('queued');
  });

  it('marks a refused message as failed, lets the next one pass, and sends it when told to retry', async () => {
    alice.network.failure = new NetworkError('refused', 'The server refused it.');
    const bad = await alice.session.queueMessage(bob.id, 'refused at first');
    await alice.session.flushOutbox();
    alice.network.failure = null;
    await alice.session.queueMessage(bob.id, 'next');
    await alice.session.flushOutbox();
    const view = await alice.session.openConversation(bob.id, 10);
    expect(view.getSnapshot().messages.map((m) => m.status)).toEqual(['failed', 'sent']);
    await alice.session.retryMessage(bad.id);
    expect(view.getSnapshot().messages[0]?.status).toBe('queued');
    await alice.session.flushOutbox();
    expect(view.getSnapshot().messages.map((m) => m.status)).toEqual(['sent', 'sent']);
    view.close();
  });

  it('finds people by account ID in either case, “me”, nickname or name, and refuses what is ambiguous', async () => {
    expect(await alice.session.resolveRecipient(bob.id.toUpperCase().replace('05', '05'))).toBe(bob.id);
    expect(await alice.session.resolveRecipient('me')).toBe(alice.id);
    await expect(alice.session.resolveRecipient(bob.id.slice(0, -1))).rejects.toMatchObject({
      code: 'bad-account-id',
    });
    await expect(alice.session.resolveRecipient('nobody')).rejects.toMatchObject({ code: 'no-conversation' });
    await bob.session.queueMessage(alice.id, 'x');
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    expect(await alice.session.resolveRecipient('bob')).toBe(bob.id);
    const other = person(swarms, 3, 'Bob');
    await other.session.queueMessage(alice.id, 'y');
    await other.session.flushOutbox();
    await alice.session.fetchRound();
    await expect(alice.session.resolveRecipient('Bob')).rejects.toMatchObject({ code: 'ambiguous-name' });
  });

  it('looks a Session name up only when no contact has it, and tells “no such name” from “not now”', async () => {
    const { network, session } = alice;
    network.names.set('bob', testId('c'));
    network.names.set('carol', testId('d'));
    await bob.session.queueMessage(alice.id, 'x');
    await bob.session.flushOutbox();
    await session.fetchRound();
    expect(await session.resolveRecipient('bob')).toBe(bob.id);
    expect(network.lookups).toEqual([]);
    expect(await session.resolveRecipient(' Carol ')).toBe(testId('d'));
    await expect(session.resolveRecipient('dave')).rejects.toMatchObject({ code: 'no-conversation' });
    await expect(session.resolveRecipient('not a name')).rejects.toMatchObject({ code: 'no-conversation' });
    expect(network.lookups).toEqual(['carol', 'dave']);
    network.failure = new NetworkError('offline', 'This machine has no network connection.');
    await expect(session.resolveRecipient('carol')).rejects.toMatchObject({
      name: 'NetworkError',
      code: 'offline',
      message: expect.stringContaining('can’t be looked up now'),
    });
  });

  it('clears the unread count when read, and counts again what comes later', async () => {
    for (const body of ['1', '2', '3']) await bob.session.queueMessage(alice.id, body);
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    expect(alice.session.getState().conversations[0]?.unread).toBe(3);
    await alice.session.markRead(bob.id);
    expect(alice.session.getState().conversations[0]?.unread).toBe(0);
    await bob.session.queueMessage(alice.id, '4');
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    expect(alice.session.getState().conversations[0]?.unread).toBe(1);
  });

  it('pages back through a conversation and follows new messages at its end', async () => {
    for (let i = 0; i < 30; i++) await alice.session.queueMessage(bob.id, `${i}`);
    const view = await alice.session.openConversation(bob.id, 10);
    expect(view.getSnapshot()).toMatchObject({ atStart: false, atEnd: true });
    expect(view.getSnapshot().messages.map((m) => m.body)[0]).toBe('20');
    await alice.session.queueMessage(bob.id, '30');
    expect(view.getSnapshot().messages.at(-1)?.body).toBe('30');
    await view.loadOlder(100);
    expect(view.getSnapshot().messages.map((m) => m.body)).toEqual(
      Array.from({ length: 31 }, (_, i) => `${i}`),
    );
    expect(view.getSnapshot().atStart).toBe(true);
    await view.jumpToEnd(5);
    expect(view.getSnapshot().messages).toHaveLength(5);
    view.close();
  });

  it('opens the surroundings of any message, pages on from there, and is at the end only at the end', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 30; i++) ids.push((await alice.session.queueMessage(bob.id, `${i}`)).id);
    const view = await alice.session.openConversation(bob.id, 5);
    const bodies = () => view.getSnapshot().messages.map(({ body }) => Number(body));
    await view.jumpTo(ids[10] ?? '', 3);
    expect(bodies()).toEqual([7, 8, 9, 10, 11, 12, 13]);
    expect(view.getSnapshot()).toMatchObject({ atStart: false, atEnd: false });
    await alice.session.queueMessage(bob.id, '30');
    expect(bodies()).toEqual([7, 8, 9, 10, 11, 12, 13]);
    await view.loadNewer(100);
    await view.loadOlder(2);
    expect(bodies()).toEqual(Array.from({ length: 26 }, (_, i) => i + 5));
    expect(view.getSnapshot()).toMatchObject({ atStart: false, atEnd: true });
    await view.jumpTo(ids[1] ?? '', 3);
    expect(bodies()).toEqual([0, 1, 2, 3, 4]);
    expect(view.getSnapshot()).toMatchObject({ atStart: true, atEnd: false });
    const elsewhere = await alice.session.queueMessage(alice.id, 'note to self');
    await expect(view.jumpTo(elsewhere.id, 3)).rejects.toMatchObject({ code: 'no-message' });
    await expect(view.jumpTo('nothing', 3)).rejects.toMatchObject({ code: 'no-message' });
    expect(bodies()).toEqual([0, 1, 2, 3, 4]);
    view.close();
  });

  it('knows the first unread message, after all were read too, and a message by author and time', async () => {
    await bob.session.queueMessage(alice.id, 'seen');
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    await alice.session.markRead(bob.id);
    const before = await alice.session.openConversation(bob.id, 5);
    expect(await before.firstUnread()).toBeNull();
    for (const body of ['first', 'second', 'third']) await bob.session.queueMessage(alice.id, body);
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    const view = await alice.session.openConversation(bob.id, 1);
    const [, first] = await alice.session.messages(bob.id, { limit: 4 });
    expect(first?.body).toBe('first');
    expect(await view.firstUnread()).toBe(first?.id);
    expect(await before.firstUnread()).toBe(first?.id);
    await alice.session.markRead(bob.id);
    expect(await view.firstUnread()).toBe(first?.id);
    expect(await view.messageSentAt(bob.id, first?.sentAt ?? 0)).toBe(first?.id);
    expect(await view.messageSentAt(alice.id, first?.sentAt ?? 0)).toBeNull();
    expect(await view.messageSentAt(bob.id, 12345)).toBeNull();
    before.close();
    view.close();
  });

  it('ends a search that was given up', async () => {
    for (let i = 0; i < 3; i++) await alice.session.queueMessage(bob.id, `found ${i}`);
    const stop = new AbortController();
    stop.abort();
    const found: string[] = [];
    for await (const { body } of alice.session.search('found', stop.signal)) found.push(body);
    expect(found).toEqual([]);
  });
});
