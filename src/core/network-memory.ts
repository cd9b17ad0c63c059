import { blake2b } from '../crypto/hash.ts';
import type { NetworkDefinition, NetworkMemory } from '../net/index.ts';
import type { JsonValue, ProfileStore } from '../store/index.ts';
import { toHex, utf8Encode } from '../util/bytes.ts';

/**
 * Keeps what the network layer learnt in the profile, apart for each network: nodes, guards and strikes of one say
 * nothing about another of the same name.
 */
export function networkMemory(store: ProfileStore, definition: NetworkDefinition): NetworkMemory {
  const key = toHex(blake2b(16, utf8Encode(JSON.stringify([definition.name, definition.seedNodes]))));
  return {
    load: () => store.get('network', key),
    async save(state) {
      await store.transact((tx) => tx.put('network', key, toJson(state)));
    },
  };
}

/** A plain JSON copy: what the store keeps can't change behind its back. */
function toJson(state: unknown): JsonValue {
  return JSON.parse(JSON.stringify(state)) as JsonValue; // what JSON.parse gives is a JsonValue by definition
}
