/** One message as screen lines: day separator, head of a sender's group, body, delivery state. Pure. */
import type { Message } from '../../core/types.ts';
import { hasHidden } from '../../text/hidden.ts';
import { noticeWords } from '../../text/notice-words.ts';
import {
  hasVisible,
  joinSafe,
  type SafeText,
  safe,
  sanitizeName,
  sanitizeText,
} from '../../text/sanitize.ts';
import { cellWidth, truncateCells } from '../text/cells.ts';
import { clockTime, dayKey, dayLabel } from '../text/dates.ts';
import { wrapCells } from '../text/wrap.ts';
import { blank, row, type Styled, type Theme } from '../theme/theme.ts';
import { linkedLines } from './linked-lines.ts';
import { namedText, type People, withNames } from './mentions.ts';

/** A line of a block. Lines of the body leave the first column to the selection mark. */
export type MessageLine = Readonly<{ text: Styled; isBody: boolean }>;

/** The keys in force of what a block tells of; null: it has none. */
export type MessageKeys = Readonly<{ whole: string | null; retry: string | null }>;

export type BlockContext = Readonly<{
  width: number;
  theme: Theme;
  /** few rows: no blank lines between groups */
  compact: boolean;
  /** what the sender is called */
  name: SafeText;
  /** what those are called whom the text mentions */
  people: People;
  keys: MessageKeys;
  /** the message before and after this one in the conversation */
  previous: Message | undefined;
  next: Message | undefined;
  /** the message that this one answers, where it is loaded */
  quoted: Message | undefined;
  /** reading stopped right before this message, which many came after; 0: it did not */
  unread: number;
}>;

/** Messages of one sender closer together than this share one head. */
const groupGapMs = 5 * 60_000;
/** Selection mark, state mark, space. */
const gutter = 3;
/** A message longer than this is folded; nobody scrolls past a wall of line ends. */
const maxBodyLines = 400;

/** Cells that the name in a head may take; the time stands behind it. */
export function nameRoom(width: number): number {
  return Math.max(1, width - 5 - 2);
}

export type Grouping = Readonly<{ newDay: boolean; head: boolean; lastOfGroup: boolean }>;

/** How a message stands to its neighbours; together with the message itself it decides the block. */
export function groupingOf(
  message: Message,
  previous: Message | undefined,
  next: Message | undefined,
): Grouping {
  const newDay = previous === undefined || dayKey(previous.sentAt) !== dayKey(message.sentAt);
  const head = newDay || !follows(previous, message);
  const lastOfGroup =
    next === undefined || !follows(message, next) || dayKey(next.sentAt) !== dayKey(message.sentAt);
  return { newDay, head, lastOfGroup };
}

function follows(first: Message, second: Message): boolean {
  return (
    first.from === second.from &&
    first.notice === undefined &&
    second.notice === undefined &&
    Math.abs(second.sentAt - first.sentAt) < groupGapMs
  );
}

export function messageBlock(message: Message, context: BlockContext): MessageLine[] {
  const { width, theme, name, previous, next } = context;
  const grouping = groupingOf(message, previous, next);
  const lines: MessageLine[] = [];
  const outside = (text: Styled) => lines.push({ text, isBody: false });
  if (grouping.newDay) outside(separator(dayLabel(message.sentAt), width, theme.dim));
  if (context.unread > 0) outside(separator(safe(`${context.unread} new`), width, theme.unread));
  else if (grouping.head && !grouping.newDay && !context.compact) outside(blank);
  if (message.notice !== undefined) {
    const words = joinSafe(
      [name, sanitizeText(noticeWords(message.notice, message.direction === 'out'))],
      safe(' '),
    );
    for (const line of wrapCells(words, Math.max(1, width - gutter)))
      lines.push({ text: row(theme.plain(safe('  ')), theme.dim(line)), isBody: true });
    return lines;
  }
  if (grouping.head || context.unread > 0) {
    const paint = message.direction === 'out' ? theme.self : theme.name;
    const time = clockTime(message.sentAt);
    const room = nameRoom(width);
    outside(row(paint(truncateCells(name, room)), theme.dim(joinSafe([safe('  '), time], safe('')))));
  }
  lines.push(...bodyLines(message, context, grouping.lastOfGroup));
  return lines;
}

function bodyLines(message: Message, context: BlockContext, lastOfGroup: boolean): MessageLine[] {
  const { width, theme } = context;
  const bodyWidth = Math.max(1, width - gutter);
  const content: Styled[] = [];
  if (message.quote !== undefined) content.push(quoteLine(context, bodyWidth));
  const body = bodyText(message.body, bodyWidth, context);
  content.push(...body.lines);
  for (const attachment of message.attachments) {
    const label = joinSafe(
      [safe('[attachment: '), fileName(attachment.name), safe(`, ${sizeLabel(attachment.sizeBytes)}]`)],
      safe(''),
    );
    content.push(theme.dim(truncateCells(label, bodyWidth)));
  }
  const reactions = reactionsLine(message, bodyWidth);
  if (reactions !== null) content.push(theme.dim(reactions));
  if (content.length === 0) content.push(theme.dim(safe('[empty message]')));
  const state = stateOf(message, lastOfGroup, context.keys);
  if (state !== null) {
    const paint = theme[state.role];
    // Behind the last words: those of the body, or the reactions below it.
    const textWidth = message.attachments.length > 0 || body.lines.length === 0 ? null : body.lastWidth;
    const lastWidth = reactions === null ? textWidth : cellWidth(reactions);
    const room = lastWidth === null ? -1 : lastWidth + 2;
    if (room >= 0 && !state.hasReason && room + cellWidth(state.words) <= bodyWidth) {
      const last = content.pop() ?? blank;
      content.push(row(last, theme.plain(safe('  ')), paint(state.words)));
    } else for (const line of wrapCells(state.words, bodyWidth)) content.push(paint(line));
  }
  if (carriesHidden(message)) content.push(theme.warning(truncateCells(hiddenMark, bodyWidth)));
  const mark = markOf(message, theme);
  return content.map((text, index) => ({
    text: row(index === 0 ? mark : theme.plain(safe('  ')), text),
    isBody: true,
  }));
}

/** Stands under a message with characters that nobody sees; the lens shows them. */
const hiddenMark = safe('[hidden characters]');

function carriesHidden({ body, attachments }: Message): boolean {
  return hasHidden(body) || attachments.some(({ name }) => hasHidden(name));
}

type Body = Readonly<{ lines: readonly Styled[]; lastWidth: number }>;

/** The lines of a body, none for an empty one: folded if too many, and words in place of what nobody can see. */
function bodyText(foreign: string, width: number, { people, theme, keys }: BlockContext): Body {
  if (foreign === '') return { lines: [], lastWidth: 0 };
  const { text, mentions } = withNames(sanitizeText(foreign), people);
  const wrapped = wrapCells(text, width);
  // Hundreds of rows of nothing would push everybody else's words off the screen.
  const most = hasVisible(text) ? maxBodyLines : 0;
  const shown = most === 0 ? [] : linkedLines(text, wrapped.slice(0, most), mentions, theme);
  const notes = most === 0 ? wrapCells(safe('[no visible characters]'), width) : [];
  const all = keys.whole === null ? '' : `: ${keys.whole} shows all`;
  if (wrapped.length > maxBodyLines) notes.push(safe(`[${wrapped.length - most} more lines${all}]`));
  const last = notes.at(-1) ?? wrapped.at(-1) ?? safe('');
  return { lines: [...shown, ...notes.map((note) => theme.dim(note))], lastWidth: cellWidth(last) };
}

type State = Readonly<{ words: SafeText; role: 'dim' | 'warning' | 'error'; hasReason: boolean }>;

/** Where a message of one's own stands, in words. Sent is said once a group, trouble always. */
function stateOf(message: Message, lastOfGroup: boolean, { retry }: MessageKeys): State | null {
  if (message.direction === 'in') return null;
  const reason = sanitizeText(message.reason ?? '');
  switch (message.status) {
    case 'queued':
      return reason === ''
        ? { words: safe('queued'), role: 'dim', hasReason: false }
        : { words: joinSafe([safe('queued: '), reason], safe('')), role: 'warning', hasReason: true };
    case 'failed': {
      const end = /[.!?]$/.test(reason) ? safe('') : safe('.');
      const why = reason === '' ? safe('failed.') : joinSafe([safe('failed: '), reason, end], safe(''));
      return {
        words:
          retry === null
            ? why
            : joinSafe([why, safe(`Select it and press ${retry} to try again.`)], safe(' ')),
        role: 'error',
        hasReason: true,
      };
    }
    case 'sent':
      return lastOfGroup ? { words: safe('sent'), role: 'dim', hasReason: false } : null;
    case 'read':
      return lastOfGroup ? { words: safe('read'), role: 'dim', hasReason: false } : null;
    case 'received':
      return null;
  }
}

function markOf(message: Message, theme: Theme): Styled {
  if (message.direction === 'in') return theme.plain(safe('  '));
  switch (message.status) {
    case 'queued':
      return theme.warning(safe('~ '));
    case 'failed':
      return theme.error(safe('! '));
    default:
      return theme.good(safe('✓ '));
  }
}

function quoteLine({ theme, quoted, people }: BlockContext, width: number): Styled {
  const text = quoted === undefined ? safe('an earlier message') : excerptOf(quoted, people);
  const words = hasVisible(text) ? text : safe('[no visible characters]');
  return theme.dim(truncateCells(joinSafe([safe('> '), words], safe('')), width));
}

/** `👍 2  ❤️ 1`, as many as fit. */
function reactionsLine({ reactions = [] }: Message, width: number): SafeText | null {
  const parts = reactions.map(({ emoji, from }) =>
    joinSafe([sanitizeName(emoji), safe(`${from.length}`)], safe(' ')),
  );
  return parts.length === 0 ? null : truncateCells(joinSafe(parts, safe('  ')), width);
}

/** The beginning of a message on one line, for what answers it; without a text, what it brings. */
export function excerptOf({ body, attachments, notice }: Message, people: People): SafeText {
  if (notice !== undefined) return safe(notice.kind === 'deleted' ? 'a deleted message' : 'a notice');
  if (body === '') return sanitizeName(attachments[0]?.name ?? '');
  // A name is cut at a hundred characters, of which an account ID is most.
  return sanitizeName(namedText(body.slice(0, 2000), people));
}

function fileName(foreign: string): SafeText {
  const name = sanitizeName(foreign);
  return hasVisible(name) ? name : safe('without a name');
}

function separator(words: SafeText, width: number, paint: Theme['dim']): Styled {
  const label = truncateCells(joinSafe([safe(' '), words, safe(' ')], safe('')), width);
  const rest = Math.max(0, width - cellWidth(label));
  const left = Math.floor(rest / 2);
  return paint(joinSafe([safe('─'.repeat(left)), label, safe('─'.repeat(rest - left))], safe('')));
}

function sizeLabel(bytes: number): string {
  if (!(bytes >= 0)) return 'unknown size';
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}
