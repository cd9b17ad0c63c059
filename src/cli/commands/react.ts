import { type Context, withSession } from '../context.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { settle, waitOption } from '../settle.ts';

/** `react MESSAGE-ID EMOJI [--remove]`: puts an emoji on a message, and waits until the network knows. */
export async function run(context: Context, { args, options }: Invocation): Promise<number> {
  const waitMs = waitOption(options);
  const [id = '', emoji = ''] = args;
  const on = !flagOption(options, 'remove');
  return withSession(context, async (session) => {
    await session.react(id, emoji, on);
    return await settle(context, session, waitMs);
  });
}
