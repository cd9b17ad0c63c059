import { NotFoundError } from '../../errors.ts';
import { parseAccountId } from '../../protocol/ids.ts';
import { type Context, withSession } from '../context.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { contactLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';
import { untilSynced, waitOption } from '../until-synced.ts';

/** `contact add ID`: puts somebody into the list of conversations, and prints the contact. Sends nothing. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { args, options } = invocation;
  const wanted = checkRecipient(args[0]);
  const waitMs = waitOption(invocation);
  const core = await context.modules.core();
  const name = textOption(options, 'name');
  const nickname = name === undefined ? null : core.checkNickname(name);
  return withSession(context, async (session) => {
    const id = parseAccountId(await session.resolveRecipient(wanted, context.signal));
    if (id === null) throw new NotFoundError('no-contact', 'Only a person can be a contact.');
    await context.printer.print(contactLine(await session.addContact(id, nickname)));
    return untilSynced(context, session, waitMs);
  });
}
