/** Emoji on messages: who put which there. Merged by time, so that the order in which they come makes no difference. */
import type { StoredReaction } from '../../store/index.ts';
import { hasVisible, sanitizeText } from '../../text/sanitize.ts';
import { utf8Encode } from '../../util/bytes.ts';
import type { Reaction } from '../types.ts';

/** UTF-8 bytes of one emoji: the longest of Unicode have 41. */
const maxEmojiBytes = 64;
/** Different emoji of one person on one message; the newest ones count. */
const maxPerPerson = 16;
/** Reactions kept of one message, taken-off ones included; the newest ones count. */
const maxPerMessage = 256;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Pictographs, flags and keycaps. */
const emojiPattern = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|\u20e3/u;

/** Controls, blanks and what turns the direction around. */
const unfit = /[\p{Cc}\p{Cs}\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Whether this is one character as people count them, that is short and can be seen. */
export function isReaction(text: string): boolean {
  if (text.length > maxEmojiBytes || utf8Encode(text).length > maxEmojiBytes) return false;
  const [first, second] = graphemes.segment(text);
  if (first === undefined || second !== undefined) return false;
  return !unfit.test(text) && hasVisible(sanitizeText(text));
}

/** Whether one may send it: as `isReaction`, and an emoji. */
export function isEmoji(text: string): boolean {
  return isReaction(text) && emojiPattern.test(text);
}

/** The list with one more; null where it changes nothing. */
export function withReaction(
  list: readonly StoredReaction[],
  reaction: StoredReaction,
): readonly StoredReaction[] | null {
  const { emoji, from, at } = reaction;
  const before = list.find((one) => one.emoji === emoji && one.from === from);
  // Of two at one time (which no client sends), the one that takes off counts, whichever comes first.
  const isNewer = before === undefined || at > before.at;
  const isSame = before !== undefined && at === before.at;
  if (!isNewer && !(isSame && reaction.removed === true && before.removed !== true)) return null;
  const next = bounded([...list.filter((one) => one !== before), reaction]);
  return next.includes(reaction) ? next : null;
}

/** All of both lists. */
export function mergeReactions(
  a: readonly StoredReaction[],
  b: readonly StoredReaction[],
): readonly StoredReaction[] {
  let list = a;
  for (const reaction of b) list = withReaction(list, reaction) ?? list;
  return list;
}

/** What is shown: emoji that are there, each with who put it, in the order of the first. */
export function shownReactions(list: readonly StoredReaction[] | undefined): readonly Reaction[] {
  const byEmoji = new Map<string, string[]>();
  for (const { emoji, from, removed } of list ?? []) {
    if (removed) continue;
    const people = byEmoji.get(emoji);
    if (people) people.push(from);
    else byEmoji.set(emoji, [from]);
  }
  return [...byEmoji].map(([emoji, from]) => ({ emoji, from }));
}

function bounded(list: readonly StoredReaction[]): readonly StoredReaction[] {
  const sorted = [...list].sort(compare);
  const counts = new Map<string, number>();
  const kept: StoredReaction[] = [];
  for (const reaction of sorted.toReversed()) {
    const count = (counts.get(reaction.from) ?? 0) + 1;
    counts.set(reaction.from, count);
    if (count <= maxPerPerson && kept.length < maxPerMessage) kept.push(reaction);
  }
  return kept.toReversed();
}

function compare(a: StoredReaction, b: StoredReaction): number {
  return a.at - b.at || (a.from < b.from ? -1 : a.from > b.from ? 1 : a.emoji < b.emoji ? -1 : 1);
}
