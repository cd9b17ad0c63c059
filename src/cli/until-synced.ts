import type { Session } from '../core/index.ts';
import { SessionTuiError } from '../errors.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Invocation, textOption } from './invocation.ts';
import { secondsToMs } from './numbers.ts';

/** `--wait` in ms. UsageError. */
export function waitOption({ options }: Invocation): number {
  return secondsToMs(textOption(options, 'wait'), '--wait', 30);
}

/** The exit code of a change, once linked devices can have it or the time is over; it is kept in both cases. */
export async function untilSynced(context: Context, session: Session, waitMs: number): Promise<number> {
  session.goOnline({ poll: false });
  const result = await session.waitForSync(waitMs, context.signal);
  if (result.status === 'synced') return exitCodes.done;
  const reason = result.reason === null ? 'no answer in time' : result.reason.replace(/[.…\s]*$/, '');
  await context.printer.error(
    new SessionTuiError(
      'not-synced',
      `The change is made here, but your other devices do not have it yet: ${reason}. The next command that goes online sends it.`,
    ),
  );
  return exitCodes.notDelivered;
}
