/** Devices of one account and a swarm that keeps what they store, for tests of how their configs come together. */

import { blake2b } from '../../../src/crypto/hash.ts';
import { deriveAccount } from '../../../src/protocol/account.ts';
import type { Config, StoredConfig } from '../../../src/protocol/config/config.ts';
import { changeContact } from '../../../src/protocol/config/contacts.ts';
import { createConfig } from '../../../src/protocol/config/index.ts';
import { toHex } from '../../../src/util/bytes.ts';

export const account = deriveAccount(Uint8Array.from({ length: 16 }, (_, i) => i + 1));
export const now = 1_764_000_000_000;

export const idOf = (n: number): string => `05${toHex(blake2b(32, Uint8Array.of(n & 0xff, n >> 8)))}`;

/** What a storage server does with a config namespace: equal bytes are one item. */
export class Swarm {
  readonly items = new Map<string, Uint8Array>();

  store(data: Uint8Array): string {
    const hash = toHex(blake2b(16, data));
    this.items.set(hash, data);
    return hash;
  }

  delete(hashes: readonly string[]): void {
    for (const hash of hashes) this.items.delete(hash);
  }

  all(): readonly StoredConfig[] {
    return [...this.items].map(([hash, data]) => ({ hash, data }));
  }
}

/** Stores what the config has to say and deletes what that replaces, as one `sequence`; the answer may get lost. */
export function pushTo(swarm: Swarm, config: Config, answered = true): void {
  const { seqno, messages, obsoleteHashes } = config.push(now);
  const hashes = messages.map((data) => swarm.store(data));
  swarm.delete(obsoleteHashes);
  if (answered) config.confirmPushed(seqno, hashes);
}

/** Fetches and pushes in turn until nobody has anything to push; gives the number of rounds, or throws. */
export function settle(swarm: Swarm, devices: readonly Config[], limit = 20): number {
  for (let round = 0; round < limit; round++) {
    for (const device of devices) device.merge(swarm.all(), now);
    const pushing = devices.filter((device) => device.needsPush);
    if (pushing.length === 0) return round;
    for (const device of pushing) pushTo(swarm, device);
  }
  throw new Error('the devices do not come to rest');
}

export const contacts = (): Config => createConfig('Contacts', account);

export function named(config: Config, n: number, name: string): void {
  changeContact(config, idOf(n), { name });
}
