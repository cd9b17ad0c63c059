import { beforeEach, describe, expect, it } from 'vitest';
import { parseAccountId } from '../../../src/protocol/ids.ts';
import { type Device, device } from '../../support/devices.ts';
import { FakeSwarms } from '../../support/fake-network.ts';

const carol = parseAccountId(`05${'c'.repeat(64)}`);
if (carol === null) throw new Error('unreachable: it is one');

async function synced({ session }: Device): Promise<void> {
  expect(await session.waitForSync(2_000)).toEqual({ status: 'synced' });
}

describe('two devices of one account', () => {
  let swarms: FakeSwarms;
  let phone: Device;
  let laptop: Device;

  beforeEach(async () => {
    swarms = new FakeSwarms();
    phone = device(swarms, { name: 'Alice' });
    await synced(phone);
    laptop = device(swarms, { restored: true });
    await laptop.session.fetchRound();
  });

  it('share the name, and a change of it', async () => {
    expect(laptop.session.getState().account.name).toBe('Alice');
    await laptop.session.setDisplayName('Alicia');
    await synced(laptop);
    await phone.session.fetchRound();
    expect(phone.session.getState().account.name).toBe('Alicia');
  });

  it('share contacts: added, renamed, pinned, muted, blocked', async () => {
    await phone.session.addContact(carol, 'Caro');
    await phone.session.changeContact(carol, { pinned: true });
    await phone.session.setBlocked(carol, true);
    await synced(phone);
    await laptop.session.fetchRound();
    expect(await laptop.session.contacts()).toMatchObject([
      { id: carol, nickname: 'Caro', blocked: true, pinned: true },
    ]);
    await laptop.session.changeContact(carol, {
      nickname: null,
      pinned: false,
      mutedUntil: 4_000_000_000_000,
    });
    await laptop.session.setBlocked(carol, false);
    await synced(laptop);
    await phone.session.fetchRound();
    expect(await phone.session.contacts()).toMatchObject([
      { id: carol, nickname: null, blocked: false, pinned: false, mutedUntil: 4_000_000_000_000 },
    ]);
  });

  it('store nothing more once they agree', async () => {
    await phone.session.addContact(carol, 'Caro');
    await synced(phone);
    await laptop.session.fetchRound();
    await phone.session.fetchRound();
    const before = swarms.replacements;
    for (const one of [phone, laptop, phone, laptop]) {
      await synced(one);
      await one.session.fetchRound();
    }
    expect(swarms.replacements).toBe(before);
    expect(swarms.config(phone.keys.accountId, 3)).toHaveLength(1);
  });
});
