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

  it('share whether people in communities may write, and nothing of the settings of one device', async () => {
    await phone.session.setSetting('community-requests', 'on');
    await phone.session.setSetting('theme', 'dark');
    await synced(phone);
    await laptop.session.fetchRound();
    const settingOf = (one: Device, key: string) =>
      one.session.settings().find((setting) => setting.key === key)?.value;
    expect(settingOf(laptop, 'community-requests')).toBe('on');
    expect(settingOf(laptop, 'theme')).toBe('auto');
    await laptop.session.setSetting('community-requests', 'off');
    await synced(laptop);
    await phone.session.fetchRound();
    expect(settingOf(phone, 'community-requests')).toBe('off');
  });

  it('show what was sent on the other one as sent, and what was written to oneself', async () => {
    const bob = device(swarms, { seedByte: 2, name: 'Bob' });
    const id = bob.keys.accountId;
    await phone.session.queueMessage(id, 'hello, Bob');
    await phone.session.queueMessage(phone.keys.accountId, 'buy milk');
    await phone.session.flushOutbox();
    await synced(phone);
    await laptop.session.fetchRound();
    expect(await laptop.session.messages(id, { limit: 9 })).toMatchObject([
      { body: 'hello, Bob', direction: 'out', status: 'sent' },
    ]);
    expect(await laptop.session.messages(laptop.keys.accountId, { limit: 9 })).toMatchObject([
      { body: 'buy milk', direction: 'out', status: 'sent' },
    ]);
    const lines = laptop.session.getState().conversations.map(({ kind, unread }) => [kind, unread]);
    expect(lines.toSorted()).toEqual([
      ['contact', 0],
      ['self', 0],
    ]);
    expect(await laptop.session.contacts()).toMatchObject([{ id, approved: true, approvedMe: false }]);
    // and back
    await bob.session.fetchRound();
    await bob.session.queueMessage(phone.keys.accountId, 'hello, Alice');
    await bob.session.flushOutbox();
    for (const one of [phone, laptop]) {
      await one.session.fetchRound();
      expect(one.session.getState().conversations.find((line) => line.id === id)?.unread).toBe(1);
    }
    await laptop.session.markRead(id);
    await synced(laptop);
    await phone.session.fetchRound();
    expect(phone.session.getState().conversations.find((line) => line.id === id)?.unread).toBe(0);
  });

  it('name given at restoring is the newer one', async () => {
    const tablet = device(swarms, {
      restored: true,
      name: 'Ada',
      profileUpdatedAtSec: Math.floor(Date.now() / 1000) + 5,
    });
    await tablet.session.fetchRound();
    await synced(tablet);
    await phone.session.fetchRound();
    expect(phone.session.getState().account.name).toBe('Ada');
  });

  it('have one place for pinned and hidden: what is hidden is no longer pinned, what is pinned is shown', async () => {
    await phone.session.addContact(carol, null);
    const steps = [
      [{ pinned: true }, { pinned: true, hidden: false }],
      [{ hidden: true }, { pinned: false, hidden: true }],
      [{ pinned: true }, { pinned: true, hidden: false }],
      [{ pinned: false }, { pinned: false, hidden: false }],
    ] as const;
    for (const [change, wanted] of steps) {
      await phone.session.changeContact(carol, change);
      await synced(phone);
      await laptop.session.fetchRound();
      for (const { store } of [phone, laptop])
        expect(store.get('conversations', carol)).toMatchObject(wanted);
    }
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
