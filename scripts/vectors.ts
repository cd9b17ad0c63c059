/**
 * npm run vectors -- [DIR]: checks every case of every *.json in DIR (default test/vectors) against the code.
 * Exit code 1 if a case fails, a file can't be read, or a file is neither covered nor known to be pending.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../src/errors.ts';
import { adapters, pendingFiles } from './vectors/registry.ts';
import { formatReport, runVectorFile } from './vectors/run.ts';

/** Prints the lines of one file; true if it is in order. */
async function check(path: string): Promise<boolean> {
  const name = basename(path, '.json');
  const adapter = Object.hasOwn(adapters, name) ? adapters[name] : undefined;
  if (adapter === undefined) {
    const known = pendingFiles.has(name);
    console.log(known ? `${name}: pending` : `${name}: no adapter and not in the list of pending files`);
    return known;
  }
  try {
    const report = await runVectorFile(JSON.parse(await readFile(path, 'utf8')), adapter);
    for (const line of formatReport(name, report)) console.log(line);
    return report.problems.length === 0;
  } catch (error) {
    console.log(`${name}: not a vector file: ${messageOf(error)}`);
    return false;
  }
}

const folder = process.argv[2] ?? fileURLToPath(new URL('../test/vectors', import.meta.url));
let names: string[];
try {
  names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
} catch (error) {
  console.error(`The vectors can't be read: ${messageOf(error)}. Give a folder with *.json files.`);
  process.exit(1);
}
if (names.length === 0) {
  console.error(`There are no vectors (*.json) in ${folder}.`);
  process.exit(1);
}
let good = true;
for (const name of names) good = (await check(join(folder, name))) && good;
process.exitCode = good ? 0 : 1;
