import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** What the program takes from the outside world, built once in cli/main.ts; tests build another. */
export type Platform = Readonly<{
  clock: Clock;
  /** cryptographically secure bytes */
  randomBytes(length: number): Uint8Array;
  logger: Logger;
  /** changes when this machine joins or leaves a network; never sent anywhere */
  networkFingerprint?: () => string;
}>;
