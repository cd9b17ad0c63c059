/**
 * What happened with a message on the network, for the person who wonders. Times that are worth it are in the stored
 * message; paths, hashes and failures only here, in memory and bounded: they are nobody's business later.
 */
import { messageOf, NetworkError, NotFoundError } from '../errors.ts';
import type { StoreAnswer } from '../net/index.ts';
import { namespaces } from '../protocol/namespaces.ts';
import type { StoredMessage, StoredTrail } from '../store/index.ts';
import { Lru } from '../util/lru.ts';
import type { Context } from './context.ts';
import { anythingAnswered } from './outbox-rules.ts';
import type { Hop, MessageTrace, SwarmTrace } from './types.ts';

/** Messages that more is known of than the store says. */
const maxMessages = 512;
/** Conversations, and in each the last times that somebody read here. */
const maxReads = 64;

/** Where a message went: `path` is guard, middle, exit. */
type Leg = Readonly<{ hash: string; node: Hop; path: readonly Hop[] }>;

type Failure = Readonly<{ at: number; reason: string; remedy: string | null }>;

type Live = Readonly<{ failures: number; failure: Failure | null; sent: Leg | null; copy: Leg | null }>;

const nothing: Live = { failures: 0, failure: null, sent: null, copy: null };

/** What this process has seen. */
export class Traces {
  readonly #live = new Lru<string, Live>(maxMessages);
  readonly #reads = new Lru<string, readonly Readonly<{ upTo: number; at: number }>[]>(maxReads);

  /** An attempt to deliver a message failed; `at`: local clock, ms. `offsetMs`: the network's clock minus this one. */
  failed(id: string, error: unknown, at: number, offsetMs: number | null): void {
    const live = this.of(id);
    const failure = { at, reason: messageOf(error), remedy: remedyFor(error, offsetMs) };
    this.#live.set(id, { ...live, failures: live.failures + 1, failure });
  }

  sent(id: string, answer: StoreAnswer): void {
    this.#live.set(id, { ...this.of(id), sent: legOf(answer) });
  }

  copied(id: string, answer: StoreAnswer): void {
    this.#live.set(id, { ...this.of(id), copy: legOf(answer) });
  }

  /** Everything in a conversation up to a sent time was read here; `at`: local clock, ms. */
  read(conversation: string, upTo: number, at: number): void {
    const before = this.#reads.get(conversation) ?? [];
    this.#reads.set(conversation, [...before, { upTo, at }].slice(-maxReads));
  }

  of(id: string): Live {
    return this.#live.get(id) ?? nothing;
  }

  readAt({ conversation, sentAt }: StoredMessage): number | null {
    return this.#reads.get(conversation)?.find(({ upTo }) => sentAt <= upTo)?.at ?? null;
  }
}

function legOf({ hash, node, path }: StoreAnswer): Leg {
  return { hash, node: { ip: node.ip, port: node.port, ed25519: node.ed25519 }, path };
}

/** From this difference on, a clock is worth mentioning, ms. */
const wrongClockMs = 60_000;

/** `4 min slow`: this machine's clock, where it is wrong by so much that it matters; null: it is right, or nobody knows. */
export function clockWords(offsetMs: number | null): string | null {
  if (offsetMs === null || Math.abs(offsetMs) < wrongClockMs) return null;
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const hours = Math.round(minutes / 60);
  const size =
    minutes < 120 ? `${minutes} min` : hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
  return `${size} ${offsetMs > 0 ? 'slow' : 'fast'}`;
}

/** What a person can do about it; null where that is nothing, or the reason says it already. */
function remedyFor(error: unknown, offsetMs: number | null): string | null {
  if (!(error instanceof NetworkError)) return null;
  switch (error.code) {
    case 'clock-skew': {
      const off = clockWords(offsetMs);
      return off === null
        ? 'Check date, time and time zone of this machine.'
        : `The clock of this machine is ${off}: set it.`;
    }
    case 'offline':
      return 'Connect this machine to the network; it goes on by itself then.';
    case 'proxy':
      return 'See that the proxy runs and lets this program through; nothing goes past it.';
    case 'seed':
      return 'session-tui doctor says what is in the way.';
    case 'refused':
      return 'The network does not take it as it is: write it anew, shorter if it is long.';
    case 'path':
    case 'node':
    case 'timeout':
    case 'wrong-swarm':
      if (anythingAnswered(error)) return 'Nothing yet: other nodes are tried by themselves.';
      // A path that can't be had at all says itself what to do.
      return error.code === 'path'
        ? null
        : 'Check the network connection; session-tui doctor says what is in the way.';
  }
}

/** See `Session.messageTrace`. NotFoundError `no-message`. */
export async function traceMessage(context: Context, id: string): Promise<MessageTrace> {
  const { store, network, traces } = context;
  const message = await store.message(id);
  if (message === undefined) throw new NotFoundError('no-message', 'There is no such message.');
  const { direction, status, receivedAt, reason, conversation, sentAt, trail = {} } = message;
  const item = store.get('outbox', id);
  const live = traces.of(id);
  const waits = item !== undefined && item.data !== '';
  const isOwn = direction === 'out';
  const failures = Math.max(live.failures, waits ? item.attempts : 0, trail.attempts ?? 0);
  const failure = live.failure ?? (waits && reason !== undefined ? { at: null, reason, remedy: null } : null);
  const { clockOffsetMs } = network.status();
  const known = item !== undefined || trail.storedAt !== undefined || live.sent !== null;
  // A copy of one's own message without the message's own way: another device has sent it.
  const isSynced = isOwn && !known && trail.copiedAt !== undefined;
  return {
    namespace: namespaces.oneToOne,
    failures,
    lastFailure: failure,
    nextAttemptAt: waits && status === 'queued' ? item.nextAttemptAt : null,
    swarm: isSynced || waits ? null : swarmOf(trail, live.sent, isOwn ? null : (message.hash ?? null)),
    copy: copyOf(message, live.copy, item !== undefined),
    fetchedAt: isOwn && !isSynced ? null : receivedAt,
    isRead: isOwn ? status === 'read' : sentAt <= (store.get('conversations', conversation)?.readUpTo ?? 0),
    readAt: isOwn ? (trail.readAt ?? null) : traces.readAt(message),
    clockOffsetMs,
  };
}

function swarmOf(trail: StoredTrail, leg: Leg | null, hash: string | null): SwarmTrace | null {
  if (trail.storedAt === undefined && leg === null && hash === null) return null;
  return {
    storedAt: trail.storedAt ?? null,
    keptUntil: trail.keptUntil ?? null,
    hash: leg?.hash ?? hash,
    node: leg?.node ?? null,
    path: leg?.path ?? null,
  };
}

/** The copy of one's own message in one's own swarm, where other devices find it. */
function copyOf(
  { direction, hash, trail = {}, conversation, from }: StoredMessage,
  leg: Leg | null,
  isWaiting: boolean,
): MessageTrace['copy'] {
  // A note to oneself is its own copy.
  if (direction === 'in' || conversation === from) return null;
  if (trail.copiedAt === undefined && leg === null) return isWaiting ? 'waiting' : null;
  return {
    storedAt: trail.copiedAt ?? null,
    keptUntil: null,
    hash: leg?.hash ?? hash ?? null,
    node: leg?.node ?? null,
    path: leg?.path ?? null,
  };
}
