import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { settingLine } from '../output/json-lines.ts';
import { untilSynced, waitOption } from '../until-synced.ts';

/** `settings set`: checks before anything is opened, stores, and prints what now stands. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const [key = '', text = ''] = invocation.args;
  const waitMs = waitOption(invocation);
  const core = await context.modules.core();
  core.parseSetting(key, text);
  return withSession(context, async (session) => {
    await session.setSetting(key, text);
    const changed = session.settings().find((setting) => setting.key === key);
    if (changed !== undefined) await context.printer.print(settingLine(changed));
    return core.isShared(key) ? untilSynced(context, session, waitMs) : exitCodes.done;
  });
}
