/** Receipts, typing, disappearing messages and the lines that nobody wrote. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CoreEvent, Message } from '../../src/core/types.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { type Content, createContent, decodeContent } from '../../src/protocol/content.ts';
import { encryptOneToOne } from '../../src/protocol/one-to-one.ts';
import { createProfile, openProfile } from '../../src/store/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { FakeSwarms } from '../support/fake-network.ts';
import { Crowd, exchange, type Person, person } from '../support/person.ts';

let swarms: FakeSwarms;
let crowd: Crowd;
let alice: Person;
let bob: Person;

beforeEach(async () => {
  swarms = new FakeSwarms();
  crowd = new Crowd(swarms);
  alice = crowd.add(1, 'Alice');
  bob = crowd.add(2, 'Bob');
});

afterEach(async () => {
  await crowd.close();
});

/** Both have written: they have accepted each other. */
async function befriend(): Promise<void> {
  await alice.session.queueMessage(bob.id, 'hi');
  await exchange(alice, bob);
  await bob.session.queueMessage(alice.id, 'hi yourself');
  await exchange(bob, alice);
}

/** What people see of a conversation but the line that says who accepted whom. */
const list = async (who: Person, conversation: string): Promise<readonly Message[]> => {
  const messages = await who.session.messages(conversation, { limit: 20 });
  return messages.filter(({ notice }) => notice?.kind !== 'accepted');
};
const eventsOf = <E extends CoreEvent['event']>(who: Person, event: E) =>
  who.events.filter((one): one is Extract<CoreEvent, { event: E }> => one.event === event);

/** Puts a content of somebody's into a swarm, as another client would. */
function put(
  from: Person,
  to: Person,
  fields: Parameters<typeof createContent>[0],
  sentAt = Date.now(),
): void {
  const content: Content = createContent({ ...fields, sigTimestamp: BigInt(sentAt) });
  const data = encryptOneToOne({
    content,
    sentAt,
    sender: from.keys,
    recipient: to.id,
    random: systemRandomBytes,
  });
  swarms.list(to.id).push({
    hash: `h${swarms.list(to.id).length}`.padEnd(43, 'A'),
    data,
    timestamp: sentAt,
    expiresAt: sentAt + 1_209_600_000,
  });
}

describe('read receipts', () => {
  it('are neither sent nor shown while they are off', async () => {
    await befriend();
    const before = swarms.stores;
    await bob.session.markRead(alice.id);
    await exchange(bob, alice);
    expect(swarms.stores).toBe(before);
    await bob.session.setSetting('read-receipts', 'on');
    await alice.session.queueMessage(bob.id, 'again');
    await exchange(alice, bob);
    await bob.session.markRead(alice.id);
    await exchange(bob, alice);
    expect((await list(alice, bob.id)).map(({ status }) => status)).not.toContain('read');
    expect(eventsOf(alice, 'receipt')).toEqual([]);
  });

  it('say of each message that was read that it was, once it is on on both sides', async () => {
    await befriend();
    for (const one of [alice, bob]) await one.session.setSetting('read-receipts', 'on');
    const first = await alice.session.queueMessage(bob.id, 'one');
    const second = await alice.session.queueMessage(bob.id, 'two');
    await exchange(alice, bob);
    await bob.session.markRead(alice.id);
    await exchange(bob, alice);
    const read = (await list(alice, bob.id)).filter(({ status }) => status === 'read');
    expect(read.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(eventsOf(alice, 'receipt').map(({ message }) => message.id)).toEqual([first.id, second.id]);
    // Nothing is told twice, and nobody is told what they wrote themselves.
    const before = swarms.stores;
    await bob.session.markRead(alice.id);
    await bob.session.flushOutbox();
    expect(swarms.stores).toBe(before);
  });

  it('go to no request', async () => {
    await bob.session.setSetting('read-receipts', 'on');
    await alice.session.queueMessage(bob.id, 'who is there?');
    await exchange(alice, bob);
    await bob.session.markRead(alice.id);
    expect(bob.store.entries('outbox')).toEqual([]);
  });

  it('of a message whose delivery nobody has confirmed confirm it', async () => {
    await befriend();
    for (const one of [alice, bob]) await one.session.setSetting('read-receipts', 'on');
    alice.network.loseAnswers = 1;
    const { id } = await alice.session.queueMessage(bob.id, 'lost answer');
    await alice.session.flushOutbox();
    await bob.session.fetchRound();
    await bob.session.markRead(alice.id);
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    expect((await list(alice, bob.id)).find((one) => one.id === id)).toMatchObject({ status: 'read' });
    expect(alice.session.getState().queued).toBe(0);
  });
});

describe('typing', () => {
  it('is told and shown where both have switched it on, and stored nowhere', async () => {
    await befriend();
    for (const one of [alice, bob]) one.network.setPhase('online');
    const before = swarms.list(alice.id).length;
    bob.session.setTyping(alice.id, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(swarms.list(alice.id)).toHaveLength(before);
    for (const one of [alice, bob]) await one.session.setSetting('typing-indicators', 'on');
    for (let i = 0; i < 5; i++) bob.session.setTyping(alice.id, true);
    await expect.poll(() => swarms.list(alice.id).length).toBe(before + 1);
    await alice.session.fetchRound();
    expect(eventsOf(alice, 'typing')).toEqual([
      { event: 'typing', conversation: bob.id, from: bob.id, typing: true },
    ]);
    expect(alice.session.getState().conversations[0]).toMatchObject({ typing: true });
    bob.session.setTyping(alice.id, false);
    await expect.poll(() => swarms.list(alice.id).length).toBe(before + 2);
    await alice.session.fetchRound();
    expect(eventsOf(alice, 'typing').map(({ typing }) => typing)).toEqual([true, false]);
    expect(await list(alice, bob.id)).toHaveLength(2);
  });

  it('is over when the message comes', async () => {
    await befriend();
    for (const one of [alice, bob]) {
      one.network.setPhase('online');
      await one.session.setSetting('typing-indicators', 'on');
    }
    const before = swarms.list(alice.id).length;
    bob.session.setTyping(alice.id, true);
    await expect.poll(() => swarms.list(alice.id).length).toBe(before + 1);
    await alice.session.fetchRound();
    await bob.session.queueMessage(alice.id, 'there');
    await exchange(bob, alice);
    expect(eventsOf(alice, 'typing').map(({ typing }) => typing)).toEqual([true, false]);
    expect(alice.session.getState().conversations[0]?.typing).toBeUndefined();
  });

  it('of strangers and with a time of its own means nothing', async () => {
    await bob.session.setSetting('typing-indicators', 'on');
    await alice.session.queueMessage(bob.id, 'who is there?');
    await exchange(alice, bob);
    const now = Date.now();
    put(alice, bob, { typingMessage: { timestamp: BigInt(now), action: 0 } }, now);
    await bob.session.fetchRound();
    await bob.session.queueMessage(alice.id, 'come in');
    put(alice, bob, { typingMessage: { timestamp: BigInt(now), action: 0 } }, now + 1);
    await bob.session.fetchRound();
    expect(eventsOf(bob, 'typing')).toEqual([]);
  });
});

describe('disappearing messages', () => {
  it('tell the other side, and keep to the timer of whoever writes', async () => {
    await befriend();
    await alice.session.setExpiry(bob.id, { mode: 'after-send', seconds: 3600 });
    const { id } = await alice.session.queueMessage(bob.id, 'gone in an hour');
    await exchange(alice, bob);
    const answer = await bob.session.queueMessage(alice.id, 'mine stay');
    const [, , notice, got] = await list(bob, alice.id);
    expect(notice).toMatchObject({
      from: alice.id,
      notice: { kind: 'timer', expiry: { mode: 'after-send', seconds: 3600 } },
    });
    expect(got).toMatchObject({ id: expect.any(String), body: 'gone in an hour' });
    expect(answer.expiry).toBeUndefined();
    const [sent] = (await list(alice, bob.id)).filter((one) => one.id === id);
    for (const message of [sent, got]) {
      expect(message?.expiresAt).toBeGreaterThan(Date.now() + 3_590_000);
      expect(message?.expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    }
    // The network forgets it then, too.
    const kept = swarms.list(bob.id).map(({ timestamp, expiresAt }) => expiresAt - timestamp);
    expect(kept.filter((ms) => ms === 3_600_000)).toHaveLength(2);
  });

  it('after reading wait to be read, and the own swarm is told when', async () => {
    await befriend();
    await alice.session.setExpiry(bob.id, { mode: 'after-read', seconds: 600 });
    await alice.session.queueMessage(bob.id, 'read me');
    await exchange(alice, bob);
    const unread = (await list(bob, alice.id)).at(-1);
    expect(unread).toMatchObject({ expiry: { mode: 'after-read', seconds: 600 } });
    expect(unread?.expiresAt).toBeUndefined();
    await bob.session.markRead(alice.id);
    const read = (await list(bob, alice.id)).at(-1);
    expect(read?.expiresAt).toBeLessThanOrEqual(Date.now() + 600_000);
    await bob.session.flushOutbox();
    const { hash } = (await bob.store.message(read?.id ?? '')) ?? {};
    const kept = swarms.list(bob.id).find((item) => item.hash === hash);
    expect(kept?.expiresAt).toBeLessThanOrEqual(Date.now() + 600_000);
  });

  it('after reading vanish at one time on all devices, by the one that read first', async () => {
    const root = await mkdtemp(join(tmpdir(), 'twice-'));
    const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };
    const account = { seedHex: '02'.repeat(16), name: 'Bob', createdAt: 0, restored: false };
    const store = await createProfile({ folder: join(root, 'profile'), password: null, account, platform });
    const tablet = person(swarms, 2, 'Bob', store);
    await befriend();
    await alice.session.setExpiry(bob.id, { mode: 'after-read', seconds: 600 });
    await alice.session.queueMessage(bob.id, 'read me');
    await exchange(alice, bob, tablet);
    await bob.session.markRead(alice.id);
    await bob.session.flushOutbox();
    const first = (await list(bob, alice.id)).at(-1)?.expiresAt ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 60));
    await tablet.session.markRead(alice.id);
    expect((await list(tablet, alice.id)).at(-1)?.expiresAt).toBeGreaterThan(first + 50);
    await tablet.session.flushOutbox();
    const second = (await list(tablet, alice.id)).at(-1)?.expiresAt ?? 0;
    // but for the millisecond in which two clocks are read
    expect(Math.abs(second - first)).toBeLessThan(10);
    await tablet.session.close();
    await rm(root, { recursive: true });
  });

  it('are announced by one line of each person, the latest', async () => {
    await befriend();
    for (const seconds of [60, 120, 180])
      await alice.session.setExpiry(bob.id, { mode: 'after-send', seconds });
    await alice.session.setExpiry(bob.id, null);
    await exchange(alice, bob);
    for (const [who, conversation] of [
      [alice, bob.id],
      [bob, alice.id],
    ] as const) {
      const notices = (await list(who, conversation)).flatMap(({ notice }) => notice ?? []);
      const timers = notices.filter(({ kind }) => kind === 'timer');
      expect(timers).toEqual([{ kind: 'timer', expiry: null }]);
    }
  });

  it('refuse timers that the network can’t keep, and those of strangers', async () => {
    await befriend();
    for (const seconds of [0, 1, 9, 1_209_601, 1.5])
      await expect(alice.session.setExpiry(bob.id, { mode: 'after-send', seconds })).rejects.toMatchObject({
        code: 'bad-timer',
      });
    await expect(
      alice.session.setExpiry(alice.id, { mode: 'after-read', seconds: 60 }),
    ).rejects.toMatchObject({ code: 'bad-timer' });
    const carol = crowd.add(3, 'Carol');
    await carol.session.queueMessage(alice.id, 'let me in');
    await exchange(carol, alice);
    await expect(
      alice.session.setExpiry(carol.id, { mode: 'after-send', seconds: 60 }),
    ).rejects.toMatchObject({ code: 'not-accepted' });
  });

  it('vanish from list, files and screen when their time is over, and the text with them', async () => {
    const root = await mkdtemp(join(tmpdir(), 'vanish-'));
    const folder = join(root, 'profile');
    const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };
    const account = { seedHex: '02'.repeat(16), name: 'Bob', createdAt: 0, restored: false };
    const store = await createProfile({ folder, password: null, account, platform });
    const kept = person(swarms, 2, 'Bob', store);
    await befriend();
    await kept.session.fetchRound();
    put(alice, kept, {
      dataMessage: { body: 'a word that must go' },
      expirationType: 2,
      expirationTimer: 60,
    });
    const swarm = swarms.list(kept.id);
    const last = swarm.at(-1);
    if (last !== undefined) last.expiresAt = Date.now() + 1_500;
    await kept.session.fetchRound();
    const view = await kept.session.openConversation(alice.id, 10);
    expect(view.getSnapshot().messages.at(-1)?.body).toBe('a word that must go');
    expect(kept.session.getState().conversations[0]).toMatchObject({ preview: 'a word that must go' });
    // It lies in the journal, whose file goes when that is written anew.
    const before = await readdir(folder);
    await expect.poll(() => eventsOf(kept, 'deleted').length, { timeout: 3_500 }).toBe(1);
    expect(eventsOf(kept, 'deleted')[0]).toMatchObject({ why: 'expired', left: null });
    expect(view.getSnapshot().messages.map(({ body }) => body)).not.toContain('a word that must go');
    await expect
      .poll(() => kept.session.getState().conversations[0]?.preview)
      .toBe(view.getSnapshot().messages.at(-1)?.body);
    const isGone = async (): Promise<boolean> => {
      const now = await readdir(folder);
      return before.some((name) => /^[0-9a-f]{32}$/.test(name) && !now.includes(name));
    };
    await expect.poll(isGone, { timeout: 3_000 }).toBe(true);
    await kept.session.close();
    const again = await openProfile({ folder, password: null, platform });
    expect(again.entries('expiring')).toEqual([]);
    await again.close();
    await rm(root, { recursive: true });
  });
});

describe('lines that nobody wrote', () => {
  it('say of one call once that it was missed, and of one that another device took nothing', async () => {
    await befriend();
    const now = Date.now();
    const call = (type: number, uuid: string) => ({ callMessage: { type, uuid } });
    put(alice, bob, call(6, 'a'), now);
    put(alice, bob, call(1, 'a'), now + 1);
    put(alice, bob, call(1, 'a'), now + 2);
    put(alice, bob, call(1, 'b'), now + 3);
    put(bob, bob, call(2, 'b'), now + 4);
    put(bob, bob, call(2, 'c'), now + 5);
    put(alice, bob, call(1, 'c'), now + 6);
    await bob.session.fetchRound();
    const notices = (await list(bob, alice.id)).flatMap(({ notice }) => notice ?? []);
    expect(notices).toEqual([{ kind: 'missed-call' }]);
    expect(bob.store.entries('outbox')).toEqual([]);
  });

  it('come from nobody who is not accepted', async () => {
    await alice.session.queueMessage(bob.id, 'who is there?');
    await exchange(alice, bob);
    const now = Date.now();
    put(alice, bob, { callMessage: { type: 1, uuid: 'a' } }, now);
    put(alice, bob, { dataExtractionNotification: { type: 2 } }, now + 1);
    put(alice, bob, { dataMessage: { flags: 2 }, expirationType: 2, expirationTimer: 60 }, now + 2);
    const carol = crowd.add(3, 'Carol');
    put(carol, bob, { callMessage: { type: 1, uuid: 'b' } }, now + 3);
    put(carol, bob, { unsendRequest: { timestamp: 5n, author: carol.id } }, now + 4);
    put(carol, bob, { receiptMessage: { type: 1, timestamp: [5n] } }, now + 5);
    await bob.session.fetchRound();
    expect((await list(bob, alice.id)).map(({ body }) => body)).toEqual(['who is there?']);
    expect(bob.session.getState().conversations.map(({ id }) => id)).toEqual([alice.id]);
    expect(bob.store.entries('early')).toEqual([]);
  });

  it('tell of a saved file, once the person is accepted', async () => {
    await befriend();
    put(alice, bob, {
      dataMessage: {
        attachments: [{ deprecatedId: 1n, fileName: 'a.png', contentType: 'image/png', size: 9 }],
      },
    });
    await bob.session.fetchRound();
    const [file] = (await list(bob, alice.id)).filter(({ attachments }) => attachments.length > 0);
    await bob.session.reportSaved(file?.id ?? '');
    await exchange(bob, alice);
    expect((await list(alice, bob.id)).at(-1)).toMatchObject({
      from: bob.id,
      notice: { kind: 'media-saved' },
    });
  });

  it('stand for what this version does not know, which is kept', async () => {
    await befriend();
    const sentAt = Date.now();
    // field 42 with two bytes, and the time
    const content = decodeContent(Uint8Array.of(0xd2, 2, 2, 8, 1));
    put(alice, bob, { ...content, $unknown: content.$unknown } as never, sentAt); // as a later client writes it
    await bob.session.fetchRound();
    const unknown = (await list(bob, alice.id)).at(-1);
    expect(unknown).toMatchObject({ body: '', notice: { kind: 'unknown' } });
    const stored = await bob.store.message(unknown?.id ?? '');
    expect(Buffer.from(String(stored?.extra?.content), 'base64').includes(Buffer.of(0xd2, 2, 2, 8, 1))).toBe(
      true,
    );
  });
});
