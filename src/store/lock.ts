/**
 * One process at a time holds a profile. The lock is one empty file whose name is its state: `lock` when free,
 * `lock-PROCESS-NONCE` when held. Taking it, taking it over from a killed process, and giving it back are each one
 * rename, and of two renames of the same name exactly one succeeds: no takeover can race with another.
 */
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { toHex } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { type Files, writeFailed } from './files.ts';

const freeName = 'lock';
const heldPattern = /^lock-([0-9a-z.]+)-[0-9a-f]{16}$/;
const attempts = 40;

export type Lock = Readonly<{
  /** Gives the lock back; harmless when repeated. */
  release(): void;
  /** Removes the lock file altogether (the profile is being removed). */
  remove(): void;
}>;

/** Names that belong to the lock. */
export function isLockName(name: string): boolean {
  return name.startsWith(freeName) && (name === freeName || heldPattern.test(name));
}

/**
 * Takes the lock of an existing folder, or throws StoreError `locked` at once if a running process (this one
 * included) holds it. A lock whose holder is gone is taken over.
 */
export async function takeLock(files: Files, folder: string, platform: Platform): Promise<Lock> {
  const mine = `lock-${files.thisProcess()}-${toHex(platform.randomBytes(8))}`;
  const path = (name: string): string => join(folder, name);
  const seen = (): string[] => (files.list(folder) ?? []).filter(isLockName);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const names = seen();
      throwIfHeld(files, names);
      const source = names[0];
      if (source === undefined) {
        files.createEmpty(path(freeName));
        continue;
      }
      if (!files.renameNow(path(source), path(mine))) continue;
      // Two lock files can only exist if two processes made the first one at once; then both step back and retry.
      const others = seen().filter((name) => name !== mine);
      if (others.some((name) => isHeld(files, name))) {
        files.removeNow(path(mine));
        await platform.clock.sleep(1 + ((platform.randomBytes(1)[0] ?? 0) % 32));
        continue;
      }
      for (const name of others) files.removeNow(path(name));
      return {
        release() {
          try {
            files.renameNow(path(mine), path(freeName));
          } catch {
            // Whoever comes after this process's end takes it over.
          }
        },
        remove: () => files.removeNow(path(mine)),
      };
    }
  } catch (error) {
    throw writeFailed(error);
  }
  throw locked('');
}

function isHeld(files: Files, name: string): boolean {
  const process = heldPattern.exec(name)?.[1];
  return process !== undefined && files.isRunning(process);
}

function throwIfHeld(files: Files, names: readonly string[]): void {
  for (const name of names) {
    if (isHeld(files, name)) throw locked(/^lock-(\d+)/.exec(name)?.[1] ?? '');
  }
}

function locked(pid: string): StoreError {
  const who = pid === '' ? 'another session-tui' : `another session-tui (process ${pid})`;
  return new StoreError('locked', `The profile is in use by ${who}. Close that one first.`, {
    fields: pid === '' ? {} : { pid: Number(pid) },
  });
}
