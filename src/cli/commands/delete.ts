import { type Context, withSession } from '../context.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { deletedLine } from '../output/json-lines.ts';
import { settle } from '../settle.ts';
import { waitOption } from '../until-synced.ts';

/** `delete MESSAGE-ID [--everyone]`: deletes it, prints what is gone, and waits until the network knows. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { args, options } = invocation;
  const waitMs = waitOption(invocation);
  const everyone = flagOption(options, 'everyone');
  const id = args[0] ?? '';
  // It is done once, whoever holds the profile meanwhile.
  let isDone = false;
  return withSession(context, async (session) => {
    if (!isDone) {
      const { conversation } = await session.deleteMessage(id, { everyone });
      isDone = true;
      await context.printer.print(deletedLine(id, conversation, everyone ? 'unsent' : 'here'));
    }
    return await settle(context, session, waitMs);
  });
}
