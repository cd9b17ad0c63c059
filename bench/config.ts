/** What linked devices cost: merging a large Contacts config into the records, and how many requests a change is. */
import { SyncState } from '../src/core/config-sync/sync-state.ts';
import { contactIn, conversationIn } from '../src/core/records.ts';
import { blake2b } from '../src/crypto/hash.ts';
import { systemRandomBytes } from '../src/crypto/random.ts';
import { startDevnet } from '../src/devnet/index.ts';
import { createNetwork } from '../src/net/index.ts';
import { deriveAccount } from '../src/protocol/account.ts';
import { changeContact } from '../src/protocol/config/contacts.ts';
import { createConfig } from '../src/protocol/config/index.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { toHex } from '../src/util/bytes.ts';
import { systemClock } from '../src/util/clock.ts';
import { silentLogger } from '../src/util/logger.ts';
import type { Benchmark } from './types.ts';

const people = 1_000;
const rounds = 15;
const now = 1_764_000_000_000;

/** As good as random, and the same in every run. */
const noise = (n: number, what: number): Uint8Array => blake2b(32, Uint8Array.of(n & 255, n >> 8, what));

const idOf = (n: number): string => `05${toHex(noise(n, 1))}`;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A Contacts config as it is stored, and the same one with a change of one contact. */
function stored() {
  const account = deriveAccount(new Uint8Array(16).fill(5));
  const config = createConfig('Contacts', account);
  for (let n = 0; n < people; n++) {
    changeContact(config, idOf(n), {
      name: `Person number ${n}`,
      ...(n % 3 === 0 ? { nickname: `Nick ${n}` } : {}),
      approved: true,
      approvedMe: n % 5 > 0,
      priority: n % 50 === 0 ? 1 : 0,
      createdAt: 1_700_000_000 + n,
      profileUpdatedAt: 1_750_000_000 + n,
      picture: {
        url: `http://filev2.getsession.org/file/${100_000 + n}`,
        key: noise(n, 2),
      },
    });
  }
  const first = config.push(now).messages;
  config.confirmPushed(config.seqno, ['first']);
  changeContact(config, idOf(7), { nickname: 'another' });
  return { account, first, second: config.push(now).messages };
}

const bench: Benchmark = async (report) => {
  const { account, first, second } = stored();
  const items = (messages: readonly Uint8Array[], name: string) =>
    messages.map((data, n) => ({ hash: `${name} ${n}`, data }));
  const restoring: number[] = [];
  const merging: number[] = [];
  const editing: number[] = [];
  for (let round = -3; round < rounds; round++) {
    const store = createMemoryStore({
      account: { seedHex: toHex(account.seed16), name: 'Me', createdAt: 0, restored: true },
    });
    const state = new SyncState({ keys: account, store });
    store.onCommit((changes) => {
      state.touch(changes);
    });
    const timed = async (times: number[], work: () => Promise<unknown>): Promise<void> => {
      const start = performance.now();
      await work();
      // the first turns warm the compiler up
      if (round >= 0) times.push(performance.now() - start);
    };
    await timed(restoring, () =>
      store.transact((tx) => state.merge(tx, 'Contacts', items(first, 'first'), now)),
    );
    await store.transact((tx) => state.settle(tx, now));
    await timed(merging, () =>
      store.transact((tx) => state.merge(tx, 'Contacts', items(second, 'second'), now)),
    );
    await store.transact((tx) => {
      tx.put('contacts', idOf(3), { ...contactIn(tx, idOf(3)), nickname: `round ${round}` });
      tx.put('conversations', idOf(3), conversationIn(tx, idOf(3), account.accountId));
    });
    await timed(editing, () => store.transact((tx) => state.startPush(tx, now, () => undefined)));
    if (store.entries('contacts').length !== people) throw new Error('not all of them arrived');
  }
  const limit = 50;
  const figure = (name: string, times: readonly number[]): void => {
    const value = median(times);
    report({ name, value, unit: 'ms', limit, ok: value <= limit });
  };
  figure(`merge a Contacts config of ${people} into a device that knows it`, merging);
  figure(`merge a Contacts config of ${people} into a restored device`, restoring);
  figure(`make a change of a Contacts config of ${people} ready to be stored`, editing);
  await countRequests(report);
};

/** Requests to the own swarm that a change is, once the device is online. */
async function countRequests(report: Parameters<Benchmark>[0]): Promise<void> {
  const platform = { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger };
  const net = await startDevnet({ platform });
  let requests = 0;
  net.onJournal(({ saw }) => {
    if (saw.role === 'destination' && (saw.method === 'sequence' || saw.method === 'batch')) requests += 1;
  });
  const network = createNetwork({
    definition: net.definition,
    proxy: null,
    memory: { load: () => undefined, save: async () => undefined },
    platform,
    // a second try beside a slow first one would be counted as another request
    limits: { hedgeFirstMs: 20_000, hedgeLastMs: 20_000 },
  });
  try {
    const account = deriveAccount(systemRandomBytes(16));
    const config = createConfig('Contacts', account);
    const change = async (): Promise<void> => {
      changeContact(config, idOf(1), { nickname: `nick ${config.seqno}` });
      const { seqno, messages, obsoleteHashes } = config.push(network.now());
      const data = messages.map((message) => ({ namespace: 3, ttlMs: 86_400_000, data: message }));
      const answers = await network.replace({ account, items: data, obsolete: obsoleteHashes });
      config.confirmPushed(
        seqno,
        answers.map(({ hash }) => hash),
      );
    };
    await change();
    requests = 0;
    const times: number[] = [];
    for (let n = 0; n < rounds; n++) {
      const start = performance.now();
      await change();
      times.push(performance.now() - start);
    }
    const value = requests / rounds;
    report({
      name: 'requests for a change that replaces one',
      value,
      unit: 'requests',
      limit: 1,
      ok: value <= 1,
    });
    const ms = median(times);
    report({
      name: 'a change that replaces one, over three hops on this machine',
      value: ms,
      unit: 'ms',
      ok: true,
    });
  } finally {
    await network.close();
    await net.close();
  }
}

export default bench;
