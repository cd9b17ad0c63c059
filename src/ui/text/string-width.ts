/**
 * Cells that a string takes in a terminal, with the signature of the package `string-width`. The bundle puts this in
 * the place of that package for Ink too (scripts/build.ts): its regular expressions over all emoji sequences cost
 * about 30 ms at each start, and Ink's dependencies bring several copies. A test compares both.
 */
import { isWide } from './wide.ts';

type Options = Readonly<{ countAnsiEscapeCodes?: boolean }>;

const printableAscii = /^[\x20-\x7e]*$/;
/** What Ink and this UI put into text: SGR, other CSI, and OSC up to its end. */
const escapes = /\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g;
/** Code points that take no cell of their own. */
const invisible =
  /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Enclosing_Mark}\p{Nonspacing_Mark}\p{Format}]$/u;
/** Format characters that are seen nevertheless: Arabic number signs and the like. */
const visibleSign = /^[\u0600-\u0605\u06dd\u0890\u0891\u08e2\u{110bd}\u{110cd}]$/u;
const regional = /^\p{Regional_Indicator}/u;
const modified = /^\p{Emoji_Modifier_Base}\ufe0f?\p{Emoji_Modifier}/u;
const emojiStyle = /^[\p{Emoji}]\ufe0f/u;
const joined = /^\p{Extended_Pictographic}.*\u200d\p{Extended_Pictographic}/u;
const textStyle = /^[\u2000-\u3fff]\ufe0e/;
const hangul = /^[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7fb]/;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export default function stringWidth(input: string, options: Options = {}): number {
  if (printableAscii.test(input)) return input.length;
  const text =
    options.countAnsiEscapeCodes === true || !input.includes('\x1b') ? input : input.replace(escapes, '');
  if (printableAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += clusterWidth(segment);
  return width;
}

/** A grapheme cluster: an emoji sequence is one wide symbol, anything else the sum of what is visible in it. */
function clusterWidth(cluster: string): number {
  const first = cluster.codePointAt(0) ?? 0;
  if (cluster.length === (first > 0xffff ? 2 : 1)) return codePointWidth(first);
  // A syllable is as wide as its first letter, a filler in place of a consonant included.
  if (hangul.test(cluster)) return isWide(first) ? 2 : 1;
  if (textStyle.test(cluster)) return 1;
  if (regional.test(cluster) || modified.test(cluster) || emojiStyle.test(cluster) || joined.test(cluster))
    return 2;
  let width = 0;
  for (const character of cluster) {
    if (character === '\u200d') break;
    width += codePointWidth(character.codePointAt(0) ?? 0);
  }
  return width;
}

function codePointWidth(code: number): number {
  if (code >= 0x20 && code < 0x7f) return 1;
  const character = String.fromCodePoint(code);
  if (invisible.test(character) && !visibleSign.test(character)) return 0;
  return isWide(code) || (code >= 0x1f1e6 && code <= 0x1f1ff) ? 2 : 1;
}
