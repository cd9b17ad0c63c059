import { describe, expect, it } from 'vitest';
import { listMessages, readHistory } from '../../src/core/queries.ts';
import { createMemoryStore } from '../../src/store/index.ts';
import { account, alice, bob, collect, putAll, storedMessage } from '../support/stored.ts';

describe('all messages of a conversation', () => {
  it('come oldest first, the same ones as the newest so many, with and without conditions', async () => {
    const store = createMemoryStore({ account });
    const messages = Array.from({ length: 450 }, (_, n) => storedMessage(n));
    await putAll(store, [...messages, storedMessage(7, { conversation: alice, from: alice })]);
    const before = messages[410]?.id ?? '';
    for (const query of [
      {},
      { before },
      { search: 'NUMBER 3' },
      { before, search: '9' },
      { search: 'none' },
    ]) {
      const all = await collect(readHistory(store, bob, query));
      expect(all).toEqual(await listMessages(store, bob, { ...query, limit: 1_000 }));
      expect(all.length > 0).toBe(query.search !== 'none');
    }
  });

  it('end with no-conversation and no-message as the newest ones do', async () => {
    const store = createMemoryStore({ account });
    await expect(collect(readHistory(store, bob, {}))).rejects.toMatchObject({ code: 'no-conversation' });
    await putAll(store, [storedMessage(1)]);
    await expect(collect(readHistory(store, bob, { before: 'x' }))).rejects.toMatchObject({
      code: 'no-message',
    });
  });
});
