/** People with open sessions on swarms in memory, for tests of core. */
import { HolderServer } from '../../src/core/holder/server.ts';
import { OpenSession } from '../../src/core/session.ts';
import type { CoreEvent } from '../../src/core/types.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { type AccountKeys, deriveAccount } from '../../src/protocol/account.ts';
import type { Content } from '../../src/protocol/content.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { decryptOneToOne, encryptOneToOne } from '../../src/protocol/one-to-one.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ProfileStore } from '../../src/store/types.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { createFakeNetwork, type FakeNetwork, type FakeSwarms } from './fake-network.ts';

const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };

export type Person = Readonly<{
  session: OpenSession;
  network: FakeNetwork;
  store: ProfileStore;
  id: AccountId;
  keys: AccountKeys;
  events: CoreEvent[];
}>;

/** The account of a seed of one repeated byte; two people of one byte are two devices of one account. */
export function person(swarms: FakeSwarms, seedByte: number, name: string, kept?: ProfileStore): Person {
  const seed = new Uint8Array(16).fill(seedByte);
  const store =
    kept ??
    createMemoryStore({
      account: { seedHex: Buffer.from(seed).toString('hex'), name, createdAt: 0, restored: false },
    });
  const network = createFakeNetwork(swarms, () => Date.now());
  const session = new OpenSession({
    profile: name,
    keys: deriveAccount(seed),
    store,
    network,
    platform,
    lowBandwidth: false,
    holder: new HolderServer({ profileFolder: '/nowhere', runtimeDirs: [], platform }),
    locked: () => {
      throw new Error('not locked here');
    },
  });
  const events: CoreEvent[] = [];
  session.onEvent((event) => events.push(event));
  const keys = deriveAccount(seed);
  return { session, network, store, id: keys.accountId, keys, events };
}

/** Sends a text, and waits until the swarm has it. */
export async function say(from: Person, to: Person, text: string): Promise<void> {
  await from.session.queueMessage(to.id, text);
  await from.session.flushOutbox();
}

/** Puts a content that no client would make into somebody's swarm. */
export async function forge(from: Person, to: Person, content: Content): Promise<void> {
  const data = encryptOneToOne({
    content,
    sentAt: Number(content.sigTimestamp),
    sender: from.keys,
    recipient: to.id,
    random: systemRandomBytes,
  });
  await from.network.store({ recipient: to.id, namespace: 0, data, ttlMs: 60_000 });
}

/** What a person's swarm has in namespace 0, opened, in the order in which it came. */
export function opened(
  swarms: FakeSwarms,
  whose: Person,
): { from: AccountId; sentAt: number; content: Content }[] {
  return swarms.list(whose.id).map(({ data }) => {
    const { sender, sentAt, content } = decryptOneToOne(data, whose.keys);
    return { from: sender, sentAt, content };
  });
}

/** Everybody in one test, on the same swarms; `close` ends them all. */
export class Crowd {
  readonly swarms: FakeSwarms;
  readonly #people = new Set<Person>();

  constructor(swarms: FakeSwarms) {
    this.swarms = swarms;
  }

  /** One more; a device of the same account where the seed byte is one that somebody has. */
  add(seedByte: number, name: string, kept?: ProfileStore): Person {
    const made = person(this.swarms, seedByte, name, kept);
    this.#people.add(made);
    return made;
  }

  /** Its session was closed by the test. */
  left(gone: Person): void {
    this.#people.delete(gone);
  }

  async close(): Promise<void> {
    for (const one of this.#people) await one.session.close();
  }
}

/** Everything that waits goes out, and everybody fetches. */
export async function exchange(...all: Person[]): Promise<void> {
  for (const one of all) await one.session.flushOutbox();
  for (const one of all) await one.session.fetchRound();
}
