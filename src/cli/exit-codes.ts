/** The exit codes of contracts.md section 1. They are chosen here and nowhere else. */
import { NetworkError, NotFoundError, ProtocolError, StoreError, UsageError } from '../errors.ts';

export const exitCodes = {
  done: 0,
  /** an error of the program's own */
  failure: 1,
  usage: 2,
  network: 3,
  notDelivered: 4,
  password: 5,
  damaged: 6,
  inUse: 7,
  notFound: 8,
} as const;

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The person (or the system) asked the program to stop. */
export class Interrupted extends Error {
  readonly signal: InterruptSignal;

  constructor(signal: InterruptSignal) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.signal = signal;
  }
}

/** 128 and the number of the signal, as shells count: 130 for SIGINT. */
const signalCodes: Readonly<Record<InterruptSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return signalCodes[error.signal];
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof NotFoundError) return exitCodes.notFound;
  if (error instanceof NetworkError) return exitCodes.network;
  // A recovery phrase comes from the person; every other malformed thing comes from elsewhere.
  if (error instanceof ProtocolError && error.code.startsWith('phrase-')) return exitCodes.usage;
  if (error instanceof StoreError) {
    switch (error.code) {
      case 'wrong-password':
      case 'password-needed':
        return exitCodes.password;
      case 'damaged':
        return exitCodes.damaged;
      case 'locked':
        return exitCodes.inUse;
      default:
        return exitCodes.failure;
    }
  }
  return exitCodes.failure;
}
