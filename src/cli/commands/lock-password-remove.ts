import type { Context } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { changeLockPassword } from '../lock-password.ts';

/** `lock-password remove`: the data key lies in `keys.json` from then on. */
export function run(context: Context, invocation: Invocation): Promise<number> {
  return changeLockPassword(context, invocation, 'remove');
}
