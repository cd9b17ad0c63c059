import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/errors.ts';
import {
  createMemoryStore,
  createProfile,
  openProfile,
  type ProfileStore,
  parseWords,
  startOf,
} from '../../src/store/index.ts';
import {
  account,
  alice,
  bob,
  collect,
  putAll,
  storedConversation,
  storedMessage,
  temporaryFolder,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

type Subject = { store: ProfileStore; reopen(): Promise<ProfileStore> };

const small = { journalBytes: 6_000, shard: { messages: 8, bytes: 100_000 } };

/** Both kinds of store promise the same; the disk's is also closed and opened again between steps. */
const kinds: readonly [string, () => Promise<Subject>][] = [
  [
    'the memory store',
    async () => {
      const store = createMemoryStore({ account });
      return { store, reopen: async () => store };
    },
  ],
  [
    'the disk store',
    async () => {
      const folder = join(temporaryFolder(), 'p');
      const store = await createProfile({
        folder,
        password: 'pässword',
        account,
        platform: testPlatform,
        kdf: weakKdf,
        limits: small,
      });
      let current = store;
      return {
        store,
        async reopen() {
          await current.close();
          current = await openProfile({
            folder,
            password: 'pässword',
            platform: testPlatform,
            limits: small,
          });
          return current;
        },
      };
    },
  ],
];

describe.each(kinds)('%s', (_, open) => {
  it('keeps the account it was made with', async () => {
    const { store, reopen } = await open();
    expect(store.get('account', 'account')).toEqual(account);
    const again = await reopen();
    expect(again.get('account', 'account')).toEqual(account);
    await again.close();
  });

  it('puts, replaces and deletes entries', async () => {
    const { store, reopen } = await open();
    await store.transact((tx) => {
      tx.put('settings', 'a', { deep: [1, 'two', null, true] });
      tx.put('settings', 'b', 2);
      tx.put('seen', 'hash', Date.now() + 1e9);
    });
    await store.transact((tx) => {
      tx.put('settings', 'b', 3);
      tx.delete('settings', 'c');
    });
    const again = await reopen();
    expect(again.get('settings', 'a')).toEqual({ deep: [1, 'two', null, true] });
    expect(again.entries('settings').find(([key]) => key === 'b')).toEqual(['b', 3]);
    expect(again.entries('seen')).toHaveLength(1);
    await again.transact((tx) => tx.delete('settings', 'a'));
    const third = await reopen();
    expect(third.get('settings', 'a')).toBeUndefined();
    await third.close();
  });

  it('keeps its own copy of what is put', async () => {
    const { store } = await open();
    const value = { list: [1] };
    await store.transact((tx) => tx.put('settings', 'x', value));
    value.list.push(2);
    expect(store.get('settings', 'x')).toEqual({ list: [1] });
    await store.close();
  });

  it('changes nothing when the change throws, and goes on with the next', async () => {
    const { store } = await open();
    const failing = store.transact((tx) => {
      tx.put('settings', 'x', 1);
      tx.putMessage(storedMessage(1));
      throw new Error('no');
    });
    const next = store.transact((tx) => {
      tx.put('settings', 'y', tx.get('settings', 'x') === undefined);
      return 'done';
    });
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
    expect(store.get('settings', 'x')).toBeUndefined();
    expect(store.get('settings', 'y')).toBe(true);
    expect(store.countMessages(bob)).toBe(0);
    await store.close();
  });

  it('runs transactions in order, each on what the earlier ones leave', async () => {
    const { store } = await open();
    await Promise.all(
      Array.from({ length: 50 }, () =>
        store.transact((tx) => {
          const count = tx.get('settings', 'n');
          tx.put('settings', 'n', typeof count === 'number' ? count + 1 : 1);
        }),
      ),
    );
    expect(store.get('settings', 'n')).toBe(50);
    await store.close();
  });

  it('refuses values that do not fit and ids that are not those of the message', async () => {
    const { store } = await open();
    const bad = { ...storedMessage(1), id: storedMessage(2).id };
    await expect(store.transact((tx) => tx.putMessage(bad))).rejects.toThrow(TypeError);
    await expect(store.transact((tx) => tx.put('fresh', 'x', Number.NaN))).rejects.toThrow(TypeError);
    expect(store.countMessages(bob)).toBe(0);
    await store.close();
  });

  it('refuses a transaction used after its end', async () => {
    const { store } = await open();
    const leaked = await store.transact((tx) => tx);
    expect(() => leaked.put('settings', 'x', 1)).toThrow('after its end');
    await store.close();
    await expect(store.transact(() => 1)).rejects.toThrow('closed');
  });

  it('finds a message by its ID and by author and sent time', async () => {
    const { store, reopen } = await open();
    const message = storedMessage(1, {
      body: 'Grüße 👋🏽\u202e',
      hash: 'abc',
      quote: { author: alice, sentAt: 5 },
      attachments: [{ id: '1', name: 'a.png', contentType: 'image/png', sizeBytes: 3 }],
      expiresAt: 8_000_000_000_000,
      extra: { later: [1, { x: null }] },
    });
    await putAll(store, [message, storedMessage(2)]);
    const again = await reopen();
    expect(await again.message(message.id)).toEqual(message);
    expect(await again.findMessage(bob, bob, message.sentAt)).toEqual(message);
    expect(await again.findMessage(bob, alice, message.sentAt)).toBeUndefined();
    expect(await again.message('nonsense')).toBeUndefined();
    await again.close();
  });

  it('replaces the message of the same id, counted once', async () => {
    const { store, reopen } = await open();
    const queued = storedMessage(1, { from: alice, direction: 'out', status: 'queued' });
    await putAll(store, [queued]);
    const again = await reopen();
    await putAll(again, [{ ...queued, status: 'sent' }]);
    expect(again.countMessages(bob)).toBe(1);
    expect((await again.message(queued.id))?.status).toBe('sent');
    const third = await reopen();
    expect(third.countMessages(bob)).toBe(1);
    expect((await third.message(queued.id))?.status).toBe('sent');
    await third.close();
  });

  it('names the conversations that have messages, and reads each from its start', async () => {
    const { store, reopen } = await open();
    const first = storedMessage(1, { sentAt: 0 });
    await putAll(store, [first, storedMessage(2), storedMessage(1, { conversation: alice, from: alice })]);
    await store.transact((tx) => tx.put('conversations', 'empty', storedConversation('empty')));
    const again = await reopen();
    expect([...again.messageConversations()].sort()).toEqual([alice, bob]);
    const all = await again.messagesAfter(bob, { limit: 10, afterId: startOf(bob) });
    expect(all).toEqual([first, storedMessage(2)]);
    await again.transact((tx) => {
      for (const { id } of all) tx.deleteMessage(id);
    });
    expect(again.messageConversations()).toEqual([alice]);
    expect((await reopen()).messageConversations()).toEqual([alice]);
  });

  it('gives messages before and after one, oldest first', async () => {
    const { store, reopen } = await open();
    const all = Array.from({ length: 60 }, (_unused, n) => storedMessage(n));
    await putAll(store, all);
    const again = await reopen();
    expect(await again.messagesBefore(bob, { limit: 5 })).toEqual(all.slice(-5));
    expect(await again.messagesBefore(bob, { limit: 25, beforeId: all[30]?.id ?? '' })).toEqual(
      all.slice(5, 30),
    );
    expect(await again.messagesBefore(bob, { limit: 9, beforeId: all[3]?.id ?? '' })).toEqual(
      all.slice(0, 3),
    );
    expect(await again.messagesBefore(bob, { limit: 0 })).toEqual([]);
    expect(await again.messagesAfter(bob, { limit: 20, afterId: all[10]?.id ?? '' })).toEqual(
      all.slice(11, 31),
    );
    expect(await again.messagesAfter(bob, { limit: 20, afterId: all[59]?.id ?? '' })).toEqual([]);
    const words = parseWords('number 5') ?? expect.fail();
    const fives = await again.messagesBefore(bob, { limit: 3, words });
    expect(fives.map(({ body }) => body)).toEqual([
      'message number 57',
      'message number 58',
      'message number 59',
    ]);
    await expect(again.messagesBefore(bob, { limit: 1, beforeId: '!' })).rejects.toThrow(NotFoundError);
    await expect(again.messagesAfter(bob, { limit: 1, afterId: '!' })).rejects.toThrow(NotFoundError);
    expect(await again.messagesBefore('nobody', { limit: 5 })).toEqual([]);
    await again.close();
  });

  it('streams what was sent or received since a time, over all conversations, by sent time', async () => {
    const { store, reopen } = await open();
    const from = (conversation: string, n: number): ReturnType<typeof storedMessage> =>
      storedMessage(n, { conversation, from: conversation });
    const all = Array.from({ length: 40 }, (_unused, n) => from(n % 3 === 0 ? alice : bob, n));
    const late = storedMessage(-1000, { body: 'late', receivedAt: 1_700_000_030_700 });
    await putAll(store, [...all, late]);
    const again = await reopen();
    const since = await collect(again.messagesSince(1_700_000_030_600));
    expect(since.map(({ body }) => body)).toEqual(['late', ...all.slice(31).map(({ body }) => body)]);
    expect(await collect(again.messagesSince(0))).toEqual([late, ...all]);
    await again.close();
  });

  it('counts unread messages at any read mark', async () => {
    const { store, reopen } = await open();
    const all = Array.from({ length: 30 }, (_unused, n) =>
      storedMessage(n, n % 4 === 0 ? { from: alice, direction: 'out' } : {}),
    );
    await putAll(store, all.slice(0, 20));
    const again = await reopen();
    await putAll(again, all.slice(20));
    for (const mark of [0, 7, 8, 19, 23, 29]) {
      const readUpTo = all[mark]?.sentAt ?? 0;
      const expected = all.filter(({ direction, sentAt }) => direction === 'in' && sentAt > readUpTo).length;
      expect(await again.countUnread(bob, readUpTo)).toBe(expected);
    }
    await again.close();
  });

  it('says the same as a plain list after any changes', async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), n: fc.nat(60), tag: fc.nat(9) }),
      fc.record({ kind: fc.constant('delete' as const), n: fc.nat(60) }),
      fc.record({ kind: fc.constant('reopen' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 10 }), async (groups) => {
        const { store, reopen } = await open();
        let current = store;
        const model = new Map<string, ReturnType<typeof storedMessage>>();
        for (const group of groups) {
          if (group.some(({ kind }) => kind === 'reopen')) current = await reopen();
          await current.transact((tx) => {
            for (const step of group) {
              if (step.kind === 'reopen') continue;
              // Pairs of authors share a sent time.
              const fields = { from: step.n % 2 === 0 ? bob : alice, sentAt: 1000 + Math.floor(step.n / 2) };
              const message = storedMessage(step.n, {
                ...fields,
                direction: step.n % 2 === 0 ? 'in' : 'out',
              });
              if (step.kind === 'put') {
                const tagged = { ...message, body: `tag ${step.tag}` };
                tx.putMessage(tagged);
                model.set(tagged.id, tagged);
              } else {
                tx.deleteMessage(message.id);
                model.delete(message.id);
              }
            }
          });
          const expected = [...model.values()].sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1));
          expect(current.countMessages(bob)).toBe(expected.length);
          expect(await current.messagesBefore(bob, { limit: 1000 })).toEqual(expected);
          expect(await collect(current.messagesSince(0))).toEqual(expected);
          const incoming = expected.filter(({ direction, sentAt }) => direction === 'in' && sentAt > 1010);
          expect(await current.countUnread(bob, 1010)).toBe(incoming.length);
          const first = expected[0];
          if (first) {
            expect(await current.messagesAfter(bob, { limit: 7, afterId: first.id })).toEqual(
              expected.slice(1, 8),
            );
          }
        }
        await current.close();
      }),
      { numRuns: 12 },
    );
  });

  it('keeps conversations, contacts, outbox and cursors', async () => {
    const { store, reopen } = await open();
    const conversation = storedConversation(bob, { unread: 2, mutedUntil: 5 });
    const contact = {
      id: bob,
      name: 'Bob',
      nickname: null,
      profileUpdatedAtSec: 0,
      approved: true,
      approvedMe: false,
      blocked: false,
    };
    const item = {
      id: 'x',
      conversation: bob,
      recipient: bob,
      sentAt: 1,
      ttlMs: 2,
      data: 'aGk=',
      syncData: '',
      attempts: 0,
      nextAttemptAt: 0,
    };
    await store.transact((tx) => {
      tx.put('conversations', bob, conversation);
      tx.put('contacts', bob, contact);
      tx.put('outbox', 'x', item);
      tx.put('cursors', 'node|me|0', { hash: 'h', expiresAt: 9 });
      tx.put('network', 'main', { nodes: [{ ip: '203.0.113.7' }] });
    });
    const again = await reopen();
    expect(again.get('conversations', bob)).toEqual(conversation);
    expect(again.get('contacts', bob)).toEqual(contact);
    expect(again.get('outbox', 'x')).toEqual(item);
    expect(again.get('cursors', 'node|me|0')).toEqual({ hash: 'h', expiresAt: 9 });
    expect(again.get('network', 'main')).toEqual({ nodes: [{ ip: '203.0.113.7' }] });
    await again.close();
  });
});
