/** Devices of one account, or of several, on one swarm in memory. */
import { HolderServer } from '../../src/core/holder/server.ts';
import { OpenSession } from '../../src/core/session.ts';
import type { CoreEvent } from '../../src/core/types.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import type { Network } from '../../src/net/index.ts';
import { type AccountKeys, deriveAccount } from '../../src/protocol/account.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { collectionNames } from '../../src/store/schemas.ts';
import type { ProfileStore, StoredMessage } from '../../src/store/types.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import type { Platform } from '../../src/util/platform.ts';
import { createFakeNetwork, type FakeNetwork, type FakeSwarms } from './fake-network.ts';

export type Device = Readonly<{
  session: OpenSession;
  network: FakeNetwork;
  store: ProfileStore;
  keys: AccountKeys;
  events: CoreEvent[];
}>;

export type DeviceOptions = Readonly<{
  seedByte?: number;
  name?: string;
  /** as one restored from its recovery phrase */
  restored?: boolean;
  /** when the name was given */
  profileUpdatedAtSec?: number;
  /** of the same device before it was closed */
  store?: ProfileStore;
  platform?: Platform;
  /** another network than one in memory */
  real?: Network;
  lowBandwidth?: boolean;
}>;

const systemPlatform: Platform = {
  clock: systemClock,
  randomBytes: systemRandomBytes,
  logger: silentLogger,
};

export function device(swarms: FakeSwarms, options: DeviceOptions = {}): Device {
  const { seedByte = 1, name = '', restored = false, platform = systemPlatform } = options;
  const { profileUpdatedAtSec = 0 } = options;
  const seed = new Uint8Array(16).fill(seedByte);
  const store =
    options.store ??
    createMemoryStore({
      account: {
        seedHex: Buffer.from(seed).toString('hex'),
        name,
        createdAt: 0,
        restored,
        profileUpdatedAtSec,
      },
    });
  const network = createFakeNetwork(swarms, () => platform.clock.now());
  const session = new OpenSession({
    profile: 'device',
    keys: deriveAccount(seed),
    store,
    network: options.real ?? network,
    platform,
    lowBandwidth: options.lowBandwidth ?? false,
    holder: new HolderServer({ profileFolder: '/nowhere', runtimeDirs: [], platform }),
    locked: () => {
      throw new Error('not locked here');
    },
  });
  const events: CoreEvent[] = [];
  session.onEvent((event) => events.push(event));
  return { session, network, store, keys: deriveAccount(seed), events };
}

/** A store in memory with all that another one had, as the next process finds it. */
export async function reopened(store: ProfileStore): Promise<ProfileStore> {
  const next = createMemoryStore();
  const messages: StoredMessage[] = [];
  for await (const message of store.messagesSince(0)) messages.push(message);
  await next.transact((tx) => {
    for (const collection of collectionNames)
      for (const [key, value] of store.entries(collection)) tx.put(collection, key, value);
    for (const message of messages) tx.putMessage(message);
  });
  return next;
}
