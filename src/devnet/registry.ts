/**
 * Who is in the network and in which swarm: what the blockchain is for the real one. The seed and every node read it,
 * and hear of changes at once. The mapping of accounts to swarms is written here anew from network.md 4.7 and shares
 * nothing with the client's.
 */
import { toHex } from '../util/bytes.ts';
import { Emitter } from '../util/emitter.ts';

export type NodeRecord = Readonly<{
  ip: string;
  /** HTTPS port; 0 before the node listens */
  port: number;
  /** 32-byte key, lower-case hex */
  ed25519: string;
  /** 32-byte key, lower-case hex */
  x25519: string;
  /** null: decommissioned, still listed */
  swarmId: bigint | null;
  /** what the list says of a node from which no uptime proof has come yet: nothing, or the address 0.0.0.0 */
  proof?: 'none' | 'zero';
}>;

export type Swarm = Readonly<{ id: bigint; members: readonly NodeRecord[] }>;

/** The ID that stands for "in no swarm". */
export const noSwarmId = 0xffff_ffff_ffff_ffffn;
const ring = 1n << 64n;

/** `before` and `after` are the swarms as they were and are, ascending by ID. */
export type SwarmChange = Readonly<{ before: readonly Swarm[]; after: readonly Swarm[] }>;

export class Registry {
  readonly changes = new Emitter<SwarmChange>();
  readonly #random: (length: number) => Uint8Array;
  #nodes: readonly NodeRecord[] = [];
  #swarms: readonly Swarm[] = [];
  #byKey: ReadonlyMap<string, NodeRecord> = new Map();
  height: number;
  blockHash: string;

  constructor(random: (length: number) => Uint8Array, height: number) {
    this.#random = random;
    this.height = height;
    this.blockHash = toHex(random(32));
  }

  /** Everybody who is listed, in order. */
  get nodes(): readonly NodeRecord[] {
    return this.#nodes;
  }

  /** Ascending by ID. */
  get swarms(): readonly Swarm[] {
    return this.#swarms;
  }

  /** A new block with this list of nodes; nodes and seed act on it before this returns. */
  replace(nodes: readonly NodeRecord[]): void {
    const before = this.#swarms;
    this.#nodes = nodes;
    this.#byKey = new Map(nodes.map((node) => [node.ed25519, node]));
    const ids = [...new Set(nodes.flatMap((node) => (node.swarmId === null ? [] : [node.swarmId])))];
    ids.sort((a, b) => (a < b ? -1 : 1));
    this.#swarms = ids.map((id) => ({ id, members: nodes.filter((node) => node.swarmId === id) }));
    this.height += 1;
    this.blockHash = toHex(this.#random(32));
    this.changes.emit({ before, after: this.#swarms });
  }

  find(ed25519: string): NodeRecord | undefined {
    return this.#byKey.get(ed25519);
  }

  /** The swarm of an account; `key` is its 32 bytes without the prefix. Null when there is no swarm at all. */
  swarmOf(key: Uint8Array): Swarm | null {
    return swarmFor(key, this.#swarms);
  }
}

/** The swarm nearest to the key on the ring; `swarms` ascending by ID. Ties go to the left, lower neighbour. */
export function swarmFor(key: Uint8Array, swarms: readonly Swarm[]): Swarm | null {
  const first = swarms[0];
  const last = swarms.at(-1);
  if (first === undefined || last === undefined) return null;
  let point = 0n;
  for (let word = 0; word < 32; word += 8) {
    point ^= BigInt(`0x${toHex(key.subarray(word, word + 8))}`);
  }
  let right = first;
  let left = last;
  for (const swarm of swarms) {
    if (swarm.id >= point) {
      right = swarm;
      break;
    }
    left = swarm;
  }
  if (last.id < point) right = first;
  const toRight = (right.id - point + ring) % ring;
  const toLeft = (point - left.id + ring) % ring;
  return toRight < toLeft ? right : left;
}

/** Swarm IDs for a new network, as evenly spread as a random start allows. */
export function drawSwarmIds(count: number, random: (length: number) => Uint8Array): bigint[] {
  const start = BigInt(`0x${toHex(random(8))}`);
  const step = ring / BigInt(count);
  const ids: bigint[] = [];
  for (let i = 0; i < count; i++) {
    const id = (start + step * BigInt(i)) % ring;
    ids.push(id === noSwarmId ? id - 1n : id);
  }
  return ids;
}

/** As the daemon and the storage server write it: hex without leading zeros. */
export function swarmIdText(id: bigint | null): string {
  return (id ?? noSwarmId).toString(16);
}
