/** Service nodes as seed nodes, storage servers and 421 answers list them (network.md 1.3, 1.6, 4.5, 5.5). */
import { isX25519OfEd25519 } from '../crypto/curve-map.ts';
import { ProtocolError } from '../errors.ts';
import { fromHex } from '../util/bytes.ts';

export type ServiceNode = Readonly<{
  /** dotted IPv4 address; loopback is allowed, 0.0.0.0 is not */
  ip: string;
  /** TCP port of its HTTPS storage server */
  port: number;
  /** 32-byte identity key, lower-case hex */
  ed25519: string;
  /** 32-byte encryption key, lower-case hex: always the Curve25519 image of `ed25519` */
  x25519: string;
  /** the swarm it serves; null when it serves none or the list does not say */
  swarmId: bigint | null;
}>;

export type ServiceNodeList = Readonly<{
  nodes: readonly ServiceNode[];
  /** entries left out: no address yet, damaged, inconsistent keys, or a second entry of one key */
  skipped: number;
  /** block height, when the answer gives one */
  height: number | null;
}>;

export type SwarmAnswer = Readonly<{
  nodes: readonly ServiceNode[];
  skipped: number;
  /** null: not in any swarm, or not said */
  swarmId: bigint | null;
}>;

/** Entries of a node list that are looked at; the network has about two thousand. */
export const maxListedNodes = 10_000;
/** Members of a swarm that are looked at; a swarm has about ten. */
export const maxSwarmMembers = 200;

/** This swarm ID means "in no swarm". */
export const noSwarm = 0xffff_ffff_ffff_ffffn;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The nodes of a `get_n_service_nodes` or `get_service_nodes` answer: the whole JSON answer, or just its `result`.
 * A bad entry is skipped and counted. ProtocolError `malformed` when there is no list at all, `too-large` beyond
 * 10 000 entries.
 */
export function parseServiceNodeStates(json: unknown): ServiceNodeList {
  const answer = asObject(json);
  const result = asObject(answer?.result) ?? answer;
  const states = result?.service_node_states;
  if (!Array.isArray(states))
    throw new ProtocolError('malformed', 'The answer holds no list of service nodes');
  if (states.length > maxListedNodes)
    throw new ProtocolError('too-large', 'The list of service nodes is too long');
  const height = result?.height;
  return {
    ...collect(states, (entry) =>
      parseNode(entry.public_ip, entry.storage_port, entry, parseSwarmId(entry.swarm, entry.swarm_id)),
    ),
    height: typeof height === 'number' && Number.isSafeInteger(height) && height >= 0 ? height : null,
  };
}

/**
 * The members in a `get_swarm` answer or in the body of a 421. A bad member is skipped and counted; an empty list is
 * an answer too. ProtocolError `malformed` without a list, `too-large` beyond 200 members.
 */
export function parseSwarmAnswer(json: unknown): SwarmAnswer {
  const answer = asObject(json);
  const members = answer?.snodes;
  if (!Array.isArray(members)) throw new ProtocolError('malformed', 'The answer holds no swarm');
  if (members.length > maxSwarmMembers)
    throw new ProtocolError('too-large', 'The swarm has too many members');
  const swarmId = parseSwarmId(answer?.swarm, undefined);
  // `port` is the same number as text; `port_https` is absent on old servers
  return {
    ...collect(members, (entry) => parseNode(entry.ip, entry.port_https ?? entry.port, entry, swarmId)),
    swarmId,
  };
}

/** True for four decimal numbers without leading zeros that can be a host's address (loopback included). */
export function isHostAddress(ip: string): boolean {
  const parts = ip.split('.');
  if (parts.length !== 4) return false;
  for (const part of parts) if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return false;
  const first = Number(parts[0]);
  return first !== 0 && first < 224;
}

function collect(
  entries: readonly unknown[],
  parse: (entry: Fields) => ServiceNode | null,
): { nodes: ServiceNode[]; skipped: number } {
  const byKey = new Map<string, ServiceNode>();
  for (const entry of entries) {
    const fields = asObject(entry);
    const node = fields === null ? null : parse(fields);
    if (node !== null && !byKey.has(node.ed25519)) byKey.set(node.ed25519, node);
  }
  return { nodes: [...byKey.values()], skipped: entries.length - byKey.size };
}

function parseNode(ip: unknown, port: unknown, keys: Fields, swarmId: bigint | null): ServiceNode | null {
  if (typeof ip !== 'string' || !isHostAddress(ip)) return null;
  const portNumber = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : port;
  if (typeof portNumber !== 'number' || !Number.isInteger(portNumber)) return null;
  if (portNumber < 1 || portNumber > 65_535) return null;
  const ed25519 = parseKey(keys.pubkey_ed25519);
  const x25519 = parseKey(keys.pubkey_x25519);
  if (ed25519 === null || x25519 === null || !isX25519OfEd25519(ed25519.bytes, x25519.bytes)) return null;
  return { ip, port: portNumber, ed25519: ed25519.hex, x25519: x25519.hex, swarmId };
}

function parseKey(value: unknown): { hex: string; bytes: Uint8Array } | null {
  if (typeof value !== 'string' || value.length !== 64) return null;
  const bytes = fromHex(value);
  return bytes === null ? null : { hex: value.toLowerCase(), bytes };
}

/** `swarm` is hex text; `swarm_id` the same as a JSON number, exact only when it is small (network.md 9, item 12). */
function parseSwarmId(hex: unknown, number: unknown): bigint | null {
  let id: bigint | null = null;
  if (typeof hex === 'string' && /^[0-9a-fA-F]{1,16}$/.test(hex)) id = BigInt(`0x${hex}`);
  else if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) id = BigInt(number);
  return id === noSwarm ? null : id;
}

function asObject(value: unknown): Fields | null {
  // a JSON value that is neither null nor an array nor a primitive is an object of string keys
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}
