import type { Expiry } from '../../core/index.ts';
import { UsageError } from '../../errors.ts';
import { type Context, withSession } from '../context.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { parseDuration } from '../numbers.ts';
import { conversationLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';
import { settle } from '../settle.ts';
import { waitOption } from '../until-synced.ts';

/**
 * `contact timer ID off|DURATION [--after send|read]`: how long what one writes there is kept. Prints the conversation, and
 * waits until the other side and one's own devices can know.
 */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { args, options } = invocation;
  const waitMs = waitOption(invocation);
  const wanted = checkRecipient(args[0]);
  const after = textOption(options, 'after');
  if (after !== undefined && after !== 'send' && after !== 'read')
    throw new UsageError('usage', '--after is send or read.');
  const given = args[1] ?? '';
  const seconds = given === 'off' ? null : parseDuration(given, 'DURATION') / 1000;
  return withSession(context, async (session) => {
    const id = await session.resolveRecipient(wanted, context.signal);
    const own = id === session.getState().account.accountId;
    const mode = (after ?? (own ? 'send' : 'read')) === 'send' ? 'after-send' : 'after-read';
    const expiry: Expiry | null = seconds === null ? null : { mode, seconds };
    await context.printer.print(conversationLine(await session.setExpiry(id, expiry)));
    return await settle(context, session, waitMs);
  });
}
