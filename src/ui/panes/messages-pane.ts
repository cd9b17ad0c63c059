/** The message view: blocks of the loaded messages, measured lazily and remembered, and the visible lines. */
import type { Conversation, Message, MessageWindow } from '../../core/types.ts';
import { type SafeText, safe } from '../../text/sanitize.ts';
import { type Blocks, type Visible, visibleLines } from '../state/scroll.ts';
import type { Anchor, UnreadLine } from '../state/ui-state.ts';
import { blank, row, type Styled, type Theme } from '../theme/theme.ts';
import { mentionedIn, type People } from './mentions.ts';
import { groupingOf, type MessageKeys, type MessageLine, messageBlock, nameRoom } from './message-block.ts';
import { conversationTitle, shortId, you } from './names.ts';

export type MessagesContext = Readonly<{
  width: number;
  theme: Theme;
  compact: boolean;
  /** what the sender of a message is called, in so many cells */
  nameOf(message: Message, room: number): SafeText;
  /** what those are called whom texts mention */
  people: People;
  keys: MessageKeys;
  /** where reading stopped, and how many messages came after it */
  unreadLine: UnreadLine | null;
}>;

/** Who wrote a message, as the head of a group says it. */
export function senderName(
  message: Message,
  conversation: Conversation | undefined,
  room = Number.POSITIVE_INFINITY,
): SafeText {
  if (message.direction === 'out') return you;
  if (conversation?.id === message.from) return conversationTitle(conversation, room);
  return shortId(message.from);
}

type Remembered = Readonly<{ key: string; lines: readonly MessageLine[] }>;

/** Messages are immutable: one that changed is another object, so the object is the key. */
const remembered = new WeakMap<Message, Remembered>();

/** The messages of a window as blocks. Only blocks asked for are wrapped. */
export function messageBlocks(window: MessageWindow, context: MessagesContext): Blocks<MessageLine> {
  const { messages } = window;
  let indexes: Map<string, number> | null = null;
  return {
    count: messages.length,
    idOf: (index) => messages[index]?.id ?? '',
    indexOf(id) {
      // Most questions are about the newest ones.
      for (let i = messages.length - 1; i >= Math.max(0, messages.length - 100); i--)
        if (messages[i]?.id === id) return i;
      indexes ??= new Map(messages.map((message, index) => [message.id, index]));
      return indexes.get(id) ?? -1;
    },
    lines(index) {
      const message = messages[index];
      if (message === undefined) return [];
      const previous = messages[index - 1];
      const next = messages[index + 1];
      const name = context.nameOf(message, nameRoom(context.width));
      const quoted = message.quote === undefined ? undefined : findQuoted(messages, message.quote);
      const { newDay, head, lastOfGroup } = groupingOf(message, previous, next);
      const { width, theme, compact, unreadLine, people, keys } = context;
      const unread = message.id === unreadLine?.id ? unreadLine.count : 0;
      const key = `${width} ${compact} ${newDay} ${head} ${lastOfGroup} ${unread} ${quoted?.id ?? ''} ${name} ${keys.whole} ${keys.retry} ${mentioned(message, quoted, people)}`;
      const known = remembered.get(message);
      if (known?.key === key) return known.lines;
      const lines = messageBlock(message, {
        width,
        theme,
        compact,
        name,
        people,
        keys,
        previous,
        next,
        quoted,
        unread,
      });
      remembered.set(message, { key, lines });
      return lines;
    },
  };
}

/** The names in a block beside the sender's: when one changes, the block does. */
function mentioned({ body }: Message, quoted: Message | undefined, people: People): string {
  return mentionedIn(`${body} ${quoted?.body ?? ''}`)
    .map((id) => people.nameOf(id))
    .join(' ');
}

function findQuoted(messages: readonly Message[], quote: NonNullable<Message['quote']>): Message | undefined {
  return messages.find((message) => message.sentAt === quote.sentAt && message.from === quote.author);
}

export type MessagesPane = Readonly<{
  /** exactly `height` lines, the newest at the bottom */
  lines: readonly Styled[];
  visible: Visible<MessageLine>;
}>;

/** The visible lines, with the mark of the selected message in the first column. */
export function messagesPane(
  blocks: Blocks<MessageLine>,
  anchor: Anchor,
  height: number,
  selected: string | null,
  theme: Theme,
): MessagesPane {
  const visible = visibleLines(blocks, anchor, height);
  const selectedIndex = selected === null ? -1 : blocks.indexOf(selected);
  const unmarked = theme.plain(safe(' '));
  const marked = theme.selected(safe('>'));
  const lines: Styled[] = [];
  // A short conversation stands at the bottom, next to where one types.
  for (let i = visible.lines.length; i < height; i++) lines.push(blank);
  for (const { line, index } of visible.lines) {
    if (!line.isBody) lines.push(line.text);
    else lines.push(row(index === selectedIndex ? marked : unmarked, line.text));
  }
  return { lines, visible };
}

/** Ids of the messages of which at least one body line is visible. */
export function shownIds(window: MessageWindow, visible: Visible<MessageLine>): string[] {
  const ids = new Set<string>();
  for (const { line, index } of visible.lines) {
    const message = window.messages[index];
    if (line.isBody && message !== undefined) ids.add(message.id);
  }
  return [...ids];
}
