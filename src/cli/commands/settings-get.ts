import { sanitizeName } from '../../text/sanitize.ts';
import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { settingLine } from '../output/json-lines.ts';

/** `settings get`: the value and nothing else, so that scripts can take it; with `--json`, the line of `list`. */
export async function run(context: Context, { args }: Invocation): Promise<number> {
  const core = await context.modules.core();
  const key = core.checkSettingKey(args[0] ?? '');
  return withSession(context, async (session) => {
    for (const setting of session.settings()) {
      if (setting.key !== key) continue;
      if (context.printer.json) await context.printer.print(settingLine(setting));
      else await context.printer.text(sanitizeName(String(setting.value)));
    }
    return exitCodes.done;
  });
}
