/** The blockchain daemon's answers about nodes and names, as seeds and (through `oxend_request`) nodes give them. */
import { asObject, type Json, type JsonObject } from './json.ts';
import { type NodeRecord, noSwarmId, type Registry, swarmIdText } from './registry.ts';
import { hardfork, serverVersion, snodeRevision } from './version.ts';

/** A registered name: both in hex, under the base64 of its hash (network.md 4.5, ONS). */
export type NameRecord = Readonly<{ encryptedValue: string; nonce: string }>;
export type Names = ReadonlyMap<string, NameRecord>;

export type Daemon = Readonly<{
  /** `get_service_nodes` and its aliases; parameters of a wrong type count as absent */
  serviceNodes(params: unknown): JsonObject;
  /** `ons_resolve`; an empty object for a name nobody has */
  resolveName(params: unknown): JsonObject;
}>;

/** `randomBelow` gives a uniformly random integer from 0 up to, not including, its argument. */
export function createDaemon(
  registry: Registry,
  names: Names,
  randomBelow: (limit: number) => number,
): Daemon {
  return {
    serviceNodes(input) {
      const params = asObject(input) ?? {};
      if (typeof params.poll_block_hash === 'string' && params.poll_block_hash === registry.blockHash) {
        return { status: 'OK', unchanged: true, ...chainState(registry) };
      }
      const wanted = wantedFields(params.fields);
      let nodes = [...registry.nodes];
      if (params.active_only === true) nodes = nodes.filter(isActive);
      const keys = params.service_node_pubkeys;
      if (Array.isArray(keys) && keys.length > 0) nodes = nodes.filter((node) => keys.includes(node.ed25519));
      const limit = typeof params.limit === 'number' && Number.isInteger(params.limit) ? params.limit : 0;
      if (limit !== 0) {
        shuffle(nodes, randomBelow);
        // a choice prefers nodes that can be used
        if (limit > 0) nodes = [...nodes].sort(usableFirst).slice(0, limit);
      }
      return {
        ...chainState(registry),
        service_node_states: nodes.map((node) => pick(describe(node, registry.height), wanted)),
        status: 'OK',
      };
    },
    resolveName(input) {
      const params = asObject(input) ?? {};
      const record = typeof params.name_hash === 'string' ? names.get(params.name_hash) : undefined;
      return record === undefined || params.type !== 0
        ? {}
        : { encrypted_value: record.encryptedValue, nonce: record.nonce };
    },
  };
}

function chainState(registry: Registry): JsonObject {
  return {
    block_hash: registry.blockHash,
    hardfork,
    height: registry.height,
    snode_revision: snodeRevision,
    target_height: registry.height,
  };
}

/** Not decommissioned; a node that has just been registered is active before its first uptime proof. */
function isActive(node: NodeRecord): boolean {
  return node.swarmId !== null || node.proof !== undefined;
}

function usableFirst(a: NodeRecord, b: NodeRecord): number {
  return Number(a.proof !== undefined) - Number(b.proof !== undefined);
}

/** Null: everything. An object of booleans is the old form, an array of names the new one. */
function wantedFields(fields: unknown): ReadonlySet<string> | null {
  const object = asObject(fields);
  const names = Array.isArray(fields)
    ? fields.filter((name) => typeof name === 'string')
    : Object.keys(object ?? {}).filter((name) => object?.[name] === true);
  return names.length === 0 || names.includes('all') ? null : new Set(names);
}

function describe(node: NodeRecord, height: number): JsonObject {
  const proven: JsonObject = {
    public_ip: node.ip,
    storage_port: node.port,
    storage_lmq_port: Math.max(0, node.port - 1),
    quorumnet_port: Math.max(0, node.port - 2),
    storage_server_version: serverVersion,
  };
  const proofs: Record<'none' | 'zero', JsonObject> = {
    none: {},
    zero: { ...proven, public_ip: '0.0.0.0', storage_port: 0, storage_lmq_port: 0, quorumnet_port: 0 },
  };
  return {
    ...(node.proof === undefined ? proven : proofs[node.proof]),
    service_node_pubkey: node.ed25519,
    pubkey_ed25519: node.ed25519,
    pubkey_x25519: node.x25519,
    swarm_id: node.swarmId ?? noSwarmId,
    swarm: swarmIdText(node.swarmId),
    active: isActive(node),
    funded: true,
    registration_height: Math.max(0, height - 10_000),
    requested_unlock_height: 0,
  };
}

function pick(all: JsonObject, wanted: ReadonlySet<string> | null): JsonObject {
  if (wanted === null) return all;
  const some: Record<string, Json | undefined> = {};
  for (const [key, value] of Object.entries(all)) if (wanted.has(key)) some[key] = value;
  return some;
}

function shuffle<T>(items: T[], randomBelow: (limit: number) => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1);
    const [a, b] = [items[i], items[j]];
    // both indexes are within the array
    items[i] = b as T;
    items[j] = a as T;
  }
}
