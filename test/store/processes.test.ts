import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProfile, openProfile } from '../../src/store/index.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { account, temporaryFolder, testPlatform } from '../support/stored.ts';

/** The issue asks for 1 000: SESSION_TUI_KILLS=1000. */
const kills = Number(process.env.SESSION_TUI_KILLS ?? 6);

const script = fileURLToPath(new URL('../support/store-child.ts', import.meta.url));

type Child = { process: ChildProcess; lines: string[]; until(count: number): Promise<void> };

function start(...args: string[]): Child {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  let wake = (): void => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  return {
    process: child,
    lines,
    async until(count) {
      while (lines.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

async function kill(child: Child): Promise<void> {
  const closed = once(child.process, 'close');
  child.process.kill('SIGKILL');
  await closed;
}

async function makeProfile(): Promise<string> {
  const folder = join(temporaryFolder(), 'p');
  const store = await createProfile({ folder, password: null, account, platform: testPlatform });
  await store.close();
  return folder;
}

describe('processes', () => {
  it(
    'lose nothing they have said to be stored when they are killed at any moment',
    async () => {
      const folder = await makeProfile();
      const stored = new Set<string>();
      const bytes = seededRandom(7);
      const random = (): number => Buffer.from(bytes(4)).readUInt32LE() / 2 ** 32;
      for (let round = 0; round < kills; round++) {
        const child = start('write', folder);
        // Half of the kills after some messages, half of them at any time from the start of the process on.
        if (round % 2 === 0) await child.until(1 + Math.floor(random() * 60));
        await sleep(random() * (round % 2 === 0 ? 15 : 500));
        await kill(child);
        for (const id of child.lines) stored.add(id);
        // Taken over at once: nobody waits for a dead process.
        const store = await openProfile({ folder, password: null, platform: testPlatform });
        expect(store.damage).toEqual([]);
        for (const id of [...child.lines, ...[...stored].slice(-200)]) {
          expect((await store.message(id))?.id).toBe(id);
        }
        if (round === kills - 1) for (const id of stored) expect((await store.message(id))?.id).toBe(id);
        await store.close();
      }
      expect(stored.size).toBeGreaterThan(kills * 5);
    },
    30_000 + kills * 3000,
  );

  it('keep others out while they hold the profile', async () => {
    const folder = await makeProfile();
    const child = start('write', folder);
    await child.until(1);
    await expect(openProfile({ folder, password: null, platform: testPlatform })).rejects.toMatchObject({
      code: 'locked',
      fields: { pid: child.process.pid },
    });
    await kill(child);
    await (await openProfile({ folder, password: null, platform: testPlatform })).close();
  });

  it('that want a dead process’s lock at the same moment: exactly one gets it', async () => {
    const folder = await makeProfile();
    const holder = start('race', folder, '0');
    await holder.until(2);
    expect(holder.lines[1]).toBe('won');
    await kill(holder);
    expect(readdirSync(folder).some((name) => name.startsWith('lock-'))).toBe(true);
    const at = String(Date.now() + 1500);
    const racers = Array.from({ length: 5 }, () => start('race', folder, at));
    await Promise.all(racers.map((racer) => racer.until(2)));
    const results = racers.map(({ lines }) => lines[1]).sort();
    expect(results).toEqual(['locked', 'locked', 'locked', 'locked', 'won']);
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toHaveLength(1);
  });
});
