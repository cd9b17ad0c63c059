import { NetworkError } from '../../src/errors.ts';
import type { Network, NetworkStatus, RetrievedItem } from '../../src/net/index.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { messageHash } from '../../src/protocol/message-hash.ts';

type Stored = { hash: string; data: Uint8Array; timestamp: number; expiresAt: number };

/** Swarms in memory that several fake networks (one a person) share. */
export class FakeSwarms {
  readonly items = new Map<string, Stored[]>();
  /** config messages, by account and namespace */
  readonly configs = new Map<string, Stored[]>();
  /** how many copies were accepted, by account */
  stores = 0;
  /** requests that store or delete configs */
  replacements = 0;

  config(account: string, namespace: number): Stored[] {
    const key = `${account} ${namespace}`;
    const list = this.configs.get(key) ?? [];
    this.configs.set(key, list);
    return list;
  }

  list(account: string): Stored[] {
    let list = this.items.get(account);
    if (list === undefined) {
      list = [];
      this.items.set(account, list);
    }
    return list;
  }
}

export type FakeNetwork = Network & {
  /** null: works; else each call fails with it */
  failure: NetworkError | null;
  /** the store is done but its answer is lost, this many times */
  loseAnswers: number;
  /** registered Session names */
  names: Map<string, AccountId>;
  /** names that were looked up */
  lookups: string[];
  setPhase(phase: NetworkStatus['phase']): void;
  /** what nodes have said of this machine's clock */
  setClockOffset(offsetMs: number): void;
  clock: { offset: number };
};

/** The way that everything takes. */
const fakePath = [11, 12, 13].map((i) => ({ ip: `127.0.${i}.1`, port: 1, ed25519: String(i).repeat(32) }));

/** A network that keeps to the interface's promises, for tests of core. */
export function createFakeNetwork(swarms: FakeSwarms, now: () => number): FakeNetwork {
  const listeners = new Set<(status: NetworkStatus) => void>();
  let status: NetworkStatus = {
    phase: 'idle',
    detail: '',
    proxy: null,
    proxySource: null,
    clockOffsetMs: 0,
    guards: [],
    nodes: 9,
    nodeListAt: 0,
    lastAnswerAt: null,
    paths: [],
  };
  const set = (change: Partial<NetworkStatus>): void => {
    status = { ...status, ...change };
    for (const listener of listeners) listener(status);
  };
  const network: FakeNetwork = {
    failure: null,
    loseAnswers: 0,
    names: new Map(),
    lookups: [],
    clock: { offset: 0 },
    setPhase: (phase) => set({ phase }),
    setClockOffset: (clockOffsetMs) => set({ clockOffsetMs }),
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    now: () => now() + network.clock.offset,
    async connect() {
      if (network.failure) throw network.failure;
    },
    async refreshNodes() {
      if (network.failure) throw network.failure;
    },
    async storeTogether(requests) {
      const [first] = requests;
      if (first === undefined) throw new Error('nothing to store');
      return [await network.store(first)];
    },
    async store(request) {
      await Promise.resolve();
      if (network.failure) throw network.failure;
      const hash = messageHash(request.recipient, request.namespace, request.data);
      const list = swarms.list(request.recipient);
      swarms.stores += 1;
      if (!list.some((item) => item.hash === hash)) {
        list.push({ hash, data: request.data, timestamp: now(), expiresAt: now() + request.ttlMs });
      }
      if (network.loseAnswers > 0) {
        network.loseAnswers -= 1;
        throw new NetworkError('timeout', 'No answer in time.');
      }
      status = { ...status, lastAnswerAt: now() };
      const node = {
        ip: '127.0.11.1',
        port: 1,
        ed25519: 'a'.repeat(64),
        x25519: 'b'.repeat(64),
        swarmId: 0n,
      };
      return { hash, storedAt: now(), node, path: fakePath };
    },
    async replace({ account, items, obsolete }) {
      await Promise.resolve();
      if (network.failure) throw network.failure;
      swarms.replacements += 1;
      const node = {
        ip: '127.0.11.1',
        port: 1,
        ed25519: 'a'.repeat(64),
        x25519: 'b'.repeat(64),
        swarmId: 0n,
      };
      const answers = items.map(({ namespace, data, ttlMs }) => {
        const hash = messageHash(account.accountId, namespace, data);
        const list = swarms.config(account.accountId, namespace);
        if (!list.some((item) => item.hash === hash)) {
          list.push({ hash, data, timestamp: now(), expiresAt: now() + ttlMs });
        }
        return { hash, storedAt: now(), node, path: fakePath };
      });
      for (const list of [...swarms.configs.values(), swarms.list(account.accountId)]) {
        const left = list.filter(({ hash }) => !obsolete.includes(hash));
        list.splice(0, list.length, ...left);
      }
      if (network.loseAnswers > 0) {
        network.loseAnswers -= 1;
        throw new NetworkError('timeout', 'No answer in time.');
      }
      return answers;
    },
    async extend({ account, hashes, expiresAt }) {
      await Promise.resolve();
      if (network.failure) throw network.failure;
      const kept = new Set<string>();
      for (const [key, list] of swarms.configs) {
        if (!key.startsWith(account.accountId)) continue;
        for (const item of list) {
          if (!hashes.includes(item.hash)) continue;
          item.expiresAt = Math.max(item.expiresAt, expiresAt);
          kept.add(item.hash);
        }
      }
      return kept;
    },
    async changeStored({ account, changes }) {
      await Promise.resolve();
      if (network.failure) throw network.failure;
      const list = swarms.list(account.accountId);
      const earlier = new Map<string, number>();
      for (const { hash, expiresAt } of changes) {
        const at = list.findIndex((item) => item.hash === hash);
        const item = list[at];
        if (item === undefined) continue;
        if (expiresAt <= now()) list.splice(at, 1);
        else if (expiresAt < item.expiresAt) list[at] = { ...item, expiresAt };
        else earlier.set(hash, item.expiresAt);
      }
      status = { ...status, lastAnswerAt: now() };
      return earlier;
    },
    async fetch({ account, namespaces, cursors, onBatch }) {
      await Promise.resolve();
      if (network.failure) throw network.failure;
      for (const node of ['1'.repeat(64), '2'.repeat(64)]) {
        // messages last, as the real one
        for (const namespace of namespaces.toSorted((a, b) => Number(a === 0) - Number(b === 0))) {
          const all =
            namespace === 0 ? swarms.list(account.accountId) : swarms.config(account.accountId, namespace);
          const cursor = cursors.get(node, account.accountId, namespace);
          const from = all.findIndex((item) => item.hash === cursor) + 1;
          const items: RetrievedItem[] = all.slice(from).map((item) => ({ ...item, namespace }));
          const last = items.at(-1);
          await onBatch({
            node,
            namespace,
            items,
            malformed: 0,
            cursor: last === undefined ? null : { hash: last.hash, expiresAt: last.expiresAt },
          });
        }
      }
      return { answered: 2, asked: 2 };
    },
    async resolveName(name) {
      network.lookups.push(name);
      if (network.failure) throw network.failure;
      return network.names.get(name) ?? null;
    },
    async checkProxy() {
      if (network.failure?.code === 'proxy') throw network.failure;
    },
    async close() {},
  };
  return network;
}
