/** The parts of the network layer, put together. */
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Platform } from '../util/platform.ts';
import { Background } from './background.ts';
import { Connector } from './connector.ts';
import { HttpClient } from './http.ts';
import { ListUpkeep } from './list-upkeep.ts';
import { NetworkTime } from './network-time.ts';
import { NodeBook } from './node-book.ts';
import { NodeList } from './node-list.ts';
import { type CallContext, OnionClient } from './onion-client.ts';
import { PathTests } from './path-tests.ts';
import { Paths } from './paths.ts';
import { Latencies } from './retry.ts';
import { limitsFor, minimumsFor, type NetworkLimits } from './settings.ts';
import { StateKeeper } from './state-keeper.ts';
import { StatusBoard } from './status-board.ts';
import { SwarmClient } from './swarm-client.ts';
import { Swarms } from './swarms.ts';
import { TimeLessons } from './time-lessons.ts';
import { Troubles } from './troubles.ts';
import type { NetworkDefinition, NetworkMemory, ProxySettings } from './types.ts';

export type NetworkOptions = Readonly<{
  definition: NetworkDefinition;
  proxy: ProxySettings | null;
  memory: NetworkMemory;
  platform: Platform;
  /** for tests */
  limits?: Partial<NetworkLimits>;
  /** for tests: opens connections in place of sockets */
  connector?: Pick<Connector, 'connect' | 'proxy'> & Partial<Pick<Connector, 'checkProxy'>>;
}>;

/** What the outward methods work with. */
export type NetworkParts = Readonly<{
  connector: Partial<Pick<Connector, 'checkProxy'>>;
  http: HttpClient;
  book: NodeBook;
  paths: Paths;
  time: NetworkTime;
  board: StatusBoard;
  background: Background;
  onion: OnionClient;
  list: ListUpkeep;
  pathTests: PathTests;
  swarmClient: SwarmClient;
  keeper: StateKeeper;
}>;

/** Assigns only: nothing is opened, read or started. */
export function assembleNetwork(options: NetworkOptions): NetworkParts {
  const { definition, proxy, platform, memory } = options;
  const { clock, randomBytes: random } = platform;
  const limits = { ...limitsFor(proxy), ...options.limits };
  const minimums = minimumsFor(definition.minimumNodes);
  const connector = options.connector ?? new Connector({ proxy, connectTimeoutMs: limits.connectMs, random });
  const changed = () => {
    board.changed();
    keeper.changed();
  };
  const onAnswer = () => board.answered();
  const latencies = new Latencies();
  /** strangers that are tried as guards at the moment */
  const underTest = new Set<ServiceNode>();
  const http = new HttpClient(connector, clock);
  const book = new NodeBook({ clock, minimumUsable: minimums.usable, changed });
  const { subnetDiversity } = definition;
  const paths = new Paths({ book, clock, random, subnetDiversity, changed });
  const time = new NetworkTime(clock);
  const swarms = new Swarms(book, clock, changed);
  const onion = new OnionClient({
    http,
    paths,
    book,
    time,
    latencies,
    limits,
    platform,
    onAnswer,
    onFailure: (error, path) => troubles.failed(error, path),
  });
  const nodeList = new NodeList({
    definition,
    http,
    onion,
    book,
    clock,
    random,
    limits,
    minimums,
    onAnswer,
    onList: () => {
      paths.listChanged();
      swarms.listChanged();
    },
  });
  const board = new StatusBoard({
    book,
    paths,
    clock,
    proxy: () => connector.proxy ?? null,
    time,
    underTest,
  });
  const background = new Background(() => board.status().lastAnswerAt);
  const list = new ListUpkeep({ list: nodeList, book, board, background, clock, limits });
  const rescue = (context: CallContext) => list.rescue(context);
  const lessons = new TimeLessons({ time, onion, book, background, limits, platform });
  const troubles = new Troubles({ paths, book, board, http, logger: platform.logger });
  const pathTests = new PathTests({
    onion,
    paths,
    book,
    board,
    background,
    limits,
    platform,
    underTest,
    rescue,
  });
  const swarmClient = new SwarmClient({
    onion,
    swarms,
    book,
    time,
    latencies,
    limits,
    platform,
    learnTime: (context) => lessons.learn(context),
    rescue,
  });
  const keeper = new StateKeeper({ memory, clock, book, paths, swarms, time });
  return {
    connector,
    http,
    book,
    paths,
    time,
    board,
    background,
    onion,
    list,
    pathTests,
    swarmClient,
    keeper,
  };
}
