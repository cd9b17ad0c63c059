/** What each server could see of each request, for everybody to check (contracts.md section 5). */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Emitter } from '../util/emitter.ts';

export type JournalRole = 'guard' | 'middle' | 'exit' | 'destination' | 'swarm' | 'direct';

export type Saw = Readonly<{
  /** absent for the seed */
  role?: JournalRole;
  /** the next hop: a node's Ed25519 key, or the URL of an external server */
  next?: string;
  /** RPC method, where this server could read it */
  method?: string;
  params?: unknown;
  /** every HTTP header, names in lower case */
  headers: Readonly<Record<string, string>>;
  /** request line of a route that anybody can use */
  request?: string;
  /** length of the body */
  bytes: number;
}>;

export type JournalEntry = Readonly<{
  /** ms since 1970 */
  t: number;
  server: 'seed' | 'node' | 'file' | 'community';
  /** Ed25519 key in hex, or a name */
  id: string;
  /** address and port of the TCP peer */
  peer: string;
  saw: Saw;
}>;

export class Journal {
  readonly entries = new Emitter<JournalEntry>();
  #file: number | null;

  /** Appends to `path` when there is one. Throws the error of node:fs when it can't be opened. */
  constructor(path: string | undefined) {
    this.#file = path === undefined ? null : openSync(path, 'a', 0o600);
  }

  /** When this returns, the line is in the file: an answer sent afterwards can't come before it. */
  write(entry: JournalEntry): void {
    this.entries.emit(entry);
    if (this.#file !== null) writeSync(this.#file, `${lineOf(entry)}\n`);
  }

  close(): void {
    this.entries.clear();
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

/** Parameters come from outside and may be nested deeper than can be written. */
function lineOf(entry: JournalEntry): string {
  try {
    return JSON.stringify(entry);
  } catch {
    return JSON.stringify({ ...entry, saw: { ...entry.saw, params: null } });
  }
}
