/** The end of commands that change something: it has to be on the network before the program exits. */
import type { Session } from '../core/index.ts';
import { SessionTuiError } from '../errors.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/** Waits for what was changed to reach the network: the exit code, after an error on what has not. */
export async function settle(context: Context, session: Session, waitMs: number): Promise<number> {
  const { done } = await session.settleChanges(waitMs, context.signal);
  if (done) return exitCodes.done;
  await context.printer.error(
    new SessionTuiError(
      'not-delivered',
      'The change is made here and not on the network yet. The next command that goes online tells it.',
    ),
  );
  return exitCodes.notDelivered;
}
