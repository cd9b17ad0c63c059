/** Keeps a node's messages over restarts: one JSON line a change, made short again whenever the node starts. */
import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import * as v from 'valibot';
import { MessageStore, type StoreChange } from './message-store.ts';

/** A message as it is logged and passed between nodes. */
export const storedMessage = v.object({
  hash: v.string(),
  account: v.string(),
  namespace: v.number(),
  timestamp: v.number(),
  expiry: v.number(),
  dataBase64: v.string(),
  sizeBytes: v.number(),
});

const change = v.variant('kind', [
  v.object({ kind: v.literal('put'), message: storedMessage }),
  v.object({ kind: v.literal('expiry'), account: v.string(), hash: v.string(), expiry: v.number() }),
  v.object({ kind: v.literal('delete'), account: v.string(), hashes: v.array(v.string()) }),
  v.object({ kind: v.literal('revoke'), account: v.string(), tokens: v.array(v.string()) }),
  v.object({ kind: v.literal('unrevoke'), account: v.string(), tokens: v.array(v.string()) }),
]);

export class StoreLog {
  #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600);
  }

  append(entry: StoreChange): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * The store that `path` holds, which need not exist, without what has expired at `now`. A last line that was cut off
 * by a crash is left out; so is any line that is no change.
 */
export function openMessageStore(path: string, now: number): MessageStore {
  const old = new MessageStore(null);
  for (const line of readLines(path)) {
    const parsed = v.safeParse(change, parseLine(line));
    if (parsed.success) old.replay(parsed.output);
  }
  old.purge(now);
  const lines: string[] = [];
  for (const entry of old.snapshot()) lines.push(`${JSON.stringify(entry)}\n`);
  writeFileSync(`${path}.new`, lines.join(''), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  const store = new MessageStore(new StoreLog(path));
  for (const entry of old.snapshot()) store.replay(entry);
  return store;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
