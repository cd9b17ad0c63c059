import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { networkLine } from '../output/json-lines.ts';
import { flushQueued } from '../rounds.ts';

/** `network refresh`: fetches the list of service nodes anew. */
export async function run(context: Context): Promise<number> {
  return withSession(context, async (session) => {
    await flushQueued(session, context.signal);
    await session.refreshNodes(context.signal);
    await context.printer.print(networkLine(session.getState().network));
    return exitCodes.done;
  });
}
