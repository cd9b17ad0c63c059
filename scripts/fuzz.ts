/**
 * `npm run fuzz -- [NAME] [--seconds N] [--seed S]`: feeds mutated inputs to every decoder (or to NAME). Prints the
 * seed, and stops at the first finding: an error that is not one of the families that bad input may cause, more than
 * 50 ms for at most 100 KB, or more than 64 MB of memory taken. The finding's input is printed as base64; the same seed finds it again.
 */
import { parseArgs } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { CryptoError, ProtocolError } from '../src/errors.ts';
import { createRng, mutate, type Rng } from './fuzz/mutate.ts';
import { type Target, targets } from './fuzz/targets.ts';

const limitMs = 50;
const limitBytes = 64 * 1024 * 1024;
/** Inputs kept per target to mutate further: those that were taken without an error. */
const maxCorpus = 200;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
const chosen = positionals.length === 0 ? targets : targets.filter(({ name }) => positionals.includes(name));
if (!(seconds > 0) || !Number.isInteger(seed) || chosen.length === 0) {
  console.error(
    `Usage: npm run fuzz -- [NAME] [--seconds N] [--seed S]\nNAME: ${targets.map(({ name }) => name).join(' ')}`,
  );
  process.exit(2);
}
console.log(`seed ${seed}, ${seconds} s, ${chosen.length} decoders`);

for (const target of chosen) {
  // A generator each, so that one decoder alone meets the same inputs as among all.
  const rng = createRng(seed ^ hashOf(target.name));
  const ends = performance.now() + (seconds * 1000) / chosen.length;
  const corpus = [...target.seeds];
  for (const input of target.seeds) check(target, input, 0);
  let count = 0;
  while (performance.now() < ends) {
    for (let i = 0; i < 20; i++) {
      count += 1;
      const input = mutate(rng, pick(rng, corpus), pick(rng, corpus));
      if (check(target, input, count) && count % 7 === 0) keep(rng, corpus, input, target.seeds.length);
    }
  }
  console.log(`${target.name}: ${count} inputs`);
}

/** True when the decoder took the input. Ends the process at a finding. */
function check(target: Target, input: Uint8Array, count: number): boolean {
  const before = memoryInUse();
  const { taken, error, ms } = attempt(target, input);
  const bytes = memoryInUse() - before;
  if (bytes > limitBytes) finding(target, input, count, new Error(`took ${bytes} bytes of memory`));
  if (error !== undefined) finding(target, input, count, error);
  // The machine may have been busy with something else: slow means slow three times.
  if (ms > limitMs && Math.min(attempt(target, input).ms, attempt(target, input).ms) > limitMs) {
    finding(target, input, count, new Error(`took ${Math.round(ms)} ms for ${input.length} bytes`));
  }
  return taken;
}

/** What is allocated now, garbage that was not collected yet included: an upper bound of what a decoder holds. */
function memoryInUse(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function attempt(target: Target, input: Uint8Array): { taken: boolean; error?: unknown; ms: number } {
  const start = performance.now();
  try {
    target.run(Uint8Array.from(input));
    return { taken: true, ms: performance.now() - start };
  } catch (error) {
    const ms = performance.now() - start;
    const allowed = [ProtocolError, CryptoError, ...(target.alsoAllowed ?? [])].some(
      (family) => error instanceof family,
    );
    return allowed ? { taken: false, ms } : { taken: false, error, ms };
  }
}

function finding(target: Target, input: Uint8Array, count: number, error: unknown): never {
  console.error(`FINDING in ${target.name}, input ${count} of seed ${seed}:`);
  console.error(error);
  console.error(`input (base64, ${input.length} bytes): ${Buffer.from(input).toString('base64')}`);
  process.exit(1);
}

function keep(rng: Rng, corpus: Uint8Array[], input: Uint8Array, seeds: number): void {
  if (corpus.length < maxCorpus) corpus.push(input);
  else corpus[seeds + rng.int(corpus.length - seeds)] = input;
}

function pick(rng: Rng, corpus: readonly Uint8Array[]): Uint8Array {
  return corpus[rng.int(corpus.length)] ?? new Uint8Array();
}

function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return hash;
}
