import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openProfile, type ProfileStore, parseWords } from '../../src/store/index.ts';
import { collect, putAll, storedMessage, temporaryFolder, testPlatform } from '../support/stored.ts';

const fixtures = fileURLToPath(new URL('../fixtures/store', import.meta.url));

function open(folder: string, password: string): Promise<ProfileStore> {
  return openProfile({ folder, password, platform: testPlatform });
}

/** Collections of the fixture, entries sorted by key: their order says nothing. */
function sorted(entries: readonly (readonly [string, unknown])[]): unknown {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe.each(readdirSync(fixtures))('a profile of version %s', (version) => {
  it('opens with everything in it, and takes more', async () => {
    const expected = JSON.parse(readFileSync(join(fixtures, version, 'expected.json'), 'utf8'));
    const folder = join(temporaryFolder(), 'p');
    cpSync(join(fixtures, version, 'profile'), folder, { recursive: true });
    const store = await open(folder, expected.password);
    const check = async (opened: ProfileStore): Promise<void> => {
      expect(opened.damage).toEqual([]);
      for (const name of [
        'account',
        'settings',
        'network',
        'cursors',
        'conversations',
        'fresh',
        'seen',
      ] as const)
        expect([name, sorted(opened.entries(name))]).toEqual([name, sorted(expected.collections[name])]);
      const messages = (await collect(opened.messagesSince(0))).filter(({ body }) => body !== 'later');
      expect(sorted(messages.map((message) => [message.id, message]))).toEqual(
        sorted(expected.messages.map((message: { id: string }) => [message.id, message])),
      );
      // Older profiles have no filters, and are searched all the same.
      const found = await collect(opened.search(parseWords('MESSAGE unicode') ?? expect.fail()));
      const wanted = messages.filter(({ body }) => body.includes('ünïcödé'));
      expect(found.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
    };
    await check(store);
    await putAll(store, [storedMessage(900, { body: 'later' })]);
    await store.close();
    const again = await open(folder, expected.password);
    await check(again);
    expect(await again.message(storedMessage(900).id)).toMatchObject({ body: 'later' });
    await again.close();
  });
});
