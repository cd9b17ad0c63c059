import { type Context, withSession } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { contactLine, removedLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';
import { untilSynced, waitOption } from '../until-synced.ts';

/**
 * `contact accept|decline|block|unblock|remove ID`: does it and prints how the contact stands now, or how it stood
 * before it was deleted.
 */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const wanted = checkRecipient(invocation.args[0]);
  const waitMs = waitOption(invocation);
  return withSession(context, async (session) => {
    const id = await session.resolveRecipient(wanted, context.signal);
    switch (invocation.command) {
      case 'contact accept':
        await context.printer.print(contactLine(await session.acceptContact(id)));
        break;
      case 'contact decline':
        await context.printer.print(removedLine(await session.declineRequest(id)));
        break;
      case 'contact remove':
        await context.printer.print(removedLine(await session.removeContact(id)));
        break;
      default: {
        const blocked = invocation.command === 'contact block';
        await context.printer.print(contactLine(await session.setBlocked(id, blocked)));
      }
    }
    return untilSynced(context, session, waitMs);
  });
}
