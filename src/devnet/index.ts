/**
 * A whole Session network on this machine (contracts.md section 5, network.md section 8): a seed node and service nodes
 * in swarms, which answer as the real ones were observed to. None of the client's network code is used here, so a
 * mistake in it does not meet its own likeness.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, UsageError } from '../errors.ts';
import { fromHex, toHex } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { type Control, startControl } from './control.ts';
import { createDaemon, type Daemon, type NameRecord } from './daemon.ts';
import { Faults, noFaults, parseFaults } from './faults.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { createLiar } from './liar.ts';
import { type Certificate, deriveIdentity, makeCertificate, type NodeIdentity } from './node/identity.ts';
import { ServiceNode } from './node/service-node.ts';
import { type Member, NodeFaults } from './node-faults.ts';
import { drawSwarmIds, type NodeRecord, Registry, swarmIdText } from './registry.ts';
import { SeedNode } from './seed.ts';
import { type DevnetState, messageFile, readState, writeAtomically, writeState } from './state.ts';
import { MessageStore } from './storage/message-store.ts';
import { openMessageStore } from './storage/store-log.ts';
import { realTimings, type Timings } from './timings.ts';

export type { JournalEntry } from './journal.ts';
export { realTimings, type Timings } from './timings.ts';

export type DevnetOptions = Readonly<{
  /** how many service nodes, 4 to 240; default 9. A state folder that holds more keeps them all */
  nodes?: number;
  /** port of the seed, nodes take the following ones; 0 (default): those of the state folder, else free ones */
  port?: number;
  /** node i on 127.0.(10+i).1 (default), or all on 127.0.0.1 */
  subnets?: boolean;
  /** keys, swarms and messages are kept here; without it all is gone after `close` */
  stateDir?: string;
  /** default: network.json in the state folder */
  networkFile?: string;
  /** file to append to */
  journal?: string;
  /** contracts.md section 5 */
  faults?: string;
  /** Unix socket that takes lines as `faults` */
  control?: string;
  platform: Platform;
  serverTimings?: Partial<Timings>;
  /** registered Session names: base64 of the name's hash, and what is registered under it */
  names?: ReadonlyMap<string, NameRecord>;
}>;

/** The content of a network file (contracts.md section 4). */
export type NetworkFileContent = Readonly<{
  name: string;
  seedNodes: readonly Readonly<{ url: string }>[];
  subnetDiversity: boolean;
  minimumNodes: number;
}>;

export type DevnetNode = Readonly<{
  ip: string;
  port: number;
  /** lower-case hex */
  ed25519: string;
  /** lower-case hex */
  x25519: string;
  /** hex; null: in no swarm, or off the list */
  swarm: string | null;
}>;

/** Nodes are meant by their index in `nodes`. */
export type Devnet = Readonly<{
  networkFile: string;
  definition: NetworkFileContent;
  /** as things are now */
  nodes: readonly DevnetNode[];
  /** hears every entry as it is written; the returned function ends that */
  onJournal(listener: (entry: JournalEntry) => void): () => void;
  /** the swarm of an account, given as its 32-byte key, as indexes of nodes */
  swarmOf(key: Uint8Array): readonly number[];
  /** replaces all faults by those of this line; those that befall N nodes choose anew. UsageError `bad-faults` */
  setFaults(line: string): Promise<void>;
  /** refuses connections, as after a kill */
  stopNode(index: number): Promise<void>;
  startNode(index: number): Promise<void>;
  /** takes requests and does nothing, as when stopped in its tracks */
  hangNode(index: number): void;
  resumeNode(index: number): void;
  /** ms that this node's clock is ahead */
  setSkew(index: number, skewMs: number): void;
  /** moves a node to the swarm of another; null: decommissioned; 'gone': off the list */
  moveNode(index: number, to: number | null | 'gone'): void;
  stopSeed(): Promise<void>;
  startSeed(): Promise<void>;
  close(): Promise<void>;
}>;

const defaultNodes = 9;
const fewestNodes = 4;
/** 127.0.(10+i).1 */
const mostNodes = 240;
const nodesPerSwarm = 3;

/** Starts all of it; resolves once everything listens and the network file is written. UsageError for bad options. */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const network = new DevnetProcess(options);
  try {
    await network.start();
  } catch (error) {
    await network.close();
    throw error;
  }
  return network;
}

class DevnetProcess implements Devnet {
  readonly #options: DevnetOptions;
  readonly #platform: Platform;
  readonly #folder: string;
  readonly #isTemporary: boolean;
  readonly #timings: Timings;
  readonly #journal: Journal;
  readonly #faults: Faults;
  readonly #nodeFaults: NodeFaults;
  readonly #registry: Registry;
  readonly #daemon: Daemon;
  readonly #seed: SeedNode;
  readonly #secret: string;
  readonly #strangers: readonly NodeRecord[];
  #members: Member[] = [];
  #certificates: Certificate[] = [];
  #control: Control | null = null;
  #subnets = true;
  #closed = false;

  constructor(options: DevnetOptions) {
    const count = options.nodes ?? defaultNodes;
    if (!Number.isInteger(count) || count < fewestNodes || count > mostNodes)
      throw new UsageError('bad-nodes', `A devnet has ${fewestNodes} to ${mostNodes} nodes.`);
    this.#options = options;
    this.#platform = options.platform;
    if (options.faults !== undefined) parseFaults(options.faults);
    this.#journal = usable('The journal', () => new Journal(options.journal));
    this.#isTemporary = options.stateDir === undefined;
    this.#folder = options.stateDir ?? mkdtempSync(join(tmpdir(), 'session-tui-devnet-'));
    this.#timings = { ...realTimings, ...options.serverTimings };
    this.#faults = new Faults(() => this.#uniform());
    this.#nodeFaults = new NodeFaults({
      members: () => this.#members,
      publish: () => this.#publish(this.#members),
      makeLiar: () => createLiar(this.#daemon, (length) => this.#platform.randomBytes(length)),
      clock: this.#platform.clock,
      logger: this.#platform.logger,
      below: (limit) => this.#faults.below(limit),
    });
    const random = (length: number): Uint8Array => this.#platform.randomBytes(length);
    this.#registry = new Registry(random, 1_800_000);
    this.#daemon = createDaemon(this.#registry, options.names ?? new Map(), (limit) =>
      this.#faults.below(limit),
    );
    this.#seed = new SeedNode({
      daemon: this.#daemon,
      journal: this.#journal,
      faults: this.#faults,
      platform: this.#platform,
      dripMs: this.#timings.dripMs,
    });
    this.#secret = toHex(random(16));
    this.#strangers = [this.#stranger('none'), this.#stranger('zero')];
  }

  get networkFile(): string {
    return this.#options.networkFile ?? join(this.#folder, 'network.json');
  }

  get definition(): NetworkFileContent {
    return {
      name: 'devnet',
      seedNodes: [{ url: this.#seed.url }],
      subnetDiversity: this.#subnets,
      minimumNodes: Math.min(6, this.#members.length),
    };
  }

  get nodes(): readonly DevnetNode[] {
    return this.#members.map(({ node, swarmId, listed }) => ({
      ip: node.ip,
      port: node.port,
      ed25519: node.identity.ed25519,
      x25519: node.identity.x25519,
      swarm: swarmId === null || !listed ? null : swarmIdText(swarmId),
    }));
  }

  async start(): Promise<void> {
    const saved = this.#isTemporary ? null : readState(this.#folder);
    const explicitPort = this.#options.port ?? 0;
    await this.#seed.listen(explicitPort || (saved?.seedPort ?? 0), explicitPort === 0);
    const before = await this.#createMembers(saved);
    await this.#listenAll(saved, explicitPort);
    if (saved !== null) this.#registry.height = saved.height;
    // a network that has grown since the last time: newcomers get the messages of their swarms
    if (before > 0 && before < this.#members.length) this.#publish(this.#members.slice(0, before));
    this.#publish(this.#members);
    if (this.#options.faults !== undefined) await this.setFaults(this.#options.faults);
    await this.#startControl();
    const text = `${JSON.stringify(this.definition, null, 2)}\n`;
    usable('The network file', () => writeAtomically(this.networkFile, text));
  }

  onJournal(listener: (entry: JournalEntry) => void): () => void {
    return this.#journal.entries.on(listener);
  }

  swarmOf(key: Uint8Array): readonly number[] {
    const keys = new Set(this.#registry.swarmOf(key)?.members.map((node) => node.ed25519) ?? []);
    return this.#members.flatMap(({ node }, index) => (keys.has(node.identity.ed25519) ? [index] : []));
  }

  async setFaults(line: string): Promise<void> {
    const rules = parseFaults(line);
    this.#faults.rules = { ...noFaults, skew: this.#faults.rules.skew };
    await this.#nodeFaults.apply(rules);
    if (rules.seed) await this.#seed.start();
    else await this.#seed.stop();
    this.#faults.rules = rules;
  }

  async stopNode(index: number): Promise<void> {
    await this.#at(index).node.stop();
  }

  async startNode(index: number): Promise<void> {
    await this.#at(index).node.start();
  }

  hangNode(index: number): void {
    this.#at(index).node.hang();
  }

  resumeNode(index: number): void {
    this.#at(index).node.resume();
  }

  setSkew(index: number, skewMs: number): void {
    this.#at(index).node.skewMs = skewMs;
  }

  moveNode(index: number, to: number | null | 'gone'): void {
    const member = this.#at(index);
    member.listed = to !== 'gone';
    member.swarmId = typeof to === 'number' ? this.#at(to).swarmId : null;
    this.#publish(this.#members);
  }

  async stopSeed(): Promise<void> {
    await this.#seed.stop();
  }

  async startSeed(): Promise<void> {
    await this.#seed.start();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#control?.close();
    await this.#nodeFaults.close();
    await Promise.all([this.#seed.stop(), ...this.#members.map(({ node }) => node.close())]);
    this.#journal.close();
    if (this.#isTemporary) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startControl(): Promise<void> {
    const path = this.#options.control;
    if (path === undefined) return;
    try {
      this.#control = await startControl(path, (line) => this.setFaults(line));
    } catch (error) {
      throw unusable('The control socket', error);
    }
  }

  #at(index: number): Member {
    const member = this.#members[index];
    if (member === undefined) throw new RangeError(`The devnet has no node ${index}.`);
    return member;
  }

  /** Makes the nodes: those of the state, then new ones. Gives how many there were. */
  async #createMembers(saved: DevnetState | null): Promise<number> {
    const known = saved?.nodes ?? [];
    const count = Math.max(known.length, this.#options.nodes ?? defaultNodes);
    const swarmIds = this.#swarmIds(known, count);
    const now = this.#platform.clock.now();
    this.#certificates = await Promise.all(
      Array.from({ length: count }, (_, index) => known[index] ?? makeCertificate(now)),
    );
    this.#subnets = this.#options.subnets ?? true;
    for (const [index, certificate] of this.#certificates.entries()) {
      const old = known[index];
      const seed = old === undefined ? this.#platform.randomBytes(32) : fromHex(old.seed);
      const identity = deriveIdentity(seed ?? this.#platform.randomBytes(32));
      const swarm = old === undefined ? swarmIds[index % swarmIds.length] : swarmIdOf(old.swarm);
      this.#members.push({
        node: this.#createNode(index, identity, certificate),
        swarmId: swarm ?? null,
        listed: old?.listed ?? true,
      });
    }
    return known.length;
  }

  #swarmIds(known: DevnetState['nodes'], count: number): readonly bigint[] {
    const ids = new Set(known.flatMap((node) => swarmIdOf(node.swarm) ?? []));
    if (ids.size > 0) return [...ids];
    const swarms = Math.max(1, Math.floor(count / nodesPerSwarm));
    return drawSwarmIds(swarms, (length) => this.#platform.randomBytes(length));
  }

  #createNode(index: number, identity: NodeIdentity, certificate: Certificate): ServiceNode {
    return new ServiceNode({
      identity,
      certificate,
      ip: this.#subnets ? `127.0.${11 + index}.1` : '127.0.0.1',
      registry: this.#registry,
      daemon: this.#daemon,
      store: this.#isTemporary
        ? new MessageStore(null)
        : openMessageStore(messageFile(this.#folder, index), this.#platform.clock.now()),
      journal: this.#journal,
      faults: this.#faults,
      timings: this.#timings,
      platform: this.#platform,
      secret: this.#secret,
    });
  }

  async #listenAll(saved: DevnetState | null, explicitPort: number): Promise<void> {
    await Promise.all(
      this.#members.map(({ node }, index) =>
        explicitPort === 0
          ? node.listen(saved?.nodes[index]?.port ?? 0, true)
          : node.listen(explicitPort + 1 + index, false),
      ),
    );
  }

  /** Makes these nodes the list that everybody goes by, and keeps it. */
  #publish(members: readonly Member[]): void {
    const records = members
      .filter(({ listed }) => listed)
      .map(({ node, swarmId }) => ({
        ip: node.ip,
        port: node.port,
        ed25519: node.identity.ed25519,
        x25519: node.identity.x25519,
        swarmId,
      }));
    this.#registry.replace([...records, ...this.#strangers]);
    if (!this.#isTemporary) writeState(this.#folder, this.#state());
  }

  #state(): DevnetState {
    return {
      version: 1,
      seedPort: this.#seed.port,
      height: this.#registry.height,
      nodes: this.#members.map((member, index) => ({
        seed: toHex(member.node.identity.seed),
        key: this.#certificates[index]?.key ?? '',
        certificate: this.#certificates[index]?.certificate ?? '',
        port: member.node.port,
        swarm: member.swarmId === null ? null : swarmIdText(member.swarmId),
        // a fault does not outlive the process
        listed: member.listed || this.#nodeFaults.isAway(member),
      })),
    };
  }

  /** A registered node from which nobody has heard yet; real lists are never without some. */
  #stranger(proof: 'none' | 'zero'): NodeRecord {
    const { ed25519, x25519 } = deriveIdentity(this.#platform.randomBytes(32));
    return { ip: '0.0.0.0', port: 0, ed25519, x25519, swarmId: null, proof };
  }

  #uniform(): number {
    const bytes = this.#platform.randomBytes(6);
    return bytes.reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 48;
  }
}

/** Does something with a file that the user named. UsageError `bad-file` when that is not possible. */
function usable<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw unusable(what, error);
  }
}

function unusable(what: string, error: unknown): UsageError {
  return new UsageError('bad-file', `${what} can't be written: ${messageOf(error)}.`, { cause: error });
}

function swarmIdOf(hex: string | null): bigint | null {
  return hex === null ? null : BigInt(`0x${hex}`);
}
