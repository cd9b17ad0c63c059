/** Messages, conversations and the network as lines that are read from top to bottom, or aloud. Pure. */
import type { Conversation, Message, SessionState } from '../../core/types.ts';
import { noticeWords } from '../../text/notice-words.ts';
import {
  hasVisible,
  joinSafe,
  type SafeText,
  safe,
  sanitizeName,
  sanitizeText,
} from '../../text/sanitize.ts';
import { namedText, type People } from '../panes/mentions.ts';
import { conversationTitle, shortId, you } from '../panes/names.ts';
import { graphemesOf, part } from '../text/cells.ts';
import { clockTime } from '../text/dates.ts';

/** What begins each further line of a message: no text of others can pass for a line of the program. */
const continuation = safe('  | ');
const maxLines = 400;
/** So much of one line is said; the rest is only counted. */
const maxLineLength = 4000;
const maxQuoteLength = 60;

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Pieces one after the other. */
export function joined(...pieces: readonly SafeText[]): SafeText {
  return joinSafe(pieces, safe(''));
}

/** Text that runs the other way keeps to itself, so that what stands before and after it stays in its place. */
export function isolated(text: SafeText): SafeText {
  return rightToLeft.test(text) ? part(`\u2068${text}\u2069`) : text;
}

/** A name of a person or conversation within a line. */
export function nameOf(conversation: Conversation): SafeText {
  const title = conversationTitle(conversation);
  // Nobody else is called as one is oneself.
  const isOwn = conversation.kind !== 'self' && /^(?:you|note to self)$/i.test(title);
  return isolated(isOwn ? joinSafe([title, shortId(conversation.id)], safe(' ')) : title);
}

export function senderOf(message: Message, conversation: Conversation | undefined): SafeText {
  if (message.direction === 'out') return you;
  if (conversation?.id === message.from) return nameOf(conversation);
  return shortId(message.from);
}

export type MessageContext = Readonly<{
  /** what those are called whom the text mentions */
  people: People;
  number: number;
  conversation: Conversation | undefined;
  /** number of the message that this one answers, where that was said */
  quotedNumber: number | null;
  /** the message that this one answers, where it is known */
  quoted: Message | null;
}>;

/** `#7 12:31 Ana: text`, and further lines of the text with `  | ` before them. */
export function messageLines(message: Message, context: MessageContext, most = maxLines): SafeText[] {
  const { number, conversation } = context;
  const sender = senderOf(message, conversation);
  const head = joined(safe(`#${number} `), clockTime(message.sentAt), safe(' '), sender);
  if (message.notice !== undefined)
    return [joined(head, safe(' '), flat(noticeWords(message.notice, message.direction === 'out')))];
  const quote = message.quote === undefined ? safe('') : quoteWords(context);
  const [first = safe(''), ...rest] = bodyLines(message, most, number, context.people);
  const state = stateWords(message);
  return [
    joined(head, quote, safe(': '), first),
    ...rest.map((text) => joined(continuation, text)),
    ...reactionLines(message, number),
    ...(state === null ? [] : [joined(safe(`#${number} `), state)]),
  ];
}

function reactionLines({ reactions = [] }: Message, number: number): SafeText[] {
  if (reactions.length === 0) return [];
  const each = reactions.map(({ emoji, from }) =>
    joinSafe([emojiOf(emoji), safe(String(from.length))], safe(' ')),
  );
  return [joined(safe(`#${number} has reactions: `), joinSafe(each, safe(', ')))];
}

/** `Ana put ❤ on #7` */
export function reactionWords(who: SafeText, emoji: string, number: number, removed: boolean): SafeText {
  const did = removed ? safe(' took ') : safe(' put ');
  return joined(who, did, emojiOf(emoji), safe(`${removed ? ' off' : ' on'} #${number}`));
}

function emojiOf(foreign: string): SafeText {
  const emoji = cut(sanitizeName(foreign), 20);
  return hasVisible(emoji) ? emoji : safe('something');
}

function quoteWords({ quoted, quotedNumber, people }: MessageContext): SafeText {
  if (quotedNumber !== null) return safe(`, answering #${quotedNumber}`);
  if (quoted === null) return safe(', answering an earlier message');
  const words = oneLine(namedText(quoted.body.slice(0, 2000), people), maxQuoteLength);
  return joined(safe(', answering "'), isolated(words), safe('"'));
}

/** A foreign text on one line, however many it has. */
export function flat(foreign: string): SafeText {
  // Made safe first: what ends a line is known only then.
  return part(sanitizeText(foreign).replace(/\s+/gu, ' '));
}

/** The beginning of a foreign text on one line. */
export function oneLine(foreign: string, length: number): SafeText {
  const text = flat(foreign.slice(0, 4 * length));
  if (!hasVisible(text)) return safe('[no visible characters]');
  return cut(text, length);
}

function cut(text: SafeText, length: number): SafeText {
  if (text.length <= length) return text;
  let end = 0;
  for (const grapheme of graphemesOf(text)) {
    const next = grapheme.offset + grapheme.text.length;
    if (next > length) break;
    end = next;
  }
  // What an isolate opened before the cut is closed again.
  return sanitizeText(`${text.slice(0, end)}…`);
}

/** The text, then the files; always at least one line, and something to be seen in it. */
function bodyLines(message: Message, most: number, number: number, people: People): SafeText[] {
  const text = namedText(message.body, people);
  const lines: SafeText[] = [];
  if (message.body !== '' && !hasVisible(text)) lines.push(safe('[no visible characters]'));
  else if (message.body !== '') {
    const all = text.split('\n');
    for (const one of all.slice(0, most)) lines.push(isolated(cut(part(one), maxLineLength)));
    if (all.length > most) lines.push(safe(`[${all.length - most} more lines: /whole ${number}]`));
  }
  for (const { name, sizeBytes } of message.attachments) {
    const shown = sanitizeName(name);
    const called = hasVisible(shown) ? isolated(shown) : safe('without a name');
    lines.push(joined(safe('[attachment: '), called, safe(`, ${sizeWords(sizeBytes)}]`)));
  }
  return lines.length > 0 ? lines : [safe('[empty message]')];
}

function sizeWords(bytes: number): string {
  if (!(bytes >= 0)) return 'unknown size';
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** Where a message of one's own stands, if that is worth a word. */
function stateWords(message: Message): SafeText | null {
  if (message.direction === 'in') return null;
  return message.status === 'queued' || message.status === 'failed' ? deliveryWords(message) : null;
}

/** Where a message of one's own stands, after its number: `sent`, `waits to go out: …`, `not sent: …`. */
export function deliveryWords(message: Message): SafeText {
  const reason = flat(message.reason ?? '');
  const because = (words: string): SafeText =>
    reason === '' ? safe(`${words}.`) : ended(joined(safe(`${words}: `), reason));
  switch (message.status) {
    case 'queued':
      return because('waits to go out');
    case 'failed':
      return joinSafe([because('not sent'), safe(`To try again: /retry`)], safe(' '));
    case 'read':
      return safe('read');
    case 'sent':
    case 'received':
      return safe('sent');
  }
}

function ended(text: SafeText): SafeText {
  return /[.!?]$/.test(text) ? text : joined(text, safe('.'));
}

/** `Ana, 2 unread, muted` */
export function conversationWords(conversation: Conversation, now: number): SafeText {
  const { unread, request, pinned, mutedUntil, draft } = conversation;
  const marks = [
    unread > 0 ? `${unread} unread` : '',
    request ? 'message request' : '',
    pinned ? 'pinned' : '',
    (mutedUntil ?? 0) > now ? 'muted' : '',
    draft.trim() === '' ? '' : 'with a draft',
  ].filter((mark) => mark !== '');
  return joinSafe([nameOf(conversation), ...marks.map((mark) => safe(mark))], safe(', '));
}

/** Messages that came in a conversation that is not open: how many, and nothing of them. */
export function elsewhereWords(conversation: Conversation, count: number): SafeText {
  const what = `${count} new ${count === 1 ? 'message' : 'messages'}`;
  const request = conversation.request ? ' (message request)' : '';
  return joined(safe('['), nameOf(conversation), safe(`] ${what}${request}`));
}

const phaseWords: Readonly<Record<SessionState['network']['phase'], string>> = {
  idle: 'Not connected yet.',
  connecting: 'Connecting.',
  online: 'Connected.',
  offline: 'Not connected; it goes on trying.',
};

/** How the network stands, in a sentence or two. */
export function networkWords({ phase, detail }: SessionState['network']): SafeText {
  const why = flat(detail);
  return joinSafe(
    [safe(phaseWords[phase]), why].filter((piece) => piece !== ''),
    safe(' '),
  );
}
