import { describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../../../scripts/fuzz/mutate.ts';
import type { Config } from '../../../src/protocol/config/config.ts';
import { changeContact, eraseContact, listContacts } from '../../../src/protocol/config/contacts.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { changeLegacyGroup, listLegacyGroups } from '../../../src/protocol/config/user-groups.ts';
import { toHex } from '../../../src/util/bytes.ts';
import { account, contacts, idOf, named, now, pushTo, Swarm, settle } from './devices.ts';

const bytesOf = (config: Config): string => config.push(now).messages.map(toHex).join();

function shuffled<T>(rng: Rng, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: rng.int(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function editAtRandom(rng: Rng, device: Config): void {
  const id = idOf(rng.int(6));
  const kind = rng.int(6);
  if (kind === 0) eraseContact(device, id);
  else if (kind === 1) changeContact(device, id, { nickname: `nick ${rng.int(5)}` });
  else if (kind === 2) changeContact(device, id, { blocked: rng.int(2) === 0, priority: rng.int(3) - 1 });
  else if (kind === 3) changeContact(device, id, { expiry: { mode: 'after_read', seconds: rng.int(3) } });
  else changeContact(device, id, { name: `name ${rng.int(1000)}`, approved: rng.int(2) === 0 });
}

/** Part of what the swarm has, in any order, some of it twice. */
function fetchAtRandom(rng: Rng, swarm: Swarm, device: Config): void {
  const all = swarm.all();
  const some = all.filter(() => rng.int(4) > 0);
  device.merge(shuffled(rng, [...some, ...some.filter(() => rng.int(3) === 0)]), now);
}

describe('devices of one account', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'end with equal states and bytes after edits, loss, reordering, duplication and restarts (seed %i)',
    (seed) => {
      const rng = createRng(seed);
      const swarm = new Swarm();
      let devices = Array.from({ length: 2 + (seed % 4) }, contacts);
      for (let step = 0; step < 100; step++) {
        const at = rng.int(devices.length);
        const device = devices[at];
        if (device === undefined) continue;
        const what = rng.int(8);
        if (what < 3) editAtRandom(rng, device);
        else if (what < 5) fetchAtRandom(rng, swarm, device);
        else if (what < 7 && device.needsPush) pushTo(swarm, device, rng.int(3) > 0);
        else devices = devices.with(at, createConfig('Contacts', account, device.dump()));
      }
      settle(swarm, devices);
      const [first] = devices;
      if (first === undefined) throw new Error('no device');
      for (const device of devices) {
        expect(listContacts(device.data)).toEqual(listContacts(first.data));
        expect(bytesOf(device)).toBe(bytesOf(first));
        expect(device.needsPush).toBe(false);
        expect(device.currentHashes.every((hash) => swarm.items.has(hash))).toBe(true);
      }
      const restored = contacts();
      restored.merge(swarm.all(), now);
      expect(bytesOf(restored)).toBe(bytesOf(first));
    },
  );

  it('twenty pushing at once keep the change of each of them', () => {
    const swarm = new Swarm();
    const devices = Array.from({ length: 20 }, contacts);
    for (const [n, device] of devices.entries()) {
      named(device, n, `device ${n}`);
      pushTo(swarm, device);
    }
    expect(settle(swarm, devices)).toBeLessThanOrEqual(3);
    const [first] = devices;
    const names = listContacts(first?.data ?? new Map()).map(({ name }) => name);
    expect(names.toSorted()).toEqual(devices.map((_, n) => `device ${n}`).toSorted());
    expect(new Set(devices.map(bytesOf)).size).toBe(1);
    // every loser was deleted, and nothing that is still needed
    expect([...swarm.items.keys()]).toEqual(first?.currentHashes);
  });

  it('a storm of twenty with random edits, fetches and pushes comes to rest', () => {
    const rng = createRng(99);
    const swarm = new Swarm();
    const devices = Array.from({ length: 20 }, contacts);
    for (let step = 0; step < 150; step++) {
      const device = devices[rng.int(20)];
      if (device === undefined) continue;
      if (rng.int(3) === 0) fetchAtRandom(rng, swarm, device);
      editAtRandom(rng, device);
      if (rng.int(2) === 0) pushTo(swarm, device, rng.int(4) > 0);
    }
    settle(swarm, devices);
    expect(new Set(devices.map(bytesOf)).size).toBe(1);
  });

  it('any order of the same messages gives the same merge', () => {
    const swarm = new Swarm();
    for (let n = 0; n < 6; n++) {
      const device = contacts();
      named(device, n % 3, `from ${n}`);
      pushTo(swarm, device);
    }
    const rng = createRng(5);
    const results = Array.from({ length: 10 }, () => {
      const device = contacts();
      device.merge(shuffled(rng, swarm.all()), now);
      return bytesOf(device);
    });
    expect(new Set(results).size).toBe(1);
  });

  it('sets merge by element', () => {
    const swarm = new Swarm();
    const make = () => createConfig('UserGroups', account);
    const [a, b] = [make(), make()];
    changeLegacyGroup(a, idOf(0), { members: new Map([1, 2, 3].map((n) => [idOf(n), false])) });
    pushTo(swarm, a);
    b.merge(swarm.all(), now);
    changeLegacyGroup(a, idOf(0), { removeMembers: [idOf(1)] });
    changeLegacyGroup(b, idOf(0), { members: new Map([[idOf(4), true]]), removeMembers: [idOf(2)] });
    pushTo(swarm, a);
    pushTo(swarm, b);
    settle(swarm, [a, b]);
    const [group] = listLegacyGroups(a.data);
    expect(group?.members).toEqual(
      new Map([
        [idOf(3), false],
        [idOf(4), true],
      ]),
    );
    expect(listLegacyGroups(b.data)).toEqual([group]);
  });
});
