/** Paging through one conversation of a million messages, read from a real store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProfile } from '../../src/store/profiles.ts';
import { account, listEntry, message, person, platform, rareWord } from '../store/history.ts';
import type { Figure } from '../types.ts';
import { atMost, CountingTerminal, keyboard, quantile, steps } from './terminal.ts';

const count = 1_000_000;
const batch = 20_000;
const pages = 150;
const pageUp = '\x1b[5~';
const pageDown = '\x1b[6~';

export async function longHistoryFigures(report: (figure: Figure) => void): Promise<void> {
  const { runChat } = await import('../../src/ui/index.ts');
  const { createMessenger } = await import('../../src/core/index.ts');
  const folder = await mkdtemp(join(tmpdir(), 'session-tui-bench-'));
  try {
    await makeConversation(join(folder, 'profiles', 'default'));
    const terminal = new CountingTerminal();
    const input = keyboard();
    const done = runChat({
      messenger: createMessenger({
        platform,
        dataDir: folder,
        // Nobody listens there: this is about the screen.
        network: {
          name: 'nowhere',
          seedNodes: [{ url: 'http://127.0.0.1:9/json_rpc' }],
          subnetDiversity: false,
          minimumNodes: 6,
        },
        proxy: null,
        lowBandwidth: false,
      }),
      profile: 'default',
      password: null,
      noPassword: false,
      colors: { depth: '16', background: null },
      platform,
      stdin: input,
      stdout: terminal.stream,
      openConversation: person(0),
    });
    await sleep(1500);
    report(figure('near its end', await paging(terminal, input)));
    // The rare word is in each 50 000th message: found by a search, its place is paged from.
    for (const [hit, where] of [
      [10, 'in its middle'],
      [19, 'near its beginning'],
    ] as const) {
      input.write('\x13');
      await sleep(100);
      input.write(rareWord);
      await sleep(2500);
      for (let i = 0; i < hit; i++) {
        input.write('\x1b[B');
        await sleep(30);
      }
      input.write('\r');
      await sleep(1000);
      report(figure(where, await paging(terminal, input)));
    }
    input.write('\x11');
    await Promise.race([done, sleep(5000)]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function paging(terminal: CountingTerminal, input: NodeJS.WritableStream): Promise<number[]> {
  const up = await steps(terminal, pages, 60, () => input.write(pageUp));
  const down = await steps(terminal, Math.floor(pages / 2), 60, () => input.write(pageDown));
  return [...up.times, ...down.times];
}

const figure = (where: string, times: readonly number[]): Figure =>
  atMost(`page up or down in 10⁶ messages, ${where}, p95`, quantile(times, 0.95), 'ms', 25);

async function makeConversation(folder: string): Promise<void> {
  const store = await createProfile({
    folder,
    password: null,
    account,
    platform,
    // A bulk load: every message goes through the journal into its shard, in few large folds.
    limits: { journalBytes: 1 << 25 },
  });
  const id = person(0);
  for (let done = 0; done < count; done += batch) {
    await store.transact((tx) => {
      for (let n = done; n < done + batch; n++) tx.putMessage(message(id, n, n % 50_000 === 7));
    });
  }
  await store.transact((tx) => tx.put('conversations', id, listEntry(message(id, count - 1), 0)));
  await store.close();
}
