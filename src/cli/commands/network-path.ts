import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { networkLine } from '../output/json-lines.ts';
import { flushQueued } from '../rounds.ts';

/** `network path`: makes sure that a path stands, and prints it hop by hop. */
export async function run(context: Context): Promise<number> {
  return withSession(context, async (session) => {
    await session.connect(context.signal);
    await flushQueued(session, context.signal);
    await context.printer.print(networkLine(session.getState().network));
    return exitCodes.done;
  });
}
