/**
 * Two people write to each other while the network misbehaves (issue 3): every message is to arrive once, in order,
 * with nobody lending a hand.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../support/seeded-random.ts';
import type { Draft, PersonReport } from './protocol.ts';
import { type Person, SoakWorld } from './world.ts';

export type SoakOptions = Readonly<{
  /** each way */
  messages: number;
  /** of the schedule and the texts; the network's own luck is not seeded */
  seed: number;
  nodes: number;
  /** s that a share of the nodes stays down before it is others' turn */
  turnSec: number;
  /** gives up after this long */
  limitMs: number;
  onProgress?: (text: string) => void;
}>;

export type OutageOptions = Omit<SoakOptions, 'turnSec'> & Readonly<{ outageMs: number }>;

export type Figures = Readonly<{
  seed: number;
  messagesEachWay: number;
  seconds: number;
  messagesPerSecond: number;
  /** from queueing to being shown to the other person; a burst waits for itself */
  latencyMs: Readonly<{ median: number; p90: number; max: number }>;
  /** deliveries put off until later, of both people */
  retries: number;
  /** of both people, by kind and code */
  failures: Readonly<Record<string, number>>;
  skipped: Readonly<Record<string, number>>;
  cpuMs: readonly number[];
  peakRssBytes: readonly number[];
  /** what went wrong: empty when every message arrived once and in order */
  faults: readonly string[];
}>;

/** Nothing of this is cleared before the end: the messages are to arrive in spite of it. */
function badDay(options: SoakOptions): string {
  const failing = Math.floor(options.nodes * 0.3);
  return `turn=${failing}:${options.turnSec},garbage=0.1,wrong-swarm=0.05,skew=600`;
}

/** 30 % of the nodes down in turn, 10 % garbage, 5 % wrong swarm, clocks 10 minutes off, the node list changed twice. */
export async function runSoak(options: SoakOptions): Promise<Figures> {
  const world = await SoakWorld.create(options.nodes);
  try {
    const people = [await world.person('alice'), await world.person('bob')] as const;
    const faults = badDay(options);
    await world.setFaults(faults);
    const drafts = draftsFor(options);
    const started = performance.now();
    const [alice, bob] = people;
    const writing = Promise.all([
      sendInBursts(alice, bob, drafts, options.seed + 1),
      sendInBursts(bob, alice, drafts, options.seed + 2),
    ]);
    // one node leaves the list and its swarm, and comes back later
    await delivered(people, Math.floor(options.messages / 3), started, options);
    await world.setFaults(`${faults},leave=1`);
    await delivered(people, Math.floor((2 * options.messages) / 3), started, options);
    await world.setFaults(faults);
    await delivered(people, options.messages, started, options);
    await writing;
    return await conclude(people, options, performance.now() - started);
  } finally {
    await world.end();
  }
}

/** No node answers anything for a while; what was queued goes out by itself. `seconds` counts from their return. */
export async function runOutage(options: OutageOptions): Promise<Figures> {
  const world = await SoakWorld.create(options.nodes);
  try {
    const people = [await world.person('alice'), await world.person('bob')] as const;
    const [first, rest] = [draftsFor(options).slice(0, 1), draftsFor(options).slice(1)];
    const started = performance.now();
    send(people, first);
    await delivered(people, 1, started, options);
    await world.setFaults(`down=${options.nodes},seed=off`);
    send(people, rest);
    await sleep(options.outageMs);
    if (people.some(({ received }) => received > 1)) throw new Error('a message arrived through dead nodes');
    await world.setFaults('none');
    const back = performance.now();
    await delivered(people, options.messages, back, options);
    return await conclude(people, options, performance.now() - back);
  } finally {
    await world.end();
  }
}

function draftsFor(options: Readonly<{ messages: number; seed: number }>): readonly Draft[] {
  const random = seededRandom(options.seed);
  return Array.from({ length: options.messages }, (_, index) => {
    const [length = 0] = random(1);
    return { index, filler: 'wörds '.repeat(length >> 2).trim() };
  });
}

function send([alice, bob]: readonly [Person, Person], messages: readonly Draft[]): void {
  alice.tell({ do: 'send', to: bob.accountId, messages });
  bob.tell({ do: 'send', to: alice.accountId, messages });
}

/** Bursts of 1 to 64, the next one when at most that many of the person's messages wait. */
async function sendInBursts(from: Person, to: Person, drafts: readonly Draft[], seed: number): Promise<void> {
  const random = seededRandom(seed);
  for (let next = 0; next < drafts.length; ) {
    const [byte = 0] = random(1);
    const messages = drafts.slice(next, next + 1 + (byte >> 2));
    if (!from.alive) return;
    from.tell({ do: 'send', to: to.accountId, messages });
    next += messages.length;
    while (from.alive && next - from.sent > 64) await sleep(50);
  }
}

async function delivered(
  people: readonly Person[],
  count: number,
  since: number,
  options: Readonly<{ messages: number; limitMs: number; onProgress?: (text: string) => void }>,
): Promise<void> {
  let toldAt = performance.now();
  while (people.some(({ received, sent }) => received < count || sent < count)) {
    const state = people.map(({ sent, received }) => `${sent} sent, ${received} received`).join('; ');
    if (performance.now() - since > options.limitMs) throw new Error(`not all delivered in time: ${state}`);
    if (people.some(({ alive }) => !alive)) throw new Error(`a person is gone: ${state}`);
    if (performance.now() - toldAt > 5_000) {
      options.onProgress?.(`${Math.round((performance.now() - since) / 1000)} s: ${state}`);
      toldAt = performance.now();
    }
    await sleep(50);
  }
}

async function conclude(
  people: readonly [Person, Person],
  options: Readonly<{ messages: number; seed: number }>,
  ms: number,
): Promise<Figures> {
  const [alice, bob] = people;
  const reports = await Promise.all([alice.report(bob.accountId), bob.report(alice.accountId)]);
  const latencies = reports.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? 0;
  const failures = sum(reports.map(({ counts }) => counts));
  return {
    seed: options.seed,
    messagesEachWay: options.messages,
    seconds: Math.round(ms / 100) / 10,
    messagesPerSecond: Math.round((20_000 * options.messages) / ms) / 10,
    latencyMs: { median: at(0.5), p90: at(0.9), max: at(1) },
    retries: Object.entries(failures).reduce(
      (total, [key, count]) => total + (key.startsWith('message ') ? count : 0),
      0,
    ),
    failures,
    skipped: sum(reports.map(({ skipped }) => skipped)),
    cpuMs: reports.map(({ cpuMs }) => cpuMs),
    peakRssBytes: reports.map(({ peakRssBytes }) => peakRssBytes),
    faults: reports.flatMap((report, who) => faultsIn(report, options.messages, who === 0 ? 'alice' : 'bob')),
  };
}

/** The history holds each message of either side once, each side's in order of sending, and nothing waits. */
function faultsIn(report: PersonReport, count: number, who: string): string[] {
  const faults: string[] = [];
  for (const direction of ['in', 'out'] as const) {
    const indexes = report.history.filter((one) => one.direction === direction).map(({ index }) => index);
    const wrong = indexes.findIndex((index, place) => index !== place);
    if (indexes.length !== count) faults.push(`${who}: ${indexes.length} of ${count} messages ${direction}`);
    if (wrong >= 0) faults.push(`${who}: ${direction} message ${indexes[wrong]} stands at place ${wrong}`);
  }
  const unsent = report.history.filter((one) => one.direction === 'out' && one.status !== 'sent').length;
  if (unsent > 0) faults.push(`${who}: ${unsent} not marked as sent`);
  if (report.shownTwice > 0) faults.push(`${who}: ${report.shownTwice} shown twice`);
  if (report.leftInQueue > 0) faults.push(`${who}: ${report.leftInQueue} left in the queue`);
  return faults;
}

function sum(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const record of records) {
    for (const [key, count] of Object.entries(record)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}
