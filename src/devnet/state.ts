/** What a devnet keeps in its state folder beside the messages: keys, certificates, ports and swarms. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { messageOf, UsageError } from '../errors.ts';

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

const schema = v.object({
  version: v.literal(1),
  seedPort: port,
  height: v.pipe(v.number(), v.integer()),
  nodes: v.array(
    v.object({
      /** 32 bytes in hex */
      seed: hex32,
      key: v.string(),
      certificate: v.string(),
      port,
      /** hex, null for a node in no swarm */
      swarm: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{1,16}$/))),
      /** false once it has left the list */
      listed: v.boolean(),
    }),
  ),
});

export type DevnetState = v.InferOutput<typeof schema>;

const fileName = 'devnet.json';

/** The state in `folder`, which is made if it is not there; null when there is none yet. UsageError `bad-state`. */
export function readState(folder: string): DevnetState | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, fileName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new UsageError('bad-state', `The state of the devnet can't be read: ${messageOf(error)}.`);
  }
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new UsageError('bad-state', `${path} is not the state of a devnet. Use another --state-dir.`, {
      cause,
    });
  }
}

export function writeState(folder: string, state: DevnetState): void {
  writeAtomically(join(folder, fileName), `${JSON.stringify(state)}\n`);
}

/** Readers see the old file or the new one, never a part. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Where the messages of a node are kept. */
export function messageFile(folder: string, index: number): string {
  return join(folder, `node-${index + 1}.jsonl`);
}
