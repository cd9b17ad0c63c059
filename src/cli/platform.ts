/** The real outside world, as one object (util/platform.ts). */
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { messageOf, UsageError } from '../errors.ts';
import { systemClock } from '../util/clock.ts';
import { createLogger, type Logger, silentLogger } from '../util/logger.ts';
import type { Platform } from '../util/platform.ts';
import type { Settings } from './settings.ts';

/**
 * Clock, randomness and log of this process. The log goes to `--log-file` (created 0600), else to `stderr`; null
 * means that the screen belongs to the chat UI and nothing may be written there.
 */
export function createPlatform(settings: Settings, stderr: ((line: string) => void) | null): Platform {
  return {
    clock: systemClock,
    // A plain Uint8Array of its own memory: a Buffer would share the pool and leak its type.
    randomBytes: (length) => Uint8Array.from(randomBytes(length)),
    logger: createCliLogger(settings, stderr),
    networkFingerprint: () =>
      Object.values(networkInterfaces())
        .flatMap((addresses) =>
          (addresses ?? []).filter((address) => !address.internal).map((a) => a.address),
        )
        .sort()
        .join(' '),
  };
}

function createCliLogger(settings: Settings, stderr: ((line: string) => void) | null): Logger {
  if (settings.logLevel === null) return silentLogger;
  if (settings.logFile !== null) {
    const file = openLog(settings.logFile);
    return createLogger(settings.logLevel, (line) => writeSync(file, line), Date.now);
  }
  return stderr === null ? silentLogger : createLogger(settings.logLevel, stderr, Date.now);
}

function openLog(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw new UsageError('log-file', `The log file can't be opened: ${messageOf(error)}.`, { cause: error });
  }
}
