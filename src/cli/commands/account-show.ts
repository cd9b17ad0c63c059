import { sanitizeText } from '../../text/sanitize.ts';
import { type Context, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagOption, type Invocation } from '../invocation.ts';
import { accountLine } from '../output/json-lines.ts';

/** `account show`: account ID and display name, and the ID as a QR code where asked for. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  return withSession(context, async (session) => {
    const { account } = session.getState();
    await context.printer.print(accountLine(account));
    if (flagOption(invocation.options, 'qr') && !context.printer.json) {
      const { renderUnicodeCompact } = await import('uqr');
      await context.printer.text(
        sanitizeText(renderUnicodeCompact(account.accountId, { ecc: 'L', border: 2 })),
      );
    }
    return exitCodes.done;
  });
}
