import { type Context, namesOf, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { wholeNumber } from '../numbers.ts';
import { messageLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';

/** `messages CONVERSATION`: the newest N that match, oldest first; marks nothing as read. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const limit = wholeNumber(textOption(invocation.options, 'limit'), '--limit', {
    min: 1,
    max: 1_000_000,
    fallback: 50,
  });
  const before = textOption(invocation.options, 'before');
  const search = textOption(invocation.options, 'search');
  const wanted = checkRecipient(invocation.args[0]);
  return withSession(context, async (session) => {
    const conversation = await session.resolveRecipient(wanted, context.signal);
    const messages = await session.messages(conversation, {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(search === undefined ? {} : { search }),
    });
    const names = namesOf(session);
    for (const message of messages) {
      if (!(await context.printer.print(messageLine(message), names))) break;
    }
    return exitCodes.done;
  });
}
