import { randomFillSync } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createProfile,
  messageId,
  openProfile,
  type ProfileStore,
  type StoredMessage,
} from '../src/store/index.ts';
import { systemClock } from '../src/util/clock.ts';
import { silentLogger } from '../src/util/logger.ts';
import type { Benchmark } from './types.ts';

const platform = {
  clock: systemClock,
  randomBytes: (length: number) => randomFillSync(new Uint8Array(length)),
  logger: silentLogger,
};
const kdf = { memoryKib: 8, passes: 1 };
const account = { seedHex: '00'.repeat(16), name: 'bench', createdAt: 0, restored: false };
const peer = `05${'b2'.repeat(32)}`;
const start = 1_700_000_000_000;
const text = 'Shall we meet at the usual place around eight, or is that too late for you tonight? ';

function message(n: number): StoredMessage {
  const sentAt = start + n * 60_000;
  return {
    id: messageId(peer, peer, sentAt),
    conversation: peer,
    from: peer,
    direction: n % 3 === 0 ? 'out' : 'in',
    sentAt,
    receivedAt: sentAt + 900,
    body: text.repeat(1 + (n % 4)),
    status: n % 3 === 0 ? 'sent' : 'received',
    attachments: [],
  };
}

function addOne(store: ProfileStore, n: number): Promise<void> {
  return store.transact((tx) => {
    const added = message(n);
    tx.putMessage(added);
    tx.put('seen', `hash of ${n}`, Date.now() + 14 * 86_400_000);
    tx.put('conversations', peer, {
      id: peer,
      kind: 'contact',
      unread: n,
      lastMessageAt: added.sentAt,
      preview: added.body.slice(0, 120),
      draft: '',
      pinned: false,
      mutedUntil: null,
      readUpTo: 0,
      hidden: false,
    });
  });
}

async function make(folder: string, count: number): Promise<void> {
  const store = await createProfile({ folder, password: null, account, platform, kdf });
  for (let n = 0; n < count; n += 1000) {
    await store.transact((tx) => {
      for (let i = n; i < Math.min(count, n + 1000); i++) tx.putMessage(message(i));
    });
  }
  await store.close();
}

const open = (folder: string): Promise<ProfileStore> => openProfile({ folder, password: null, platform });

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** What one durable append of the same size costs without a store. */
function bareAppends(path: string, count: number): number {
  const data = randomFillSync(new Uint8Array(1024));
  const fd = openSync(path, 'a');
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    writeSync(fd, data);
    fdatasyncSync(fd);
  }
  const took = performance.now() - began;
  closeSync(fd);
  return took / count;
}

const perBlock = 50;
const blocks = 40;

/** Blocks of appends in turn to a short history, to a long one, and to a bare file; folds included. */
const benchmark: Benchmark = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'session-tui-bench-'));
  try {
    const path = (name: string): string => join(folder, name);
    await make(path('empty'), 0);
    await make(path('short'), 1000);
    await make(path('long'), 100_000);

    const openings: Record<'empty' | 'long', number[]> = { empty: [], long: [] };
    const tails: number[] = [];
    for (let i = 0; i < 7; i++) {
      for (const name of ['empty', 'long'] as const) {
        let store: ProfileStore | null = null;
        openings[name].push(
          await timed(async () => {
            store = await open(path(name));
            store.entries('conversations');
          }),
        );
        const opened: ProfileStore = store ?? (await open(path(name)));
        if (name === 'long') tails.push(await timed(() => opened.messagesBefore(peer, { limit: 60 })));
        await opened.close();
      }
    }
    const empty = median(openings.empty);
    const long = median(openings.long);
    report({
      name: 'store.open-100000',
      value: long - empty,
      unit: 'ms more than empty',
      limit: 300,
      ok: long - empty <= 300,
    });
    report({
      name: 'store.tail-100000',
      value: median(tails),
      unit: 'ms',
      limit: 30,
      ok: median(tails) <= 30,
    });

    const short = await open(path('short'));
    const big = await open(path('long'));
    const cost = { short: [] as number[], long: [] as number[], bare: [] as number[] };
    let next = { short: 1000, long: 100_000 };
    for (let block = 0; block < blocks; block++) {
      const add = async (store: ProfileStore, from: number): Promise<void> => {
        for (let i = 0; i < perBlock; i++) await addOne(store, from + i);
      };
      cost.short.push((await timed(() => add(short, next.short))) / perBlock);
      cost.long.push((await timed(() => add(big, next.long))) / perBlock);
      cost.bare.push(bareAppends(path('bare'), perBlock));
      next = { short: next.short + perBlock, long: next.long + perBlock };
    }
    await short.close();
    await big.close();
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    // Folds fall into single blocks, so the mean has them; the median of the ratios is what a lone append sees.
    const ratios = cost.long.map((value, i) => value / (cost.short[i] ?? value));
    report({
      name: 'store.append-100000',
      value: median(cost.long),
      unit: 'ms',
      baseline: median(cost.short),
      ratio: median(ratios),
      limit: 1.2,
      ok: median(ratios) <= 1.2,
    });
    report({
      name: 'store.append-100000-with-folds',
      value: mean(cost.long),
      unit: 'ms',
      baseline: mean(cost.short),
      ratio: mean(cost.long) / mean(cost.short),
      limit: 1.2,
      ok: mean(cost.long) / mean(cost.short) <= 1.2,
    });
    const overBare = median(cost.long.map((value, i) => value / (cost.bare[i] ?? value)));
    report({
      name: 'store.append-durably',
      value: median(cost.long),
      unit: 'ms',
      baseline: median(cost.bare),
      ratio: overBare,
      limit: 2,
      ok: overBare <= 2,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export default benchmark;
