/** The steps that commands going online share. */
import type { Session } from '../core/index.ts';
import { NetworkError } from '../errors.ts';

/**
 * Every command that goes online first sends what is queued. That it could not be sent is no error of this command:
 * it stays queued, and the command finds out about the network by itself.
 */
export async function flushQueued(session: Session, signal: AbortSignal): Promise<void> {
  try {
    await session.flushOutbox(signal);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
}
