/** Misbehaviour on purpose (contracts.md section 5): what the line says, and the dice. */
import { UsageError } from '../errors.ts';

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
  seed: true,
};

const shares: ReadonlySet<string> = new Set(['drop', 'lost', 'garbage', 'mac', 'wrong-swarm', 'hide']);
const counts: ReadonlySet<string> = new Set(['down', 'lie']);

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
  const [, name = '', text = ''] = /^([a-z-]+)=(-?\d+(?:\.\d+)?)$/.exec(part) ?? [];
  const value = Number(text);
  const isFine =
    (shares.has(name) && value >= 0 && value <= 1) ||
    (counts.has(name) && Number.isInteger(value) && value >= 0) ||
    (name === 'delay' && value >= 0 && value <= 600_000) ||
    name === 'skew';
  if (!isFine || text === '')
    throw new UsageError('bad-faults', `"${part.slice(0, 80)}" is no fault that the devnet knows.`);
  return { [name]: value };
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
  hits(name: 'drop' | 'lost' | 'garbage', where: 'onion' | 'single'): boolean {
    const share = this.rules[name];
    if (share === 0) return false;
    return this.#random() < (where === 'single' ? share : 1 - (1 - share) ** (1 / serversOnTheWay));
  }

  /** What only the server that reads a request can do. */
  hitsReader(name: 'mac' | 'wrong-swarm' | 'hide'): boolean {
    return this.rules[name] > 0 && this.#random() < this.rules[name];
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
