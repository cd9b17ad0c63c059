import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { conversationLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';
import { settle } from '../settle.ts';
import { untilSynced, waitOption } from '../until-synced.ts';

/** `read CONVERSATION`: marks it as read, and prints how it stands now. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const wanted = checkRecipient(invocation.args[0]);
  const waitMs = waitOption(invocation);
  return withSession(context, async (session) => {
    const id = await session.resolveRecipient(wanted, context.signal);
    await session.markRead(id);
    const conversation = session.getState().conversations.find((one) => one.id === id);
    if (conversation !== undefined) await context.printer.print(conversationLine(conversation));
    const synced = await untilSynced(context, session, waitMs);
    // Receipts have to go out, and lives in the own swarm to be shortened.
    return synced === exitCodes.done ? await settle(context, session, waitMs) : synced;
  });
}
