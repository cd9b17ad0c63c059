import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, nodeFiles } from '../src/store/files.ts';
import { type ProfileStore, parseWords } from '../src/store/index.ts';
import { openProfile } from '../src/store/profiles.ts';
import {
  addOne,
  commonWord,
  loneWord,
  makeHistory,
  message,
  person,
  platform,
  rareWord,
} from './store/history.ts';
import type { Benchmark, Figure } from './types.ts';

const conversations = 1000;
const each = 1000;
const child = fileURLToPath(new URL('./store/open-child.ts', import.meta.url));

const open = (folder: string, files: Files = nodeFiles): Promise<ProfileStore> =>
  openProfile({ folder, password: null, platform, files });

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
const median = (values: readonly number[]): number => quantile(values, 0.5);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

const atMost = (name: string, value: number, unit: string, limit: number): Figure => ({
  name,
  value,
  unit,
  limit,
  ok: value <= limit,
});

/** What one durable append of so many bytes costs without a store: the cheapest way there is, O_DSYNC. */
function bareAppends(path: string, count: number, length: number): number {
  const data = randomFillSync(new Uint8Array(length));
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_DSYNC);
  const began = performance.now();
  for (let i = 0; i < count; i++) writeSync(fd, data);
  const took = performance.now() - began;
  closeSync(fd);
  return took / count;
}

type Opening = Readonly<{ openMs: number; rss: number; conversations: number }>;

/** Unlocking without the KDF and making the list, in processes of their own: time and memory above an empty profile. */
function opening(folder: string, report: (figure: Figure) => void): void {
  const results: Record<'empty' | 'long', Opening[]> = { empty: [], long: [] };
  for (let i = 0; i < 5; i++) {
    for (const name of ['empty', 'long'] as const) {
      const args = ['--expose-gc', '--import', 'tsx', child, join(folder, name)];
      results[name].push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
    }
  }
  const above = (pick: (result: Opening) => number): number =>
    median(results.long.map(pick)) - median(results.empty.map(pick));
  const shown = results.long[0]?.conversations ?? 0;
  if (shown !== conversations) throw new Error(`the list has ${shown} conversations`);
  report(
    atMost(
      'store: open and list, 10⁶ messages',
      above(({ openMs }) => openMs),
      'ms more than empty',
      300,
    ),
  );
  report(
    atMost(
      'store: memory after that',
      above(({ rss }) => rss / 1e6),
      'MB more than empty',
      60,
    ),
  );
}

/** The end of each of many conversations, never opened before, and each step of paging back through a whole one. */
async function reading(store: ProfileStore, report: (figure: Figure) => void): Promise<void> {
  const tails: number[] = [];
  for (let i = 0; i < 200; i++) {
    const id = person((i * 389) % conversations);
    tails.push(await timed(() => store.messagesBefore(id, { limit: 60 })));
  }
  report(atMost('store: end of a conversation, p95', quantile(tails, 0.95), 'ms', 30));
  const steps: number[] = [];
  for (const n of [501, 777, 901]) {
    let beforeId = message(person(n), each).id;
    for (;;) {
      let page: readonly { id: string }[] = [];
      steps.push(
        await timed(async () => {
          page = await store.messagesBefore(person(n), { limit: 60, beforeId });
        }),
      );
      const first = page[0];
      if (!first) break;
      beforeId = first.id;
    }
  }
  report(atMost('store: slowest step of paging back', Math.max(...steps), 'ms', 50));
}

/**
 * From the question to the first message found, filters not read yet, and to the last one: a word of many messages, of
 * twenty, of one, and of none. The baseline opens every shard, as a search without filters would.
 */
async function searching(folder: string, report: (figure: Figure) => void): Promise<void> {
  const kinds: [string, string][] = [
    ['common word', commonWord],
    ['word in twenty messages', rareWord],
    ['word in the oldest message only', loneWord],
  ];
  for (const [what, word] of kinds) {
    const words = parseWords(word);
    if (words === null) throw new Error('no word');
    const first: number[] = [];
    for (let i = 0; i < 5; i++) {
      const store = await open(folder);
      first.push(
        await timed(async () => {
          for await (const found of store.search(words)) if (found.body.includes(word)) return;
          throw new Error(`${word} is not found`);
        }),
      );
      await store.close();
    }
    report(atMost(`store: first result of a search, ${what}`, median(first), 'ms', 200));
  }
  const store = await open(folder);
  let count = 0;
  const absent = parseWords('zeppelin') ?? { probes: [], matches: () => false };
  report({
    name: 'store: search for a word that is nowhere, to its end',
    value: await timed(async () => {
      for await (const _ of store.search(absent)) count += 1;
    }),
    unit: 'ms',
    ok: count === 0,
  });
  const scan = await timed(async () => {
    for await (const _ of store.search({ probes: [], matches: absent.matches })) count += 1;
  });
  report({ name: 'store: the same by opening every shard', value: scan, unit: 'ms', ok: count === 0 });
  await store.close();
}

const perBlock = 50;
const blocks = 40;

/** Blocks of appends to one conversation, in turn to a short history, a long one and a bare file. */
async function appending(
  short: ProfileStore,
  long: ProfileStore,
  bareFile: string,
  report: (figure: Figure) => void,
): Promise<void> {
  const cost = { short: [] as number[], long: [] as number[], bare: [] as number[] };
  for (let block = 0; block < blocks; block++) {
    const add = (store: ProfileStore) =>
      timed(async () => {
        for (let i = 0; i < perBlock; i++) await addOne(store, person(0), each + block * perBlock + i);
      });
    cost.short.push((await add(short)) / perBlock);
    cost.long.push((await add(long)) / perBlock);
    // A frame of the journal for such a message has this size.
    cost.bare.push(bareAppends(bareFile, perBlock, 1152));
  }
  // Folds fall into single blocks, so the mean has them; the median of the ratios is what a lone append sees.
  const overShort = median(cost.long.map((value, i) => value / (cost.short[i] ?? value)));
  const compared = (name: string, value: number, baseline: number, ratio: number, limit: number): Figure => ({
    name,
    value,
    unit: 'ms',
    baseline,
    ratio,
    limit,
    ok: ratio <= limit,
  });
  report(compared('store: append at 10⁶ against 10³', median(cost.long), median(cost.short), overShort, 1.2));
  const overBare = median(cost.long.map((value, i) => value / (cost.bare[i] ?? value)));
  report(compared('store: append against bare fdatasync', median(cost.long), median(cost.bare), overBare, 2));
  report({
    name: 'store: append at 10⁶, mean with folds',
    value: mean(cost.long),
    unit: 'ms',
    baseline: mean(cost.short),
    ratio: mean(cost.long) / mean(cost.short),
    ok: true,
  });
}

/** Bytes that reach the disk for each message, folds and closing included, above four times its size. */
async function writing(
  folder: string,
  count: number,
  personOf: (n: number) => string,
): Promise<{ perMessage: number; allowed: number }> {
  let written = 0;
  const counting: Files = {
    ...nodeFiles,
    write: async (path, data) => {
      written += data.length;
      await nodeFiles.write(path, data);
    },
    openAppend: async (path) => {
      const file = await nodeFiles.openAppend(path);
      return {
        ...file,
        append: async (data, offset) => {
          written += data.length;
          await file.append(data, offset);
        },
      };
    },
  };
  const store = await open(folder, counting);
  let size = 0;
  for (let n = 0; n < count; n++) {
    const id = personOf(n);
    size += JSON.stringify(message(id, 5000 + n)).length;
    await addOne(store, id, 5000 + n);
  }
  await store.close();
  return { perMessage: written / count, allowed: (4 * size) / count + 4096 };
}

/** Histories of 0, 10³ and 10⁶ messages. */
const benchmark: Benchmark = async (report) => {
  const folder = mkdtempSync(join(tmpdir(), 'session-tui-bench-'));
  try {
    const path = (name: string): string => join(folder, name);
    await makeHistory(path('empty'), 0, 0);
    await makeHistory(path('short'), 1, each);
    await makeHistory(path('long'), conversations, each);
    opening(folder, report);
    await searching(path('long'), report);

    const long = await open(path('long'));
    await reading(long, report);
    const short = await open(path('short'));
    await appending(short, long, path('bare'), report);
    await short.close();
    await long.close();

    const shares: [string, number, (n: number) => string][] = [
      ['one conversation', 2000, () => person(1)],
      ['each in another of 1 000', 8000, (n) => person((n * 389) % conversations)],
    ];
    for (const [what, count, personOf] of shares) {
      const { perMessage, allowed } = await writing(path('long'), count, personOf);
      report(atMost(`store: bytes written a message, ${what}`, perMessage, 'B', Math.round(allowed)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export default benchmark;
