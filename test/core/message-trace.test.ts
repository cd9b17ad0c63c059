/** What a person can learn about the way of one message. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageTrace } from '../../src/core/types.ts';
import { NetworkError } from '../../src/errors.ts';
import { FakeSwarms } from '../support/fake-network.ts';
import { Crowd, type Person } from '../support/person.ts';

const dayMs = 86_400_000;
let swarms: FakeSwarms;
let crowd: Crowd;
let alice: Person;
let bob: Person;

beforeEach(() => {
  swarms = new FakeSwarms();
  crowd = new Crowd(swarms);
  alice = crowd.add(1, 'Alice');
  bob = crowd.add(2, 'Bob');
});

afterEach(async () => {
  await crowd.close();
});

const trace = (who: Person, id: string): Promise<MessageTrace> => who.session.messageTrace(id);
const write = async (text = 'hello') => (await alice.session.queueMessage(bob.id, text)).id;
/** The newest message that somebody has from another one. */
const newest = async (who: Person, from: Person) =>
  (await who.session.messages(from.id, { limit: 1 }))[0] ?? expect.fail();

describe('the trace of one’s own message', () => {
  it('has the way, the hash and the times once the swarm has it, and the same of the copy', async () => {
    const id = await write();
    expect(await trace(alice, id)).toMatchObject({
      swarm: null,
      copy: 'waiting',
      failures: 0,
      fetchedAt: null,
    });
    await alice.session.flushOutbox();
    const { swarm, copy } = await trace(alice, id);
    expect(swarm).toMatchObject({
      hash: swarms.list(bob.id)[0]?.hash,
      node: { ip: '127.0.11.1' },
      path: [{ ip: '127.0.11.1' }, { ip: '127.0.12.1' }, { ip: '127.0.13.1' }],
    });
    expect((swarm?.keptUntil ?? 0) - (swarm?.storedAt ?? 0)).toBe(14 * dayMs);
    expect(copy).toMatchObject({ hash: swarms.list(alice.id)[0]?.hash, path: [{}, {}, {}] });
  });

  it('counts what failed, with the last reason and what to do, through retries until it is delivered', async () => {
    const id = await write();
    alice.network.failure = new NetworkError('offline', 'This machine has no network connection.');
    await alice.session.flushOutbox();
    alice.network.setClockOffset(4 * 60_000);
    alice.network.failure = new NetworkError('clock-skew', 'The clocks disagree.');
    await alice.session.flushOutbox();
    const waiting = await trace(alice, id);
    expect(waiting).toMatchObject({
      failures: 2,
      lastFailure: {
        reason: 'The clocks disagree.',
        remedy: 'The clock of this machine is 4 min slow: set it.',
      },
      clockOffsetMs: 240_000,
      swarm: null,
    });
    expect(waiting.nextAttemptAt).toBeGreaterThan(waiting.lastFailure?.at ?? 0);
    await alice.session.retryMessage(id);
    expect(await trace(alice, id)).toMatchObject({ failures: 2 });
    alice.network.failure = null;
    await alice.session.flushOutbox();
    const after = await trace(alice, id);
    expect(after).toMatchObject({ failures: 2, nextAttemptAt: null });
    expect(after.swarm?.storedAt).toBeGreaterThan(0);
  });

  it.each([
    [new NetworkError('path', 'No service node can be reached. Check the network connection.'), null],
    [new NetworkError('timeout', 'No answer in time.'), 'session-tui doctor'],
    [
      new NetworkError('timeout', 'No answer in time.', { fields: { answered: true } }),
      'other nodes are tried',
    ],
    [new NetworkError('proxy', 'The proxy refused.'), 'See that the proxy runs'],
    [new Error('the disk'), null],
  ])('gives advice that the reason does not give: %s', async (error, advice) => {
    const id = await write();
    alice.network.store = async () => {
      throw error;
    };
    await alice.session.flushOutbox();
    const remedy = (await trace(alice, id)).lastFailure?.remedy ?? null;
    expect(remedy).toEqual(advice === null ? null : expect.stringContaining(advice));
  });

  it('says that what the network refuses is not tried again', async () => {
    const id = await write();
    alice.network.failure = new NetworkError('refused', 'The message is too large.');
    await alice.session.flushOutbox();
    const { nextAttemptAt, lastFailure } = await trace(alice, id);
    expect(nextAttemptAt).toBeNull();
    expect(lastFailure?.remedy).toContain('write it anew');
  });

  it('keeps times and the count over a restart, and path, node and hash nowhere', async () => {
    const id = await write();
    alice.network.failure = new NetworkError('timeout', 'No answer in time.');
    await alice.session.flushOutbox();
    alice.network.failure = null;
    await alice.session.flushOutbox();
    const before = await trace(alice, id);
    const again = crowd.add(1, 'Alice', alice.store);
    const { swarm, copy, failures, lastFailure } = await trace(again, id);
    expect(failures).toBe(1);
    expect(lastFailure).toBeNull();
    expect(swarm).toEqual({ ...before.swarm, hash: null, node: null, path: null });
    expect(copy).toMatchObject({ node: null, path: null });
    expect(JSON.stringify(await again.store.message(id))).not.toContain('127.0.');
    crowd.left(alice);
  });

  it('says when the other side has read it, where receipts are on', async () => {
    for (const one of [alice, bob]) await one.session.setSetting('read-receipts', 'on');
    const id = await write();
    await alice.session.flushOutbox();
    await bob.session.fetchRound();
    await bob.session.acceptContact(alice.id);
    await bob.session.markRead(alice.id);
    await bob.session.flushOutbox();
    await alice.session.fetchRound();
    const { isRead, readAt, swarm } = await trace(alice, id);
    expect(isRead).toBe(true);
    expect(readAt).toBeGreaterThanOrEqual(swarm?.storedAt ?? Number.POSITIVE_INFINITY);
  });

  it('from another device of one’s own knows its copy, and nothing of its way', async () => {
    const tablet = crowd.add(1, 'Alice');
    const id = await write();
    await alice.session.flushOutbox();
    await tablet.session.fetchRound();
    const seen = await trace(tablet, id);
    expect(seen).toMatchObject({ swarm: null, copy: { hash: swarms.list(alice.id)[0]?.hash, path: null } });
    expect(seen.fetchedAt).toBeGreaterThan(0);
  });

  it('to oneself is in one’s own swarm, and has no copy', async () => {
    const { id } = await alice.session.queueMessage(alice.id, 'milk');
    await alice.session.flushOutbox();
    expect(await trace(alice, id)).toMatchObject({
      swarm: { hash: swarms.list(alice.id)[0]?.hash },
      copy: null,
    });
  });
});

describe('the trace of a message that came', () => {
  it('has when one’s swarm stored it, until when, when it was fetched, and when it was read here', async () => {
    await write();
    await alice.session.flushOutbox();
    await bob.session.fetchRound();
    const message = await newest(bob, alice);
    const [item] = swarms.list(bob.id);
    const before = await trace(bob, message.id);
    expect(before).toMatchObject({
      namespace: 0,
      swarm: { storedAt: item?.timestamp, keptUntil: item?.expiresAt, hash: item?.hash, path: null },
      copy: null,
      fetchedAt: message.receivedAt,
      isRead: false,
      readAt: null,
    });
    await bob.session.markRead(alice.id);
    const after = await trace(bob, message.id);
    expect(after.isRead).toBe(true);
    expect(after.readAt).toBeGreaterThanOrEqual(message.receivedAt);
  });
});

it('of no message there is an error', async () => {
  await expect(trace(alice, 'none')).rejects.toMatchObject({ code: 'no-message' });
});
