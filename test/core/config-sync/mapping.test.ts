import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../../scripts/fuzz/mutate.ts';
import { applyConfigs } from '../../../src/core/config-sync/apply.ts';
import { loadConfigs } from '../../../src/core/config-sync/configs.ts';
import { findEdits, makeEdits } from '../../../src/core/config-sync/edits.ts';
import { contactIn, conversationIn } from '../../../src/core/records.ts';
import { mutedForGood } from '../../../src/core/types.ts';
import { changeContact, readContact } from '../../../src/protocol/config/contacts.ts';
import { changeReadMark, readReadMark } from '../../../src/protocol/config/convo-info.ts';
import { type ConfigDict, emptyDict, getIn, setIn } from '../../../src/protocol/config/data.ts';
import { idKey } from '../../../src/protocol/config/fields.ts';
import { changeUserProfile, readUserProfile } from '../../../src/protocol/config/user-profile.ts';
import { parseAccountId } from '../../../src/protocol/ids.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { ProfileStore, StoredContact, StoredConversation } from '../../../src/store/types.ts';
import { toHex, utf8Encode } from '../../../src/util/bytes.ts';
import { account, idOf, now } from '../../protocol/config/devices.ts';

const peer = parseAccountId(idOf(1));
if (peer === null) throw new Error('unreachable: it is one');
const own = account.accountId;

function newStore(): ProfileStore {
  const seedHex = toHex(account.seed16);
  return createMemoryStore({ account: { seedHex, name: '', createdAt: 0, restored: true } });
}

const options = { own, isNew: false, now };

function apply(store: ProfileStore, configs: ReturnType<typeof loadConfigs>, before: ConfigDict = emptyDict) {
  return store.transact((tx) => applyConfigs(tx, configs, { own, now, contactsBefore: before }));
}

/** Records as one device may have them. */
function recordsAtRandom(rng: Rng): Readonly<{ record: StoredContact; line: StoredConversation }> {
  const id = String(peer);
  const pick = <T>(...choices: readonly [T, ...T[]]): T => choices[rng.int(choices.length)] ?? choices[0];
  const place = pick('pinned', 'hidden', 'shown');
  return {
    record: {
      id,
      name: pick('', 'Bob', '名前', 'x'.repeat(100)),
      nickname: pick(null, 'Bobby', '🙂'.repeat(25)),
      profileUpdatedAtSec: pick(0, 1_700_000_000),
      approved: pick(true, false),
      approvedMe: pick(true, false),
      blocked: pick(true, false),
      ...pick({}, { picture: { url: 'http://files/1', keyHex: 'ab'.repeat(32) } }),
      ...pick({}, { createdAtSec: 1_600_000_000 }),
    },
    line: {
      id,
      kind: 'contact',
      unread: 0,
      lastMessageAt: 0,
      preview: '',
      draft: '',
      pinned: place === 'pinned',
      hidden: place === 'hidden',
      mutedUntil: pick(null, mutedForGood, now + 5_000_000),
      readUpTo: pick(0, now - 5_000),
      ...(place === 'pinned' ? pick({}, { pinOrder: 7 }) : {}),
      ...pick({}, { markedUnread: true }),
      ...pick({}, { expiry: { mode: 'after-send', seconds: 60 } as const }),
    },
  };
}

describe('records and configs', () => {
  it('say the same again, from records to config to the records of another device', async () => {
    const rng = createRng(7);
    for (let n = 0; n < 200; n++) {
      const { record, line } = recordsAtRandom(rng);
      const [here, there] = [newStore(), newStore()];
      await here.transact((tx) => {
        tx.put('contacts', record.id, record);
        tx.put('conversations', line.id, line);
      });
      const configs = loadConfigs(account, here);
      makeEdits(configs, findEdits(configs, here, [record.id], options), now);
      // the config says all of it
      expect(findEdits(configs, here, [record.id], options)).toEqual([]);
      await apply(there, configs);
      const createdAtSec = record.createdAtSec ?? Math.floor(now / 1000);
      expect(there.get('contacts', record.id)).toEqual({ ...record, createdAtSec });
      expect(there.get('conversations', line.id)).toEqual(line);
      // and the other device finds nothing to change
      expect(findEdits(configs, there, [record.id], options)).toEqual([]);
    }
  });

  it('say the same again, from config to records to the config, whatever the record was before', async () => {
    const rng = createRng(8);
    for (let n = 0; n < 200; n++) {
      const store = newStore();
      const configs = loadConfigs(account, store);
      const pick = (...choices: readonly number[]): number => choices[rng.int(choices.length)] ?? 0;
      changeContact(configs.Contacts, idOf(1), {
        name: 'Bob',
        nickname: pick(0, 1) === 0 ? '' : 'Bobby',
        profileUpdatedAt: pick(0, 1_800_000_000),
        approved: pick(0, 1) === 0,
        blocked: pick(0, 1) === 0,
        priority: pick(-5, -1, 0, 1, 3),
        notifications: pick(0, 1) === 0 ? 'all' : 'disabled',
        mutedUntil: pick(0, 1_600_000_000, Math.floor(now / 1000) + 60),
        expiry: pick(0, 1) === 0 ? { mode: 'none', seconds: 0 } : { mode: 'after_read', seconds: 5 },
        createdAt: pick(0, 1_600_000_000),
      });
      changeReadMark(
        configs.ConvoInfoVolatile,
        { kind: 'oneToOne', id: idOf(1) },
        { lastRead: now - pick(1, 1_000), unread: pick(0, 1) === 0 },
        now,
      );
      const before = { contact: configs.Contacts.data, mark: configs.ConvoInfoVolatile.data };
      const local = recordsAtRandom(rng);
      const isOlder =
        local.record.profileUpdatedAtSec <= (readContact(before.contact, peer)?.profileUpdatedAt ?? 0);
      if (pick(0, 1) === 0 && isOlder) {
        await store.transact((tx) => {
          tx.put('contacts', idOf(1), local.record);
          tx.put('conversations', idOf(1), { ...local.line, readUpTo: 0 });
        });
      }
      await apply(store, configs);
      const edits = findEdits(configs, store, [idOf(1)], options);
      // an entry without a date gets one from the record, if that has one
      const dated = edits.filter(
        (edit) => edit.kind !== 'contact' || Object.keys(edit.change).join() !== 'createdAt',
      );
      expect(dated).toEqual([]);
    }
  });

  it('keep what they have no word for: unknown keys anywhere in the config', async () => {
    const store = newStore();
    const configs = loadConfigs(account, store);
    changeContact(configs.Contacts, idOf(1), { name: 'Bob' });
    const key = idKey(idOf(1), ['05']);
    configs.Contacts.edit((data) => setIn(setIn(data, ['c', key, '?'], 7n), ['future'], utf8Encode('x')));
    configs.UserProfile.edit((data) => setIn(data, ['?'], 9n));
    await apply(store, configs);
    await store.transact((tx) => {
      tx.put('contacts', idOf(1), { ...contactIn(tx, idOf(1)), nickname: 'Bobby' });
      const owner = tx.get('account', 'account');
      if (owner !== undefined) tx.put('account', 'account', { ...owner, name: 'Me', profileUpdatedAtSec: 5 });
    });
    makeEdits(configs, findEdits(configs, store, [idOf(1), own], options), now);
    expect(readContact(configs.Contacts.data, peer)).toMatchObject({ name: 'Bob', nickname: 'Bobby' });
    expect(getIn(configs.Contacts.data, 'c', key, '?')).toBe(7n);
    expect(getIn(configs.Contacts.data, 'future')).toEqual(utf8Encode('x'));
    expect(readUserProfile(configs.UserProfile.data).name).toBe('Me');
    expect(getIn(configs.UserProfile.data, '?')).toBe(9n);
  });

  it('a profile that is older than the one in the config takes nothing back', async () => {
    const store = newStore();
    const configs = loadConfigs(account, store);
    changeContact(configs.Contacts, idOf(1), { name: 'Bob the newer', profileUpdatedAt: 200 });
    await store.transact((tx) => {
      tx.put('contacts', idOf(1), {
        ...contactIn(tx, idOf(1)),
        name: 'Bob the older',
        profileUpdatedAtSec: 100,
      });
      tx.put('conversations', idOf(1), conversationIn(tx, idOf(1), own));
    });
    const edits = findEdits(configs, store, [idOf(1)], options);
    expect(edits).toEqual([]);
    makeEdits(configs, edits, now);
    expect(readContact(configs.Contacts.data, peer)).toMatchObject({
      name: 'Bob the newer',
      profileUpdatedAt: 200,
    });
    await apply(store, configs);
    expect(store.get('contacts', idOf(1))).toMatchObject({ name: 'Bob the newer', profileUpdatedAtSec: 200 });
  });

  it('a mute that is over and a mark older than a month change nothing', async () => {
    const store = newStore();
    const configs = loadConfigs(account, store);
    changeContact(configs.Contacts, idOf(1), { name: 'Bob' });
    await apply(store, configs);
    await store.transact((tx) => {
      const line = conversationIn(tx, idOf(1), own);
      tx.put('conversations', idOf(1), { ...line, mutedUntil: now - 1, readUpTo: now - 31 * 86_400_000 });
    });
    expect(findEdits(configs, store, [idOf(1)], options)).toEqual([]);
    expect(readReadMark(configs.ConvoInfoVolatile.data, peer)).toBeNull();
  });

  it('Note to Self: pinned, hidden and its timer by the profile, its mark by the read marks', async () => {
    const store = newStore();
    const configs = loadConfigs(account, store);
    changeUserProfile(configs.UserProfile, { name: 'Me', priority: 1, expirySeconds: 60 }, 5);
    await apply(store, configs);
    expect(store.get('conversations', own)).toMatchObject({
      kind: 'self',
      pinned: true,
      expiry: { mode: 'after-send', seconds: 60 },
    });
    await store.transact((tx) => {
      const line = conversationIn(tx, own, own);
      tx.put('conversations', own, { ...line, pinned: false, hidden: true, expiry: null, readUpTo: now - 9 });
    });
    makeEdits(configs, findEdits(configs, store, [own], options), now);
    expect(readUserProfile(configs.UserProfile.data)).toMatchObject({
      priority: -1,
      expirySeconds: 0,
      name: 'Me',
    });
    expect(readReadMark(configs.ConvoInfoVolatile.data, own)).toEqual({ lastRead: now - 9, unread: false });
  });

  it('a new account hides Note to Self until it is used', async () => {
    const store = newStore();
    const configs = loadConfigs(account, store);
    const fresh = { ...options, isNew: true };
    makeEdits(configs, findEdits(configs, store, [own], fresh), now);
    expect(readUserProfile(configs.UserProfile.data).priority).toBe(-1);
    await store.transact((tx) => tx.put('conversations', own, conversationIn(tx, own, own)));
    makeEdits(configs, findEdits(configs, store, [own], fresh), now);
    expect(readUserProfile(configs.UserProfile.data).priority).toBe(0);
  });
});
