/** The end of commands that change something: it has to be on the network before the program exits. */
import type { Session } from '../core/index.ts';
import { SessionTuiError } from '../errors.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Options, textOption } from './invocation.ts';
import { secondsToMs } from './numbers.ts';

/** What `--wait` says, in ms; 30 seconds by default. */
export function waitOption(options: Options): number {
  return secondsToMs(textOption(options, 'wait'), '--wait', 30);
}

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
