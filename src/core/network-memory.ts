import { blake2b } from '../crypto/hash.ts';
import type { NetworkDefinition, NetworkMemory } from '../net/index.ts';
import type { JsonValue, ProfileStore } from '../store/index.ts';
import { toHex, utf8Encode } from '../util/bytes.ts';

/**
 * Keeps what the network layer learnt in the profile, apart for each network: nodes, guards and strikes of one say
 * nothing about another of the same name. The list of nodes, several hundred kilobytes on the main network, has an
 * entry of its own, so that a strike does not write it again.
 */
export function networkMemory(store: ProfileStore, definition: NetworkDefinition): NetworkMemory {
  const key = toHex(blake2b(16, utf8Encode(JSON.stringify([definition.name, definition.seedNodes]))));
  const nodesKey = `${key}-nodes`;
  let savedNodes: string | null = null;
  return {
    load() {
      const state = store.get('network', key);
      const nodes = store.get('network', nodesKey);
      if (!isObject(state) || nodes === undefined) return undefined;
      savedNodes = JSON.stringify(nodes);
      return { ...state, nodes };
    },
    async save(state) {
      const copy = toJson(state);
      if (!isObject(copy)) return;
      const { nodes = [], ...rest } = copy;
      const text = JSON.stringify(nodes);
      // Both in one transaction: swarms point into the list by place.
      await store.transact((tx) => {
        tx.put('network', key, rest);
        if (text !== savedNodes) tx.put('network', nodesKey, nodes);
      });
      savedNodes = text;
    },
  };
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A plain JSON copy: what the store keeps can't change behind its back. */
function toJson(state: unknown): JsonValue {
  return JSON.parse(JSON.stringify(state)) as JsonValue; // what JSON.parse gives is a JsonValue by definition
}
