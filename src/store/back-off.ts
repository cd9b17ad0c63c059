/**
 * Waiting after wrong passwords that somebody typed. The count is in the name of an empty file, `tries-COUNT-SECONDS`
 * with the time of the last one, so that it survives the process; a right password removes it. It slows a stranger at
 * the unlock screen only: a copy of the folder, or a command with a password file, is not slowed (docs/store.md).
 */
import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import type { Clock } from '../util/clock.ts';
import type { Files } from './files.ts';

const pattern = /^tries-([1-9]\d{0,2})-(\d{1,12})$/;
const freeTries = 3;
const longestMs = 30_000;

export function isTriesName(name: string): boolean {
  return name.startsWith('tries-') && pattern.test(name);
}

/** What is to be waited after so many wrong passwords in a row: nothing for three, then 1, 2, 4 … 30 s. */
export function delayAfter(tries: number): number {
  return tries < freeTries ? 0 : Math.min(longestMs, 1000 * 2 ** Math.min(10, tries - freeTries));
}

/** Waits until the next password may be tried: at most 30 s, whatever the clock was set to. */
export async function waitForTry(
  files: Files,
  folder: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  const { tries, at } = readTries(files, folder);
  const delay = delayAfter(tries);
  const left = Math.min(delay, Math.max(0, at + delay - clock.now()));
  if (left > 0) await clock.sleep(left, signal);
}

/** Tries a password that somebody typed; a wrong one is counted. Throws as `attempt`. */
export async function countingWrong<T>(
  files: Files,
  folder: string,
  clock: Clock,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof StoreError && error.code === 'wrong-password') countWrongTry(files, folder, clock);
    throw error;
  }
}

/** Counts a wrong password. A disk that can't take that is no reason to refuse the next try. */
function countWrongTry(files: Files, folder: string, clock: Clock): void {
  try {
    const { tries } = readTries(files, folder);
    const name = `tries-${Math.min(999, tries + 1)}-${Math.floor(clock.now() / 1000)}`;
    const others = triesNames(files, folder).filter((other) => other !== name);
    files.createEmpty(join(folder, name));
    for (const other of others) files.removeNow(join(folder, other));
  } catch {
    // The count stays as it was.
  }
}

/** Forgets all wrong passwords. */
export function clearTries(files: Files, folder: string): void {
  try {
    for (const name of triesNames(files, folder)) files.removeNow(join(folder, name));
  } catch {
    // They are forgotten after the next right password.
  }
}

function triesNames(files: Files, folder: string): string[] {
  return (files.list(folder) ?? []).filter(isTriesName);
}

function readTries(files: Files, folder: string): { tries: number; at: number } {
  let [tries, at] = [0, 0];
  for (const name of triesNames(files, folder)) {
    const [, count = '0', seconds = '0'] = pattern.exec(name) ?? [];
    tries = Math.max(tries, Number(count));
    at = Math.max(at, Number(seconds) * 1000);
  }
  return { tries, at };
}
