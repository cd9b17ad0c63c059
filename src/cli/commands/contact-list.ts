import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { contactLine } from '../output/json-lines.ts';

/** `contact list`: everybody on record, a line each. */
export async function run(context: Context): Promise<number> {
  return withSession(context, async (session) => {
    for (const contact of await session.contacts()) {
      if (!(await context.printer.print(contactLine(contact)))) break;
    }
    return exitCodes.done;
  });
}
