import type { Message, MessageQuery, Session } from '../../core/index.ts';
import { type Context, namesOf, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExportFormat, ExportInfo } from '../export/format.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { checkNewFile, writeNewFile } from '../new-file.ts';
import { wholeNumber } from '../numbers.ts';
import { messageLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';

const defaultLimit = 50;

/**
 * `messages CONVERSATION`: the newest N that match, oldest first; marks nothing as read. With `--export` all that
 * match go into a file, or as many as `--limit` says.
 */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const limitText = textOption(invocation.options, 'limit');
  const limit = wholeNumber(limitText, '--limit', { min: 1, max: 1_000_000, fallback: defaultLimit });
  const before = textOption(invocation.options, 'before');
  const search = textOption(invocation.options, 'search');
  const query = {
    ...(before === undefined ? {} : { before }),
    ...(search === undefined ? {} : { search }),
  };
  const wanted = checkRecipient(invocation.args[0]);
  const file = textOption(invocation.options, 'export');
  const target = file === undefined ? null : await exportTarget(file);
  return withSession(context, async (session) => {
    const conversation = await session.resolveRecipient(wanted, context.signal);
    if (target !== null) {
      await exportTo(
        context,
        session,
        target,
        conversation,
        limitText === undefined ? query : { ...query, limit },
      );
      return exitCodes.done;
    }
    const messages = await session.messages(conversation, { ...query, limit });
    const names = namesOf(session);
    for (const message of messages) {
      if (!(await context.printer.print(messageLine(message), names))) break;
    }
    return exitCodes.done;
  });
}

type Target = Readonly<{ file: string; format: ExportFormat }>;

/** What is wrong with the file is said before a password is asked for. */
async function exportTarget(file: string): Promise<Target> {
  const { formatOf } = await import('../export/formats.ts');
  const format = formatOf(file);
  await checkNewFile(file);
  return { file, format };
}

async function exportTo(
  context: Context,
  session: Session,
  { file, format }: Target,
  conversation: string,
  query: Omit<MessageQuery, 'limit'> & Readonly<{ limit?: number }>,
): Promise<void> {
  const { limit, ...rest } = query;
  const names = namesOf(session);
  const { account } = session.getState();
  const info: ExportInfo = {
    conversation,
    title: names(conversation) ?? '',
    madeAt: context.platform.clock.now(),
    nameOf: (id) => (id === account.accountId ? account.name || 'Me' : names(id)),
  };
  const messages: AsyncIterable<Message> | readonly Message[] =
    limit === undefined
      ? session.history(conversation, rest)
      : await session.messages(conversation, { ...rest, limit });
  let count = 0;
  await writeNewFile(file, async (out) => {
    await out.write(format.head(info));
    for await (const message of messages) {
      context.signal.throwIfAborted();
      await out.write(format.message(messageLine(message), info));
      count += 1;
    }
    await out.write(format.foot());
  });
  if (context.io.stderrIsTerminal) context.printer.note(`${count} messages were written to ${file}.`);
}
