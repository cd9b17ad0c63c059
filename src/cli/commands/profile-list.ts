import { type Context, openMessenger } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';

/** `profile list`: the names of the profiles in the data folder, a line each. */
export async function run(context: Context): Promise<number> {
  const messenger = await openMessenger(context);
  for (const name of await messenger.listProfiles()) await context.printer.print({ event: 'profile', name });
  return exitCodes.done;
}
