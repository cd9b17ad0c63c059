/** What conversations and people are called on the screen. The only place of the UI that sanitises names. */
import type { Conversation } from '../../core/types.ts';
import { shortenId } from '../../protocol/ids.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';

export const you = safe('You');

/** A short form of an ID that shows both ends. */
export function shortId(id: string): SafeText {
  return sanitizeName(shortenId(id));
}

/** The name of a conversation as lists show it; an unknown sender's name always comes with the ID's ends. */
export function conversationTitle(conversation: Conversation): SafeText {
  if (conversation.kind === 'self') return safe('Note to Self');
  const name = sanitizeName(conversation.name);
  if (name === '') return shortId(conversation.id);
  if (conversation.request) return joinSafe([name, shortId(conversation.id)], safe(' '));
  return name;
}

/** Name and short ID, for the head of an open conversation. */
export function conversationHeading(conversation: Conversation): SafeText {
  if (conversation.kind === 'self') return safe('Note to Self');
  const name = sanitizeName(conversation.name);
  const id = shortId(conversation.id);
  return name === '' ? id : joinSafe([name, id], safe('  '));
}
