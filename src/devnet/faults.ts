/**
 * Misbehaviour on purpose (contracts.md section 5 and, beyond its list, issue 3): what the line says, and the dice.
 *
 * The line is a list with commas; P is a share from 0 to 1, N a number of nodes that stays the same until set again:
 * `drop=P` no answer · `lost=P` done, but no answer · `delay=MS` mean · `garbage=P` random bytes · `mac=P` can't be opened ·
 * `truncate=P` answers that end too soon · `huge=P` answers of 64 MiB · `slow=P` answers byte by byte · `error=P` the real
 * server's 5xx, each at its level · `wrong-swarm=P` 421 · `hide=P` nothing to retrieve · `skew=SECONDS` · `down=N` refuse
 * connections · `hang=N` take them and do nothing · `lie=N` list other keys · `leave=N` off the list and out of their
 * swarms · `turn=N:SECONDS` another N down each SECONDS · `relay-timeout=MS` how long a hop waits before 504, instead of
 * 30 s · `seed=off` · `none`.
 */
import { UsageError } from '../errors.ts';
import type { HttpAnswer, Manner } from './http.ts';

export type FaultRules = Readonly<{
  /** share of requests that get no answer, 0 to 1 */
  drop: number;
  /** share of requests that are done, but the answer is lost */
  lost: number;
  /** mean of the delay before an answer, ms */
  delay: number;
  /** share of answers that are random bytes */
  garbage: number;
  /** share of answers that can't be opened */
  mac: number;
  /** share of requests answered 421 */
  'wrong-swarm': number;
  /** s that all nodes' clocks are ahead */
  skew: number;
  /** how many nodes refuse connections */
  down: number;
  /** share of `retrieve` answers without messages */
  hide: number;
  /** how many nodes give a node list with other keys */
  lie: number;
  /** share of answers that end too soon */
  truncate: number;
  /** share of requests answered by one of the real server's 5xx */
  error: number;
  /** share of answers that come byte by byte */
  slow: number;
  /** share of answers far above any limit */
  huge: number;
  /** how many nodes take requests and do nothing */
  hang: number;
  /** how many nodes are off the list and out of their swarms */
  leave: number;
  /** so many nodes at a time refuse connections, others after every `everyMs` */
  turn: Readonly<{ nodes: number; everyMs: number }> | null;
  /** ms that a hop waits for the next; null: what the timings say */
  'relay-timeout': number | null;
  /** false: the seed refuses connections */
  seed: boolean;
}>;

export const noFaults: FaultRules = {
  drop: 0,
  lost: 0,
  delay: 0,
  garbage: 0,
  mac: 0,
  'wrong-swarm': 0,
  skew: 0,
  down: 0,
  hide: 0,
  lie: 0,
  truncate: 0,
  error: 0,
  slow: 0,
  huge: 0,
  hang: 0,
  leave: 0,
  turn: null,
  'relay-timeout': null,
  seed: true,
};

const shares: ReadonlySet<string> = new Set([
  'drop',
  'lost',
  'garbage',
  'mac',
  'wrong-swarm',
  'hide',
  'truncate',
  'error',
  'slow',
  'huge',
]);
const counts: ReadonlySet<string> = new Set(['down', 'lie', 'hang', 'leave']);
const durations: ReadonlySet<string> = new Set(['delay', 'relay-timeout']);
const longestMs = 600_000;

/**
 * The rules that a line asks for; it replaces all earlier ones. Empty and `none` mean no faults. UsageError `bad-faults`
 * names the part that can't be read.
 */
export function parseFaults(line: string): FaultRules {
  let rules = noFaults;
  for (const part of line.split(',').map((text) => text.trim())) {
    if (part === '' || part === 'none') continue;
    rules = { ...rules, ...parsePart(part) };
  }
  return rules;
}

function parsePart(part: string): Partial<FaultRules> {
  if (part === 'seed=off') return { seed: false };
  if (part === 'seed=on') return { seed: true };
  const turn = parseTurn(part);
  if (turn !== null) return { turn };
  const [, name = '', text = ''] = /^([a-z-]+)=(-?\d+(?:\.\d+)?)$/.exec(part) ?? [];
  const value = Number(text);
  const isFine =
    (shares.has(name) && value >= 0 && value <= 1) ||
    (counts.has(name) && Number.isInteger(value) && value >= 0) ||
    (durations.has(name) && value >= 0 && value <= longestMs) ||
    name === 'skew';
  if (!isFine || text === '')
    throw new UsageError('bad-faults', `"${part.slice(0, 80)}" is no fault that the devnet knows.`);
  return { [name]: value };
}

/** `turn=N:SECONDS`; null for anything else. */
function parseTurn(part: string): FaultRules['turn'] {
  const [, nodes, seconds] = /^turn=(\d{1,3}):(\d+(?:\.\d+)?)$/.exec(part) ?? [];
  const everyMs = Number(seconds) * 1000;
  // NaN where it is no such part
  return everyMs >= 10 && everyMs <= longestMs ? { nodes: Number(nodes), everyMs } : null;
}

/** Servers that handle one request through three hops: the path and the destination. */
const serversOnTheWay = 4;

/** The rules in force, and the chances that come of them. */
export class Faults {
  rules: FaultRules = noFaults;
  readonly #random: () => number;

  /** `random` gives numbers from 0 up to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Every server of a request through the onion has its part in `share`, so that the request meets it as often. */
  hits(name: 'drop' | 'lost' | 'garbage' | 'truncate' | 'error', where: 'onion' | 'single'): boolean {
    const share = this.rules[name];
    if (share === 0) return false;
    return this.#random() < (where === 'single' ? share : 1 - (1 - share) ** (1 / serversOnTheWay));
  }

  /** What only the server that reads a request can do. */
  hitsReader(name: 'mac' | 'wrong-swarm' | 'hide'): boolean {
    return this.rules[name] > 0 && this.#random() < this.rules[name];
  }

  /** How a client gets an answer. Between nodes, only the client's guard could tell the difference. */
  drawManner(): Manner {
    const { slow, huge } = this.rules;
    if (slow > 0 && this.#random() < slow) return 'dripping';
    return huge > 0 && this.#random() < huge ? 'huge' : 'whole';
  }

  /** An answer that ends too soon: it is shorter than it was, or (to a client) the connection breaks before its end. */
  truncate(answer: HttpAnswer, to: 'client' | 'node'): HttpAnswer {
    if (to === 'client' && this.below(2) === 0) return { ...answer, manner: 'broken-off' };
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    return { ...answer, body: body.subarray(0, this.below(body.length)) };
  }

  /** One of several, by chance. */
  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  /** ms, exponentially distributed around the mean; at most twenty times it. */
  drawDelay(): number {
    const mean = this.rules.delay;
    return mean === 0 ? 0 : Math.min(20 * mean, -mean * Math.log(1 - this.#random()));
  }

  /** A number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
