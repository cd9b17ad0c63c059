/** All that is known about one message: who wrote it, when, where it stands. */
import type { Conversation, Message } from '../../core/types.ts';
import { hiddenIn } from '../../text/hidden.ts';
import { durationWords } from '../../text/notice-words.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { codePointCount } from '../input/text-buffer.ts';
import { senderName } from '../panes/messages-pane.ts';
import { clockTime, dayLabel } from '../text/dates.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';
import { lookAlikeLines } from './look-alike.ts';

const states: Readonly<Record<Message['status'], string>> = {
  received: 'received',
  queued: 'waits to go out',
  sent: 'sent: the recipient’s swarm keeps it',
  failed: 'failed',
  read: 'read',
};

/** All lines; the dialog shows a window of them. */
export function messageInfoLines(
  { message, openedAt }: Readonly<{ message: Message; openedAt: number }>,
  conversation: Conversation | undefined,
  room: DialogRoom,
  theme: Theme,
): DialogLine[] {
  const lines: DialogLine[] = [];
  const say = (label: string, value: SafeText, paint = theme.plain) => {
    for (const line of wrapCells(joinSafe([safe(`${label}:`), value], safe(' ')), room.width))
      lines.push(dialogLine(line, room, paint));
  };
  say('From', senderName(message, conversation), theme.strong);
  say('Account ID', sanitizeName(message.from));
  if (message.direction === 'in') lines.push(...lookAlikeLines(conversation, room, theme));
  say('Sent', timeOf(message.sentAt));
  if (message.direction === 'in') say('Received', timeOf(message.receivedAt));
  say('State', safe(states[message.status]), message.status === 'failed' ? theme.error : theme.plain);
  if (message.reason !== undefined) say('Why', sanitizeText(message.reason), theme.warning);
  if (message.quote !== undefined) say('Answers a message of', timeOf(message.quote.sentAt));
  if (message.expiresAt !== undefined) {
    const left = lifeWords(message.expiresAt - openedAt);
    say('Disappears', joinSafe([timeOf(message.expiresAt), left], safe(', ')));
  } else if (message.expiry !== undefined)
    say(
      'Disappears',
      safe(
        `${durationWords(message.expiry.seconds)} after it is ${message.expiry.mode === 'after-read' ? 'read' : 'sent'}`,
      ),
    );
  say('Characters', safe(String(codePointCount(message.body))));
  const hidden = hiddenIn(message.body).reduce((sum, { count }) => sum + count, 0);
  if (hidden > 0) say('Hidden characters', safe(String(hidden)), theme.warning);
  for (const { name } of message.attachments) say('Attachment', sanitizeName(name));
  say('Message ID', sanitizeName(message.id), theme.dim);
  return lines;
}

/** `in 12 hours`, to the nearest of the largest unit that fits. */
function lifeWords(leftMs: number): SafeText {
  const seconds = Math.max(1, Math.round(leftMs / 1000));
  const unit = [86_400, 3_600, 60].find((size) => seconds >= 2 * size) ?? 1;
  return safe(`in ${durationWords(Math.round(seconds / unit) * unit)}`);
}

function timeOf(at: number): SafeText {
  return joinSafe([dayLabel(at), clockTime(at)], safe(' '));
}

/** The lines from `top` on, as far as there are so many. */
export function messageInfoView(lines: readonly DialogLine[], top: number, room: DialogRoom): DialogView {
  const last = Math.max(0, lines.length - room.height);
  const from = Math.min(top, last);
  return {
    title: safe('Message'),
    lines: lines.slice(from, from + room.height),
    footer: last > 0 ? safe('Up/Down scroll · Esc closes') : safe('Esc closes'),
    cursor: null,
  };
}
