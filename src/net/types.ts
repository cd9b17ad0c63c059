/** The network layer's outward shape (network.md). Core hands in state and time; nothing here touches a file. */
import type { AccountKeys } from '../protocol/account.ts';
import type { AccountId } from '../protocol/ids.ts';
import type { ServiceNode } from '../protocol/service-node.ts';

export type SeedNode = Readonly<{
  /** the full URL of its JSON-RPC endpoint, e.g. `https://seed1.getsession.org:4443/json_rpc` */
  url: string;
  /** SHA-256 of the certificate (DER), lower-case hex */
  certificateSha256?: string;
  /** SHA-256 of the SubjectPublicKeyInfo (DER), base64 */
  publicKeySha256?: string;
}>;

/** A network to join: built in, or read from a network file (contracts.md section 4). */
export type NetworkDefinition = Readonly<{
  name: string;
  seedNodes: readonly SeedNode[];
  fileServer?: Readonly<{ url: string; publicKey: string }>;
  defaultCommunity?: string;
  subnetDiversity: boolean;
  /** replaces every built-in minimum (8, 12, 16, 24) when set */
  minimumNodes: number | null;
}>;

/** `socks5h` proxy: names are resolved by it, and nothing is tried without it. */
export type ProxySettings = Readonly<{
  host: string;
  port: number;
  username?: string;
  password?: string;
  /** tried when nothing listens on `port` */
  otherPort?: number;
  /** who chose it, for the person who wonders */
  source?: ProxySource;
}>;

/** Where the proxy was named: an option, or an environment variable. */
export type ProxySource = '--proxy' | '--tor' | 'SESSION_TUI_PROXY' | 'ALL_PROXY';

/** Where the network layer keeps what it learnt; core backs it with the store's `network` collection. */
export interface NetworkMemory {
  load(): unknown;
  /** durable when it resolves; calls are coalesced by the network layer */
  save(state: unknown): Promise<void>;
}

/** Last hashes per (node, account, namespace); core backs it with the store's `cursors` collection. */
export interface CursorMemory {
  get(node: string, account: string, namespace: number): string | undefined;
}

export type NetworkHop = Readonly<{ ip: string; port: number; ed25519: string }>;

/** `troubled`: failed, and has not worked since; `testing`: a stranger that may become one */
export type NetworkGuard = NetworkHop &
  Readonly<{ state: 'good' | 'troubled' | 'testing' /** that count against it */; failures: number }>;

export type NetworkStatus = Readonly<{
  phase: 'idle' | 'connecting' | 'online' | 'offline';
  /** one sentence for a person; empty when all is well */
  detail: string;
  /** the proxy as `socks5h://host:port` (never its credentials), or null */
  proxy: string | null;
  /** null where there is no proxy, or nobody said */
  proxySource: ProxySource | null;
  nodes: number;
  nodeListAt: number;
  /** when any seed or node last answered this process (local clock, ms), or null */
  lastAnswerAt: number | null;
  /** the network's clock minus this machine's, ms; null while no node has spoken */
  clockOffsetMs: number | null;
  /** those chosen, in a lasting order, then those under test */
  guards: readonly NetworkGuard[];
  paths: readonly Readonly<{ hops: readonly NetworkHop[]; builtAt: number; failures: number }>[];
}>;

export type StoreRequest = Readonly<{
  recipient: AccountId;
  namespace: number;
  /** what is stored, before base64 */
  data: Uint8Array;
  ttlMs: number;
  /** for namespaces that need a signature */
  signer?: AccountKeys;
}>;

/** How many messages travel in one request; a server takes 20 (network.md 4.5). */
export const maxStoredTogether = 20;

/** What is to become of something in one's own swarm: gone at `expiresAt`, ms by the network's clock; 0: at once. */
export type StoredChange = Readonly<{ hash: string; expiresAt: number }>;

/** How many changes travel in one request. */
export const maxChangesTogether = 100;

/** What a swarm member said of a store. `storedAt` is its clock, ms; `path` is guard, middle, exit. */
export type StoreAnswer = Readonly<{
  hash: string;
  storedAt: number;
  node: ServiceNode;
  path: readonly NetworkHop[];
}>;

/** What takes the place of what in one's own swarm. */
export type ReplaceRequest = Readonly<{
  account: AccountKeys;
  items: readonly Readonly<{ namespace: number; data: Uint8Array; ttlMs: number }>[];
  /** hashes to delete once all of them are stored; their own are left */
  obsolete: readonly string[];
}>;

export type ExtendRequest = Readonly<{
  account: AccountKeys;
  /** at least one */
  hashes: readonly string[];
  /** network time, ms; servers cut it to 30 days from now */
  expiresAt: number;
}>;

export type RetrievedItem = Readonly<{
  hash: string;
  namespace: number;
  data: Uint8Array;
  /** ms; as the sender's client gave it */
  timestamp: number;
  expiresAt: number;
}>;

/** All that one member handed over for one namespace in one request, in that node's order. */
export type RetrievedBatch = Readonly<{
  node: string;
  namespace: number;
  items: readonly RetrievedItem[];
  /** the cursor to keep once these items are stored; null when nothing came */
  cursor: Readonly<{ hash: string; expiresAt: number }> | null;
  /** items that could not even be read (bad base64, bad hash) */
  malformed: number;
}>;

export type FetchResult = Readonly<{
  /** members that answered for every namespace asked for */
  answered: number;
  asked: number;
}>;

export interface Network {
  /** current snapshot; a new object after each change */
  status(): NetworkStatus;
  onStatus(listener: (status: NetworkStatus) => void): () => void;

  /** network time, ms, by the offset learnt from nodes; an integer */
  now(): number;

  /** makes sure that the node list and at least one path stand; NetworkError `seed`, `proxy`, `path`, `offline` */
  connect(signal?: AbortSignal): Promise<void>;
  /** fetches the node list anew */
  refreshNodes(signal?: AbortSignal): Promise<void>;

  /**
   * Stores in the recipient's swarm, with retries over members and paths; resolves when one member has it.
   * The NetworkError it throws has `fields.answered` true when any node at all answered.
   */
  store(request: StoreRequest, signal?: AbortSignal): Promise<StoreAnswer>;
  /**
   * Stores the first ones of these, at least one, with one request, and gives their answers in order. All are for the
   * same recipient, at most `maxStoredTogether`. Errors as `store`, for the first of them.
   */
  storeTogether(requests: readonly StoreRequest[], signal?: AbortSignal): Promise<readonly StoreAnswer[]>;

  /**
   * Stores all of these in one's own swarm and then deletes the obsolete ones, as one request (up to 19 of them), which
   * stops at what fails. Gives the answers in order; an error says that nothing is known of any. Errors as `store`.
   */
  replace(request: ReplaceRequest, signal?: AbortSignal): Promise<readonly StoreAnswer[]>;
  /** Extends the lives of messages in one's own swarm, and gives those that some member still has. Errors as `store`. */
  extend(request: ExtendRequest, signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /**
   * Deletes things from one's own swarm, or shortens their lives, with retries; resolves when a member has done it. What
   * is not there (any more) is no error. One to `maxChangesTogether`. Gives the expiries, ms, of those that were to
   * expire earlier already. Errors as `store`.
   */
  changeStored(
    request: Readonly<{ account: AccountKeys; changes: readonly StoredChange[] }>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, number>>;

  /**
   * One complete round over one's own swarm: at least two members (all, if fewer exist), each asked for all
   * `namespaces` in one batch, `more` followed to its end. `onBatch` is awaited before the next request to that
   * node, and its cursor is used only if it resolves. Throws only when no member answered.
   */
  fetch(
    request: Readonly<{
      account: AccountKeys;
      namespaces: readonly number[];
      cursors: CursorMemory;
      onBatch: (batch: RetrievedBatch) => Promise<void>;
    }>,
    signal?: AbortSignal,
  ): Promise<FetchResult>;

  /**
   * The account that a Session name (as `parseSnsName` gives it) stands for, or null if three nodes say that there is
   * none. NetworkError `node` when they do not agree.
   */
  resolveName(name: string, signal?: AbortSignal): Promise<AccountId | null>;

  /** Greets the proxy, if there is one, and asks it for nothing; NetworkError `proxy` says what is wrong with it. */
  checkProxy(signal?: AbortSignal): Promise<void>;

  /** closes sockets, saves what was learnt */
  close(): Promise<void>;
}
