/** What of a foreign text nobody sees: found, counted and written out. Pure detection; nothing here changes what is shown. */
import { kindOf } from './code-points.ts';
import { type SafeText, sanitizeText } from './sanitize.ts';

/** A kind of hidden character and how often it occurs. */
export type HiddenCharacter = Readonly<{ code: number; name: string; count: number }>;

/** What could be hidden, in one quick look; most texts have none of it. */
const maybeHidden = /[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/u;
const pictograph = /^\p{Extended_Pictographic}$/u;
const emojiBase = /^\p{Emoji}$/u;
const afterBase = /^(?:\ufe0e|\ufe0f|\p{Emoji_Modifier})$/u;
const han = /^\p{Script=Han}$/u;
/** Scripts whose letters a joiner shapes: it is part of the spelling there. */
const shaped =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Mn}\p{Mc}]$/u;

/** True where a text carries bidi, zero-width, control or tag characters, or others that show nothing. */
export function hasHidden(foreign: string): boolean {
  if (!maybeHidden.test(foreign)) return false;
  return scan(foreign, () => true);
}

/** The hidden characters of a text, each kind once, in the order of their first occurrence. */
export function hiddenIn(foreign: string): readonly HiddenCharacter[] {
  const counts = new Map<number, number>();
  scan(foreign, (code) => {
    counts.set(code, (counts.get(code) ?? 0) + 1);
    return false;
  });
  return [...counts].map(([code, count]) => ({ code, name: nameOf(code), count }));
}

/**
 * A text with everything invisible written out: `\u202e`, `\u{e0041}`; a backslash of the text's own is `\\`, and a
 * line end is `\n` followed by one. Joiners and selectors of emoji are written out too, though they are not counted
 * as hidden.
 */
export function escapeHidden(foreign: string): SafeText {
  let out = '';
  for (const char of foreign) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\\') out += '\\\\';
    else if (char === '\n') out += '\\n\n';
    else if (isInvisible(code)) out += escapeOf(code);
    else out += char;
  }
  return sanitizeText(out);
}

/** `\u202e`, or `\u{e0041}` beyond U+FFFF. */
export function escapeOf(code: number): string {
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Calls `found` with each hidden character until it gives true; gives what it gave last. */
function scan(foreign: string, found: (code: number) => boolean): boolean {
  // What a joiner or selector stands between decides about it: the base before it, and what comes next.
  let base = '';
  let isSelected = false;
  for (let i = 0; i < foreign.length; ) {
    const code = foreign.codePointAt(i) ?? 0;
    const char = String.fromCodePoint(code);
    const next = i + char.length;
    const selects = isSelector(code);
    if ((selects && isSelected) || isHidden(code, base, foreign, next)) {
      if (found(code)) return true;
    } else if (!afterBase.test(char) || base === '') base = char;
    isSelected = selects;
    i = next;
  }
  return false;
}

function isHidden(code: number, base: string, text: string, next: number): boolean {
  if (code === 0x0a || code === 0x09 || (code >= 0x20 && code < 0x7f)) return false;
  if (!isInvisible(code)) return false;
  if (code === 0x200d || code === 0x200c) {
    const after = codePointAt(text, next);
    const joinsEmoji = code === 0x200d && pictograph.test(base) && pictograph.test(after);
    return !joinsEmoji && !(shaped.test(base) && shaped.test(after));
  }
  if (code === 0xfe0e || code === 0xfe0f) return !emojiBase.test(base) && !pictograph.test(base);
  if (isSelector(code)) return !han.test(base);
  return true;
}

function codePointAt(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** Shows nothing by itself, or acts instead of being shown. */
function isInvisible(code: number): boolean {
  if (code === 0x0a || code === 0x09) return false;
  // Blank, and neither white space nor a format character.
  if (code === 0x2800) return true;
  switch (kindOf(code)) {
    case 'line':
    case 'symbol':
    case 'direction':
    case 'open':
    case 'close':
    case 'joiner':
    case 'drop':
      return true;
    case 'mark':
      return isSelector(code);
    case 'keep':
      return false;
  }
}

function isSelector(code: number): boolean {
  return (
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xe0100 && code <= 0xe01ef) ||
    (code >= 0x180b && code <= 0x180f)
  );
}

const names = new Map<number, string>([
  [0x00ad, 'soft hyphen'],
  [0x034f, 'grapheme joiner'],
  [0x061c, 'Arabic letter mark'],
  [0x115f, 'Hangul filler'],
  [0x1160, 'Hangul filler'],
  [0x180e, 'Mongolian vowel separator'],
  [0x200b, 'zero-width space'],
  [0x200c, 'zero-width non-joiner'],
  [0x200d, 'zero-width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'end of an embedding or override'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2061, 'invisible function application'],
  [0x2062, 'invisible times'],
  [0x2063, 'invisible separator'],
  [0x2064, 'invisible plus'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'end of an isolate'],
  [0x2800, 'blank Braille pattern'],
  [0x3164, 'Hangul filler'],
  [0xfeff, 'zero-width no-break space'],
  [0xffa0, 'Hangul filler'],
]);

/** What a hidden character is, in a few words for a person. */
function nameOf(code: number): string {
  const name = names.get(code);
  if (name !== undefined) return name;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 'control character';
  if (code >= 0xd800 && code <= 0xdfff) return 'half of a character';
  if (code >= 0xe0000 && code <= 0xe007f) return 'tag character';
  if (isSelector(code)) return 'variation selector';
  if ((code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef)) return 'no character';
  return 'invisible character';
}
