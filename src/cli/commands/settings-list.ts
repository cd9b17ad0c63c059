import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { settingLine } from '../output/json-lines.ts';

/** `settings list`: a line each. */
export async function run(context: Context): Promise<number> {
  return withSession(context, async (session) => {
    for (const setting of session.settings()) {
      if (!(await context.printer.print(settingLine(setting)))) break;
    }
    return exitCodes.done;
  });
}
