import { beforeEach, describe, expect, it } from 'vitest';
import { HolderServer } from '../../src/core/holder/server.ts';
import { OpenSession } from '../../src/core/session.ts';
import { mutedForGood } from '../../src/core/types.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { deriveAccount } from '../../src/protocol/account.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { createFakeNetwork, FakeSwarms } from '../support/fake-network.ts';

const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };
const bob = deriveAccount(new Uint8Array(16).fill(2)).accountId;

describe('contacts', () => {
  let session: OpenSession;

  beforeEach(() => {
    const seed = new Uint8Array(16).fill(1);
    session = new OpenSession({
      profile: 'alice',
      keys: deriveAccount(seed),
      store: createMemoryStore({
        account: { seedHex: Buffer.from(seed).toString('hex'), name: 'Alice', createdAt: 0, restored: false },
      }),
      network: createFakeNetwork(new FakeSwarms(), () => Date.now()),
      platform,
      lowBandwidth: false,
      holder: new HolderServer({ profileFolder: '/nowhere', runtimeDirs: [], platform }),
      locked: () => {
        throw new Error('not locked here');
      },
    });
  });

  it('are added with a nickname by which commands find them, and adding again changes nothing else', async () => {
    const added = await session.addContact(bob, ' Bobby ');
    expect(added).toMatchObject({ id: bob, name: '', nickname: 'Bobby', pinned: false, mutedUntil: null });
    await session.changeContact(bob, { pinned: true });
    expect(await session.addContact(bob, null)).toEqual({ ...added, pinned: true });
    expect(await session.contacts()).toEqual([{ ...added, pinned: true }]);
    expect(await session.resolveRecipient('bobby')).toBe(bob);
    expect(session.getState().conversations).toMatchObject([{ id: bob, name: 'Bobby', pinned: true }]);
  });

  it('are changed in what is asked for only', async () => {
    await session.addContact(bob, 'Bobby');
    expect(await session.changeContact(bob, { mutedUntil: mutedForGood })).toMatchObject({
      nickname: 'Bobby',
      mutedUntil: mutedForGood,
    });
    expect(await session.changeContact(bob, { nickname: '' })).toMatchObject({
      nickname: null,
      mutedUntil: mutedForGood,
    });
    expect(await session.changeContact(bob, { mutedUntil: null })).toMatchObject({ mutedUntil: null });
    // Linked devices know seconds only: all show the same end.
    expect(await session.changeContact(bob, { mutedUntil: 4_000_000_000_001 })).toMatchObject({
      mutedUntil: 4_000_000_001_000,
    });
    // A mute that is over is none.
    expect(await session.changeContact(bob, { mutedUntil: 1 })).toMatchObject({ mutedUntil: null });
    expect(await session.contacts()).toMatchObject([{ mutedUntil: null }]);
  });

  it('that are hidden leave the list, with their record kept, until they are added again', async () => {
    await session.addContact(bob, 'Bobby');
    await session.changeContact(bob, { hidden: true });
    expect(session.getState().conversations).toEqual([]);
    expect((await session.contacts()).map(({ id }) => id)).toEqual([bob]);
    await session.addContact(bob, null);
    expect(session.getState().conversations.map(({ id }) => id)).toEqual([bob]);
  });

  it('refuse oneself, strangers, and nicknames of more than 100 bytes', async () => {
    const own = session.getState().account.accountId;
    await expect(session.addContact(own, null)).rejects.toMatchObject({ code: 'own-account' });
    await expect(session.changeContact(bob, { pinned: true })).rejects.toMatchObject({ code: 'no-contact' });
    await expect(session.addContact(bob, 'é'.repeat(51))).rejects.toMatchObject({ code: 'name-too-long' });
    expect(await session.contacts()).toEqual([]);
  });

  it('are marked where their names look like another one or the own one, in the list and while it polls', async () => {
    const ids = [3, 4, 5].map((n) => deriveAccount(new Uint8Array(16).fill(n)).accountId);
    const [ana, fake, other] = ids as [typeof bob, typeof bob, typeof bob];
    await session.addContact(ana, 'Ana');
    await session.addContact(fake, 'Аnа');
    await session.addContact(other, 'Allce');
    await session.addContact(bob, 'Bob');
    const marks = Object.fromEntries((await session.contacts()).map(({ id, lookAlike }) => [id, lookAlike]));
    expect(marks).toEqual({
      [ana]: { kind: 'another', id: fake, name: 'Аnа' },
      [fake]: { kind: 'another', id: ana, name: 'Ana' },
      [other]: undefined,
      [bob]: undefined,
    });
    await session.changeContact(other, { nickname: 'АLICE' });
    const shown = session.getState().conversations.find(({ id }) => id === other);
    expect(shown?.lookAlike).toMatchObject({ kind: 'own', name: 'Alice' });
    await session.changeContact(fake, { nickname: 'Eve' });
    expect(session.getState().conversations.filter(({ lookAlike }) => lookAlike !== undefined)).toHaveLength(
      1,
    );
  });
});
