/** Starts a devnet for a test, with the real clock and randomness, and puts everything away afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, type DevnetNode, type DevnetOptions, startDevnet } from '../../src/devnet/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import type { Platform } from '../../src/util/platform.ts';
import { Owner } from './client.ts';

export const platform: Platform = {
  clock: systemClock,
  randomBytes: (length) => Uint8Array.from(randomBytes(length)),
  logger: silentLogger,
};

export function start(options: Partial<DevnetOptions> = {}): Promise<Devnet> {
  return startDevnet({ platform, ...options });
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'session-tui-devnet-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The nodes of the account's swarm, and the others. */
export function around(devnet: Devnet, owner: Owner): { members: DevnetNode[]; others: DevnetNode[] } {
  const inside = new Set(devnet.swarmOf(owner.key));
  const members = devnet.nodes.filter((_, index) => inside.has(index));
  const others = devnet.nodes.filter((_, index) => !inside.has(index));
  return { members, others };
}

/** An account that lives in the swarm of this node. */
export function ownerAt(devnet: Devnet, index: number, prefix: '05' | '03' = '05'): Owner {
  for (;;) {
    const owner = new Owner(prefix);
    if (devnet.swarmOf(owner.key).includes(index)) return owner;
  }
}
