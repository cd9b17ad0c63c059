import { type Context, withSession } from '../context.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { settle } from '../settle.ts';
import { waitOption } from '../until-synced.ts';

/** `react MESSAGE-ID EMOJI [--remove]`: puts an emoji on a message, and waits until the network knows. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { args, options } = invocation;
  const waitMs = waitOption(invocation);
  const [id = '', emoji = ''] = args;
  const on = !flagOption(options, 'remove');
  return withSession(context, async (session) => {
    await session.react(id, emoji, on);
    return await settle(context, session, waitMs);
  });
}
