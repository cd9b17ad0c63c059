import type { Context } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { changeLockPassword } from '../lock-password.ts';

/** `lock-password set`: gives an unprotected profile a password. */
export function run(context: Context, invocation: Invocation): Promise<number> {
  return changeLockPassword(context, invocation, 'set');
}
