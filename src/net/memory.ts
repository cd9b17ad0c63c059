/** What the network layer learnt, as it is kept between runs (network.md 1.5); core stores it, encrypted. */
import * as v from 'valibot';
import { isHostAddress, maxListedNodes } from '../protocol/service-node.ts';

const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000));
const key = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const nodeIndex = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(maxListedNodes));

/** ip, port, ed25519, x25519 */
const node = v.tuple([v.pipe(v.string(), v.check(isHostAddress)), port, key, key]);
const guard = v.object({
  ed25519: key,
  since: time,
  failures: count,
  troubledAt: time,
  doubts: v.optional(count, 0),
  transferDoubts: v.optional(count, 0),
});
/** a node tried as a guard, and when */
const stranger = v.tuple([key, time]);
const path = v.object({ hops: v.pipe(v.array(key), v.length(3)), builtAt: time, failures: count });
const record = v.object({
  ed25519: key,
  strikes: count,
  struckAt: time,
  exiledUntil: time,
  suspectAt: time,
});
/** members by their place in `nodes`, which is a tenth of the size of their keys */
const swarm = v.object({
  account: v.pipe(v.string(), v.regex(/^[0-9a-f]{66}$/)),
  members: v.pipe(v.array(nodeIndex), v.maxLength(200)),
  learntAt: time,
});
const sample = v.object({ node: key, offsetMs: v.pipe(v.number(), v.safeInteger()), at: time });

export type StoredNode = v.InferOutput<typeof node>;
export type StoredGuard = v.InferOutput<typeof guard>;
export type StoredStranger = v.InferOutput<typeof stranger>;
export type StoredPath = v.InferOutput<typeof path>;
export type StoredRecord = v.InferOutput<typeof record>;
export type StoredSwarm = v.InferOutput<typeof swarm>;
export type StoredSample = v.InferOutput<typeof sample>;

export type NetworkState = Readonly<{
  version: 1;
  /** when the node list was fetched, ms; 0: never */
  listedAt: number;
  nodes: readonly StoredNode[];
  guards: readonly StoredGuard[];
  strangers: readonly StoredStranger[];
  paths: readonly StoredPath[];
  /** the paths of large things; a memory of old has none */
  transfers: readonly StoredPath[];
  records: readonly StoredRecord[];
  swarms: readonly StoredSwarm[];
  clock: readonly StoredSample[];
}>;

const empty: NetworkState = {
  version: 1,
  listedAt: 0,
  nodes: [],
  guards: [],
  strangers: [],
  paths: [],
  transfers: [],
  records: [],
  swarms: [],
  clock: [],
};

/** What was kept, as far as it is usable: a bad entry is left out, anything unknown is nothing. */
export function parseNetworkState(stored: unknown): NetworkState {
  if (typeof stored !== 'object' || stored === null || !('version' in stored) || stored.version !== 1)
    return empty;
  const fields: Readonly<Record<string, unknown>> = { ...stored };
  // swarms point into the list by place, so one bad node ends the use of both
  const nodes = v.safeParse(v.pipe(v.array(node), v.maxLength(maxListedNodes)), fields.nodes);
  if (!nodes.success) return empty;
  const listedAt = v.safeParse(time, fields.listedAt);
  return {
    version: 1,
    listedAt: listedAt.success ? listedAt.output : 0,
    nodes: nodes.output,
    guards: entries(guard, fields.guards, 8),
    strangers: entries(stranger, fields.strangers, 64),
    paths: entries(path, fields.paths, 16),
    transfers: entries(path, fields.transfers, 16),
    records: entries(record, fields.records, maxListedNodes),
    swarms: entries(swarm, fields.swarms, 2_000),
    clock: entries(sample, fields.clock, 32),
  };
}

function entries<S extends v.GenericSchema>(schema: S, value: unknown, limit: number): v.InferOutput<S>[] {
  if (!Array.isArray(value)) return [];
  const good: v.InferOutput<S>[] = [];
  for (const entry of value.slice(0, limit)) {
    const parsed = v.safeParse(schema, entry);
    if (parsed.success) good.push(parsed.output);
  }
  return good;
}
