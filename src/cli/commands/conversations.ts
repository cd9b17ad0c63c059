import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { conversationLine } from '../output/json-lines.ts';

/** `conversations`: a line each, in the order of the chat UI's list. */
export async function run(context: Context): Promise<number> {
  return withSession(context, async (session) => {
    // Names that look alike are known once all of them were asked for.
    await session.contacts();
    for (const conversation of session.getState().conversations) {
      if (!(await context.printer.print(conversationLine(conversation)))) break;
    }
    return exitCodes.done;
  });
}
