/**
 * `npm run bench -- [NAME] [--json]`: runs bench/NAME.bench.ts, or all of them, and prints each figure as it is
 * measured (contracts.md section 7). Exit code 0 when everything ran, whatever the figures.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Figure } from './types.ts';

const suffix = '.bench.ts';
const folder = fileURLToPath(new URL('.', import.meta.url));
const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => arg !== '--json');
const all = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort();

const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are: ${all.join(', ')}.\n`);
  process.exit(2);
}

for (const name of wanted.length > 0 ? wanted : all) {
  const module: { default: Benchmark } = await import(`./${name}${suffix}`);
  await module.default((figure) => {
    process.stdout.write(`${json ? JSON.stringify({ event: 'bench', ...figure }) : formatFigure(figure)}\n`);
  });
}
// A benchmark's child processes and sockets are its own business; nothing left of them may keep this alive.
process.exit(0);

function formatFigure({ name, value, unit, baseline, ratio, limit, ok }: Figure): string {
  const against = baseline === undefined ? '' : ` against ${round(baseline)} ${unit}`;
  const times = ratio === undefined ? '' : `, ${round(ratio)}×`;
  const promise = limit === undefined ? '' : ` (limit ${limit}${ratio === undefined ? ` ${unit}` : '×'})`;
  return `${ok ? 'ok  ' : 'MISS'} ${name}: ${round(value)} ${unit}${against}${times}${promise}`;
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
