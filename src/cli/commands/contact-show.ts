import { NotFoundError } from '../../errors.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { contactLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';

/** `contact show ID`: one contact, and the account ID as a QR code where asked for. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const wanted = checkRecipient(invocation.args[0]);
  return withSession(context, async (session) => {
    const id = await session.resolveRecipient(wanted, context.signal);
    const contact = (await session.contacts()).find((one) => one.id === id);
    if (contact === undefined)
      throw new NotFoundError(
        'no-contact',
        'There is no such contact. Add one with: session-tui contact add ID',
      );
    await context.printer.print(contactLine(contact));
    if (flagOption(invocation.options, 'qr') && !context.printer.json) {
      const { renderUnicodeCompact } = await import('uqr');
      await context.printer.text(sanitizeText(renderUnicodeCompact(contact.id, { ecc: 'L', border: 2 })));
    }
    return exitCodes.done;
  });
}
