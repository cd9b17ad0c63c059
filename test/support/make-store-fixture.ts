/**
 * Made `test/fixtures/store/v1`: `node test/support/make-store-fixture.ts FOLDER`, run once per version of the format,
 * by that version. A fixture is never made anew: it is what profiles of its time look like.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageId, type ProfileStore } from '../../src/store/index.ts';
import { createProfile, openProfile } from '../../src/store/profiles.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { seededRandom } from './seeded-random.ts';

const [target = ''] = process.argv.slice(2);
const folder = join(target, 'profile');
const password = 'a password of its time';
const start = 1_700_000_000_000;
const platform = {
  clock: { ...systemClock, now: () => start },
  randomBytes: seededRandom(1),
  logger: silentLogger,
};
const limits = { journalBytes: 60_000, closeBytes: 0, shard: { messages: 12, bytes: 100_000 } };
const people = [`05${'a1'.repeat(32)}`, `05${'b2'.repeat(32)}`];

async function add(store: ProfileStore, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const conversation = people[n % 3 === 0 ? 0 : 1] ?? '';
    const sentAt = start + n * 1000;
    const id = messageId(conversation, conversation, sentAt);
    await store.transact((tx) => {
      tx.putMessage({
        id,
        conversation,
        from: conversation,
        direction: n % 4 === 0 ? 'out' : 'in',
        sentAt,
        receivedAt: sentAt + 500,
        body: `Message ${n}, with ünïcödé and 😀`,
        status: n % 4 === 0 ? 'sent' : 'received',
        ...(n % 5 === 0 ? { quote: { author: conversation, sentAt: sentAt - 1000 } } : {}),
        attachments:
          n % 7 === 0 ? [{ id: 'a', name: 'cat.png', contentType: 'image/png', sizeBytes: 1234 }] : [],
        extra: { later: n },
      });
      tx.put('fresh', id, sentAt);
      tx.put('seen', `hash ${n}`, 4_000_000_000_000);
      tx.put('conversations', conversation, {
        id: conversation,
        kind: 'contact',
        unread: n,
        lastMessageAt: sentAt,
        preview: `Message ${n}`,
        draft: 'half a sen',
        pinned: true,
        mutedUntil: null,
        readUpTo: start,
        hidden: false,
      });
    });
  }
}

const created = await createProfile({
  folder,
  password,
  account: { seedHex: '0123456789abcdef'.repeat(2), name: 'Adèle', createdAt: start, restored: true },
  platform,
  kdf: { memoryKib: 64, passes: 1 },
  limits,
});
await created.transact((tx) => {
  tx.put('settings', 'theme', 'dark');
  tx.put('network', 'mainnet', { nodes: [1, 2, 3] });
  tx.put('cursors', 'node|account|0', { hash: 'h', expiresAt: 4_000_000_000_000 });
});
await add(created, 0, 40);
await created.close();
const store = await openProfile({ folder, password, platform, limits: { ...limits, closeBytes: 1e9 } });
await add(store, 40, 45);
const collections = ['account', 'settings', 'network', 'cursors', 'conversations', 'fresh', 'seen'] as const;
const messages = await Promise.all(people.map((id) => store.messagesBefore(id, { limit: 1000 })));
const expected = {
  password,
  collections: Object.fromEntries(collections.map((name) => [name, store.entries(name)])),
  messages: messages.flat(),
};
await store.close();
writeFileSync(join(target, 'expected.json'), `${JSON.stringify(expected, null, 1)}\n`);
