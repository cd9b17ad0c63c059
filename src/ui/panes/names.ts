/** What conversations and people are called on the screen. The only place of the UI that sanitises names. */
import type { Conversation } from '../../core/types.ts';
import { shortenId } from '../../protocol/ids.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { cellWidth, truncateCells } from '../text/cells.ts';

export const you = safe('You');

/** A short form of an ID that shows both ends. */
export function shortId(id: string): SafeText {
  return sanitizeName(shortenId(id));
}

/** The end of an ID: what tells two people of one name apart. */
export function idEnd(id: string): SafeText {
  return sanitizeName(`…${id.slice(-4)}`);
}

/** Stands before a name that can be taken for another one. */
const lookAlikeMark = safe('!');

/**
 * The name of a conversation as lists show it, in at most `room` cells. An unknown sender's name always comes with the
 * ID's ends, a name that can be taken for another one with a mark and the ID's end; a long name gives way to them.
 */
export function conversationTitle(conversation: Conversation, room = Number.POSITIVE_INFINITY): SafeText {
  if (conversation.kind === 'self') return truncateCells(safe('Note to Self'), room);
  const name = sanitizeName(conversation.name);
  if (name === '') return truncateCells(shortId(conversation.id), room);
  const isMarked = conversation.lookAlike !== undefined;
  if (!conversation.request && !isMarked) return truncateCells(name, room);
  const end = conversation.request ? shortId(conversation.id) : idEnd(conversation.id);
  return withEnd(isMarked, name, joinSafe([safe(' '), end], safe('')), room);
}

/** Name and short ID, for the head of an open conversation. */
export function conversationHeading(conversation: Conversation, room = Number.POSITIVE_INFINITY): SafeText {
  if (conversation.kind === 'self') return truncateCells(safe('Note to Self'), room);
  const name = sanitizeName(conversation.name);
  const id = shortId(conversation.id);
  if (name === '') return truncateCells(id, room);
  return withEnd(conversation.lookAlike !== undefined, name, joinSafe([safe('  '), id], safe('')), room);
}

function withEnd(isMarked: boolean, name: SafeText, end: SafeText, room: number): SafeText {
  const mark = isMarked ? joinSafe([lookAlikeMark, safe(' ')], safe('')) : safe('');
  const shown = truncateCells(name, Math.max(1, room - cellWidth(mark) - cellWidth(end)));
  return truncateCells(joinSafe([mark, shown, end], safe('')), room);
}
