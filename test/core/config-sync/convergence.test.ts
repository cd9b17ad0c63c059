import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../../scripts/fuzz/mutate.ts';
import { SyncState } from '../../../src/core/config-sync/sync-state.ts';
import { contactIn, conversationIn } from '../../../src/core/records.ts';
import type { StoredConfig } from '../../../src/protocol/config/config.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { type ConfigKind, configKinds } from '../../../src/protocol/config/kinds.ts';
import { createMemoryStore } from '../../../src/store/memory.ts';
import type { ProfileStore } from '../../../src/store/types.ts';
import { fromBase64, toHex } from '../../../src/util/bytes.ts';
import { account, idOf, now, Swarm } from '../../protocol/config/devices.ts';

type Swarms = Readonly<Record<ConfigKind, Swarm>>;
type Device = { store: ProfileStore; state: SyncState };

function newSwarms(): Swarms {
  return {
    UserProfile: new Swarm(),
    Contacts: new Swarm(),
    UserGroups: new Swarm(),
    ConvoInfoVolatile: new Swarm(),
  };
}

function open(store: ProfileStore): Device {
  const state = new SyncState({ keys: account, store });
  store.onCommit((changes) => {
    state.touch(changes);
  });
  return { store, state };
}

function newDevice(restored: boolean): Device {
  const seedHex = toHex(account.seed16);
  return open(createMemoryStore({ account: { seedHex, name: '', createdAt: 0, restored } }));
}

async function fetchFrom(
  swarms: Swarms,
  { store, state }: Device,
  choose: (items: readonly StoredConfig[]) => readonly StoredConfig[] = (items) => items,
): Promise<void> {
  for (const kind of configKinds) {
    const items = choose(swarms[kind].all());
    await store.transact((tx) => state.merge(tx, kind, items, now));
  }
  await store.transact((tx) => state.settle(tx, now));
}

/** `lost`: the swarm has it, but the answer does not come. */
async function pushTo(swarms: Swarms, { store, state }: Device, lost = false): Promise<boolean> {
  const pushes = await store.transact((tx) => state.startPush(tx, now, () => undefined));
  const hashes = pushes.map(({ kind, messages }) => messages.map((data) => swarms[kind].store(data)));
  for (const { kind, obsolete } of pushes) swarms[kind].delete(obsolete);
  if (!lost) await store.transact((tx) => state.confirmPush(tx, pushes, hashes));
  return pushes.length > 0;
}

async function settle(swarms: Swarms, devices: readonly Device[]): Promise<number> {
  for (let round = 0; round < 20; round++) {
    for (const device of devices) await fetchFrom(swarms, device);
    let pushed = false;
    for (const device of devices) pushed = (await pushTo(swarms, device)) || pushed;
    if (!pushed) return round;
  }
  throw new Error('the devices do not come to rest');
}

/** Something that a person, or somebody who writes to them, may do on one device. */
async function editAtRandom(rng: Rng, { store }: Device, step: number): Promise<void> {
  const id = idOf(rng.int(5));
  const kind = rng.int(9);
  await store.transact((tx) => {
    const contact = contactIn(tx, id);
    const line = conversationIn(tx, id, account.accountId);
    const owner = tx.get('account', 'account');
    if (kind === 0) {
      tx.delete('contacts', id);
      tx.delete('conversations', id);
      tx.put('erased', id, now);
      return;
    }
    if (kind === 1 && owner !== undefined) {
      tx.put('account', 'account', {
        ...owner,
        name: `me ${rng.int(9)}`,
        profileUpdatedAtSec: 100 + step,
      });
      return;
    }
    const time = rng.int(50);
    tx.put('contacts', id, {
      ...contact,
      ...(kind === 2 ? { nickname: rng.int(3) === 0 ? null : `nick ${rng.int(9)}` } : {}),
      ...(kind === 3 ? { approved: true, blocked: rng.int(2) === 0 } : {}),
      ...(kind === 4 && time > contact.profileUpdatedAtSec
        ? { name: `name ${time}`, profileUpdatedAtSec: time }
        : {}),
    });
    const place = rng.int(3);
    tx.put('conversations', id, {
      ...line,
      ...(kind === 5 ? { pinned: place === 0, hidden: place === 1 } : {}),
      ...(kind === 6 ? { mutedUntil: place === 0 ? null : now + place * 3_600_000 } : {}),
      ...(kind === 7 ? { readUpTo: Math.max(line.readUpTo, now - rng.int(1_000)) } : {}),
      ...(kind === 8 ? { expiry: place === 0 ? null : { mode: 'after-read', seconds: place * 60 } } : {}),
    });
  });
}

/** What the person sees, of what is shared. */
function seen({ store }: Device): unknown {
  const plain = (collection: 'contacts' | 'conversations') =>
    store
      .entries(collection)
      // Note to Self, hidden, may have a line or not
      .filter(([id]) => id !== account.accountId)
      .map(([id, record]): [string, object] => [
        id,
        Object.fromEntries(
          Object.entries(record)
            .filter(([key, value]) => key !== 'createdAtSec' && key !== 'unread' && value !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  const name = store.get('account', 'account')?.name;
  return { name, contacts: plain('contacts'), lines: plain('conversations') };
}

function bytesOf({ store }: Device): readonly string[] {
  return configKinds.map((kind) => {
    const dump = fromBase64(store.get('configs', kind) ?? '') ?? new Uint8Array();
    return createConfig(kind, account, dump.length === 0 ? undefined : dump)
      .push(now)
      .messages.map(toHex)
      .join();
  });
}

function expectEqual(devices: readonly Device[]): void {
  const [first] = devices;
  if (first === undefined) throw new Error('no device');
  for (const device of devices) {
    expect(seen(device)).toEqual(seen(first));
    expect(bytesOf(device)).toEqual(bytesOf(first));
  }
}

function shuffled<T>(rng: Rng, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: rng.int(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('devices with records of their own', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'end with equal records and equal configs after edits, loss, reordering, duplication and restarts (seed %i)',
    async (seed) => {
      const rng = createRng(seed);
      const swarms = newSwarms();
      const devices = Array.from({ length: 2 + (seed % 3) }, (_, n) => newDevice(n > 0));
      const some = (items: readonly StoredConfig[]): StoredConfig[] => {
        const left = items.filter(() => rng.int(4) > 0);
        return shuffled(rng, [...left, ...left.filter(() => rng.int(3) === 0)]);
      };
      for (let step = 0; step < 80; step++) {
        const at = rng.int(devices.length);
        const device = devices[at];
        if (device === undefined) continue;
        const what = rng.int(9);
        if (what < 4) await editAtRandom(rng, device, step);
        else if (what < 6) await fetchFrom(swarms, device, some);
        else if (what < 8 && device.state.isReady) await pushTo(swarms, device, rng.int(3) === 0);
        else devices[at] = open(device.store);
      }
      await settle(swarms, devices);
      expectEqual(devices);
      const restored = newDevice(true);
      await fetchFrom(swarms, restored);
      expectEqual([...devices, restored]);
      expect(await pushTo(swarms, restored)).toBe(false);
      // One whose answer was lost may be left: it goes with the next change.
      for (const kind of configKinds) expect(swarms[kind].items.size).toBeLessThanOrEqual(2);
    },
  );

  it('come to rest after a storm of twenty, and keep the change of each', async () => {
    const swarms = newSwarms();
    const devices = Array.from({ length: 20 }, (_, n) => newDevice(n > 0));
    for (const device of devices) await fetchFrom(swarms, device);
    for (const [n, device] of devices.entries()) {
      const id = idOf(n);
      await device.store.transact((tx) => {
        tx.put('contacts', id, { ...contactIn(tx, id), nickname: `of device ${n}` });
        tx.put('conversations', id, conversationIn(tx, id, account.accountId));
      });
      await pushTo(swarms, device);
    }
    expect(await settle(swarms, devices)).toBeLessThanOrEqual(4);
    expectEqual(devices);
    const names = devices[0]?.store.entries('contacts').map(([, { nickname }]) => nickname);
    expect(names?.toSorted()).toEqual(devices.map((_, n) => `of device ${n}`).toSorted());
  });

  it('keep a change made long ago on a device that was offline since', async () => {
    const swarms = newSwarms();
    const [phone, laptop] = [newDevice(false), newDevice(true)];
    await settle(swarms, [phone, laptop]);
    const edit = (device: Device, n: number, nickname: string): Promise<void> =>
      device.store.transact((tx) => {
        tx.put('contacts', idOf(n), { ...contactIn(tx, idOf(n)), nickname });
        tx.put('conversations', idOf(n), conversationIn(tx, idOf(n), account.accountId));
      });
    await edit(laptop, 1, 'made offline');
    // handed out, but it never arrived: a revision that is far behind when the laptop comes back
    await laptop.store.transact((tx) => laptop.state.startPush(tx, now, () => undefined));
    for (let n = 2; n < 12; n++) {
      await edit(phone, n, `nick ${n}`);
      await pushTo(swarms, phone);
    }
    await settle(swarms, [laptop, phone]);
    expectEqual([phone, laptop]);
    expect(phone.store.get('contacts', idOf(1))?.nickname).toBe('made offline');
    expect(phone.store.entries('contacts')).toHaveLength(11);
  });
});
