/** What each code point means to a terminal: the one table behind the sanitisers. No I/O, no state. */

/** `keep` as is · `line` ends a line · `mark` attaches to what stands before · `joiner` likewise, and is invisible ·
 * `direction` a harmless invisible direction mark · `open`/`close` bidi isolates · `symbol` must be shown as text ·
 * `drop` invisible and of no use in a message */
export type CodePointKind =
  | 'keep'
  | 'line'
  | 'mark'
  | 'joiner'
  | 'direction'
  | 'open'
  | 'close'
  | 'symbol'
  | 'drop';

const anyMark = /^\p{M}$/u;
const ignorable = /^\p{Default_Ignorable_Code_Point}$/u;

/** The kind of a code point; lone surrogates and noncharacters are `symbol` (U+FFFD). */
export function kindOf(code: number): CodePointKind {
  if (code < 0x7f) return code >= 0x20 ? 'keep' : code === 0x0a ? 'line' : 'symbol';
  if (code < 0xa0) return code === 0x85 ? 'line' : 'symbol';
  if (code < 0x300) return code === 0xad ? 'drop' : 'keep';
  // Han, kana and Hangul syllables make up most of the rest of real text; U+302A–302F and U+3099 are marks.
  if (code >= 0x3400 && code < 0xa000) return 'keep';
  if (code >= 0xac00 && code < 0xd7a4) return 'keep';
  if (code >= 0xd800 && code <= 0xdfff) return 'symbol';
  if ((code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef)) return 'symbol';
  return kindOfRare(code);
}

function kindOfRare(code: number): CodePointKind {
  if (code === 0x2028 || code === 0x2029) return 'line';
  if (code >= 0x202a && code <= 0x202e) return 'symbol';
  if (code >= 0x2066 && code <= 0x2068) return 'open';
  if (code === 0x2069) return 'close';
  if (code === 0x200c || code === 0x200d) return 'joiner';
  if (code === 0x200e || code === 0x200f || code === 0x061c) return 'direction';
  // Interlinear annotations hide text in some renderers.
  if (code >= 0xfff9 && code <= 0xfffb) return 'drop';
  // Joiners and segments of hieroglyphs: no terminal puts these together, and all of them count them differently.
  if (code >= 0x13430 && code <= 0x1343f) return 'drop';
  // Variation selectors (emoji and text style, Mongolian forms) are marks that a message may need.
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0x180b && code <= 0x180d) || code === 0x180f)
    return 'mark';
  const char = String.fromCodePoint(code);
  if (ignorable.test(char)) return 'drop';
  return anyMark.test(char) ? 'mark' : 'keep';
}

const bidiNames = ['LRE', 'RLE', 'PDF', 'LRO', 'RLO'];

/**
 * The visible form of a code point of kind `symbol` (or of a stray `close`): control pictures for C0 and DEL,
 * the 7-bit form for C1 (`␛[` for U+009B), `⟦RLO⟧` for direction controls, U+FFFD for what is no character.
 */
export function visibleSymbol(code: number): string {
  if (code === 0x09) return '    ';
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code >= 0x80 && code < 0xa0) return `\u241b${String.fromCharCode(code - 0x40)}`;
  if (code >= 0x202a && code <= 0x202e) return `⟦${bidiNames[code - 0x202a] ?? ''}⟧`;
  if (code === 0x2069) return '⟦PDI⟧';
  return '\ufffd';
}
