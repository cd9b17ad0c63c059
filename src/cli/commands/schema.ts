import { safe } from '../../text/sanitize.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonSchema } from '../output/json-schema.ts';

/** `schema`: the JSON Schema of every JSON line; on one line with `--json`. */
export async function run(context: Context): Promise<number> {
  await context.printer.text(safe(JSON.stringify(jsonSchema, null, context.printer.json ? undefined : 2)));
  return exitCodes.done;
}
