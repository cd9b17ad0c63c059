/** Clients of the network layer, as core makes them, with their memory in this process. */
import { randomFillSync } from 'node:crypto';
import {
  createNetwork,
  type Network,
  type NetworkDefinition,
  type NetworkMemory,
} from '../../src/net/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import type { Platform } from '../../src/util/platform.ts';

export const platform: Platform = {
  clock: systemClock,
  randomBytes: (length) => randomFillSync(new Uint8Array(length)),
  logger: silentLogger,
};

export type Memory = NetworkMemory & { state: unknown };

/** What a client learnt, from an earlier one or from nothing. */
export function memoryOf(state: unknown = undefined): Memory {
  const memory: Memory = {
    state: structuredClone(state),
    load: () => memory.state,
    async save(learnt) {
      memory.state = structuredClone(learnt);
    },
  };
  return memory;
}

/** A client that starts with `state`, with the time limits of the program itself. */
export function client(definition: NetworkDefinition, memory: NetworkMemory): Network {
  return createNetwork({ definition, proxy: null, memory, platform });
}

/** What a client has learnt that has just connected and asked for the time. */
export async function learn(definition: NetworkDefinition): Promise<unknown> {
  const memory = memoryOf();
  const network = client(definition, memory);
  await network.connect();
  await network.close();
  return memory.state;
}

/** Milliseconds of processor time that this process spent, all its threads. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
