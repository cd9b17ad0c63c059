import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openConversationView } from '../../src/core/conversation-view.ts';
import type { CoreEvent } from '../../src/core/types.ts';
import { createMemoryStore, createProfile, type ProfileStore } from '../../src/store/index.ts';
import { Emitter } from '../../src/util/emitter.ts';
import {
  account,
  alice,
  bob,
  putAll,
  storedMessage,
  temporaryFolder,
  testPlatform,
  weakKdf,
} from '../support/stored.ts';

const stores: readonly (readonly [string, () => Promise<ProfileStore>])[] = [
  ['in memory', async () => createMemoryStore({ account })],
  [
    'on the disk, in many small shards',
    () =>
      createProfile({
        folder: join(temporaryFolder(), 'p'),
        password: 'pw',
        account,
        platform: testPlatform,
        kdf: weakKdf,
        limits: { journalBytes: 6_000, shard: { messages: 8, bytes: 100_000 } },
      }),
  ],
];

describe.each(stores)('the first message since a time, %s', (_, create) => {
  it('is the right one for every time: before all, at a message, between two, several of one time, after all', async () => {
    const store = await create();
    const messages = Array.from({ length: 300 }, (_, n) =>
      storedMessage(Math.floor(n / 2) * 3, n % 2 === 0 ? {} : { from: alice }),
    );
    await putAll(store, [...messages, storedMessage(1, { conversation: alice, from: alice })]);
    const view = await openConversationView(store, new Emitter<CoreEvent>(), bob, 5);
    const sorted = messages.toSorted((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : 1));
    const first = sorted[0]?.sentAt ?? 0;
    const last = sorted.at(-1)?.sentAt ?? 0;
    const times = [Number.NEGATIVE_INFINITY, -1, 0, first, last, last + 1, 1e15, Number.POSITIVE_INFINITY];
    for (const { sentAt } of messages) times.push(sentAt - 0.5, sentAt, sentAt + 1);
    for (const time of times) {
      const expected = sorted.find(({ sentAt }) => sentAt >= time)?.id ?? null;
      expect(await view.firstSince(time), String(time)).toBe(expected);
    }
  });
});
