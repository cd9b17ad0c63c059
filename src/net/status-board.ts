/** What a person is told of the network: one snapshot, and who wants to hear of changes. */
import type { NetworkError } from '../errors.ts';
import type { ServiceNode } from '../protocol/service-node.ts';
import type { Clock } from '../util/clock.ts';
import { Emitter } from '../util/emitter.ts';
import type { NetworkTime } from './network-time.ts';
import type { NodeBook } from './node-book.ts';
import type { Paths } from './paths.ts';
import { formatProxy } from './proxy-url.ts';
import { guardWords } from './trouble-words.ts';
import type { NetworkGuard, NetworkStatus, ProxySettings } from './types.ts';

export type StatusBoardOptions = Readonly<{
  book: NodeBook;
  paths: Paths;
  clock: Clock;
  time: NetworkTime;
  /** strangers that are tried as guards */
  underTest: ReadonlySet<ServiceNode>;
  /** with the port in use */
  proxy(): ProxySettings | null;
}>;

export class StatusBoard {
  readonly #options: StatusBoardOptions;
  readonly #emitter = new Emitter<NetworkStatus>();
  #phase: NetworkStatus['phase'] = 'idle';
  #detail = '';
  #lastAnswerAt: number | null = null;
  #snapshot: NetworkStatus | null = null;
  #told = '';
  /** the path that was named first last time */
  #first: number | null = null;
  #scheduled = false;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
  }

  status(): NetworkStatus {
    this.#snapshot ??= this.#build();
    return this.#snapshot;
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#emitter.on(listener);
  }

  /** Work has begun that has no answer yet; `detail` says what is being done. */
  connecting(detail: string): void {
    if (this.#phase !== 'online') this.#phase = 'connecting';
    this.#detail = detail;
    this.changed();
  }

  /** Something answered. */
  answered(): void {
    this.#phase = 'online';
    this.#detail = '';
    this.#lastAnswerAt = this.#options.clock.now();
    this.changed();
  }

  /** Something is slow or failed, and others are tried. */
  trouble(detail: string): void {
    this.#detail = detail;
    this.changed();
  }

  /** All tries failed; `answered` when something answered all the same. */
  failed(error: NetworkError, answered: boolean): void {
    if (!answered) this.#phase = 'offline';
    this.#detail = error.message;
    this.changed();
  }

  /** Nodes or paths changed. Listeners hear of it once the work at hand is done, and only of what they can see. */
  changed(): void {
    this.#snapshot = null;
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      const status = this.status();
      // the time of the last answer and the offset change with each; nobody is woken for them alone
      const visible = JSON.stringify({ ...status, lastAnswerAt: null, clockOffsetMs: null });
      if (visible === this.#told) return;
      this.#told = visible;
      this.#emitter.emit(status);
    });
  }

  close(): void {
    this.#emitter.clear();
  }

  #build(): NetworkStatus {
    const { book, paths } = this.#options;
    const proxy = this.#options.proxy();
    const guards = this.#guards();
    const standing = inSteadyOrder(paths.standing(), this.#first);
    this.#first = standing[0]?.id ?? null;
    return {
      phase: this.#phase,
      detail: this.#detail !== '' || this.#phase !== 'online' ? this.#detail : guardWords(guards),
      guards,
      proxy: proxy === null ? null : formatProxy(proxy),
      proxySource: proxy?.source ?? null,
      nodes: book.size,
      nodeListAt: book.listedAt,
      lastAnswerAt: this.#lastAnswerAt,
      clockOffsetMs: this.#options.time.known ? this.#options.time.offsetMs : null,
      paths: standing.map((path) => ({
        hops: path.hops.map(({ ip, port, ed25519 }) => ({ ip, port, ed25519 })),
        builtAt: path.builtAt,
        failures: path.failures,
      })),
    };
  }
  #guards(): readonly NetworkGuard[] {
    const { paths, underTest } = this.#options;
    const chosen = paths.guardStates();
    const known = new Set(chosen.map(({ node }) => node.ed25519));
    const tested = [...underTest].filter((node) => !known.has(node.ed25519));
    return [
      ...chosen.map(({ node, troubled, failures }) => guard(node, troubled ? 'troubled' : 'good', failures)),
      ...tested.map((node) => guard(node, 'testing', 0)),
    ];
  }
}

/**
 * Standing paths for showing them, given the one used last first. They take turns: the one named `first` last time
 * stays in front while it works, so that nothing changes on a screen just because another one had its turn.
 */
export function inSteadyOrder<T extends Readonly<{ id: number; failures: number }>>(
  standing: readonly T[],
  first: number | null,
): readonly T[] {
  const kept = standing.find(({ id, failures }) => id === first && failures === 0) ?? standing[0];
  if (kept === undefined) return standing;
  return [kept, ...standing.filter((path) => path !== kept).sort((a, b) => a.id - b.id)];
}

function guard(
  { ip, port, ed25519 }: ServiceNode,
  state: NetworkGuard['state'],
  failures: number,
): NetworkGuard {
  return { ip, port, ed25519, state, failures };
}
