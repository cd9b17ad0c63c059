import type { Context } from '../context.ts';
import type { Invocation } from '../invocation.ts';
import { changeLockPassword } from '../lock-password.ts';

/** `lock-password change`: another password for a profile that has one. */
export function run(context: Context, invocation: Invocation): Promise<number> {
  return changeLockPassword(context, invocation, 'change');
}
