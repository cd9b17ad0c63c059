import type { ContactChange } from '../../core/index.ts';
import { UsageError } from '../../errors.ts';
import { type Context, withSession } from '../context.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { parseDuration } from '../numbers.ts';
import { contactLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';
import { untilSynced, waitOption } from '../until-synced.ts';

/** `contact rename|pin|unpin|mute|unmute|hide ID`: changes it and prints how the contact stands now. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const wanted = checkRecipient(invocation.args[0]);
  const waitMs = waitOption(invocation);
  const change = await changeOf(context, invocation);
  return withSession(context, async (session) => {
    const id = await session.resolveRecipient(wanted, context.signal);
    await context.printer.print(contactLine(await session.changeContact(id, change)));
    return untilSynced(context, session, waitMs);
  });
}

async function changeOf(context: Context, { command, args, options }: Invocation): Promise<ContactChange> {
  const core = await context.modules.core();
  switch (command) {
    case 'contact rename':
      return { nickname: core.checkNickname(args[1] ?? '') };
    case 'contact pin':
      return { pinned: true };
    case 'contact unpin':
      return { pinned: false };
    case 'contact mute': {
      const time = textOption(options, 'for');
      if (time === undefined) return { mutedUntil: core.mutedForGood };
      return { mutedUntil: context.platform.clock.now() + parseDuration(time, '--for') };
    }
    case 'contact unmute':
      return { mutedUntil: null };
    case 'contact hide':
      return { hidden: true };
    default:
      throw new UsageError('usage', 'There is no such change of a contact.');
  }
}
