/** The program's entry: parses, runs one command, exits with its code. */
import { forbidCoreDumps } from './core-dumps.ts';
import { processIo } from './io.ts';
import { runCli } from './run.ts';

forbidCoreDumps();
process.exit(await runCli(process.argv.slice(2), processIo()));
