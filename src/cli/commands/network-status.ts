import type { Session } from '../../core/index.ts';
import { NetworkError } from '../../errors.ts';
import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { whenAborted } from '../interrupt.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { networkLine } from '../output/json-lines.ts';
import { flushQueued } from '../rounds.ts';

/** `network status`: connects, prints how things stand either way, and says with its exit code which way. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  return withSession(context, async (session) => {
    let failure: unknown = null;
    try {
      await session.connect(context.signal);
      await flushQueued(session, context.signal);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      failure = error;
    }
    if (flagOption(invocation.options, 'watch')) return watch(context, session);
    await context.printer.print(networkLine(session.getState().network));
    if (failure !== null) throw failure;
    return exitCodes.done;
  });
}

/** Prints each change until interrupted; polling keeps the paths in use, as the chat UI would. */
async function watch(context: Context, session: Session): Promise<number> {
  const { printer, signal } = context;
  let due = Promise.withResolvers<void>();
  const unsubscribe = session.onEvent((event) => {
    if (event.event === 'network') due.resolve();
  });
  const aborted = whenAborted(signal);
  try {
    session.goOnline({ poll: true });
    let last = '';
    while (!printer.closed) {
      const line = networkLine(session.getState().network);
      const text = JSON.stringify(line);
      if (text !== last) await printer.print(line);
      last = text;
      await Promise.race([due.promise, aborted.promise]);
      due = Promise.withResolvers();
    }
    return exitCodes.done;
  } finally {
    aborted.stop();
    unsubscribe();
  }
}
