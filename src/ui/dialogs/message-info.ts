/** The X-ray of one message: what happened with it step by step, then all else that is known about it. Pure. */
import type { Conversation, Message } from '../../core/types.ts';
import { hiddenIn } from '../../text/hidden.ts';
import { durationWords } from '../../text/notice-words.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { codePointCount } from '../input/text-buffer.ts';
import { senderName } from '../panes/messages-pane.ts';
import { conversationTitle, shortId, you } from '../panes/names.ts';
import type { InfoDialog } from '../state/message-dialogs.ts';
import { part } from '../text/cells.ts';
import { clockTime, clockTimeSeconds, dayKey, dayLabel } from '../text/dates.ts';
import { wrapCells } from '../text/wrap.ts';
import { row, type Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';
import { lookAlikeLines } from './look-alike.ts';
import { type TraceStep, traceSteps } from './message-trace.ts';

export const messageStates: Readonly<Record<Message['status'], string>> = {
  received: 'received',
  queued: 'waits to go out',
  sent: 'sent: the recipient’s swarm keeps it',
  failed: 'failed',
  read: 'read',
};

/** All lines; the dialog shows a window of them. `own`: one's own account ID. */
export function messageInfoLines(
  { message, trace, now }: InfoDialog,
  conversation: Conversation | undefined,
  own: string,
  room: DialogRoom,
  theme: Theme,
): DialogLine[] {
  const lines: DialogLine[] = [];
  const say = (label: string, value: SafeText, paint = theme.plain) => {
    for (const line of wrapCells(joinSafe([safe(`${label}:`), value], safe(' ')), room.width))
      lines.push(dialogLine(line, room, paint));
  };
  say('From', senderName(message, conversation), theme.strong);
  say('Sent', joinSafe([dayLabel(message.sentAt), clockTime(message.sentAt)], safe(' ')));
  if (trace !== null)
    lines.push(...stepLines(traceSteps(message, trace, own, now), dayKey(message.sentAt), room, theme));
  const end = endWords(message, now);
  if (end !== null) say('Disappears', end, theme.warning);
  say('State', safe(messageStates[message.status]), message.status === 'failed' ? theme.error : theme.plain);
  say('Account ID', sanitizeName(message.from));
  if (message.direction === 'in') lines.push(...lookAlikeLines(conversation, room, theme));
  if (message.quote !== undefined) {
    const { sentAt } = message.quote;
    say('Answers a message of', joinSafe([dayLabel(sentAt), clockTime(sentAt)], safe(' ')));
  }
  for (const { emoji, from } of message.reactions ?? [])
    say('Reaction', reactionWords(emoji, from, conversation, own));
  say('Characters', safe(String(codePointCount(message.body))));
  const hidden = hiddenIn(message.body).reduce((sum, { count }) => sum + count, 0);
  if (hidden > 0) say('Hidden characters', safe(String(hidden)), theme.warning);
  for (const { name } of message.attachments) say('Attachment', sanitizeName(name));
  if (trace !== null) say('Namespace', safe(String(trace.namespace)), theme.dim);
  say('Message ID', sanitizeName(message.id), theme.dim);
  return lines;
}

/** When it vanishes; null: it stays. `now`, ms, says how long that is. */
export function endWords({ expiresAt, expiry }: Message, now: number): SafeText | null {
  if (expiresAt !== undefined) {
    const at = joinSafe([dayLabel(expiresAt), clockTime(expiresAt)], safe(' '));
    return joinSafe([at, lifeWords(expiresAt - now)], safe(', '));
  }
  if (expiry === undefined) return null;
  const after = expiry.mode === 'after-read' ? 'read' : 'sent';
  return safe(`${durationWords(expiry.seconds)} after it is ${after}`);
}

/** `in 12 hours`, to the nearest of the largest unit that fits. */
function lifeWords(leftMs: number): SafeText {
  const seconds = Math.max(1, Math.round(leftMs / 1000));
  const unit = [86_400, 3_600, 60].find((size) => seconds >= 2 * size) ?? 1;
  return safe(`in ${durationWords(Math.round(seconds / unit) * unit)}`);
}

/** `😂 you, Ana`. */
export function reactionWords(
  emoji: string,
  from: readonly string[],
  conversation: Conversation | undefined,
  own: string,
): SafeText {
  const people = from.map((id) =>
    id === own ? you : id === conversation?.id ? conversationTitle(conversation) : shortId(id),
  );
  return joinSafe([sanitizeName(emoji), joinSafe(people, safe(', '))], safe(' '));
}

/** Cells of `09:05:12 `. */
const timeCells = 9;
/** In less than this, what follows a time begins under it. */
const indentFrom = 48;

/** A day is said where it changes; `from`: the `dayKey` of the one that was said before. */
function stepLines(steps: readonly TraceStep[], from: number, room: DialogRoom, theme: Theme): DialogLine[] {
  const lines: DialogLine[] = [];
  const indent = safe(' '.repeat(room.width < indentFrom ? 2 : timeCells));
  let day = from;
  for (const { at, words, tone } of steps) {
    if (at !== null && dayKey(at) !== day) {
      day = dayKey(at);
      lines.push(dialogLine(dayLabel(at), room, theme.dim));
    }
    const width = room.width - indent.length;
    const time = at === null ? null : joinSafe([clockTimeSeconds(at), safe(' ')], safe(''));
    // The first line of a step that has a time begins behind it.
    const gap = safe(' '.repeat(time === null ? 0 : Math.max(0, timeCells - indent.length)));
    const wrapped = wrapCells(joinSafe([gap, words], safe('')), width);
    for (const [index, line] of wrapped.entries()) {
      if (index > 0 || time === null) {
        const whole = dialogLine(joinSafe([indent, line], safe('')), room, theme[tone]);
        lines.push(whole);
        continue;
      }
      const rest = dialogLine(
        part(line.slice(gap.length)),
        { ...room, width: room.width - timeCells },
        theme[tone],
      );
      lines.push({ text: row(theme.key(time), rest.text), width: timeCells + rest.width });
    }
  }
  return lines;
}

/** The lines from `top` on, as far as there are so many. */
export function messageInfoView(lines: readonly DialogLine[], top: number, room: DialogRoom): DialogView {
  const last = Math.max(0, lines.length - room.height);
  const from = Math.min(top, last);
  const until = Math.min(lines.length, from + room.height);
  return {
    title: safe(last > 0 ? `Message ${from + 1}-${until}/${lines.length}` : 'Message'),
    lines: lines.slice(from, until),
    footer: last > 0 ? safe('Up/Down scroll · Esc closes') : safe('Esc closes'),
    cursor: null,
  };
}
