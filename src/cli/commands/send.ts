import type { Message, SendResult, Session } from '../../core/index.ts';
import { NetworkError, SessionTuiError } from '../../errors.ts';
import { type Context, namesOf, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Invocation, textOption } from '../invocation.ts';
import { readMessageText } from '../message-text.ts';
import { secondsToMs } from '../numbers.ts';
import { sendLine } from '../output/json-lines.ts';
import { checkRecipient } from '../recipient.ts';

/** `send RECIPIENT [TEXT]`: done only when a node of the recipient's swarm has stored the message. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { printer, signal } = context;
  const waitMs = secondsToMs(textOption(invocation.options, 'wait'), '--wait', 30);
  const replyTo = textOption(invocation.options, 'replyTo');
  const recipient = checkRecipient(invocation.args[0]);
  const text = await readMessageText(invocation.args[1], context);
  const queue = async (session: Session): Promise<Message> => {
    const conversation = await session.resolveRecipient(recipient, signal);
    return session.queueMessage(conversation, text, replyTo === undefined ? {} : { replyTo });
  };
  // Once it is queued it is the profile's: whoever holds the profile then delivers it.
  let queued: Message | null = null;
  return withSession(context, async (session) => {
    queued ??= await queue(session);
    const message = queued;
    // What was queued before goes out before it: the outbox keeps the order.
    session.goOnline({ poll: false });
    const result = await session.waitForDelivery(message.id, waitMs, signal);
    await printer.print(sendLine(result), namesOf(session));
    if (result.status === 'sent') return exitCodes.done;
    await printer.error(notDelivered(result));
    return result.anythingAnswered ? exitCodes.notDelivered : exitCodes.network;
  });
}

function notDelivered(result: Extract<SendResult, { status: 'queued' }>): SessionTuiError {
  const reason = result.reason.replace(/[.…\s]*$/, '');
  const message = `Message ${result.message.id} is not delivered and stays queued: ${reason}. The next command that goes online sends it.`;
  return result.anythingAnswered
    ? new SessionTuiError('not-delivered', message)
    : new NetworkError('offline', message);
}
