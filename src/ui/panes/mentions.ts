/**
 * Mentions: `@` and an account ID in a text stand for a person (messages.md section 8) and are shown as `@name`. Pure.
 */
import { findLinks } from '../../text/links.ts';
import { joinSafe, type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import { part } from '../text/cells.ts';

/** What people are called, by their account ID. */
export type People = Readonly<{ nameOf(id: string): SafeText; isOwn(id: string): boolean }>;

/** A mention in a text as it is shown: UTF-16 offsets. */
export type Mention = Readonly<{ start: number; end: number; isOwn: boolean }>;

/** An account ID, or the blinded one of somebody in a community. */
const pattern = /@([012]5[0-9a-f]{64})(?![0-9a-z])/gi;

/** The account IDs that a text mentions, in order; of foreign text too. */
export function mentionedIn(text: string): string[] {
  if (!text.includes('@')) return [];
  return Array.from(text.matchAll(pattern), (match) => (match[1] ?? '').toLowerCase());
}

/** A foreign text made safe, with names in place of IDs. */
export function namedText(foreign: string, people: People): SafeText {
  return withNames(sanitizeText(foreign), people).text;
}

/** A text that stays foreign, with names in place of IDs where it has any; costs next to nothing where not. */
export function foreignWithNames(foreign: string, people: People): string {
  return mentionedIn(foreign).length === 0 ? foreign : namedText(foreign, people);
}

/** The text with names in place of IDs, and where they stand. A link is shown as it is, whatever it holds. */
export function withNames(
  text: SafeText,
  people: People,
): Readonly<{ text: SafeText; mentions: readonly Mention[] }> {
  if (mentionedIn(text).length === 0) return { text, mentions: [] };
  const links = findLinks(text);
  const pieces: SafeText[] = [];
  const mentions: Mention[] = [];
  let done = 0;
  let length = 0;
  const add = (piece: SafeText) => {
    pieces.push(piece);
    length += piece.length;
  };
  for (const match of text.matchAll(pattern)) {
    const { index } = match;
    if (links.some(({ start, end }) => index >= start && index < end)) continue;
    const id = (match[1] ?? '').toLowerCase();
    add(part(text.slice(done, index)));
    const start = length;
    add(joinSafe([safe('@'), people.nameOf(id)], safe('')));
    mentions.push({ start, end: length, isOwn: people.isOwn(id) });
    done = index + match[0].length;
  }
  add(part(text.slice(done)));
  return { text: joinSafe(pieces, safe('')), mentions };
}
